/** Isotonic regression of a 0/1 label on a score: the pool-adjacent-violators algorithm (Ayer et al. 1955). */
import type { IsotonicCalibrator } from "./types.ts";

/**
 * The non-falling function of the score with the least squared error: rows of equal score are one, and between the ends of blocks
 * of equal value it is linear, as in scikit-learn. Values are clipped to 1 / (n + 2) from 0 and 1, n rows, so that a row on the
 * wrong side costs ln(n + 2) and no more.
 * @param scores one a row, finite, at least one
 */
export function fitIsotonic(scores: Float64Array, isPositive: Uint8Array): IsotonicCalibrator {
  const least = 1 / (scores.length + 2);
  const x: number[] = [];
  const y: number[] = [];
  for (const { from, to, positives, rows } of pooledBlocks(scores, isPositive)) {
    const value = Math.min(Math.max(positives / rows, least), 1 - least);
    x.push(from);
    y.push(value);
    if (to > from) {
      x.push(to);
      y.push(value);
    }
  }
  return { kind: "isotonic", x, y };
}

/** The value at a score; constant beyond the first and the last knot. */
export function isotonicValue({ x, y }: IsotonicCalibrator, score: number): number {
  let low = 0;
  let high = x.length - 1;
  if (score <= x[low]) return y[low];
  if (score >= x[high]) return y[high];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (x[middle] <= score) low = middle;
    else high = middle;
  }
  // The share first: it is at most 1, so that the result stays between the two values.
  return y[low] + (y[high] - y[low]) * ((score - x[low]) / (x[high] - x[low]));
}

/** Rows of scores from .. to, which get one value. */
interface Block {
  readonly from: number;
  to: number;
  positives: number;
  rows: number;
}

function pooledBlocks(scores: Float64Array, isPositive: Uint8Array): Block[] {
  const blocks: Block[] = [];
  for (const group of tiedRows(scores, isPositive)) {
    let last = group;
    // Blocks rise strictly: an equal or higher one before is merged. Cross-multiplied, so that equal shares are equal.
    while (blocks.length > 0) {
      const before = blocks[blocks.length - 1];
      if (before.positives * last.rows < last.positives * before.rows) break;
      blocks.pop();
      last = {
        from: before.from,
        to: last.to,
        positives: before.positives + last.positives,
        rows: before.rows + last.rows,
      };
    }
    blocks.push(last);
  }
  return blocks;
}

/** One block a different score, ascending. */
function* tiedRows(scores: Float64Array, isPositive: Uint8Array): Generator<Block> {
  const positives = scores.filter((_, row) => isPositive[row] === 1).sort();
  const negatives = scores.filter((_, row) => isPositive[row] === 0).sort();
  let [p, n] = [0, 0];
  while (p < positives.length || n < negatives.length) {
    const score = Math.min(positives[p] ?? Infinity, negatives[n] ?? Infinity);
    const [firstP, firstN] = [p, n];
    while (p < positives.length && positives[p] === score) p++;
    while (n < negatives.length && negatives[n] === score) n++;
    yield { from: score, to: score, positives: p - firstP, rows: p - firstP + n - firstN };
  }
}
