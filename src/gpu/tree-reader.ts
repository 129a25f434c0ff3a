/** From what is read back of a grown tree to the tree itself: gains, covers and thresholds by the host's own f64 arithmetic. */
import type { GrowthParameters, Tree } from "../numerics/engine.ts";
import { SpliceboostError } from "../numerics/errors.ts";
import { MARGIN_ONE, PROBABILITY_BITS } from "../numerics/fixed.ts";
import { nodeScore, nodeWeight, type Regularisation, scoreAt, splitGain } from "../numerics/gain.ts";
import type { WeightGrid } from "../numerics/gradient.ts";
import type { BinnedColumn } from "../numerics/matrix.ts";
import { RECORD_WORDS } from "./records.ts";

type Bounds = readonly [number, number];

/** Reads the trees of one lane. */
export class TreeReader {
  readonly #columns: readonly BinnedColumn[];
  readonly #p: GrowthParameters;
  readonly #quantum: number;
  readonly #fineUnit: number;
  /** Regularisation in units of the gradient grid, and as it is. */
  readonly #units: Regularisation;
  readonly #real: Regularisation;
  readonly #limited: boolean;

  constructor(columns: readonly BinnedColumn[], p: GrowthParameters, grid: WeightGrid) {
    this.#columns = columns;
    this.#p = p;
    this.#quantum = 2 ** (grid.exponent - grid.bits);
    this.#fineUnit = 2 ** (grid.exponent - PROBABILITY_BITS);
    this.#units = {
      lambda: p.regLambda / this.#quantum,
      alpha: p.regAlpha / this.#quantum,
      maxDeltaStep: p.maxDeltaStep,
    };
    this.#real = { lambda: p.regLambda, alpha: p.regAlpha, maxDeltaStep: p.maxDeltaStep };
    this.#limited = p.maxDeltaStep > 0 || p.monotone !== null;
  }

  /**
   * The tree of a block of records: the number of nodes, then the nodes.
   * @throws SpliceboostError (device) where the adapter's leaf value is not the canonical one
   */
  read(words: Uint32Array, where: string): Tree {
    const size = words[0];
    const signed = new Int32Array(words.buffer, words.byteOffset, words.length);
    const tree = {
      column: new Int32Array(size).fill(-1),
      bin: new Int16Array(size),
      threshold: new Float32Array(size),
      missingLeft: new Uint8Array(size),
      left: new Int32Array(size).fill(-1),
      value: new Int32Array(size),
      gain: new Float64Array(size),
      cover: new Float64Array(size),
    };
    const bounds: Bounds[] = new Array(size).fill([-Infinity, Infinity]);
    for (let node = 0; node < size; node++) {
      const at = (node + 1) * RECORD_WORDS;
      const left = words[at + 1];
      if (left === 0) {
        this.#readLeaf(tree, node, words, signed[at + 10], bounds[node], where);
        continue;
      }
      const key = words[at];
      const feature = key >>> 10;
      const bin = ((key >>> 1) & 511) - 1;
      const sums = { g: signed[at + 2], h: signed[at + 3], gl: signed[at + 4], hl: signed[at + 5] };
      tree.column[node] = feature;
      tree.bin[node] = bin;
      tree.threshold[node] = thresholdOf(this.#columns[feature], bin);
      tree.missingLeft[node] = 1 - (key & 1);
      tree.left[node] = left;
      tree.gain[node] = this.#gain(sums, bounds[node]) * this.#quantum;
      [bounds[left], bounds[left + 1]] = this.#childBounds(
        sums,
        this.#p.monotone?.[feature] ?? 0,
        bounds[node],
      );
    }
    // Children come after their parents.
    for (let node = size - 1; node >= 0; node--) {
      const left = tree.left[node];
      if (left >= 0) tree.cover[node] = tree.cover[left] + tree.cover[left + 1];
    }
    return tree;
  }

  #readLeaf(
    tree: Pick<Tree, "value" | "cover">,
    node: number,
    words: Uint32Array,
    value: number,
    [lower, upper]: Bounds,
    where: string,
  ): void {
    const at = (node + 1) * RECORD_WORDS;
    const gradient = wide(words[at + 6], words[at + 7]) * this.#fineUnit;
    const hessian = wide(words[at + 8], words[at + 9]) * this.#fineUnit;
    const weight = nodeWeight(gradient, hessian, this.#real, lower, upper);
    const fixed = Math.floor(weight * this.#p.learningRate * MARGIN_ONE + 0.5);
    const expected = Math.max(-0x7fffffff, Math.min(0x7fffffff, fixed));
    if (value !== expected) {
      throw new SpliceboostError(
        "device",
        `${where}, node ${node}: expected the leaf value ${expected}, the adapter made ${value}; ` +
          "run `spliceboost verify` to see which kernel it miscomputes, and train on the CPU engine (--device cpu)",
      );
    }
    tree.value[node] = value;
    tree.cover[node] = hessian;
  }

  #gain(sums: { g: number; h: number; gl: number; hl: number }, [lower, upper]: Bounds): number {
    const { g, h, gl, hl } = sums;
    const score = (gradient: number, hessian: number): number => {
      if (!this.#limited) return nodeScore(gradient, hessian, this.#units);
      return scoreAt(
        nodeWeight(gradient, hessian, this.#units, lower, upper),
        gradient,
        hessian,
        this.#units,
      );
    };
    return splitGain(score(gl, hl), score(g - gl, h - hl), nodeScore(g, h, this.#units, lower, upper));
  }

  /** Bounds of the children's weights under a monotone constraint: they meet at the middle of their free weights. */
  #childBounds(
    { g, h, gl, hl }: { g: number; h: number; gl: number; hl: number },
    direction: number,
    own: Bounds,
  ): readonly [Bounds, Bounds] {
    if (direction === 0) return [own, own];
    const [lower, upper] = own;
    const left = nodeWeight(gl, hl, this.#units, lower, upper);
    const right = nodeWeight(g - gl, h - hl, this.#units, lower, upper);
    const middle = (left + right) / 2;
    return direction > 0 ? [[lower, middle], [middle, upper]] : [[middle, upper], [lower, middle]];
  }
}

/** A two's complement 64-bit integer as the nearest double. */
function wide(high: number, low: number): number {
  return Number(BigInt.asIntN(64, (BigInt(high) << 32n) | BigInt(low)));
}

/** x < threshold goes left; -Infinity where only missing does, +Infinity where all values do. */
function thresholdOf({ cuts, bins, missingBin }: BinnedColumn, bin: number): number {
  const values = missingBin < 0 ? bins : bins - 1;
  if (bin < 0) return -Infinity;
  return bin < values - 1 ? cuts[bin] : Infinity;
}
