/** Student's t and chi-square. */
import { regularisedBeta, regularisedGammaQ } from "./gamma.ts";

/** P(T <= t) for Student's t with `df` > 0 degrees of freedom. */
export function studentCdf(t: number, df: number): number {
  const upper = studentTwoSided(t, df) / 2;
  return t < 0 ? upper : 1 - upper;
}

/** P(|T| >= |t|). */
export function studentTwoSided(t: number, df: number): number {
  if (Number.isNaN(t) || !(df > 0)) return NaN;
  if (!Number.isFinite(t)) return 0;
  return regularisedBeta(df / (df + t * t), df / 2, 0.5);
}

/** The t with P(T <= t) = p, by bisection of the distribution function. */
export function studentQuantile(p: number, df: number): number {
  if (!(p >= 0 && p <= 1) || !(df > 0)) return NaN;
  if (p === 0.5) return 0;
  if (p < 0.5) return -studentQuantile(1 - p, df);
  if (p === 1) return Infinity;
  const tail = 2 * (1 - p);
  let high = 1;
  while (studentTwoSided(high, df) > tail && high < 1e300) high *= 2;
  let low = 0;
  for (let step = 0; step < 200; step++) {
    const middle = (low + high) / 2;
    if (middle === low || middle === high) break;
    if (studentTwoSided(middle, df) > tail) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/** P(X >= x) for chi-square with `df` degrees of freedom. */
export function chiSquareUpper(x: number, df: number): number {
  return regularisedGammaQ(df / 2, x / 2);
}
