/** Ranks with ties, and the rank-sum test of two groups. */
import { argsort } from "./argsort.ts";
import { normalTwoSided } from "./normal.ts";

export interface Midranks {
  /** Rank per value from 1, the mean rank for tied values; NaN for NaN. */
  readonly ranks: Float64Array;
  /** Sum over groups of tied values of t^3 - t. */
  readonly ties: number;
}

/** Ranks of the values that are not NaN. */
export function midranks(values: Float32Array | Float64Array): Midranks {
  const order = argsort(values);
  const ranks = new Float64Array(values.length).fill(NaN);
  let ties = 0;
  for (let start = 0; start < order.length;) {
    const value = values[order[start]];
    if (Number.isNaN(value)) break;
    let end = start + 1;
    while (end < order.length && values[order[end]] === value) end++;
    for (let i = start; i < end; i++) ranks[order[i]] = (start + 1 + end) / 2;
    const tied = end - start;
    ties += tied ** 3 - tied;
    start = end;
  }
  return { ranks, ties };
}

/** Two groups compared by the ranks of their values. */
export interface RankSum {
  /** Values that are not NaN in the first group and in the second. */
  readonly first: number;
  readonly second: number;
  /** Mann-Whitney's U of the first group. */
  readonly u: number;
  /** P(first > second) + P(equal) / 2, the area under the ROC curve; NaN where a group is empty. */
  readonly auc: number;
  /** 2 auc - 1, from -1 to 1. */
  readonly rankBiserial: number;
  /**
   * Two-sided, from the normal approximation with correction for ties and continuity (as scipy's asymptotic mannwhitneyu). It takes the
   * values as independent: rows of one gene are not. NaN where a group is empty or all values are equal.
   */
  readonly p: number;
}

/**
 * The rank-sum test (Mann and Whitney 1947) of the values where `inFirst` is not 0 against the others; NaN values are left out. `ranked` spares
 * the sort where one column is split several ways.
 */
export function rankSum(
  values: Float32Array | Float64Array,
  inFirst: ArrayLike<number>,
  ranked: Midranks = midranks(values),
): RankSum {
  const { ranks, ties } = ranked;
  let [first, second, sum] = [0, 0, 0];
  for (let i = 0; i < ranks.length; i++) {
    if (Number.isNaN(ranks[i])) continue;
    if (inFirst[i] === 0) second++;
    else {
      first++;
      sum += ranks[i];
    }
  }
  const n = first + second;
  const u = sum - first * (first + 1) / 2;
  const auc = u / (first * second);
  const sd = Math.sqrt(first * second / 12 * (n + 1 - ties / (n * (n - 1))));
  const excess = Math.max(0, Math.abs(u - first * second / 2) - 0.5);
  return { first, second, u, auc, rankBiserial: 2 * auc - 1, p: sd > 0 ? normalTwoSided(excess / sd) : NaN };
}
