/** One calibrator: its fit by any method, its value at a score. */
import { logit, sigmoid, softplus } from "./elementary.ts";
import { fitIsotonic, isotonicValue } from "./isotonic.ts";
import { fitBeta, fitPlatt, type Fitted, fitTemperature, type LabelledScores } from "./parametric.ts";
import type { CalibrationMethod, Calibrator } from "./types.ts";

/**
 * A calibrator of scores (log-odds, finite, at least one row). Without rows on one side it is a constant: what can be said then is
 * only that the other side is rarer than one row in n + 1.
 */
export function fitCalibrator(method: CalibrationMethod, rows: LabelledScores): Fitted<Calibrator> {
  const n = rows.scores.length;
  const positives = rows.isPositive.reduce((sum, one) => sum + one, 0);
  if (positives === 0 || positives === n) {
    const share = (positives + 1) / (n + 2);
    return {
      calibrator: { kind: "sigmoid", slope: 0, intercept: logit(share) },
      notes: [
        `it was fitted on ${positives === 0 ? "no rows of" : "no rows outside"} its class: ` +
        `it gives every row ${share.toPrecision(3)}`,
      ],
    };
  }
  switch (method) {
    case "platt":
      return fitPlatt(rows);
    case "temperature":
      return fitTemperature(rows);
    case "beta":
      return fitBeta(rows);
    case "isotonic":
      return { calibrator: fitIsotonic(rows.scores, rows.isPositive), notes: [] };
  }
}

/** The calibrated probability at a score in log-odds. */
export function calibratedValue(calibrator: Calibrator, score: number): number {
  switch (calibrator.kind) {
    case "sigmoid":
      return sigmoid(calibrator.slope * score + calibrator.intercept);
    case "beta":
      return sigmoid(
        calibrator.b * softplus(score) - calibrator.a * softplus(-score) + calibrator.c,
      );
    case "isotonic":
      return isotonicValue(calibrator, score);
  }
}
