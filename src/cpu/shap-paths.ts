/** Trees laid out for the kernel of path-dependent SHAP values: see assembly/shap.ts for the records. */
import { fromMargin } from "../numerics/fixed.ts";
import {
  type ExplainableModel,
  type ShapNode,
  type ShapTree,
  shapTrees,
  usedColumns,
} from "./shap-program.ts";
import { gaussLegendre, pointsFor } from "./shap-quadrature.ts";

/** Several models over the same columns. */
export interface ShapPaths {
  /** Columns that any tree splits on, ascending. */
  readonly used: Int32Array;
  /** Node records of all trees. */
  readonly nodes: ArrayBuffer;
  /** (offset of the root's record, points, offset of their weights) a tree, in bytes; no points where the tree is one leaf. */
  readonly trees: Uint32Array;
  readonly weights: Float64Array;
  /** Trees of model m are modelOffsets[m] .. modelOffsets[m+1]-1. */
  readonly modelOffsets: Uint32Array;
  /** Margin with no feature known, log odds, by model. */
  readonly bias: Float64Array;
  /** Bytes a row of the largest frame and of all frames of a tree, at most. */
  readonly rowBytes: number;
  /** Most points over all trees. */
  readonly points: number;
}

const MISSING_LEFT = 1;
const LEFT_INNER = 2;
const RIGHT_INNER = 4;
const REPEATED = 8;
const AGAIN = 16;
/** Bytes of a record before what it has for each point. */
const HEAD = 64;

/**
 * Compiles models.
 * @throws SpliceboostError (runtime) where a path is longer than the kernel goes
 */
export function compileShapPaths(models: readonly ExplainableModel[]): ShapPaths {
  const used = usedColumns(models);
  const forests = models.map((model) => shapTrees(model, used));
  const all = forests.flat();
  const modelOffsets = new Uint32Array(models.length + 1);
  forests.forEach((trees, m) => modelOffsets[m + 1] = modelOffsets[m] + trees.length);

  const counts = all.map(pointsOf);
  const offsets = new Map<number, number>();
  const weights: number[] = [];
  for (const count of new Set(counts)) {
    offsets.set(count, weights.length * 8);
    weights.push(...gaussLegendre(count).weights);
  }
  const trees = new Uint32Array(all.length * 3);
  const nodes = new DataView(
    new ArrayBuffer(all.reduce((sum, tree, t) => sum + sizeOf(tree.root, counts[t]), 0)),
  );
  let at = 0;
  all.forEach(({ root }, t) => {
    if (typeof root === "number") return;
    trees.set([at, counts[t], offsets.get(counts[t])!], t * 3);
    at = writeNode(nodes, at, root, gaussLegendre(counts[t]).points);
  });
  return {
    used,
    nodes: nodes.buffer as ArrayBuffer,
    trees,
    weights: Float64Array.from(weights),
    modelOffsets,
    bias: Float64Array.from(
      models,
      ({ baseMargin }, m) => forests[m].reduce((sum, { mean }) => sum + mean, fromMargin(baseMargin)),
    ),
    rowBytes: all.reduce((most, { depth }, t) => Math.max(most, frameBytes(counts[t]) * (depth + 1)), 0),
    points: Math.max(1, ...counts),
  };
}

/** Bytes a row of a frame with so many points. */
const frameBytes = (points: number): number => 8 * (3 + 4 * points);

const pointsOf = ({ root, features }: ShapTree): number => typeof root === "number" ? 0 : pointsFor(features);

const recordBytes = ({ back }: ShapNode, points: number): number => HEAD + 8 * points * (back > 0 ? 3 : 2);

/** Bytes of a subtree's records. */
function sizeOf(node: ShapNode | number, points: number): number {
  if (typeof node === "number") return 0;
  return recordBytes(node, points) + sizeOf(node.left, points) + sizeOf(node.right, points);
}

/** Writes a subtree's records from byte `at` on; returns where they end. */
function writeNode(to: DataView, at: number, node: ShapNode, points: Float64Array): number {
  const { left, right, share, above } = node;
  const leftValue = typeof left === "number" ? left : 0;
  const rightValue = typeof right === "number" ? right : 0;
  const bottom = typeof left === "number" && typeof right === "number";
  const flags = (node.missingLeft ? MISSING_LEFT : 0) | (typeof left === "number" ? 0 : LEFT_INNER) |
    (typeof right === "number" ? 0 : RIGHT_INNER) | (node.back > 0 ? REPEATED : 0) | (node.again ? AGAIN : 0);
  const difference = bottom ? leftValue - rightValue : 1;
  const childShare = (c: number): number => bottom ? rightValue + c * difference : c;
  to.setUint32(at, node.place, true);
  to.setUint32(at + 4, flags, true);
  to.setUint32(at + 8, node.back, true);
  const head = [
    node.threshold,
    leftValue,
    rightValue,
    (1 - share) * difference,
    -share * difference,
    childShare(share),
  ];
  head.forEach((x, i) => to.setFloat64(at + 16 + 8 * i, x, true));
  points.forEach((t, k) => {
    const factor = t + (1 - t) * above;
    const stays = (1 - t) * above * share;
    const place = at + HEAD + 8 * k;
    to.setFloat64(place, childShare((t + stays) / factor), true);
    to.setFloat64(place + 8 * points.length, childShare(stays / factor), true);
    if (node.back > 0) to.setFloat64(place + 16 * points.length, above / (factor * factor), true);
  });
  let end = at + recordBytes(node, points.length);
  if (typeof left !== "number") end = writeNode(to, end, left, points);
  if (typeof right === "number") return end;
  to.setUint32(at + 12, end - at, true);
  return writeNode(to, end, right, points);
}
