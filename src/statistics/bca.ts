/** Bootstrap intervals from values on resamples. */
import { normalCdf, normalQuantile } from "./normal.ts";
import { mean, quantileSorted } from "./quantile.ts";

/** The percentile interval at a level such as 0.95. `resampled` has no NaN. */
export function percentileInterval(resampled: Float64Array, level: number): [number, number] {
  const sorted = resampled.slice().sort();
  return [quantileSorted(sorted, (1 - level) / 2), quantileSorted(sorted, (1 + level) / 2)];
}

/**
 * The bias-corrected and accelerated interval (Efron 1987). `leftOut` are the values with one unit (or group of units of equal size) left
 * out, for the acceleration; without at least two it is 0. Resamples equal to `value` count half below it. Where the value lies beyond all
 * resamples no correction is known, and the interval is the percentile interval.
 */
export function bcaInterval(
  value: number,
  resampled: Float64Array,
  leftOut: Float64Array,
  level: number,
): [number, number] {
  const sorted = resampled.slice().sort();
  let below = 0;
  for (const one of sorted) below += one < value ? 1 : one === value ? 0.5 : 0;
  const bias = normalQuantile(below / sorted.length);
  const acceleration = accelerationOf(leftOut);
  const end = (tail: number): number => {
    const z = bias + normalQuantile(tail);
    const corrected = normalCdf(bias + z / (1 - acceleration * z));
    return quantileSorted(sorted, Number.isFinite(bias) ? corrected : tail);
  };
  return [end((1 - level) / 2), end((1 + level) / 2)];
}

/** A sixth of the skewness of the jackknife's influences; 0 where they are constant. */
export function accelerationOf(leftOut: ArrayLike<number>): number {
  const centre = mean(leftOut);
  let squares = 0;
  let cubes = 0;
  for (let i = 0; i < leftOut.length; i++) {
    const influence = centre - leftOut[i];
    squares += influence ** 2;
    cubes += influence ** 3;
  }
  return squares > 0 ? cubes / (6 * squares ** 1.5) : 0;
}
