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

/** A sixth of the skewness of the jackknife's influences, from -1/6 to 1/6; 0 where they are constant. */
export function accelerationOf(leftOut: ArrayLike<number>): number {
  const centre = mean(leftOut);
  const influences = Float64Array.from(leftOut, (value) => centre - value);
  let scale = 0; // so that squares of tiny influences do not vanish
  for (const influence of influences) scale = Math.max(scale, Math.abs(influence));
  if (!(scale > 0)) return 0;
  let squares = 0;
  let cubes = 0;
  for (const influence of influences) {
    squares += (influence / scale) ** 2;
    cubes += (influence / scale) ** 3;
  }
  return cubes / (6 * squares ** 1.5);
}
