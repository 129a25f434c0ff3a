/** All that is said of one target of one model, from its sums. */
import type { Estimate, Maybe } from "../analysis.ts";
import { findConfidence } from "./confidence.ts";
import { distance, type Gaps, maximumNorm, meanNorm, NO_DISTANCE, rootMeanSquareNorm } from "./distances.ts";
import {
  BIN_SUMS,
  BINS,
  BRIER,
  type FilledBin,
  LOG_LOSS,
  POSITIVE,
  PREDICTED,
  RECALIBRATION,
  type TargetSums,
  WEIGHT,
} from "./gene-sums.ts";
import { steppedParameters } from "./recalibration.ts";
import { estimateOf, meanOf, type Totals, underAll } from "./totals.ts";
import type { Binning, BrierDecomposition, JudgedModel, ReliabilityBin, TargetCalibration } from "./types.ts";

/** Bins of fewer genes do not count for the maximum calibration error: it would be the noise of the emptiest bin. */
export const MIN_BIN_GENES = 10;

const NOTHING: Estimate = { value: null, low: null, high: null };

/** The calibration of a target; `totals` are the sums of `own` under every weighting. */
export function targetCalibration(
  model: JudgedModel,
  own: TargetSums,
  totals: Totals,
  isCalibrated: boolean,
): TargetCalibration {
  const [mass, width] = own.bins;
  const massTotals = { ...totals, offset: totals.offset + BINS };
  const widthTotals = { ...massTotals, offset: massTotals.offset + BIN_SUMS * mass.length };
  const { slope, intercept } = recalibrated(own, totals);
  return {
    target: own.target,
    positives: own.positives,
    share: valueOf(totals, POSITIVE),
    predicted: valueOf(totals, PREDICTED),
    logLoss: meanOf(totals, LOG_LOSS, WEIGHT),
    brier: brierDecomposition(mass, totals, massTotals),
    equalMass: binning("equal mass", mass, massTotals),
    equalWidth: binning("equal width", width, widthTotals),
    slope,
    intercept,
    finding: findConfidence(model, own, totals, { slope, isCalibrated }),
  };
}

function valueOf({ sums, offset }: Totals, sum: number): Maybe {
  const value = sums[offset + sum] / sums[offset + WEIGHT];
  return Number.isFinite(value) ? value : null;
}

function recalibrated({ recalibration }: TargetSums, totals: Totals) {
  if (recalibration === null) return { slope: NOTHING, intercept: NOTHING };
  const parameter = (which: 0 | 1): Estimate =>
    estimateOf(totals, (at) => steppedParameters(recalibration, totals.sums, at + RECALIBRATION)[which]);
  return { intercept: parameter(0), slope: parameter(1) };
}

function binning(kind: Binning["kind"], bins: readonly FilledBin[], totals: Totals): Binning {
  const gaps = gapsOf(bins, totals);
  const counted = bins.flatMap(({ genes }, bin) => (genes >= MIN_BIN_GENES ? [bin] : []));
  return {
    kind,
    bins: bins.map((bin, k) =>
      reliabilityBin(bin, { ...totals, offset: totals.offset + BIN_SUMS * k }, bins)
    ),
    ece: bins.length > 0 ? distance(gaps, meanNorm(sharesOf(bins, totals))) : NO_DISTANCE,
    mce: counted.length > 0 ? distance(gaps, maximumNorm(counted)) : NO_DISTANCE,
  };
}

function reliabilityBin(bin: FilledBin, totals: Totals, all: readonly FilledBin[]): ReliabilityBin {
  const { from, to, rows, genes } = bin;
  const { sums, offset } = totals;
  return {
    from,
    to,
    rows,
    genes,
    share: rows / all.reduce((sum, one) => sum + one.rows, 0),
    predicted: sums[offset + 2] / sums[offset],
    observed: observedShare(bin, totals),
  };
}

/** The interval is the bootstrap's, but where all rows are alike: no resample differs then, and it is that of as many genes. */
function observedShare({ genes, positiveGenes, negativeGenes }: FilledBin, totals: Totals): Estimate {
  const estimate = meanOf(totals, 1, 0);
  if (estimate.value === null || estimate.low === null) return estimate;
  const reach = 1 - 0.025 ** (1 / genes); // Clopper and Pearson's bound for none of so many
  if (positiveGenes === 0) return { value: 0, low: 0, high: reach };
  if (negativeGenes === 0) return { value: 1, low: 1 - reach, high: 1 };
  return estimate;
}

/** Weights of bins as shares of all, on the data. */
function sharesOf(bins: readonly FilledBin[], { sums, offset }: Totals): number[] {
  const weights = bins.map((_, k) => sums[offset + BIN_SUMS * k]);
  const all = weights.reduce((sum, weight) => sum + weight, 0);
  return weights.map((weight) => weight / all);
}

/** predicted - observed per bin under every weighting. */
function gapsOf(bins: readonly FilledBin[], { plan, sums, width, offset }: Totals): Gaps {
  const gaps = new Float64Array((1 + plan.resamples) * bins.length);
  for (let weighting = 0; weighting <= plan.resamples; weighting++) {
    for (let bin = 0; bin < bins.length; bin++) {
      const at = weighting * width + offset + BIN_SUMS * bin;
      gaps[weighting * bins.length + bin] = (sums[at + 2] - sums[at + 1]) / sums[at];
    }
  }
  return { gaps, bins: bins.length, resamples: plan.resamples };
}

/** Murphy's (1973) three terms over equal-mass bins, and what they leave within the bins. */
function brierDecomposition(
  bins: readonly FilledBin[],
  totals: Totals,
  binTotals: Totals,
): BrierDecomposition {
  const { sums, offset } = totals;
  const toBins = binTotals.offset - offset;
  const share = (at: number): number => sums[at + POSITIVE] / sums[at + WEIGHT];
  const overBins = (at: number, term: (bin: number, share: number) => number): number => {
    const overall = share(at);
    let sum = 0;
    for (let k = 0, bin = at + toBins; k < bins.length; k++, bin += BIN_SUMS) {
      if (sums[bin] > 0) sum += sums[bin] * term(bin, overall);
    }
    return sum / sums[at + WEIGHT];
  };
  const reliability = (at: number): number =>
    overBins(at, (bin) => ((sums[bin + 2] - sums[bin + 1]) / sums[bin]) ** 2);
  const resolution = (at: number): number =>
    overBins(at, (bin, overall) => (sums[bin + 1] / sums[bin] - overall) ** 2);
  const uncertainty = (at: number): number => share(at) * (1 - share(at));
  const brier = (at: number): number => sums[at + BRIER] / sums[at + WEIGHT];
  return {
    brier: estimateOf(totals, brier),
    reliability: bins.length > 0
      ? distance(gapsOf(bins, binTotals), rootMeanSquareNorm(sharesOf(bins, binTotals)), (x) => x * x)
      : NO_DISTANCE,
    resolution: estimateOf(totals, resolution),
    uncertainty: estimateOf(totals, uncertainty),
    withinBins: estimateOf(
      totals,
      (at) => brier(at) - reliability(at) + resolution(at) - uncertainty(at),
    ),
  };
}

/** log-loss and Brier score of one target under every weighting, for the change from one model to another. */
export function lossesUnderAll(
  totals: Totals,
): { readonly logLoss: Float64Array; readonly brier: Float64Array } {
  const { sums } = totals;
  return {
    logLoss: underAll(totals, (at) => sums[at + LOG_LOSS] / sums[at + WEIGHT]),
    brier: underAll(totals, (at) => sums[at + BRIER] / sums[at + WEIGHT]),
  };
}
