/**
 * Distances from perfect calibration: norms of the gaps between what bins predict and what is observed. Sampling alone makes them
 * positive, and resampling doubles that, so an interval of resampled distances would be wrong. But the gaps themselves are unbiased:
 * the distance of the resampled gaps from the observed ones says how far sampling reaches, and by the triangle inequality the true
 * distance lies within that of the observed one. With at least 95 %, so the interval is rather too wide.
 */
import { quantileSorted } from "../../statistics/quantile.ts";
import type { CalibrationError } from "./types.ts";

/** Gaps of bins under every weighting of a bootstrap: (weightings, bins) row-major, the data first; NaN for an empty bin. */
export interface Gaps {
  readonly gaps: Float64Array;
  readonly bins: number;
  readonly resamples: number;
}

/** A norm: of gaps that are 0 it is 0, and it obeys the triangle inequality. */
export type Norm = (gap: (bin: number) => number) => number;

/** Mean of the absolute gaps, weighted by shares that sum to one. */
export function meanNorm(shares: readonly number[]): Norm {
  return (gap) => shares.reduce((sum, share, bin) => sum + share * Math.abs(gap(bin)), 0);
}

/** Root of the weighted mean of the squared gaps. */
export function rootMeanSquareNorm(shares: readonly number[]): Norm {
  return (gap) => Math.sqrt(shares.reduce((sum, share, bin) => sum + share * gap(bin) ** 2, 0));
}

/** The largest absolute gap of some bins. */
export function maximumNorm(bins: readonly number[]): Norm {
  return (gap) => bins.reduce((largest, bin) => Math.max(largest, Math.abs(gap(bin))), 0);
}

/** The distance, what sampling would make of none, and the interval. `scale` is applied to all (a square, say); it must not fall. */
export function distance(
  { gaps, bins, resamples }: Gaps,
  norm: Norm,
  scale: (x: number) => number = (x) => x,
): CalibrationError {
  const value = norm((bin) => gaps[bin]);
  if (resamples === 0) return { value: scale(value), low: null, high: null, byChance: null, p: null };
  const chance = new Float64Array(resamples);
  for (let b = 0; b < resamples; b++) {
    const at = (b + 1) * bins;
    // A bin that a resample leaves empty says nothing of how far its gap may move.
    chance[b] = norm((bin) => Number.isNaN(gaps[at + bin]) ? 0 : gaps[at + bin] - gaps[bin]);
  }
  const atLeast = chance.reduce((count, one) => count + Number(one >= value), 0);
  const reach = quantileSorted(chance.slice().sort(), 0.95);
  return {
    value: scale(value),
    low: scale(Math.max(0, value - reach)),
    high: scale(value + reach),
    byChance: chance.reduce((sum, one) => sum + scale(one), 0) / resamples,
    p: (1 + atLeast) / (1 + resamples),
  };
}

/** No distance: there are no such bins. */
export const NO_DISTANCE: CalibrationError = { value: null, low: null, high: null, byChance: null, p: null };
