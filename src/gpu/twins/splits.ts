/** The splits of a node, every one judged by its canonical gain. */
import { nodeScore, nodeWeight, scoreAt, splitGain } from "../../numerics/gain.ts";
import { NODE, NONE } from "../records.ts";
import type { CellColumn } from "./cells.ts";
import { doubleAt, type LaneRecord } from "./layout.ts";

/** Gradient and hessian, grid units. */
export type Sums = readonly [number, number];

/** A node as its splits are judged. */
export interface Parent {
  readonly p: LaneRecord;
  readonly sums: Sums;
  readonly lower: number;
  readonly upper: number;
}

export interface Split {
  readonly gain: number;
  readonly key: number;
  readonly left: Sums;
}

/** The node whose record begins at `node`. */
export function parentAt(p: LaneRecord, nodes: Uint32Array, node: number): Parent {
  return {
    p,
    sums: [nodes[node + NODE.g] | 0, nodes[node + NODE.h] | 0],
    lower: doubleAt(nodes, node + NODE.lower),
    upper: doubleAt(nodes, node + NODE.upper),
  };
}

/** The canonical gain of the split with these sums on its left; 0 where it is not allowed or gains nothing. */
export function gainOf({ p, sums: [g, h], lower, upper }: Parent, [gl, hl]: Sums, direction: number): number {
  const gr = g - gl;
  const hr = h - hl;
  if (hl < p.least || hr < p.least) return 0;
  const score = nodeScore(g, h, p.units, lower, upper);
  if (!p.limited) {
    return atLeastZero(splitGain(nodeScore(gl, hl, p.units), nodeScore(gr, hr, p.units), score));
  }
  const left = nodeWeight(gl, hl, p.units, lower, upper);
  const right = nodeWeight(gr, hr, p.units, lower, upper);
  if (direction > 0 && left > right || direction < 0 && left < right) return 0;
  return atLeastZero(splitGain(scoreAt(left, gl, hl, p.units), scoreAt(right, gr, hr, p.units), score));
}

function atLeastZero(x: number): number {
  return x > 0 ? x : 0;
}

/**
 * The best split of a node by a column, or null where none gains anything; ties go to the lowest bin, then to missing left.
 * @param sums by bin
 */
export function bestOf(
  parent: Parent,
  { feature, bins, missingBin }: CellColumn,
  sums: readonly Sums[],
  direction: number,
): Split | null {
  const missing = missingBin === NONE ? [0, 0] : sums[missingBin];
  const values = missingBin === NONE ? bins : bins - 1;
  let best: Split | null = null;
  let below: Sums = [0, 0];
  for (let bin = -1; bin < values; bin++) {
    if (bin >= 0) below = [below[0] + sums[bin][0], below[1] + sums[bin][1]];
    for (const right of [0, 1]) {
      const left: Sums = right ? below : [below[0] + missing[0], below[1] + missing[1]];
      const gain = gainOf(parent, left, direction);
      if (gain > (best?.gain ?? 0)) best = { gain, key: (feature << 10) | ((bin + 1) << 1) | right, left };
    }
  }
  return best;
}
