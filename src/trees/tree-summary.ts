/** What a tree model looks like: counts, importances, a text dump. */
import { fromMargin } from "../numerics/fixed.ts";
import type { TreeModel } from "./tree-model.ts";

export interface TreeSummary {
  readonly trees: number;
  readonly nodes: number;
  readonly leaves: number;
  /** Edges from root to the deepest leaf. */
  readonly depth: number;
  /** Number of features that some tree splits on. */
  readonly features: number;
  /** Margin before any tree. */
  readonly baseMargin: number;
}

/** Sums over the splits on each feature, in feature order. XGBoost's `gain` and `cover` are these over `weight`. */
export interface FeatureSums {
  /** Number of splits. */
  readonly weight: Uint32Array;
  /** Total loss reduction. */
  readonly gain: Float64Array;
  /** Total hessian of the rows split. */
  readonly cover: Float64Array;
}

/** Counts of a model. */
export function summarizeTrees(model: TreeModel): TreeSummary {
  const { packed, treeCount } = model;
  let leaves = 0;
  for (const column of packed.column) if (column < 0) leaves++;
  let depth = 0;
  for (let t = 0; t < treeCount; t++) {
    for (const d of nodeDepths(model, t)) depth = Math.max(depth, d);
  }
  return {
    trees: treeCount,
    nodes: packed.column.length,
    leaves,
    depth,
    features: model.usedFeatures().reduce((sum, used) => sum + used, 0),
    baseMargin: fromMargin(model.baseMargin),
  };
}

/** Importance sums per feature. */
export function featureSums(model: TreeModel): FeatureSums {
  const features = model.featureNames.length;
  const sums = {
    weight: new Uint32Array(features),
    gain: new Float64Array(features),
    cover: new Float64Array(features),
  };
  const { column, gain, cover } = model.packed;
  for (let node = 0; node < column.length; node++) {
    const feature = column[node];
    if (feature < 0) continue;
    sums.weight[feature]++;
    sums.gain[feature] += gain[node];
    sums.cover[feature] += cover[node];
  }
  return sums;
}

/** Tree t as text, one line a node, in the manner of XGBoost's dump. */
export function dumpTree(model: TreeModel, t: number): string {
  const tree = model.tree(t);
  const depths = nodeDepths(model, t);
  const lines: string[] = [];
  const pending = [0];
  for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
    const indent = "\t".repeat(depths[node]);
    const feature = tree.column[node];
    if (feature < 0) {
      lines.push(`${indent}${node}:leaf=${fromMargin(tree.value[node])},cover=${tree.cover[node]}`);
      continue;
    }
    const yes = tree.left[node];
    lines.push(
      `${indent}${node}:[${model.featureNames[feature]}<${tree.threshold[node]}] yes=${yes},no=${yes + 1},` +
        `missing=${tree.missingLeft[node] === 1 ? yes : yes + 1},gain=${tree.gain[node]},cover=${
          tree.cover[node]
        }`,
    );
    pending.push(yes + 1, yes);
  }
  return lines.join("\n") + "\n";
}

/** Depth of each node of tree t; parents come before their children. */
function nodeDepths(model: TreeModel, t: number): Uint32Array {
  const { column, left } = model.tree(t);
  const depths = new Uint32Array(column.length);
  for (let node = 0; node < column.length; node++) {
    if (column[node] < 0) continue;
    depths[left[node]] = depths[node] + 1;
    depths[left[node] + 1] = depths[node] + 1;
  }
  return depths;
}
