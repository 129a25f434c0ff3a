/** Gauss-Legendre quadrature, by which Shapley values of a tree path are exact. */

/** An integral over [0, 1] as a weighted sum: exact for polynomials of degree below twice the number of points. */
export interface Quadrature {
  /** Points, ascending, strictly inside the interval. */
  readonly points: Float64Array;
  /** Their weights; all positive, sum 1. */
  readonly weights: Float64Array;
}

/** Points that make the Shapley values of a path with so many different features exact: the integrand's degree is one less. */
export function pointsFor(features: number): number {
  return Math.max(1, Math.ceil(features / 2));
}

/** The rule of n points on [0, 1], n >= 1: zeros of the Legendre polynomial by Newton's method (Davis and Rabinowitz, 1984). */
export function gaussLegendre(n: number): Quadrature {
  const points = new Float64Array(n);
  const weights = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    let x = -Math.cos((Math.PI * (i + 0.75)) / (n + 0.5));
    let [value, slope] = legendre(n, x);
    // Newton from here takes four or five steps; the last ones only settle the last bit.
    for (let step = 0; step < 12 && value !== 0; step++) {
      x -= value / slope;
      [value, slope] = legendre(n, x);
    }
    points[i] = (1 + x) / 2;
    weights[i] = 1 / ((1 - x * x) * slope * slope);
  }
  return { points, weights };
}

/** P_n(x) and its derivative, |x| < 1. */
function legendre(n: number, x: number): [number, number] {
  let [before, here] = [1, x];
  for (let k = 2; k <= n; k++) [before, here] = [here, ((2 * k - 1) * x * here - (k - 1) * before) / k];
  return [here, (n * (before - x * here)) / (1 - x * x)];
}
