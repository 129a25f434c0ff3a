/** Trees as tensors, for checkpoints: the nodes of all trees end to end, and how many nodes each tree has. */
import type { Tensor, TensorData } from "../formats/safetensors.ts";
import type { Tree } from "../numerics/engine.ts";
import { dataError } from "../numerics/errors.ts";

/** Field of a tree, and the array that holds it. */
const FIELDS = {
  column: Int32Array,
  bin: Int16Array,
  threshold: Float32Array,
  missingLeft: Uint8Array,
  left: Int32Array,
  value: Int32Array,
  gain: Float64Array,
  cover: Float64Array,
} as const satisfies Record<keyof Tree, unknown>;

type Field = keyof typeof FIELDS;
const FIELD_NAMES = Object.keys(FIELDS) as Field[];

interface ArrayType<T extends TensorData> {
  new (length: number): T;
}

/** Tensors of the trees: `nodes` and one a field. */
export function packTrees(trees: readonly Tree[]): [string, Tensor][] {
  const nodes = Uint32Array.from(trees, (tree) => tree.column.length);
  const total = nodes.reduce((sum, count) => sum + count, 0);
  const tensors = FIELD_NAMES.map((field): [string, Tensor] => {
    const data = new FIELDS[field](total);
    let at = 0;
    for (const tree of trees) {
      data.set(tree[field], at);
      at += tree[field].length;
    }
    return [field, { shape: [total], data }];
  });
  return [["nodes", { shape: [trees.length], data: nodes }], ...tensors];
}

/**
 * The trees of such tensors.
 * @param columns number of columns that a tree may split on
 * @throws SpliceboostError (data) where a tensor is lacking or the nodes are no trees
 */
export function unpackTrees(tensors: ReadonlyMap<string, Tensor>, columns: number): Tree[] {
  const nodes = tensorOf(tensors, "nodes", Uint32Array);
  const total = nodes.reduce((sum, count) => sum + count, 0);
  const whole = {
    column: tensorOf(tensors, "column", Int32Array, total),
    bin: tensorOf(tensors, "bin", Int16Array, total),
    threshold: tensorOf(tensors, "threshold", Float32Array, total),
    missingLeft: tensorOf(tensors, "missingLeft", Uint8Array, total),
    left: tensorOf(tensors, "left", Int32Array, total),
    value: tensorOf(tensors, "value", Int32Array, total),
    gain: tensorOf(tensors, "gain", Float64Array, total),
    cover: tensorOf(tensors, "cover", Float64Array, total),
  } satisfies Tree;
  let start = 0;
  return Array.from(nodes, (count, index) => {
    const end = start + count;
    const tree: Tree = {
      column: whole.column.slice(start, end),
      bin: whole.bin.slice(start, end),
      threshold: whole.threshold.slice(start, end),
      missingLeft: whole.missingLeft.slice(start, end),
      left: whole.left.slice(start, end),
      value: whole.value.slice(start, end),
      gain: whole.gain.slice(start, end),
      cover: whole.cover.slice(start, end),
    };
    start = end;
    checkTree(tree, index, columns);
    return tree;
  });
}

/** A tensor of one axis, of the wanted type and, where given, length. */
export function tensorOf<T extends TensorData>(
  tensors: ReadonlyMap<string, Tensor>,
  name: string,
  type: ArrayType<T>,
  length?: number,
): T {
  const data = tensors.get(name)?.data;
  if (!(data instanceof type) || (length !== undefined && data.length !== length)) {
    throw dataError(
      `tensor "${name}": expected ${type.name} of ${length ?? "any number of"} values, found ` +
        (data ? `${data.constructor.name} of ${data.length}` : "none"),
    );
  }
  return data;
}

/** Children must lie behind their parent, so that every walk ends. */
function checkTree(tree: Tree, index: number, columns: number): void {
  const nodes = tree.column.length;
  for (let node = 0; node < nodes; node++) {
    const [column, left] = [tree.column[node], tree.left[node]];
    const isLeaf = column === -1 && left === -1;
    const isInner = column >= 0 && column < columns && left > node && left + 1 < nodes;
    if (!isLeaf && !isInner) {
      throw dataError(
        `tree ${
          index + 1
        }, node ${node}: expected a leaf, or a column below ${columns} and children behind the ` +
          `node, found column ${column} and left child ${left} of ${nodes} nodes`,
      );
    }
  }
  if (nodes === 0) throw dataError(`tree ${index + 1}: expected at least one node, found none`);
}
