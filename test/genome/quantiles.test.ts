import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { interpolate, logistic, logit, normalScoreOf, valueAt } from "../../src/genome/quantiles.ts";
import { EXON_LENGTH, INTRON_LENGTH, SCORE_AT_DONORS } from "../../src/genome/statistics.ts";
import { Stream } from "../../src/numerics/random.ts";

describe("quantile tables", () => {
  it("return the measured quantiles at their normal scores", () => {
    expect(valueAt(INTRON_LENGTH, 0)).toBeCloseTo(1211, 6);
    expect(valueAt(EXON_LENGTH, 1.28155)).toBeCloseTo(331, 6);
    expect(valueAt(EXON_LENGTH, -9)).toBeCloseTo(3, 6);
    expect(valueAt(SCORE_AT_DONORS, 0)).toBeCloseTo(0.3538, 10);
  });

  it("keep the measured quantiles when drawn from by normals", () => {
    const stream = new Stream(5, 0);
    const draws = Float64Array.from({ length: 20_000 }, () => valueAt(INTRON_LENGTH, stream.nextNormal()))
      .sort();
    for (const [share, length] of [[0.1, 127], [0.25, 388.5], [0.5, 1211], [0.9, 7848.2]]) {
      const below = draws.filter((value) => value < length).length / draws.length;
      expect(Math.abs(below - share)).toBeLessThan(0.015);
    }
  });

  it("can be read backwards", () => {
    fc.assert(fc.property(fc.double({ min: -3.7, max: 3.7, noNaN: true }), (z) => {
      expect(normalScoreOf(SCORE_AT_DONORS, valueAt(SCORE_AT_DONORS, z))).toBeCloseTo(z, 6);
      expect(logit(logistic(z))).toBeCloseTo(z, 9);
    }));
  });

  it("are constant beyond their ends", () => {
    expect([-1, 0, 0.5, 1, 2].map((x) => interpolate([0, 1], [3, 5], x))).toEqual([3, 3, 4, 5, 5]);
  });
});
