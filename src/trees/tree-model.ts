/** One boosted binary classifier: trees in flat arrays, and the reference way to evaluate them. */
import type { Tree } from "../numerics/engine.ts";
import { SpliceboostError, usageError } from "../numerics/errors.ts";
import { fromMargin, MARGIN_LIMIT } from "../numerics/fixed.ts";

/** Trees behind each other: a node's arrays as in Tree, over all trees; `left` counts from its own tree's root. */
export interface PackedTrees extends Tree {
  /** Nodes of tree t are offsets[t] .. offsets[t+1]-1; number of trees + 1 entries. */
  readonly offsets: Uint32Array;
}

/** Something that evaluates tree models (TypeScript, WebAssembly); all return the same margins. */
export interface Predictor {
  /**
   * Fixed-point margins per model and row.
   * @param columns f32 values per feature, rows long (empty where no model splits on the feature); missing is NaN.
   */
  margins(
    models: readonly TreeModel[],
    columns: readonly Float32Array[],
    rows: number,
  ): Int32Array[] | Promise<Int32Array[]>;
}

/** Rows evaluated together, so that their values stay in the cache over all trees. */
const ROW_BLOCK = 1024;

export class TreeModel {
  readonly featureNames: readonly string[];
  /** Margin before any tree, fixed point. */
  readonly baseMargin: number;
  readonly packed: PackedTrees;

  /** @throws SpliceboostError (runtime) where margins could leave the i32 range. */
  constructor(featureNames: readonly string[], baseMargin: number, packed: PackedTrees) {
    this.featureNames = featureNames;
    this.baseMargin = baseMargin;
    this.packed = packed;
    checkMarginRange(baseMargin, packed);
  }

  /** A model of trees as an engine returns them. */
  static fromTrees(featureNames: readonly string[], baseMargin: number, trees: readonly Tree[]): TreeModel {
    return new TreeModel(featureNames, baseMargin, packTrees(trees));
  }

  get treeCount(): number {
    return this.packed.offsets.length - 1;
  }

  /** Tree t, as views into the packed arrays. */
  tree(t: number): Tree {
    const { packed } = this;
    return sliceTree(packed, packed.offsets[t], packed.offsets[t + 1]);
  }

  /** 1 per feature that some tree splits on, else 0. */
  usedFeatures(): Uint8Array {
    const used = new Uint8Array(this.featureNames.length);
    for (const column of this.packed.column) if (column >= 0) used[column] = 1;
    return used;
  }

  /**
   * Fixed-point margins of rows: the reference that every other evaluation must equal. x < threshold goes left; NaN
   * follows the node's missing direction.
   * @param columns f32 values per feature, in the model's feature order; those no tree splits on are not read.
   */
  marginsOf(columns: readonly Float32Array[], rows: number): Int32Array {
    this.#checkColumns(columns, rows);
    const { offsets, column, threshold, missingLeft, left, value } = this.packed;
    const margins = new Int32Array(rows).fill(this.baseMargin);
    for (let begin = 0; begin < rows; begin += ROW_BLOCK) {
      const end = Math.min(rows, begin + ROW_BLOCK);
      for (let t = 0; t + 1 < offsets.length; t++) {
        const root = offsets[t];
        for (let row = begin; row < end; row++) {
          let node = root;
          for (let feature = column[node]; feature >= 0; feature = column[node]) {
            const x = columns[feature][row];
            const goesLeft = x < threshold[node] || (x !== x && missingLeft[node] === 1);
            node = root + left[node] + (goesLeft ? 0 : 1);
          }
          margins[row] += value[node];
        }
      }
    }
    return margins;
  }

  #checkColumns(columns: readonly Float32Array[], rows: number): void {
    if (columns.length !== this.featureNames.length) {
      throw usageError(
        `expected ${this.featureNames.length} columns, one a feature; found ${columns.length}`,
      );
    }
    const used = this.usedFeatures();
    for (const [f, name] of this.featureNames.entries()) {
      if (used[f] === 1 && columns[f].length !== rows) {
        throw usageError(`column "${name}": expected ${rows} values, found ${columns[f].length}`);
      }
    }
  }
}

/** Evaluates with TreeModel.marginsOf. */
export const referencePredictor: Predictor = {
  margins: (models, columns, rows) => models.map((model) => model.marginsOf(columns, rows)),
};

/** Concatenates trees. */
export function packTrees(trees: readonly Tree[]): PackedTrees {
  const offsets = new Uint32Array(trees.length + 1);
  trees.forEach((tree, t) => offsets[t + 1] = offsets[t] + tree.column.length);
  const nodes = offsets[trees.length];
  const packed: PackedTrees = {
    offsets,
    column: new Int32Array(nodes),
    bin: new Int16Array(nodes),
    threshold: new Float32Array(nodes),
    missingLeft: new Uint8Array(nodes),
    left: new Int32Array(nodes),
    value: new Int32Array(nodes),
    gain: new Float64Array(nodes),
    cover: new Float64Array(nodes),
  };
  trees.forEach((tree, t) => {
    packed.column.set(tree.column, offsets[t]);
    packed.bin.set(tree.bin, offsets[t]);
    packed.threshold.set(tree.threshold, offsets[t]);
    packed.missingLeft.set(tree.missingLeft, offsets[t]);
    packed.left.set(tree.left, offsets[t]);
    packed.value.set(tree.value, offsets[t]);
    packed.gain.set(tree.gain, offsets[t]);
    packed.cover.set(tree.cover, offsets[t]);
  });
  return packed;
}

/**
 * Trees over fewer features: the split columns are renumbered as places in `kept` (ascending).
 * @throws SpliceboostError (runtime) where a tree splits on a feature that is not kept
 */
export function renumberColumns(trees: readonly Tree[], kept: readonly number[]): readonly Tree[] {
  if (kept.every((column, i) => column === i)) return trees;
  const place = new Map(kept.map((column, i) => [column, i]));
  return trees.map((tree) => ({
    ...tree,
    column: tree.column.map((column) => {
      if (column < 0) return column;
      const to = place.get(column);
      if (to === undefined) {
        throw new SpliceboostError("runtime", `a tree splits on column ${column}, which was left out`);
      }
      return to;
    }),
  }));
}

/**
 * The same model over another list of features, which holds all that it splits on.
 * @throws SpliceboostError (usage) naming a feature that the list lacks
 */
export function overFeatures(model: TreeModel, featureNames: readonly string[]): TreeModel {
  const place = new Map(featureNames.map((name, f) => [name, f]));
  const { packed } = model;
  const column = packed.column.map((feature) => {
    if (feature < 0) return feature;
    const to = place.get(model.featureNames[feature]);
    if (to === undefined) {
      throw usageError(`expected the feature "${model.featureNames[feature]}", on which a tree splits`);
    }
    return to;
  });
  return new TreeModel(featureNames, model.baseMargin, { ...packed, column });
}

/** Views of nodes begin .. end-1. */
export function sliceTree(tree: Tree, begin: number, end: number): Tree {
  return {
    column: tree.column.subarray(begin, end),
    bin: tree.bin.subarray(begin, end),
    threshold: tree.threshold.subarray(begin, end),
    missingLeft: tree.missingLeft.subarray(begin, end),
    left: tree.left.subarray(begin, end),
    value: tree.value.subarray(begin, end),
    gain: tree.gain.subarray(begin, end),
    cover: tree.cover.subarray(begin, end),
  };
}

/** Every partial sum of leaf values must fit an i32, so that margins are exact in any order of addition. */
function checkMarginRange(baseMargin: number, { offsets, value }: PackedTrees): void {
  let lowest = Math.min(0, baseMargin);
  let highest = Math.max(0, baseMargin);
  for (let t = 0; t + 1 < offsets.length; t++) {
    let low = 0;
    let high = 0;
    for (let node = offsets[t]; node < offsets[t + 1]; node++) {
      low = Math.min(low, value[node]);
      high = Math.max(high, value[node]);
    }
    lowest += low;
    highest += high;
  }
  if (lowest < -MARGIN_LIMIT || highest > MARGIN_LIMIT) {
    throw new SpliceboostError(
      "runtime",
      `the leaf values of ${offsets.length - 1} trees add up to margins from ${
        fromMargin(lowest).toFixed(0)
      } to ` +
        `${fromMargin(highest).toFixed(0)}, outside the fixed-point range of +-2047; ` +
        "lower learning_rate or n_estimators, raise reg_lambda or min_child_weight, or set max_delta_step",
    );
  }
}
