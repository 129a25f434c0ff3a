import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compactRanking } from "../../../src/evaluation/curves/compact.ts";
import { measure, recordLayout, TOP_K_MULTIPLES } from "../../../src/evaluation/curves/measure.ts";
import { rankRows } from "../../../src/evaluation/curves/ranked.ts";
import { DONOR, rankingMetrics } from "../../../src/evaluation/ranking.ts";
import { topKShare } from "../../../src/evaluation/topk.ts";

/** Rows of a few genes: scores of few values, so that ties abound. */
const rows = fc.integer({ min: 1, max: 5 }).chain((genes) =>
  fc.record({
    geneRows: fc.array(fc.integer({ min: 0, max: 12 }), { minLength: genes, maxLength: genes }),
    weights: fc.array(fc.integer({ min: 0, max: 3 }), { minLength: genes, maxLength: genes }),
    levels: fc.integer({ min: 1, max: 30 }),
    draws: fc.array(fc.tuple(fc.nat(1000), fc.nat(2)), { minLength: 60, maxLength: 60 }),
  })
);

function build({ geneRows, levels, draws }: {
  geneRows: number[];
  levels: number;
  draws: [number, number][];
}) {
  const geneStart = Uint32Array.from([
    0,
    ...geneRows.map((_, g) => geneRows.slice(0, g + 1).reduce((a, b) => a + b)),
  ]);
  const total = geneStart[geneRows.length];
  const scores = Float32Array.from({ length: total }, (_, i) => (draws[i][0] % levels) / levels);
  const labels = Uint8Array.from({ length: total }, (_, i) => draws[i][1] === 2 ? 1 : 0);
  return { geneStart, scores, labels };
}

/** The same rows as often as their genes count. */
function repeat({ geneStart, scores, labels }: ReturnType<typeof build>, weights: readonly number[]) {
  const order = weights.flatMap((weight, g) =>
    Array.from(
      { length: weight * (geneStart[g + 1] - geneStart[g]) },
      (_, i) => geneStart[g] + i % (geneStart[g + 1] - geneStart[g]),
    )
  );
  return {
    scores: Float32Array.from(order, (row) => scores[row]),
    labels: Uint8Array.from(order, (row) => labels[row]),
  };
}

function expectSame(found: number, expected: number, what: string): void {
  if (Number.isNaN(expected)) expect(found, what).toBeNaN();
  else expect(found, what).toBeCloseTo(expected, 12);
}

describe("measure", () => {
  it("weighs genes as if their rows were repeated", () => {
    fc.assert(
      fc.property(rows, (drawn) => {
        const data = build(drawn);
        const points = 6;
        const layout = recordLayout(points);
        const weighted = new Float64Array(layout.length);
        const repeated = new Float64Array(layout.length);
        measure(
          compactRanking(rankRows(data.scores, data.labels, data.geneStart, DONOR)),
          Uint16Array.from(drawn.weights),
          points,
          weighted,
        );
        const copy = repeat(data, drawn.weights);
        const one = Uint32Array.of(0, copy.labels.length);
        measure(
          compactRanking(rankRows(copy.scores, copy.labels, one, DONOR)),
          Uint16Array.of(1),
          points,
          repeated,
        );
        weighted.forEach((value, i) => expectSame(value, repeated[i], `number ${i}`));
        const { ap, auc } = rankingMetrics(copy.scores, copy.labels, DONOR);
        expectSame(weighted[layout.ap], ap, "AP");
        expectSame(weighted[layout.auc], auc, "AUC");
        const single = TOP_K_MULTIPLES.indexOf(1);
        expectSame(
          weighted[layout.topK + single],
          topKShare(copy.scores, copy.labels, DONOR),
          "top-k",
        );
      }),
      { numRuns: 300 },
    );
  });

  it("gives bands within bounds: TPR ascends to 1, precision ends at the prevalence, top-k within 0 to 1", () => {
    fc.assert(
      fc.property(rows, (drawn) => {
        const data = build(drawn);
        const points = 7;
        const layout = recordLayout(points);
        const record = new Float64Array(layout.length);
        const ranking = compactRanking(rankRows(data.scores, data.labels, data.geneStart, DONOR));
        measure(ranking, new Uint16Array(drawn.geneRows.length).fill(1), points, record);
        const P = data.labels.filter((label) => label === 1).length;
        const N = data.labels.length - P;
        const roc = record.subarray(layout.roc, layout.roc + points);
        const pr = record.subarray(layout.pr, layout.pr + points);
        const gain = record.subarray(layout.gain, layout.gain + points);
        if (P === 0) return record.forEach((value) => expect(value).toBeNaN());
        const lowest = Math.min(...data.scores.filter((_, i) => data.labels[i] === 1));
        const called = data.scores.filter((score) => score >= lowest).length;
        expect(pr[points - 1]).toBeCloseTo(P / called, 12);
        for (const value of pr) expect(value > 0 && value <= 1).toBe(true);
        for (let m = 0; m < TOP_K_MULTIPLES.length; m++) {
          const k = Math.floor(TOP_K_MULTIPLES[m] * P);
          const share = record[layout.topK + m];
          if (k === 0) expect(share).toBeNaN();
          else expect(share >= 0 && share <= 1 + 1e-12).toBe(true);
        }
        if (N === 0) {
          for (const value of [...roc, ...gain, record[layout.auc], record[layout.auprg]]) {
            expect(value).toBeNaN();
          }
          return;
        }
        roc.forEach((value, i) => expect(value).toBeGreaterThanOrEqual(i === 0 ? 0 : roc[i - 1]));
        expect(roc[points - 1]).toBe(1);
        for (const value of gain) expect(value).toBeLessThanOrEqual(1);
      }),
      { numRuns: 300 },
    );
  });
});
