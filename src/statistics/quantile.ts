/** Quantiles and moments of plain numbers. */

/**
 * The q-quantile (0 <= q <= 1) of values in ascending order, linear between order statistics (type 7 of Hyndman and Fan 1996, numpy's
 * default); NaN without values.
 */
export function quantileSorted(sorted: ArrayLike<number>, q: number): number {
  const n = sorted.length;
  if (n === 0) return NaN;
  const at = q * (n - 1);
  const below = Math.floor(at);
  const above = Math.min(n - 1, below + 1);
  return sorted[below] + (at - below) * (sorted[above] - sorted[below]);
}

/** Quantiles of values in any order; a NaN among them makes all NaN. */
export function quantiles(values: ArrayLike<number>, qs: readonly number[]): number[] {
  const sorted = Float64Array.from(values).sort(); // NaN sorts last
  if (sorted.length > 0 && Number.isNaN(sorted[sorted.length - 1])) return qs.map(() => NaN);
  return qs.map((q) => quantileSorted(sorted, q));
}

/** Arithmetic mean; NaN without values. */
export function mean(values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i];
  return sum / values.length;
}

/** Sample variance (n - 1), in two passes; NaN for fewer than two values. */
export function variance(values: ArrayLike<number>): number {
  if (values.length < 2) return NaN;
  const centre = mean(values);
  let squares = 0;
  for (let i = 0; i < values.length; i++) squares += (values[i] - centre) ** 2;
  return squares / (values.length - 1);
}
