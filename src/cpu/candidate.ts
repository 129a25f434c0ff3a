/** Nodes that may split, and their splits, as the growth of a tree passes them around. */
import { nodeWeight, type Regularisation } from "../numerics/gain.ts";

/** A node that may still split. */
export interface Candidate {
  readonly node: number;
  /** Its rows with gradients in the workspace's list. */
  readonly start: number;
  readonly count: number;
  /** Its sampled rows whose gradients the grid rounded away; kept in leaf-wise growth, which counts rows. */
  readonly idleStart: number;
  readonly idleCount: number;
  /** Sums over its rows in grid units. */
  readonly gradient: number;
  readonly hessian: number;
  /** Least hessian of a child, in grid units. */
  readonly least: number;
  /** Histogram slot, or -1. */
  slot: number;
  readonly lower: number;
  readonly upper: number;
  /** Columns split on above, where constraints ask for them. */
  readonly path: ReadonlySet<number>;
}

/** The children of a split: those that may split further are in the level under their index, the other is null. */
export interface Family {
  readonly children: readonly Candidate[];
  readonly indices: readonly (number | null)[];
  readonly parentSlot: number;
}

/** The best split of a node, as found. */
export interface Split {
  readonly gain: number;
  readonly column: number;
  readonly bin: number;
  readonly missingLeft: boolean;
  readonly gradientLeft: number;
  readonly hessianLeft: number;
}

/** Bounds of the weight of a left and of a right child. */
export interface ChildBounds {
  readonly left: readonly [number, number];
  readonly right: readonly [number, number];
}

/**
 * Bounds of the children's weights under monotone constraints: they meet at the middle of their free weights.
 * @param direction -1, 0 or 1 for the split's column
 * @param units regularisation in grid units
 */
export function childBounds(
  { lower, upper, gradient, hessian }: Candidate,
  split: Split,
  direction: number,
  units: Regularisation,
): ChildBounds {
  if (direction === 0) return { left: [lower, upper], right: [lower, upper] };
  const left = nodeWeight(split.gradientLeft, split.hessianLeft, units, lower, upper);
  const right = nodeWeight(gradient - split.gradientLeft, hessian - split.hessianLeft, units, lower, upper);
  const middle = (left + right) / 2;
  return direction > 0
    ? { left: [lower, middle], right: [middle, upper] }
    : { left: [middle, upper], right: [lower, middle] };
}

/** x < threshold goes left; -Infinity where only missing does, +Infinity where all values do. */
export function thresholdOf(cuts: Float32Array, bin: number, values: number): number {
  if (bin < 0) return -Infinity;
  return bin < values - 1 ? cuts[bin] : Infinity;
}
