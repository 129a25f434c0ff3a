/**
 * Distributions known by their quantiles, drawn from by a standard normal: the quantile table is a monotone, piecewise
 * linear map from normal scores to the value on a log or logit axis. Correlated normals therefore give correlated values
 * whose marginals stay as measured.
 */

/** Normal scores of the quantiles 0, .01, .05, .1, .25, .5, .75, .9, .95, .99, 1; the extremes stand for about 1 in 14,000. */
const NORMAL_SCORES = [
  -3.8,
  -2.32635,
  -1.64485,
  -1.28155,
  -0.67449,
  0,
  0.67449,
  1.28155,
  1.64485,
  2.32635,
  3.8,
];

/** Scores are kept this far from 0 and 1 on the logit axis. */
const LOWEST_SCORE = 2 ** -24;
const HIGHEST_SCORE = 0.9999;

/** A distribution: values on its axis at NORMAL_SCORES. */
export interface QuantileTable {
  readonly axis: "log" | "logit";
  readonly values: readonly number[];
}

/** ln(p / (1 - p)), with p held within the range of scores. */
export function logit(p: number): number {
  const held = Math.min(HIGHEST_SCORE, Math.max(LOWEST_SCORE, p));
  return Math.log(held / (1 - held));
}

/** The inverse of `logit`. */
export function logistic(x: number): number {
  return 1 / (1 + Math.exp(-x));
}

/** @param quantiles Values at the eleven quantiles 0, .01, .05, .1, .25, .5, .75, .9, .95, .99, 1. */
export function quantileTable(quantiles: readonly number[], axis: "log" | "logit"): QuantileTable {
  return { axis, values: quantiles.map(axis === "log" ? Math.log : logit) };
}

/** The value at normal score z. */
export function valueAt(table: QuantileTable, z: number): number {
  const x = interpolate(NORMAL_SCORES, table.values, z);
  return table.axis === "log" ? Math.exp(x) : logistic(x);
}

/** The normal score at which the table has this value: the inverse of `valueAt`. */
export function normalScoreOf(table: QuantileTable, value: number): number {
  return interpolate(table.values, NORMAL_SCORES, table.axis === "log" ? Math.log(value) : logit(value));
}

/** Piecewise linear through (xs, ys), xs ascending; constant beyond the ends. */
export function interpolate(xs: readonly number[], ys: readonly number[], x: number): number {
  if (x <= xs[0]) return ys[0];
  const last = xs.length - 1;
  if (x >= xs[last]) return ys[last];
  let i = 1;
  while (xs[i] < x) i++;
  return ys[i - 1] + (ys[i] - ys[i - 1]) * ((x - xs[i - 1]) / (xs[i] - xs[i - 1]));
}
