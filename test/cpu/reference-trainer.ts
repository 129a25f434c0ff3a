/**
 * The oracle of every tree engine: the contract of src/numerics spelled out row by row, slow and plain. No histogram
 * subtraction, no packing, no skipped rows, no filter: every candidate's gain is evaluated by its canonical expression.
 */
import type { Lane, LaneResult, LeafwiseGrowth, Tree } from "../../src/numerics/engine.ts";
import {
  allowedAfter,
  childPath,
  LEAFWISE_LEVEL,
  ROOT_PATH,
  roundCount,
  sampleColumns,
} from "../../src/numerics/column-sample.ts";
import { MARGIN_ONE, PROBABILITY_BITS } from "../../src/numerics/fixed.ts";
import { nodeWeight } from "../../src/numerics/gain.ts";
import type { BinnedMatrix } from "../../src/numerics/matrix.ts";
import { PURPOSE, rowDraw, rowKey } from "../../src/numerics/random.ts";
import { gradientsOf } from "./reference-gradients.ts";
import { bestSplit, type NodeRows, type Split, sum, type TreeContext } from "./reference-split.ts";

export { binAt } from "./reference-split.ts";

/** A node of a grown tree: a leaf where there is no split. */
interface Grown {
  readonly rows: NodeRows;
  split: Split | null;
  children: readonly [Grown, Grown] | null;
}

/** Trains one lane without early stopping. */
export function trainReference(matrix: BinnedMatrix, lane: Lane): LaneResult {
  const margins = new Int32Array(matrix.layout.rows).fill(lane.baseMargin);
  const trees: Tree[] = [];
  for (let round = 0; round < lane.parameters.rounds; round++) {
    trees.push(growTree(matrix, lane, round, margins));
  }
  return { trees, margins, history: new Float64Array() };
}

function growTree(matrix: BinnedMatrix, lane: Lane, round: number, margins: Int32Array): Tree {
  const p = lane.parameters;
  const gradients = gradientsOf(lane, round, margins);
  const quantum = 2 ** (gradients.grid.exponent - gradients.grid.bits);
  const units = { lambda: p.regLambda / quantum, alpha: p.regAlpha / quantum, maxDeltaStep: p.maxDeltaStep };
  const context = { matrix, lane, gradients, quantum, units };
  const rows = Array.from({ length: matrix.layout.rows }, (_, row) => row);
  const root: Grown = { rows: { rows, lower: -Infinity, upper: Infinity }, split: null, children: null };
  if (p.leafwise) growLeafwise(context, root, round, p.leafwise);
  else growDepthwise(context, root, round);
  return finish(context, root, margins);
}

function leastHessian({ lane: { parameters: p }, quantum }: TreeContext): number {
  return Math.max(1, Math.ceil(p.minChildWeight / quantum));
}

function columnsOf({ matrix, lane }: TreeContext): number[] {
  return matrix.layout.columns.map((_, i) => i).filter((i) => !lane.columns || lane.columns[i] === 1);
}

function divide(node: Grown, split: Split): [Grown, Grown] {
  const children: [Grown, Grown] = [
    { rows: split.left, split: null, children: null },
    { rows: split.right, split: null, children: null },
  ];
  node.split = split;
  node.children = children;
  return children;
}

/** At least two rows with gradients, of at least that hessian together. */
function searched({ gradients: { g, h } }: TreeContext, rows: readonly number[], hessian: number): boolean {
  return rows.filter((row) => g[row] !== 0 || h[row] !== 0).length >= 2 && sum(h, rows) >= hessian;
}

function growDepthwise(context: TreeContext, root: Grown, round: number): void {
  const { lane } = context;
  const p = lane.parameters;
  const least = leastHessian(context);
  let level: { node: Grown; path: ReadonlySet<number> }[] = [{ node: root, path: new Set() }];
  const treeColumns = sampleColumns(columnsOf(context), p.colsampleBytree, lane.seed, round, 0, 0);
  for (let depth = 0; depth < p.maxDepth; depth++) {
    const levelColumns = sampleColumns(treeColumns, p.colsampleBylevel, lane.seed, round, depth + 1, 0);
    // Nodes that the engine still considers: their index is part of the column draw.
    const live = level.filter(({ node }) => depth === 0 || searched(context, node.rows.rows, 2 * least));
    level = live.flatMap(({ node, path }, index) => {
      const reachable = allowedAfter(path, p);
      let columns = reachable ? levelColumns.filter((column) => reachable.has(column)) : levelColumns;
      columns = sampleColumns(columns, p.colsampleBynode, lane.seed, round, depth + 1, index + 1);
      const split = bestSplit(context, node.rows, columns, least);
      if (!split) return [];
      const below = new Set([...path, split.column]);
      return divide(node, split).map((child) => ({ node: child, path: below }));
    });
  }
}

interface Leaf {
  readonly node: Grown;
  readonly depth: number;
  readonly turns: number;
  readonly path: ReadonlySet<number>;
  readonly split: Split | null;
}

/** One leaf at a time: the one of the highest gain, of several the one made first. */
function growLeafwise(context: TreeContext, root: Grown, round: number, leafwise: LeafwiseGrowth): void {
  const { lane, gradients } = context;
  const p = lane.parameters;
  const treeColumns = sampleColumns(
    columnsOf(context),
    p.colsampleBytree,
    lane.seed,
    round,
    0,
    0,
    roundCount,
  );
  const leafOf = (node: Grown, depth: number, turns: number, path: ReadonlySet<number>): Leaf => {
    const { rows } = node.rows;
    const H = sum(gradients.h, rows);
    const count = rows.filter((row) => gradients.sampled[row]).length;
    const byRows = Math.ceil((leafwise.minDataInLeaf - 0.5) * H / Math.max(1, count));
    const least = Math.max(leastHessian(context), byRows);
    if (depth >= p.maxDepth || !searched(context, rows, 2 * least)) {
      return { node, depth, turns, path, split: null };
    }
    const reachable = allowedAfter(path, p);
    let columns = reachable ? treeColumns.filter((column) => reachable.has(column)) : treeColumns;
    columns = sampleColumns(columns, p.colsampleBynode, lane.seed, round, LEAFWISE_LEVEL, turns, roundCount);
    const [key0, key1] = rowKey(lane.seed, PURPOSE.extraTrees, round, LEAFWISE_LEVEL, turns);
    const cutOf = (column: number, values: number): number =>
      Math.floor(rowDraw(key0, key1, column) * Math.max(1, values - 1) / 2 ** 32);
    const split = bestSplit(context, node.rows, columns, least, leafwise.extraTrees ? cutOf : undefined);
    return { node, depth, turns, path, split };
  };
  const leaves = [leafOf(root, 0, ROOT_PATH, new Set())];
  for (let count = 1; count < leafwise.maxLeaves; count++) {
    let best: Leaf | null = null;
    for (const leaf of leaves) {
      if (leaf.split && !leaf.node.children && !(best && best.split!.gain >= leaf.split.gain)) best = leaf;
    }
    if (!best) return;
    const { node, depth, turns, split } = best;
    const path = new Set([...best.path, split!.column]);
    const [left, right] = divide(node, split!);
    leaves.push(leafOf(left, depth + 1, childPath(turns, 0), path));
    leaves.push(leafOf(right, depth + 1, childPath(turns, 1), path));
  }
}

/** Numbers the nodes breadth first, computes leaf values and covers and adds the values to the margins. */
function finish({ matrix, lane, gradients, quantum }: TreeContext, root: Grown, margins: Int32Array): Tree {
  const p = lane.parameters;
  const nodes = [root];
  const left: number[] = [];
  for (const { children } of nodes) {
    left.push(children ? nodes.length : -1);
    if (children) nodes.push(...children);
  }
  const fineUnit = 2 ** (gradients.grid.exponent - PROBABILITY_BITS);
  const r = { lambda: p.regLambda, alpha: p.regAlpha, maxDeltaStep: p.maxDeltaStep };
  const value = new Int32Array(nodes.length);
  const cover = new Float64Array(nodes.length);
  for (let node = nodes.length - 1; node >= 0; node--) {
    if (left[node] >= 0) {
      cover[node] = cover[left[node]] + cover[left[node] + 1];
      continue;
    }
    const { rows, lower, upper } = nodes[node].rows;
    const G = sum(gradients.fineG, rows) * fineUnit;
    cover[node] = sum(gradients.fineH, rows) * fineUnit;
    const weight = nodeWeight(G, cover[node], r, lower, upper);
    value[node] = Math.floor(weight * p.learningRate * MARGIN_ONE + 0.5);
    for (const row of rows) margins[row] += value[node];
  }
  const splits = nodes.map(({ split }) => split);
  return {
    column: Int32Array.from(splits, (split) => split?.column ?? -1),
    bin: Int16Array.from(splits, (split) => split?.bin ?? 0),
    threshold: Float32Array.from(splits, (split) => {
      if (!split) return 0;
      const { cuts, missingBin, bins } = matrix.layout.columns[split.column];
      const values = missingBin < 0 ? bins : bins - 1;
      return split.bin < 0 ? -Infinity : split.bin < values - 1 ? cuts[split.bin] : Infinity;
    }),
    missingLeft: Uint8Array.from(splits, (split) => (split?.missingLeft ? 1 : 0)),
    left: Int32Array.from(left),
    value,
    gain: Float64Array.from(splits, (split) => (split ? split.gain * quantum : 0)),
    cover,
  };
}
