/** Average precision and ROC AUC, exact with ties: rows of equal score enter a ranking together. */

/** 1 for each class code (neither, donor, acceptor) that counts as positive, else 0. */
export type PositiveLabels = readonly [number, number, number];

export const NEITHER: PositiveLabels = [1, 0, 0];
export const DONOR: PositiveLabels = [0, 1, 0];
export const ACCEPTOR: PositiveLabels = [0, 0, 1];
export const SPLICE: PositiveLabels = [0, 1, 1];

export interface RankingMetrics {
  /** Area under the precision-recall steps; NaN without positives. */
  readonly ap: number;
  /** Share of (positive, negative) pairs in the right order, ties half; NaN without positives or negatives. */
  readonly auc: number;
}

/**
 * Both metrics of scores (finite, not negative) against a class, as scikit-learn's average_precision_score and
 * roc_auc_score have them.
 */
export function rankingMetrics(
  scores: Float32Array,
  labels: Uint8Array,
  isPositive: PositiveLabels,
): RankingMetrics {
  const keys = rankedKeys(scores, labels, isPositive);
  let positives = 0; // with a score at or above the current one
  let negatives = 0;
  let precisionSum = 0;
  let ordered = 0; // twice the pairs with the positive above, a tie counting one
  for (let at = keys.length - 1; at >= 0;) {
    const score = keys[at] >>> 1;
    const end = at;
    let tiedPositives = 0;
    for (; at >= 0 && keys[at] >>> 1 === score; at--) tiedPositives += keys[at] & 1;
    const tiedNegatives = end - at - tiedPositives;
    ordered += tiedNegatives * (2 * positives + tiedPositives);
    positives += tiedPositives;
    negatives += tiedNegatives;
    if (tiedPositives > 0) precisionSum += tiedPositives * (positives / (positives + negatives));
  }
  return { ap: precisionSum / positives, auc: ordered / (2 * positives * negatives) };
}

/**
 * A key a row, ascending: `key >>> 1` are the bits of the score without its sign (they sort as scores that are not
 * negative do, -0 is 0), `key & 1` says whether the row is positive.
 */
export function rankedKeys(
  scores: Float32Array,
  labels: Uint8Array,
  isPositive: PositiveLabels,
): Uint32Array {
  const bits = new Uint32Array(scores.buffer, scores.byteOffset, scores.length);
  const keys = new Uint32Array(scores.length);
  for (let row = 0; row < keys.length; row++) keys[row] = (bits[row] << 1) | isPositive[labels[row]];
  return radixSort(keys);
}

/** Sorts ascending in three passes of 11 bits; `keys` is used as scratch. */
function radixSort(keys: Uint32Array): Uint32Array {
  const starts = new Uint32Array(2048);
  let from: Uint32Array = keys;
  let to: Uint32Array = new Uint32Array(keys.length);
  for (let shift = 0; shift < 32; shift += 11) {
    starts.fill(0);
    for (let i = 0; i < from.length; i++) starts[(from[i] >>> shift) & 2047]++;
    let start = 0;
    for (let digit = 0; digit < starts.length; digit++) {
      const count = starts[digit];
      starts[digit] = start;
      start += count;
    }
    for (let i = 0; i < from.length; i++) to[starts[(from[i] >>> shift) & 2047]++] = from[i];
    [from, to] = [to, from];
  }
  return from;
}
