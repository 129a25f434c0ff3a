/** Calibration in numbers. */
import type { ModelCalibration } from "../../evaluation/calibration/types.ts";
import { formatEstimate } from "../numbers.ts";
import { type Cell, type DataTable, number, text } from "../table.ts";
import { MODEL_NAMES, targetOf } from "./calibration-figures.ts";
import { TARGETS, targetTitle } from "./names.ts";

export function numbersTable(models: readonly ModelCalibration[]): DataTable {
  return {
    columns: [
      text("question", "question"),
      text("model", "model"),
      text("ece", "ECE (95 % interval)", "expected calibration error, bins of equal numbers of rows"),
      number("ece_chance", "ECE by chance", "metric", "what sampling alone would give a calibrated model"),
      number("p", "p", "p", "share of resamples of a calibrated model with an error at least as large"),
      text("slope", "slope", "logistic recalibration: below 1 too extreme, above 1 too timid"),
      text("log_loss", "log-loss"),
      text("brier", "Brier score"),
      text("verdict", "verdict"),
    ],
    rows: TARGETS.flatMap((target) =>
      models.flatMap((model): Cell[][] => {
        const one = targetOf(model, target);
        if (!one) return [];
        const { equalMass: { ece }, slope, logLoss, brier, finding } = one;
        return [[
          targetTitle(target),
          MODEL_NAMES[model.model],
          formatEstimate(ece),
          ece.byChance,
          ece.p,
          formatEstimate(slope, "general"),
          formatEstimate(logLoss),
          formatEstimate(brier.brier),
          finding.verdict,
        ]];
      })
    ),
  };
}

export function brierTable(models: readonly ModelCalibration[]): DataTable {
  return {
    columns: [
      text("question", "question"),
      text("model", "model"),
      number("brier", "Brier score", "metric"),
      number("reliability", "reliability", "metric", "distance from calibration: 0 is best"),
      number("resolution", "resolution", "metric", "how much groups differ: more is better"),
      number("uncertainty", "uncertainty", "metric", "variance of the label"),
      number("within_bins", "within bins", "metric"),
      number("mce", "largest error of a bin", "metric"),
      number("ece_width", "ECE, bins of equal width", "metric"),
      number("intercept", "intercept", "general"),
    ],
    rows: TARGETS.flatMap((target) =>
      models.flatMap((model): Cell[][] => {
        const one = targetOf(model, target);
        if (!one) return [];
        const {
          brier: { brier, reliability, resolution, uncertainty, withinBins },
          equalMass,
          equalWidth,
          intercept,
        } = one;
        return [[
          targetTitle(target),
          MODEL_NAMES[model.model],
          brier.value,
          reliability.value,
          resolution.value,
          uncertainty.value,
          withinBins.value,
          equalMass.mce.value,
          equalWidth.ece.value,
          intercept.value,
        ]];
      })
    ),
  };
}
