/** Whether probabilities are surer than the outcomes allow: range by range, by intervals over genes that hold together. */
import type { Estimate } from "../analysis.ts";
import { MIN_GENES } from "../bootstrap.ts";
import { quantileSorted } from "../../statistics/quantile.ts";
import { BIN_SUMS, BINS, type FilledBin, type TargetSums } from "./gene-sums.ts";
import { type Totals, underAll } from "./totals.ts";
import type { ConfidenceFinding, ConfidenceRange, ConfidenceVerdict, JudgedModel } from "./types.ts";
import { sentencesOf } from "./words.ts";

/** What the sentences of a finding also say. */
export interface FindingContext {
  /** Slope of the logistic recalibration, or null where it was not fitted. */
  readonly slope: Estimate | null;
  /** Whether there are calibrated probabilities too, so that "raw" has to be said. */
  readonly isCalibrated: boolean;
}

/**
 * A range is over-confident where its interval lies above 0, under-confident where it lies below. The intervals of the ranges hold
 * together: each is as many standard errors wide as the largest deviation of a resample in 95 % of the resamples (the studentised
 * maximum). A range is judged where both outcomes occur in at least five genes: fewer do not tell how far resamples may go.
 */
export function findConfidence(
  model: JudgedModel,
  own: TargetSums,
  totals: Totals,
  context: FindingContext,
): ConfidenceFinding {
  const ranges = judgedRanges(own, totals);
  const verdict = overallVerdict(ranges.map((range) => range.verdict));
  return {
    model,
    target: own.target,
    verdict,
    sentences: sentencesOf({ model, target: own.target, verdict, ranges, bins: own.bins[2], ...context }),
    ranges,
  };
}

function judgedRanges(own: TargetSums, totals: Totals): ConfidenceRange[] {
  const [mass, width, bins] = own.bins;
  const first = BINS + BIN_SUMS * (mass.length + width.length);
  const { plan, sums } = totals;
  const excess = bins.map((bin, k) => excessUnderAll(bin, totals, first + BIN_SUMS * k));
  const judged = bins.flatMap((bin, k) => (plan.resamples > 0 && isJudged(bin) ? [k] : []));
  const errors = excess.map((values) => standardError(values.subarray(1, 1 + plan.resamples)));
  const reach = jointReach(judged.map((k) => excess[k]), judged.map((k) => errors[k]), plan.resamples);
  return bins.map((bin, k) => {
    const at = totals.offset + first + BIN_SUMS * k;
    const [weight, positive, predicted] = sums.subarray(at, at + BIN_SUMS);
    const value = bin.rows > 0 ? excess[k][0] : null;
    const wide = reach * errors[k];
    const within = judged.includes(k) && value !== null && Number.isFinite(wide);
    const interval: Estimate = within
      ? { value, low: value - wide, high: value + wide }
      : { value, low: null, high: null };
    return {
      from: bin.from,
      to: bin.to,
      rows: bin.rows,
      genes: bin.genes,
      predicted: bin.rows > 0 ? predicted / weight : null,
      observed: bin.rows > 0 ? positive / weight : null,
      excess: interval,
      verdict: verdictOf(interval),
    };
  });
}

function isJudged({ positiveGenes, negativeGenes }: FilledBin): boolean {
  return Math.min(positiveGenes, negativeGenes) >= MIN_GENES;
}

/** Surer than the outcomes: towards 1 in ranges above a half, towards 0 below. */
function excessUnderAll(bin: FilledBin, totals: Totals, place: number): Float64Array {
  const { sums } = totals;
  const above = bin.from >= 0.5;
  return underAll(totals, (at) => {
    const [weight, positive, predicted] = [sums[at + place], sums[at + place + 1], sums[at + place + 2]];
    return (above ? predicted - positive : positive - predicted) / weight;
  });
}

/** Root of the mean squared deviation from the mean, of the defined values. */
function standardError(values: Float64Array): number {
  const defined = values.filter(Number.isFinite);
  const mean = defined.reduce((sum, value) => sum + value, 0) / defined.length;
  return Math.sqrt(defined.reduce((sum, value) => sum + (value - mean) ** 2, 0) / defined.length);
}

/** Standard errors that the largest deviation of a resample stays within, in 95 % of them. */
function jointReach(excess: readonly Float64Array[], errors: readonly number[], resamples: number): number {
  const largest = new Float64Array(resamples);
  excess.forEach((values, k) => {
    for (let b = 0; b < resamples; b++) {
      const deviation = Math.abs(values[b + 1] - values[0]) / errors[k];
      if (deviation > largest[b]) largest[b] = deviation;
    }
  });
  return quantileSorted(largest.sort(), 0.95);
}

function verdictOf({ low, high }: Estimate): ConfidenceVerdict {
  if (low === null || high === null) return "cannot be judged";
  if (low > 0) return "over-confident";
  return high < 0 ? "under-confident" : "not distinguishable from calibrated";
}

function overallVerdict(verdicts: readonly ConfidenceVerdict[]): ConfidenceFinding["verdict"] {
  const [over, under] = [verdicts.includes("over-confident"), verdicts.includes("under-confident")];
  if (over && under) return "mixed";
  if (over) return "over-confident";
  if (under) return "under-confident";
  const some = verdicts.some((verdict) => verdict !== "cannot be judged");
  return some ? "not distinguishable from calibrated" : "cannot be judged";
}
