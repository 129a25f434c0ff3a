import { describe, expect, it } from "vitest";
import { analyseCalibration } from "../../../src/evaluation/calibration/analyse.ts";
import type { Binning, TargetCalibration } from "../../../src/evaluation/calibration/types.ts";
import { createTaskPool } from "../../../src/evaluation/workers/pool.ts";
import goldens from "../../ensemble/calibration/goldens/calibration.json" with { type: "json" };
import { makeScores } from "../../ensemble/calibration/inputs.ts";
import { evaluated, judgedBy } from "./inputs.ts";

type Curve = typeof goldens.cases[number]["measures"]["equalMass"];

/** The golden's rows as donors with probability p, in as many genes as an interval needs. */
async function donorCalibration(recipe: Parameters<typeof makeScores>[0]): Promise<TargetCalibration> {
  const { scores, isPositive } = makeScores(recipe);
  const p = scores.map((score) => Math.round(2 ** 20 / (1 + Math.exp(-score))) / 2 ** 20);
  const genes = 10;
  const geneStart = Uint32Array.from({ length: genes + 1 }, (_, g) => Math.floor(g * recipe.rows / genes));
  const probabilities = [...p].flatMap((value) => [1 - value, value, 0]);
  const { models } = await analyseCalibration(judgedBy(evaluated(isPositive, probabilities, geneStart)), {
    ...{ raw: null, prior: null, sampleRows: null, seed: 1, resamples: 20, bins: goldens.bins },
    pool: createTaskPool({ threads: 1 }),
  });
  return models[0].targets[1];
}

function expectCurve(found: Binning, expected: Curve): void {
  expect(found.bins.map(({ rows }) => rows)).toEqual(expected.rows);
  found.bins.forEach((bin, k) => {
    expect(bin.predicted).toBeCloseTo(expected.predicted[k], 12);
    expect(bin.observed.value).toBeCloseTo(expected.observed[k], 12);
  });
  expect(found.ece.value).toBeCloseTo(expected.ece, 12);
  const gaps = found.bins.map((bin) => (bin.genes >= 10 ? Math.abs(bin.predicted - bin.observed.value!) : 0));
  if (gaps.every((gap) => gap > 0)) expect(found.mce.value).toBeCloseTo(expected.mce, 12);
}

describe(`calibration measured as scikit-learn ${goldens.versions["scikit-learn"]} does`, () => {
  it.each(goldens.cases)("$name", async ({ fits: _fits, measures, ...recipe }) => {
    const found = await donorCalibration(recipe);
    expectCurve(found.equalMass, measures.equalMass);
    expectCurve(found.equalWidth, measures.equalWidth);
    expect(found.logLoss.value).toBeCloseTo(measures.logLoss, 10);
    expect(found.brier.brier.value).toBeCloseTo(measures.brier, 12);
    expect(found.slope.value).toBeCloseTo(measures.slope, 6);
    expect(found.intercept.value).toBeCloseTo(measures.intercept, 6);
  });
});
