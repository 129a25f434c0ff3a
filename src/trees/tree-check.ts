/** Whether arrays from a file are trees. */
import type { Tree } from "../numerics/engine.ts";
import { dataError } from "../numerics/errors.ts";
import { type PackedTrees, sliceTree } from "./tree-model.ts";

/** What trees refer to. */
export interface TreeContext {
  readonly featureNames: readonly string[];
  /** Cut points per feature, or null where they are not known. */
  readonly cuts: readonly Float32Array[] | null;
}

/**
 * Checks that every tree is one: a root, each other node the child of exactly one earlier node, features and directions
 * in range, thresholds that are numbers (and the cut point of their bin), finite gains and covers.
 * @param where what to call the trees in errors, e.g. "model.safetensors: donor".
 * @throws SpliceboostError (data) naming tree and node.
 */
export function checkTrees(packed: PackedTrees, context: TreeContext, where: string): void {
  const { offsets } = packed;
  for (let t = 0; t + 1 < offsets.length; t++) {
    checkTree(sliceTree(packed, offsets[t], offsets[t + 1]), context, `${where}, tree ${t}`);
  }
}

function checkTree(tree: Tree, context: TreeContext, where: string): void {
  const nodes = tree.column.length;
  if (nodes === 0) throw dataError(`${where}: expected at least one node, found none`);
  const hasParent = new Uint8Array(nodes);
  hasParent[0] = 1;
  for (let node = 0; node < nodes; node++) {
    const fail = (what: string) => dataError(`${where}, node ${node}: ${what}`);
    // Children come after their parent, so whatever has no parent yet will never have one.
    if (hasParent[node] === 0) throw fail("expected a parent before it, found none");
    if (!(Number.isFinite(tree.gain[node]) && Number.isFinite(tree.cover[node]) && tree.cover[node] >= 0)) {
      throw fail(`expected a finite gain and cover, found ${tree.gain[node]} and ${tree.cover[node]}`);
    }
    if (Number.isNaN(tree.threshold[node])) throw fail("expected a threshold, found NaN");
    const left = tree.left[node];
    if (tree.column[node] === -1) {
      if (left !== -1) throw fail(`expected no child of a leaf, found ${left}`);
      continue;
    }
    checkSplit(tree, node, context, fail);
    if (left <= node || left + 1 >= nodes) {
      throw fail(`expected children between ${node + 1} and ${nodes - 1}, found ${left} and ${left + 1}`);
    }
    if (hasParent[left] === 1 || hasParent[left + 1] === 1) {
      throw fail(`child ${left} or ${left + 1} has two parents`);
    }
    hasParent[left] = hasParent[left + 1] = 1;
  }
}

function checkSplit(tree: Tree, node: number, context: TreeContext, fail: (what: string) => Error): void {
  const { featureNames, cuts } = context;
  const feature = tree.column[node];
  if (feature < 0 || feature >= featureNames.length) {
    throw fail(`expected a feature from 0 to ${featureNames.length - 1}, or -1, found ${feature}`);
  }
  if (tree.missingLeft[node] > 1) {
    throw fail(`expected a missing direction of 0 or 1, found ${tree.missingLeft[node]}`);
  }
  if (tree.value[node] !== 0) throw fail(`expected a value of 0 at an inner node, found ${tree.value[node]}`);
  if (!cuts) return;
  const bin = tree.bin[node];
  const bins = cuts[feature].length + 1;
  if (bin < -1 || bin >= bins) {
    throw fail(`expected a bin of "${featureNames[feature]}" from -1 to ${bins - 1}, found ${bin}`);
  }
  const cut = bin === -1 ? -Infinity : bin === bins - 1 ? Infinity : cuts[feature][bin];
  if (tree.threshold[node] !== cut) {
    throw fail(`expected the threshold of bin ${bin}, ${cut}; found ${tree.threshold[node]}`);
  }
}
