import { describe, expect, it } from "vitest";
import { calibratedValue } from "../../../src/ensemble/calibration/calibrator.ts";
import { ln } from "../../../src/ensemble/calibration/elementary.ts";
import { fitIsotonic } from "../../../src/ensemble/calibration/isotonic.ts";
import {
  fitBeta,
  fitPlatt,
  fitTemperature,
  type LabelledScores,
  smoothedTargets,
} from "../../../src/ensemble/calibration/parametric.ts";
import type { Calibrator } from "../../../src/ensemble/calibration/types.ts";
import goldens from "./goldens/calibration.json" with { type: "json" };
import { makeScores } from "./inputs.ts";

/** Log-loss of a calibrator against Platt's smoothed targets, summed. */
function smoothedLoss(calibrator: Calibrator, { scores, isPositive }: LabelledScores): number {
  const targets = smoothedTargets(isPositive);
  return scores.reduce((sum, score, row) => {
    const p = calibratedValue(calibrator, score);
    return sum - targets[row] * ln(p) - (1 - targets[row]) * ln(1 - p);
  }, 0);
}

describe(`calibrators against scikit-learn ${goldens.versions["scikit-learn"]}`, () => {
  describe.each(goldens.cases)("$name", ({ fits, ...recipe }) => {
    const rows = makeScores(recipe);

    it("Platt scaling", () => {
      const { calibrator, notes } = fitPlatt(rows);
      if (fits.platt === null) {
        expect(calibrator.slope).toBe(0);
        expect(notes.join()).toContain("its slope was held at 0");
        expect(calibrator.intercept).toBeCloseTo(fits.plattBounded[1], 6);
      } else {
        expect(calibrator.slope).toBeCloseTo(fits.platt[0], 9);
        expect(calibrator.intercept).toBeCloseTo(fits.platt[1], 9);
        // CalibratedClassifierCV's own fit stops earlier.
        expect(calibrator.slope).toBeCloseTo(fits.sigmoidCalibration[0], 4);
        expect(calibrator.intercept).toBeCloseTo(fits.sigmoidCalibration[1], 4);
        expect(notes).toEqual([]);
      }
      expect(smoothedLoss(calibrator, rows)).toBeCloseTo(fits.plattLoss, 7);
    });

    it("temperature scaling", () => {
      const { calibrator } = fitTemperature(rows);
      expect(calibrator.slope).toBeCloseTo(Math.max(fits.temperature, 0.01), 9);
      expect(calibrator.intercept).toBe(0);
    });

    it("beta calibration", () => {
      const { calibrator } = fitBeta(rows);
      const { a, b, c } = calibrator;
      expect(smoothedLoss(calibrator, rows)).toBeLessThanOrEqual(fits.betaLoss + 1e-7);
      [a, b, c].forEach((value, i) => {
        if (fits.beta) expect(value).toBeCloseTo(fits.beta[i], 7);
        expect(value).toBeCloseTo(fits.betaBounded[i], 3);
      });
    });

    it("isotonic regression", () => {
      const least = 1 / (recipe.rows + 2);
      const calibrator = fitIsotonic(rows.scores, rows.isPositive);
      const found = fits.isotonic.x.map((score) => calibratedValue(calibrator, score));
      // Clipped where the peer's function leaves the range: knots that are clipped move what is between them too.
      if (fits.isotonic.y.every((value) => value >= least && value <= 1 - least)) {
        found.forEach((value, i) => expect(value).toBeCloseTo(fits.isotonic.y[i], 12));
      } else {
        found.forEach((value, i) => expect(Math.abs(value - fits.isotonic.y[i])).toBeLessThan(least + 1e-12));
      }
    });
  });
});
