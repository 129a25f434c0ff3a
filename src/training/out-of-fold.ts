/** Out-of-fold predictions, calibrated where that was asked for by what never saw their fold. */
import type { Dataset } from "../data/dataset.ts";
import { classShares, priorOfSiteRate } from "../ensemble/calibration/prior.ts";
import type { Calibration, CalibrationRequest, ClassShares } from "../ensemble/calibration/types.ts";
import { crossFitCalibration } from "../evaluation/calibration/cross-fit.ts";
import { probability } from "../numerics/sigmoid.ts";
import { foldOfRows, gatherMargins } from "./cross-validate.ts";
import type { GeneFolds } from "./folds.ts";
import type { TrainedLane } from "./lanes.ts";
import type { ResolvedSettings } from "./settings.ts";
import type { OutOfFold } from "./types.ts";

/** The calibration asked for, or null; a site rate becomes shares of all three classes. */
export function calibrationRequest(
  { calibration }: ResolvedSettings,
  labels: Uint8Array,
): CalibrationRequest | null {
  if (!calibration) return null;
  const { siteRate, ...request } = calibration;
  return siteRate === null ? request : { ...request, prior: priorOfSiteRate(siteRate, classShares(labels)) };
}

/** What a prior means for what is measured: the rows are those of the table. */
export function priorNote(prior: ClassShares, labels: Uint8Array): string {
  const sites = ({ neither }: ClassShares): string => `${Number((100 * (1 - neither)).toPrecision(3))} %`;
  return `The model gives probabilities for rows of which ${
    sites(prior)
  } are sites (--prior, --site-rate). It is compared and its calls are ` +
    `counted on the data, where ${
      sites(classShares(labels))
    } are, with probabilities calibrated to those shares; suggested thresholds are ` +
    "for the probabilities that it gives, and have their precision at the data's share. The analysis of calibration weighs rows to the prior.";
}

/** Out-of-fold margins and probabilities, and the calibration of the final model. */
export function outOfFold(
  data: Dataset,
  labels: Uint8Array,
  folds: GeneFolds,
  lanes: readonly TrainedLane[],
  request: CalibrationRequest | null,
  note: (text: string) => void,
): { readonly oof: OutOfFold; readonly calibration: Calibration | null } {
  const fold = foldOfRows(data, folds);
  const margins = gatherMargins(fold, lanes);
  if (!request) {
    const probabilities = Float32Array.from(margins, probability);
    return { oof: { fold, margins, probabilities, atDataShares: probabilities }, calibration: null };
  }
  const { geneStart } = data;
  const { foldOf: foldOfGene, nFolds } = folds;
  const rows = { margins, labels, geneStart, foldOfGene, nFolds };
  const fitted = crossFitCalibration({ ...request, ...rows });
  fitted.notes.forEach(note);
  const { probabilities, calibration } = fitted;
  const atDataShares = request.prior === null
    ? probabilities
    : crossFitCalibration({ ...request, ...rows, prior: null }).probabilities;
  return { oof: { fold, margins, probabilities, atDataShares }, calibration };
}
