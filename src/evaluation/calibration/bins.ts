/** Which probabilities are looked at together. */
import { quantileSorted } from "../../statistics/quantile.ts";

/** Bins of a curve where nothing else is said, as in Guo et al. (2017). */
export const DEFAULT_BINS = 15;

/** Edges of the fixed ranges in which confidence is judged. */
export const RANGE_EDGES: readonly number[] = [0, 0.1, 0.5, 0.9, 1];

/** Consecutive intervals of probability. */
export interface Edges {
  /** Ascending, one more than bins; equal neighbours make a bin of one value, or none. */
  readonly edges: readonly number[];
  /** Whether a value on an inner edge belongs to the bin below it. */
  readonly closedAbove: boolean;
}

/**
 * Bins of equal numbers of rows, as far as equal probabilities allow: edges at the quantiles, as scikit-learn's calibration_curve
 * has them. `sorted` ascending, at least one.
 */
export function equalMassEdges(sorted: Float64Array, bins: number): Edges {
  const edges = Array.from({ length: bins + 1 }, (_, k) => quantileSorted(sorted, k / bins));
  return { edges, closedAbove: true };
}

/** Bins of equal width from 0 to 1. */
export function equalWidthEdges(bins: number): Edges {
  return { edges: Array.from({ length: bins + 1 }, (_, k) => k / bins), closedAbove: true };
}

/** The fixed ranges: a value on an inner edge belongs to the range above, so that 0.5 is a call. */
export const CONFIDENCE_RANGES: Edges = { edges: RANGE_EDGES, closedAbove: false };

/** Index of the bin of a probability. */
export function binOf({ edges, closedAbove }: Edges, p: number): number {
  let low = 1;
  let high = edges.length - 1;
  // The first inner edge that p does not pass.
  while (low < high) {
    const middle = (low + high) >> 1;
    if (closedAbove ? edges[middle] < p : edges[middle] <= p) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}
