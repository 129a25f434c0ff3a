/** From the margins of three one-vs-rest classifiers to three probabilities that sum to one. */
import { CLASS_NAMES } from "../../data/dataset.ts";
import { dataError, usageError } from "../../numerics/errors.ts";
import { fromMargin } from "../../numerics/fixed.ts";
import { calibratedValue, fitCalibrator } from "./calibrator.ts";
import { expMinus, ln1p, sigmoid, softplus } from "./elementary.ts";
import { classShares, priorFactors } from "./prior.ts";
import type { Calibration, CalibrationMode, CalibrationRequest, ClassShares } from "./types.ts";

/** (n, 3) row-major: neither, donor, acceptor. i32 are fixed-point margins (multiples of 2^-20), f64 are log-odds. */
export type Margins = Int32Array | Float64Array;

export interface CalibrationRows extends CalibrationRequest {
  readonly margins: Margins;
  /** Class code per row. */
  readonly labels: Uint8Array;
}

const CLASSES = CLASS_NAMES.length;
/** The range of fixed-point margins. */
const LARGEST = 2048;

/**
 * Fits a calibration. The rows should be such as the model never saw: `crossFitCalibration` takes care of that. No row is weighted.
 * @returns the calibration, and sentences on what was degenerate.
 * @throws SpliceboostError (usage) for arrays of unlike sizes or a prior that is none; (data) without rows, for labels or margins
 * that are none, and for a prior where a class has no rows
 */
export function fitCalibration(
  { margins, labels, mode, method, prior }: CalibrationRows,
): { readonly calibration: Calibration; readonly notes: readonly string[] } {
  checkRows(margins, labels);
  const trainingShares = classShares(labels);
  if (prior !== null) priorFactors(trainingShares, prior);
  const names = mode === "splice" ? ["splice site"] : CLASS_NAMES;
  const fits = names.map((name, c) => {
    const fit = fitCalibrator(method, {
      scores: scoresOf(mode, margins, c),
      isPositive: labels.map((label) => Number(mode === "splice" ? label > 0 : label === c)),
    });
    return { ...fit, notes: fit.notes.map((note) => `calibration of ${name}: ${note}`) };
  });
  return {
    calibration: {
      mode,
      method,
      calibrators: fits.map(({ calibrator }) => calibrator),
      trainingShares,
      targetPrior: prior,
    },
    notes: fits.flatMap(({ notes }) => notes),
  };
}

/**
 * Calibrated probabilities, (n, 3) row-major, each row summing to one but for rounding to f32; the same bytes on every platform.
 * @throws SpliceboostError (data) for margins that are no numbers
 */
export function applyCalibration(calibration: Calibration, margins: Margins): Float32Array {
  checkMargins(margins);
  const { mode, calibrators, trainingShares, targetPrior } = calibration;
  const factors = targetPrior === null ? null : sharesOf(priorFactors(trainingShares, targetPrior));
  const fallback = sharesOf(targetPrior ?? trainingShares);
  const probabilities = new Float32Array(margins.length);
  const row = new Float64Array(CLASSES);
  for (let at = 0; at < margins.length; at += CLASSES) {
    if (mode === "splice") {
      const site = calibratedValue(calibrators[0], siteLogOdds(margins, at));
      const donor = donorShare(margins, at);
      row[0] = 1 - site;
      row[1] = site * donor;
      row[2] = site * (1 - donor);
    } else {
      for (let c = 0; c < CLASSES; c++) row[c] = calibratedValue(calibrators[c], logOdds(margins, at + c));
    }
    if (factors !== null) { for (let c = 0; c < CLASSES; c++) row[c] *= factors[c]; }
    const sum = row[0] + row[1] + row[2];
    // Where no class is given anything, nothing is known but the shares.
    for (let c = 0; c < CLASSES; c++) probabilities[at + c] = sum > 0 ? row[c] / sum : fallback[c];
  }
  return probabilities;
}

function logOdds(margins: Margins, at: number): number {
  return margins instanceof Int32Array ? fromMargin(margins[at]) : margins[at];
}

/** ln(p) of p = sigmoid(x). */
function logSigmoid(x: number): number {
  return -softplus(-x);
}

/** Log-odds of donor + acceptor against neither, each the sigmoid of its margin: in logarithms, so that nothing underflows. */
function siteLogOdds(margins: Margins, at: number): number {
  const donor = logSigmoid(logOdds(margins, at + 1));
  const acceptor = logSigmoid(logOdds(margins, at + 2));
  const sites = Math.max(donor, acceptor) + ln1p(expMinus(Math.abs(donor - acceptor)));
  return sites - logSigmoid(logOdds(margins, at));
}

/** donor / (donor + acceptor), each the sigmoid of its margin. */
function donorShare(margins: Margins, at: number): number {
  return sigmoid(logSigmoid(logOdds(margins, at + 1)) - logSigmoid(logOdds(margins, at + 2)));
}

/** Scores in log-odds that the c-th calibrator of a mode is a function of. */
function scoresOf(mode: CalibrationMode, margins: Margins, c: number): Float64Array {
  const scores = new Float64Array(margins.length / CLASSES);
  for (let row = 0; row < scores.length; row++) {
    scores[row] = mode === "splice"
      ? siteLogOdds(margins, row * CLASSES)
      : logOdds(margins, row * CLASSES + c);
  }
  return scores;
}

function sharesOf({ neither, donor, acceptor }: ClassShares): number[] {
  return [neither, donor, acceptor];
}

function checkRows(margins: Margins, labels: Uint8Array): void {
  if (margins.length !== labels.length * CLASSES) {
    throw usageError(
      `expected ${labels.length * CLASSES} margins for ${labels.length} labels, found ${margins.length}`,
    );
  }
  if (labels.length === 0) throw dataError("expected rows to calibrate on, found none");
  const bad = labels.findIndex((label) => label >= CLASSES);
  if (bad >= 0) throw dataError(`row ${bad}: expected a class code 0, 1 or 2, found ${labels[bad]}`);
  checkMargins(margins);
}

function checkMargins(margins: Margins): void {
  if (margins.length % CLASSES !== 0) {
    throw usageError(`expected three margins a row, found ${margins.length} in all`);
  }
  if (margins instanceof Int32Array) return;
  const bad = margins.findIndex((margin) => !(Math.abs(margin) <= LARGEST));
  if (bad >= 0) {
    throw dataError(
      `row ${Math.floor(bad / CLASSES)}: expected log-odds from -${LARGEST} to ${LARGEST} of ${
        CLASS_NAMES[bad % CLASSES]
      }, found ${margins[bad]}`,
    );
  }
}
