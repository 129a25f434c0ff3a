/** The standard normal distribution. */
import { regularisedGammaP, regularisedGammaQ } from "./gamma.ts";

/** P(Z <= z), to about 1e-14 relative, also far in the lower tail. */
export function normalCdf(z: number): number {
  return z < 0 ? regularisedGammaQ(0.5, z * z / 2) / 2 : (1 + regularisedGammaP(0.5, z * z / 2)) / 2;
}

/** P(|Z| >= |z|). */
export function normalTwoSided(z: number): number {
  return regularisedGammaQ(0.5, z * z / 2);
}

/**
 * The z with P(Z <= z) = p: Acklam's rational approximation (relative error 1.2e-9), then a step of Halley's method. -Infinity at 0, Infinity at
 * 1, NaN outside.
 */
export function normalQuantile(p: number): number {
  if (!(p >= 0 && p <= 1)) return NaN;
  if (p === 0) return -Infinity;
  if (p === 1) return Infinity;
  // By symmetry the lower half suffices, and there 1 - p loses nothing.
  if (p > 0.5) return -normalQuantile(1 - p);
  let z = approximateQuantile(p);
  for (let step = 0; step < 2; step++) {
    const error = (normalCdf(z) - p) * Math.sqrt(2 * Math.PI) * Math.exp(z * z / 2);
    z -= error / (1 + z * error / 2);
  }
  return z;
}

const A = [
  -39.69683028665376,
  220.9460984245205,
  -275.9285104469687,
  138.357751867269,
  -30.66479806614716,
  2.506628277459239,
];
const B = [
  -54.47609879822406,
  161.5858368580409,
  -155.6989798598866,
  66.80131188771972,
  -13.28068155288572,
  1,
];
const C = [
  -0.007784894002430293,
  -0.3223964580411365,
  -2.400758277161838,
  -2.549732539343734,
  4.374664141464968,
  2.938163982698783,
];
const D = [0.007784695709041462, 0.3224671290700398, 2.445134137142996, 3.754408661907416, 1];

/** For 0 < p <= 0.5. */
function approximateQuantile(p: number): number {
  if (p < 0.02425) {
    const q = Math.sqrt(-2 * Math.log(p));
    return polynomial(C, q) / polynomial(D, q);
  }
  const q = p - 0.5;
  return polynomial(A, q * q) * q / polynomial(B, q * q);
}

/** Highest power first. */
function polynomial(coefficients: readonly number[], x: number): number {
  return coefficients.reduce((value, coefficient) => value * x + coefficient, 0);
}
