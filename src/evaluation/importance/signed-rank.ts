/** Wilcoxon's signed-rank test. */
import { normalTwoSided } from "../../statistics/normal.ts";
import { midranks } from "../../statistics/ranks.ts";

/** Up to so many differences the null distribution is counted, beyond it is normal. */
const EXACT = 50;

export interface SignedRank {
  /** Differences that are neither 0 nor NaN. */
  readonly units: number;
  /** Sum of the ranks of the positive differences. */
  readonly positiveRanks: number;
  /** Two-sided; NaN without units. */
  readonly p: number;
}

/**
 * Tests that differences of independent units lie symmetrically around 0 (Wilcoxon 1945); zeros are left out, equal sizes share the mean of
 * their ranks. Up to 50 units the p-value counts all sign patterns, ties included; beyond, it is scipy's "asymptotic" (corrected for ties,
 * not for continuity).
 */
export function signedRank(differences: ArrayLike<number>): SignedRank {
  const kept = Array.from(differences).filter((d) => !Number.isNaN(d) && d !== 0);
  const units = kept.length;
  const { ranks, ties } = midranks(Float64Array.from(kept, Math.abs));
  let positiveRanks = 0;
  kept.forEach((d, i) => positiveRanks += d > 0 ? ranks[i] : 0);
  if (units === 0) return { units, positiveRanks, p: NaN };
  if (units <= EXACT) return { units, positiveRanks, p: exactP(ranks, positiveRanks) };
  const mean = units * (units + 1) / 4;
  const variance = units * (units + 1) * (2 * units + 1) / 24 - ties / 48;
  return { units, positiveRanks, p: normalTwoSided((positiveRanks - mean) / Math.sqrt(variance)) };
}

/** Share of the 2^n sign patterns whose positive ranks are at least as far from their mean. Ranks are multiples of 1/2. */
function exactP(ranks: Float64Array, positiveRanks: number): number {
  const total = ranks.length * (ranks.length + 1); // of the doubled ranks
  let patterns = new Float64Array(total + 1);
  patterns[0] = 1;
  for (const rank of ranks) {
    const next = patterns.slice();
    for (let sum = 2 * rank; sum <= total; sum++) next[sum] += patterns[sum - 2 * rank];
    patterns = next.map((count) => count / 2); // shares, so that 2^50 need not be exact
  }
  const far = Math.abs(2 * positiveRanks - total / 2);
  let p = 0;
  patterns.forEach((share, sum) => p += Math.abs(sum - total / 2) >= far ? share : 0);
  return Math.min(1, p);
}
