import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { DONOR, rankingMetrics } from "../../src/evaluation/ranking.ts";

const rows = fc.array(fc.record({ score: fc.nat(5), label: fc.nat(2) }), { minLength: 1, maxLength: 30 });

function metricsOf(table: readonly { score: number; label: number }[]): { ap: number; auc: number } {
  return rankingMetrics(
    Float32Array.from(table, (row) => row.score / 8),
    Uint8Array.from(table, (row) => row.label),
    DONOR,
  );
}

describe("ranking metrics", () => {
  it("count each pair of a positive and a negative once, ties half", () => {
    fc.assert(fc.property(rows, (table) => {
      const positives = table.filter((row) => row.label === 1);
      const negatives = table.filter((row) => row.label !== 1);
      let right = 0;
      for (const p of positives) {
        for (const n of negatives) right += p.score > n.score ? 1 : p.score === n.score ? 0.5 : 0;
      }
      const pairs = positives.length * negatives.length;
      const { auc } = metricsOf(table);
      if (pairs === 0) expect(auc).toBeNaN();
      else expect(auc).toBeCloseTo(right / pairs, 12);
    }));
  });

  it("do not depend on the order of rows", () => {
    fc.assert(fc.property(rows, fc.infiniteStream(fc.nat()), (table, keys) => {
      const shuffled = table.map((row) => ({ row, key: keys.next().value })).sort((a, b) => a.key - b.key);
      expect(metricsOf(shuffled.map(({ row }) => row))).toEqual(metricsOf(table));
    }));
  });

  it("tell apart neighbouring f32 values over the whole range", () => {
    const tiny = Float32Array.of(0, 2 ** -149, 2 ** -148, 2 ** -126, 0.5, Math.fround(0.5 + 2 ** -24), 1, 2);
    for (let positive = 0; positive < tiny.length; positive++) {
      const labels = tiny.map((_, row) => row === positive ? 1 : 0);
      const { auc } = rankingMetrics(tiny, Uint8Array.from(labels), DONOR);
      expect(auc).toBe(positive / (tiny.length - 1));
    }
  });

  it("are undefined without rows", () => {
    expect(metricsOf([])).toEqual({ ap: NaN, auc: NaN });
  });
});
