/** Models and rows for the tests of importance. */
import type { ClassName } from "../../../src/data/dataset.ts";
import type { FeatureSample } from "../../../src/evaluation/analysis.ts";
import type { Tree } from "../../../src/numerics/engine.ts";
import { Stream } from "../../../src/numerics/random.ts";
import { TreeModel } from "../../../src/trees/tree-model.ts";

/** Complete trees of depth 9 (1023 nodes each) over four features of 1000 values, many thresholds, missing values either way. */
export function deepModel(rows: number): { readonly model: TreeModel; readonly columns: Float32Array[] } {
  const stream = new Stream(3, 99);
  const columns = Array.from(
    { length: 4 },
    () => Float32Array.from({ length: rows }, () => stream.nextInt(10) === 0 ? NaN : stream.nextInt(1000)),
  );
  const trees = Array.from({ length: 4 }, (): Tree => {
    const inner = 2 ** 9 - 1;
    const nodes = 2 * inner + 1;
    const at = Int32Array.from({ length: nodes }, (_, node) => node);
    return {
      column: at.map((node) => node < inner ? stream.nextInt(4) : -1),
      bin: new Int16Array(nodes),
      threshold: Float32Array.from(at, (node) => node < inner ? stream.nextInt(1000) : 0),
      missingLeft: Uint8Array.from(at, (node) => node < inner ? stream.nextInt(2) : 0),
      left: at.map((node) => node < inner ? 2 * node + 1 : -1),
      value: at.map((node) => node < inner ? 0 : stream.nextInt(2 ** 22) - 2 ** 21),
      gain: new Float64Array(nodes),
      cover: new Float64Array(nodes),
    };
  });
  return { model: TreeModel.fromTrees(["a", "b", "c", "d"], -12345, trees), columns };
}

/** A stump: `low` where the feature is below the threshold, else `high` (fixed point). Missing goes left. */
export function stump(feature: number, threshold: number, low: number, high: number, gain = 1): Tree {
  return {
    column: Int32Array.of(feature, -1, -1),
    bin: new Int16Array(3),
    threshold: Float32Array.of(threshold, 0, 0),
    missingLeft: Uint8Array.of(1, 0, 0),
    left: Int32Array.of(1, -1, -1),
    value: Int32Array.of(0, low, high),
    gain: Float64Array.of(gain, 0, 0),
    cover: Float64Array.of(4, 2, 2),
  };
}

export type Classifiers = { readonly classifiers: Readonly<Record<ClassName, TreeModel>> };

/** Classifiers of the given trees. */
export function classifiersOf(
  names: readonly string[],
  trees: Readonly<Record<ClassName, readonly Tree[]>>,
): Classifiers {
  const model = (className: ClassName) => TreeModel.fromTrees(names, 0, trees[className]);
  return { classifiers: { neither: model("neither"), donor: model("donor"), acceptor: model("acceptor") } };
}

/** A sample of genes from columns; every gene has `rowsPerGene` rows and the folds take turns. */
export function sampleOf(
  columns: Readonly<Record<string, Float32Array>>,
  labels: Uint8Array,
  rowsPerGene: number,
  folds: number,
): FeatureSample {
  const genes = labels.length / rowsPerGene;
  return {
    names: Object.keys(columns),
    columns: Object.values(columns),
    labels,
    geneStart: Uint32Array.from({ length: genes + 1 }, (_, g) => g * rowsPerGene),
    genes: Uint32Array.from({ length: genes }, (_, g) => g),
    rows: Uint32Array.from(labels, (_, row) => row),
    foldOfGene: Uint8Array.from({ length: genes }, (_, g) => g % folds),
  };
}
