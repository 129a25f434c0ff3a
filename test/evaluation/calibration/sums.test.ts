import { describe, expect, it } from "vitest";
import { geneWeights, planBootstrap } from "../../../src/evaluation/bootstrap.ts";
import {
  recalibrate,
  RECALIBRATION_SUMS,
  steppedParameters,
} from "../../../src/evaluation/calibration/recalibration.ts";
import { resampleSums, weightedSums } from "../../../src/evaluation/calibration/resampled-sums.ts";
import { targetRows } from "../../../src/evaluation/calibration/targets.ts";
import { createTaskPool } from "../../../src/evaluation/workers/pool.ts";
import { knownRows } from "../../ensemble/calibration/inputs.ts";
import { evaluated } from "./inputs.ts";

const GENES = 30;
const ROWS = 60;

describe("sums under the weightings of a bootstrap", () => {
  const plan = planBootstrap(9, GENES, 20);
  const sums = Float64Array.from({ length: GENES * 2 }, (_, i) => (i * i) % 17);

  it("count each gene as often as it was drawn", async () => {
    const totals = await resampleSums(plan, { sums, width: 2 }, createTaskPool({ threads: 1 }));
    expect(totals).toHaveLength(plan.weightings * 2);
    for (let weighting = 0; weighting < plan.weightings; weighting++) {
      const weights = geneWeights(plan, weighting);
      [0, 1].forEach((i) => {
        const expected = weights.reduce((sum, weight, gene) => sum + weight * sums[2 * gene + i], 0);
        expect(totals[2 * weighting + i]).toBe(expected);
      });
    }
  });

  it("are the same in whatever pieces", () => {
    const whole = weightedSums({ plan, from: 0, to: 10 }, { sums, width: 2 });
    expect(weightedSums({ plan, from: 3, to: 10 }, { sums, width: 2 })).toEqual(whole.subarray(6));
  });
});

describe("slope and intercept", () => {
  const { labels, margins, geneStart } = knownRows(17, GENES, ROWS);
  const p = margins.map((margin) => 1 / (1 + Math.exp(-1.5 * margin)));
  const rows = targetRows(evaluated(labels, p, geneStart), "splice");
  const fit = recalibrate(rows, new Float64Array(labels.length).fill(1), geneStart)!;

  /** Sums of the genes, each counted as often as said. */
  function total(weights: ArrayLike<number>): Float64Array {
    const sums = new Float64Array(RECALIBRATION_SUMS);
    fit.byGene.forEach((value, i) =>
      sums[i % RECALIBRATION_SUMS] += weights[Math.floor(i / RECALIBRATION_SUMS)] * value
    );
    return sums;
  }

  it("stay where they are under the weights they were fitted with", () => {
    const [intercept, slope] = steppedParameters(fit, total(new Array(GENES).fill(1)), 0);
    expect(intercept).toBeCloseTo(fit.intercept, 9);
    expect(slope).toBeCloseTo(fit.slope, 9);
  });

  it("step close to where a fit of the weighted genes goes", () => {
    const ends = { step: 0, move: 0 };
    for (let b = 1; b <= 20; b++) {
      const weights = geneWeights(planBootstrap(4, GENES, 20), b);
      const byRow = Float64Array.from(labels, (_, row) => weights[Math.floor(row / ROWS)]);
      const again = recalibrate(rows, byRow, geneStart)!;
      const [intercept, slope] = steppedParameters(fit, total(weights), 0);
      ends.step += Math.abs(slope - again.slope) + Math.abs(intercept - again.intercept);
      ends.move += Math.abs(fit.slope - again.slope) + Math.abs(fit.intercept - again.intercept);
    }
    expect(ends.step).toBeLessThan(0.1 * ends.move);
  });

  it("are none for one class, one probability, or classes without overlap", () => {
    const weights = new Float64Array(6).fill(1);
    const starts = Uint32Array.of(0, 3, 6);
    const of = (p: number[], isPositive: number[]) =>
      recalibrate(
        {
          p: Float64Array.from(p),
          not: Float64Array.from(p, (x) => 1 - x),
          isPositive: Uint8Array.from(isPositive),
        },
        weights,
        starts,
      );
    expect(of([0.1, 0.2, 0.3, 0.4, 0.5, 0.6], [0, 0, 0, 0, 0, 0])).toBeNull();
    expect(of([0.5, 0.5, 0.5, 0.5, 0.5, 0.5], [0, 1, 0, 1, 0, 1])).toBeNull();
    expect(of([0.1, 0.2, 0.3, 0.7, 0.8, 0.9], [0, 0, 0, 1, 1, 1])).toBeNull();
    expect(of([0, 0.2, 0.3, 0.7, 0.8, 1], [0, 1, 0, 1, 0, 1])).not.toBeNull();
  });
});
