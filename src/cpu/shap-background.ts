/** Trees and background rows laid out for the kernel of interventional SHAP values: see assembly/shap-background.ts for the records. */
import {
  type ExplainableModel,
  type ShapNode,
  type ShapTree,
  shapTrees,
  usedColumns,
} from "./shap-program.ts";
import { shapleyWeights } from "./shap-weights.ts";

/** Several models over the same columns, and the rows that stand for absent features. */
export interface ShapBackground {
  /** Columns that any tree splits on, ascending. */
  readonly used: Int32Array;
  /** Values of the used columns of the background rows, one array a column. */
  readonly values: readonly Float32Array[];
  readonly rows: number;
  /** Node records of all trees. */
  readonly nodes: ArrayBuffer;
  /** (offset of the root's record in bytes, kind) a tree. */
  readonly trees: Uint32Array;
  /** Trees of model m are modelOffsets[m] .. modelOffsets[m+1]-1. */
  readonly modelOffsets: Uint32Array;
  /** Shapley weights, and how many a row of them has. */
  readonly weights: Float64Array;
  readonly weightSize: number;
  /** Edges of the longest path of a tree that is tabled. */
  readonly depth: number;
}

const MISSING_LEFT = 1;
const LEFT_INNER = 2;
const RIGHT_INNER = 4;
const REPEATED = 8;
const RECORD = 40;

/** Columns of a path whose leaf is tabled, at most: a pattern is a byte. */
const TABLED = 8;
const ONE_LEAF = 0;
const BY_TABLE = 1;
const BY_WALK = 2;

/**
 * Compiles models with their background.
 * @param columns f32 values per column of the background rows, missing is NaN
 * @throws SpliceboostError (runtime) where a path is longer than the kernel goes
 */
export function compileShapBackground(
  models: readonly ExplainableModel[],
  columns: readonly Float32Array[],
  rows: number,
): ShapBackground {
  const used = usedColumns(models);
  const forests = models.map((model) => shapTrees(model, used));
  const all = forests.flat();
  const modelOffsets = new Uint32Array(models.length + 1);
  forests.forEach((trees, m) => modelOffsets[m + 1] = modelOffsets[m] + trees.length);
  const trees = new Uint32Array(all.length * 2);
  const nodes = new DataView(new ArrayBuffer(all.reduce((sum, { root }) => sum + sizeOf(root), 0)));
  let at = 0;
  all.forEach((tree, t) => {
    trees.set([at, kindOf(tree)], t * 2);
    if (typeof tree.root !== "number") at = writeNode(nodes, at, tree.root, new Map());
  });
  const most = all.reduce((sum, { features }) => Math.max(sum, features), TABLED);
  return {
    used,
    values: Array.from(used, (column) => columns[column].slice(0, rows)),
    rows,
    nodes: nodes.buffer as ArrayBuffer,
    trees,
    modelOffsets,
    weights: shapleyWeights(most),
    weightSize: most + 1,
    depth: all.reduce((sum, tree) => kindOf(tree) === BY_TABLE ? Math.max(sum, tree.depth) : sum, 0),
  };
}

function kindOf({ root, features }: ShapTree): number {
  if (typeof root === "number") return ONE_LEAF;
  return features <= TABLED ? BY_TABLE : BY_WALK;
}

/** Bytes of a subtree's records. */
function sizeOf(node: ShapNode | number): number {
  return typeof node === "number" ? 0 : RECORD + sizeOf(node.left) + sizeOf(node.right);
}

/** Writes a subtree's records from byte `at` on; returns where they end. `bits` has those of the path's columns, by place. */
function writeNode(to: DataView, at: number, node: ShapNode, bits: ReadonlyMap<number, number>): number {
  const { left, right, place } = node;
  const bit = bits.get(place) ?? bits.size;
  const below = new Map(bits).set(place, bit);
  const flags = (node.missingLeft ? MISSING_LEFT : 0) | (typeof left === "number" ? 0 : LEFT_INNER) |
    (typeof right === "number" ? 0 : RIGHT_INNER) | (node.back > 0 ? REPEATED : 0);
  to.setUint32(at, place, true);
  to.setFloat32(at + 4, node.threshold, true);
  to.setUint32(at + 8, flags, true);
  to.setUint32(at + 16, bit < TABLED ? 1 << bit : 0, true);
  to.setFloat64(at + 24, typeof left === "number" ? left : 0, true);
  to.setFloat64(at + 32, typeof right === "number" ? right : 0, true);
  let end = at + RECORD;
  if (typeof left !== "number") end = writeNode(to, end, left, below);
  if (typeof right === "number") return end;
  to.setUint32(at + 12, end - at, true);
  return writeNode(to, end, right, below);
}
