import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  bcaEstimate,
  bootstrapNote,
  geneMultiplicities,
  geneWeights,
  levelFor,
  MIN_GENES,
  percentileEstimate,
  planBootstrap,
  weightingRanges,
} from "../../src/evaluation/bootstrap.ts";

const sum = (values: Uint16Array): number => values.reduce((total, value) => total + value, 0);

describe("resamples of genes", () => {
  it("draw as many genes as there are, by seed, number and count of genes alone", () => {
    fc.assert(fc.property(fc.nat(), fc.nat(5000), fc.integer({ min: 1, max: 300 }), (seed, b, genes) => {
      const drawn = geneMultiplicities(seed, b, genes);
      expect(sum(drawn)).toBe(genes);
      expect(geneMultiplicities(seed, b, genes)).toEqual(drawn);
    }));
    expect(geneMultiplicities(1, 2, 50)).not.toEqual(geneMultiplicities(1, 3, 50));
    expect(geneMultiplicities(1, 2, 50)).not.toEqual(geneMultiplicities(2, 2, 50));
  });

  it("draw every gene alike", () => {
    const counts = new Float64Array(20);
    for (let b = 0; b < 5000; b++) geneMultiplicities(3, b, 20).forEach((count, g) => counts[g] += count);
    for (const count of counts) expect(Math.abs(count - 5000)).toBeLessThan(5 * Math.sqrt(5000));
  });

  it("make weightings: the data, the resamples, each gene or group left out once", () => {
    const plan = planBootstrap(1, 8, 10);
    expect(plan).toMatchObject({ resamples: 10, jackknifeGroups: 8, weightings: 19 });
    expect(Array.from(geneWeights(plan, 0))).toEqual(Array(8).fill(1));
    expect(geneWeights(plan, 1)).toEqual(geneMultiplicities(1, 0, 8));
    expect(Array.from(geneWeights(plan, 11))).toEqual([0, 1, 1, 1, 1, 1, 1, 1]);
    expect(Array.from(geneWeights(plan, 18))).toEqual([1, 1, 1, 1, 1, 1, 1, 0]);
    const large = planBootstrap(1, 1001, 10);
    const left = Array.from({ length: large.jackknifeGroups }, (_, group) => geneWeights(large, 11 + group));
    expect(large.jackknifeGroups).toBe(200);
    expect(new Set(left.map(sum))).toEqual(new Set([1001 - 5, 1001 - 6]));
    for (let g = 0; g < 1001; g++) expect(left.filter((weights) => weights[g] === 0)).toHaveLength(1);
    expect(bootstrapNote(large)).toContain("200 groups of genes");
  });

  it("are covered by ranges of any size", () => {
    const plan = planBootstrap(1, 8, 10);
    for (const size of [1, 4, 19, 100]) {
      expect(
        weightingRanges(plan, size).flatMap(({ from, to }) =>
          Array.from({ length: to - from }, (_, i) => from + i)
        ),
      )
        .toEqual(Array.from({ length: 19 }, (_, i) => i));
    }
  });
});

describe("estimates", () => {
  const plan = planBootstrap(1, 8, 100);
  const values = Float64Array.from({ length: plan.weightings }, (_, b) => b === 0 ? 0.5 : (b % 100) / 100);

  it("are the value on the data with an interval of the resamples", () => {
    const { value, low, high } = bcaEstimate(plan, values);
    expect(value).toBe(0.5);
    expect(low! > 0 && low! < 0.1 && high! > 0.9 && high! < 1).toBe(true);
    const percentile = percentileEstimate(plan, values);
    // Of 0.01, 0.02, ..., 0.99 and 0: percentiles of a level for 8 genes.
    const tail = (1 - levelFor(8)) / 2;
    expect(percentile.low).toBeCloseTo(0.99 * tail, 10);
    expect(percentile.high).toBeCloseTo(0.99 * (1 - tail), 10);
  });

  it("reach further with few genes, as Student's t does", () => {
    // sqrt(8 / 7) t(0.975, 7) = 2.5279 normal deviates
    expect(levelFor(8)).toBeCloseTo(0.98852, 5);
    expect(levelFor(300)).toBeCloseTo(0.9513, 4);
    expect(levelFor(1e6)).toBeCloseTo(0.95, 5);
  });

  it("have no interval for few genes, and no value where there is none", () => {
    const few = planBootstrap(1, MIN_GENES - 1, 100);
    expect(few.weightings).toBe(1);
    expect(bcaEstimate(few, Float64Array.of(0.3))).toEqual({ value: 0.3, low: null, high: null });
    expect(bootstrapNote(few)).toContain("fewer than 5");
    expect(bcaEstimate(plan, values.map((value, b) => b === 0 ? NaN : value)))
      .toEqual({ value: null, low: null, high: null });
    expect(bcaEstimate(planBootstrap(1, 8, 0), values)).toEqual({ value: 0.5, low: null, high: null });
  });

  it("pass over a few resamples without a value, and give no interval for more", () => {
    const without = (share: number) => values.map((value, b) => b > 0 && b <= share ? NaN : value);
    expect(bcaEstimate(plan, without(5)).low).not.toBeNull();
    expect(bcaEstimate(plan, without(6))).toEqual({ value: 0.5, low: null, high: null });
  });
});
