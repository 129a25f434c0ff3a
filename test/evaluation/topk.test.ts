import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { DONOR } from "../../src/evaluation/ranking.ts";
import { topKMetrics, topKShare } from "../../src/evaluation/topk.ts";

function permutations<T>(items: readonly T[]): T[][] {
  if (items.length === 0) return [[]];
  return items.flatMap((item, i) =>
    permutations([...items.slice(0, i), ...items.slice(i + 1)]).map((rest) => [item, ...rest])
  );
}

describe("top-k", () => {
  it("is the mean over all orders of tied rows", () => {
    const rows = fc.array(fc.record({ score: fc.nat(2), label: fc.nat(2) }), { minLength: 1, maxLength: 6 });
    fc.assert(fc.property(rows, (table) => {
      const k = table.filter((row) => row.label === 1).length;
      const share = topKShare(
        Float32Array.from(table, (row) => row.score / 2),
        Uint8Array.from(table, (row) => row.label),
        DONOR,
      );
      if (k === 0) {
        expect(share).toBeNaN();
        return;
      }
      const shares = permutations(table).map((order) =>
        order.sort((a, b) => b.score - a.score).slice(0, k).filter((row) => row.label === 1).length / k
      );
      expect(share).toBeCloseTo(shares.reduce((sum, s) => sum + s, 0) / shares.length, 12);
    }));
  });

  it("weighs genes alike, leaves out genes without such sites, and pools all rows besides", () => {
    const rows = {
      //                gene A      gene B       C  gene D (acceptor only)
      labels: Uint8Array.of(1, 0, 0, 1, 1, 0, 2, 0, 0, 2),
      donor: Float32Array.of(0.2, 0.1, 0, 0.9, 0.3, 0.8, 0, 0.9, 0.9, 0.1),
      acceptor: Float32Array.of(0, 0, 0, 0, 0, 0, 0.5, 0.4, 0.7, 0.6),
      neither: new Float32Array(10),
      geneStart: Uint32Array.of(0, 3, 7, 8, 10),
    };
    const metrics = topKMetrics(rows);
    expect(metrics.topKDonor).toBeCloseTo((1 + 0.5) / 2, 12);
    expect(metrics.topKAcceptor).toBeCloseTo((1 + 0) / 2, 12);
    expect(metrics.topK).toBeCloseTo((0.75 + 0.5) / 2, 12);
    expect(metrics.topKGenes).toBe(3);
    expect(metrics.pooledTopKDonor).toBeCloseTo(1 / 3, 12);
    expect(metrics.pooledTopKAcceptor).toBeCloseTo(1 / 2, 12);
  });

  it("is of the one type where the other has no sites", () => {
    const scores = Float32Array.of(0.9, 0.1);
    const rows = { labels: Uint8Array.of(1, 0), donor: scores, acceptor: scores, neither: scores };
    const metrics = topKMetrics({ ...rows, geneStart: Uint32Array.of(0, 2) });
    expect(metrics.topKAcceptor).toBeNaN();
    expect(metrics.topK).toBe(1);
  });
});
