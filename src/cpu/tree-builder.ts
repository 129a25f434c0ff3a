/** A tree while it grows; nodes are numbered breadth first. */
import type { Tree } from "../numerics/engine.ts";
import { MARGIN_ONE } from "../numerics/fixed.ts";
import { nodeWeight, type Regularisation } from "../numerics/gain.ts";

export class TreeBuilder {
  readonly column: number[] = [];
  readonly bin: number[] = [];
  readonly threshold: number[] = [];
  readonly missingLeft: number[] = [];
  readonly left: number[] = [];
  readonly gain: number[] = [];
  /** Bounds of each node's weight. */
  readonly lower: number[] = [];
  readonly upper: number[] = [];
  readonly #depth: number[] = [];

  /** Number of nodes. */
  get size(): number {
    return this.column.length;
  }

  /** Edges of the longest path. */
  get depth(): number {
    return this.#depth.at(-1) ?? 0;
  }

  addRoot(): number {
    return this.#add(0);
  }

  #add(depth: number): number {
    this.column.push(-1);
    this.bin.push(0);
    this.threshold.push(0);
    this.missingLeft.push(0);
    this.left.push(-1);
    this.gain.push(0);
    this.lower.push(-Infinity);
    this.upper.push(Infinity);
    return this.#depth.push(depth) - 1;
  }

  /** Splits a leaf; returns the left child, the right one is next. */
  split(
    node: number,
    column: number,
    bin: number,
    threshold: number,
    missingLeft: boolean,
    gain: number,
  ): number {
    this.column[node] = column;
    this.bin[node] = bin;
    this.threshold[node] = threshold;
    this.missingLeft[node] = missingLeft ? 1 : 0;
    this.gain[node] = gain;
    const left = this.left[node] = this.#add(this.#depth[node] + 1);
    this.#add(this.#depth[node] + 1);
    return left;
  }

  /** Bounds of the children at `left` and `left + 1`. */
  setBounds(
    left: number,
    leftBounds: readonly [number, number],
    rightBounds: readonly [number, number],
  ): void {
    [this.lower[left], this.upper[left]] = leftBounds;
    [this.lower[left + 1], this.upper[left + 1]] = rightBounds;
  }

  /**
   * The finished tree: leaf values from the exact sums of the fine gradients of the leaf's rows, rounded once.
   * @param gradients real-valued sums per node, meaningful at leaves; likewise `hessians`.
   */
  finish(gradients: Float64Array, hessians: Float64Array, learningRate: number, r: Regularisation): Tree {
    const size = this.size;
    const value = new Int32Array(size);
    const cover = new Float64Array(size);
    for (let node = size - 1; node >= 0; node--) {
      if (this.left[node] >= 0) {
        cover[node] = cover[this.left[node]] + cover[this.left[node] + 1];
        continue;
      }
      cover[node] = hessians[node];
      const weight = nodeWeight(gradients[node], hessians[node], r, this.lower[node], this.upper[node]);
      const fixed = Math.floor(weight * learningRate * MARGIN_ONE + 0.5);
      // The caller refuses models whose margins could leave the i32 range; this only keeps the sum of bounds finite.
      value[node] = Math.max(-0x7fffffff, Math.min(0x7fffffff, fixed));
    }
    return {
      column: Int32Array.from(this.column),
      bin: Int16Array.from(this.bin),
      threshold: Float32Array.from(this.threshold),
      missingLeft: Uint8Array.from(this.missingLeft),
      left: Int32Array.from(this.left),
      value,
      gain: Float64Array.from(this.gain),
      cover,
    };
  }
}
