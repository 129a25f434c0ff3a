/** Trees laid out for shaders/trees/predict.wgsl. */
import { SpliceboostError } from "../numerics/errors.ts";
import type { PredictableModel } from "../numerics/predictor.ts";
import { sizeText } from "./buffers.ts";
import { LEAF, orderedKey } from "./twins/predict.ts";

/** Bytes of a node's record; a tree's has as many. */
const RECORD_BYTES = 16;
const WORDS = RECORD_BYTES / 4;

/** Consecutive trees whose nodes fit a buffer. */
export interface TreePart {
  /** (root, depth, model, 0) a tree. */
  readonly trees: Uint32Array<ArrayBuffer>;
  /** See the shader. */
  readonly nodes: Uint32Array<ArrayBuffer>;
  /** Most nodes that a row passes in a tree: its depth + 1. */
  readonly lengths: Uint32Array;
}

/** Several models over the same columns. */
export interface PredictionTrees {
  /** Columns that any tree splits on, ascending; nodes name a column by its place here. */
  readonly used: readonly number[];
  /** The trees of all models behind each other. A model's base margin is its first tree, of one leaf. */
  readonly parts: readonly TreePart[];
}

/** Nodes first .. last-1 of a model's packed trees; without a range, the leaf of its base margin. */
interface TreeAt {
  readonly model: number;
  readonly range: readonly [first: number, last: number] | null;
}

/**
 * Lays models out in parts of so many bytes of nodes, or of one tree.
 * @throws SpliceboostError (memory) where a single tree is larger than `mostBytes`
 */
export function layOutTrees(
  models: readonly PredictableModel[],
  partBytes: number,
  mostBytes: number,
): PredictionTrees {
  const splits = new Set(models.flatMap(({ packed }) => Array.from(new Set(packed.column))));
  const used = [...splits].filter((column) => column >= 0).sort((a, b) => a - b);
  const placeOf = new Map(used.map((column, place) => [column, place]));
  const parts: TreePart[] = [];
  let pending: TreeAt[] = [];
  let nodes = 0;
  const finishPart = (): void => {
    if (pending.length > 0) parts.push(writePart(models, pending, nodes, placeOf));
    [pending, nodes] = [[], 0];
  };
  for (const tree of treesOf(models)) {
    const size = sizeOf(tree);
    if (size * RECORD_BYTES > mostBytes) throw tooLarge(size, mostBytes);
    if ((nodes + size) * RECORD_BYTES > partBytes) finishPart();
    pending.push(tree);
    nodes += size;
  }
  finishPart();
  return { used, parts };
}

/** Splits trees into ranges of at most `most` lengths in all, or of one tree. */
export function treeRanges(lengths: Uint32Array, most: number): [first: number, last: number][] {
  const ranges: [number, number][] = [];
  let [first, total] = [0, 0];
  lengths.forEach((length, t) => {
    if (t > first && total + length > most) {
      ranges.push([first, t]);
      [first, total] = [t, 0];
    }
    total += length;
  });
  if (first < lengths.length) ranges.push([first, lengths.length]);
  return ranges;
}

function* treesOf(models: readonly PredictableModel[]): Generator<TreeAt> {
  for (const [model, { packed: { offsets } }] of models.entries()) {
    yield { model, range: null };
    for (let t = 0; t + 1 < offsets.length; t++) yield { model, range: [offsets[t], offsets[t + 1]] };
  }
}

const sizeOf = ({ range }: TreeAt): number => range ? range[1] - range[0] : 1;

function writePart(
  models: readonly PredictableModel[],
  pending: readonly TreeAt[],
  size: number,
  placeOf: ReadonlyMap<number, number>,
): TreePart {
  const trees = new Uint32Array(pending.length * WORDS);
  const nodes = new Uint32Array(size * WORDS);
  const lengths = new Uint32Array(pending.length);
  let root = 0;
  pending.forEach((tree, t) => {
    const { baseMargin, packed } = models[tree.model];
    let depth = 0;
    if (tree.range) depth = writeTree(packed, tree.range, placeOf, root, nodes);
    else nodes.set([baseMargin, LEAF], root * WORDS);
    trees.set([root, depth, tree.model], t * WORDS);
    lengths[t] = depth + 1;
    root += sizeOf(tree);
  });
  return { trees, nodes, lengths };
}

/** Writes a tree from record `root` on; returns its depth. */
function writeTree(
  packed: PredictableModel["packed"],
  [first, last]: readonly [number, number],
  placeOf: ReadonlyMap<number, number>,
  root: number,
  nodes: Uint32Array,
): number {
  const { threshold } = packed;
  const bits = new Uint32Array(threshold.buffer, threshold.byteOffset, threshold.length);
  const depth = new Uint32Array(last - first);
  let deepest = 0;
  for (let node = first; node < last; node++) {
    const at = (root + node - first) * WORDS;
    if (packed.column[node] < 0) {
      nodes[at] = packed.value[node];
      nodes[at + 1] = LEAF;
      continue;
    }
    const [left, missingLeft] = [packed.left[node], packed.missingLeft[node]];
    nodes[at] = orderedKey(bits[node]) + missingLeft;
    nodes[at + 1] = placeOf.get(packed.column[node])!;
    nodes[at + 2] = missingLeft;
    nodes[at + 3] = root + left;
    const below = depth[node - first] + 1;
    depth[left] = depth[left + 1] = below;
    deepest = Math.max(deepest, below);
  }
  return deepest;
}

function tooLarge(nodes: number, mostBytes: number): SpliceboostError {
  return new SpliceboostError(
    "memory",
    `a tree of ${nodes} nodes needs ${sizeText(nodes * RECORD_BYTES)} in one buffer, the device allows ${
      sizeText(mostBytes)
    }; predict on the CPU`,
  );
}
