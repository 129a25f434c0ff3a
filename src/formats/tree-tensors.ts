/** Packed trees as tensors and back. */
import { dataError } from "../numerics/errors.ts";
import type { PackedTrees } from "../trees/tree-model.ts";
import type { Tensor, TensorData } from "./safetensors.ts";

interface ArrayType<T extends TensorData> {
  readonly name: string;
  new (length: number): T;
}

/** Tensor names of the node arrays. */
const NODE_TENSORS = {
  column: "trees.column",
  bin: "trees.bin",
  threshold: "trees.threshold",
  missingLeft: "trees.missing_left",
  left: "trees.left",
  value: "trees.value",
  gain: "trees.gain",
  cover: "trees.cover",
} as const satisfies Record<Exclude<keyof PackedTrees, "offsets">, string>;
const OFFSETS_TENSOR = "trees.offsets";
/** Names of all tensors that hold trees. */
export const TREE_TENSORS: readonly string[] = [OFFSETS_TENSOR, ...Object.values(NODE_TENSORS)];

/** Tensors of some trees: one of `nodes` values for each node array, and where each tree begins. */
export function treeTensors(packed: PackedTrees): [string, Tensor][] {
  const nodes = Object.entries(NODE_TENSORS).map(([field, name]): [string, Tensor] => {
    const data = packed[field as keyof typeof NODE_TENSORS];
    return [name, { shape: [data.length], data }];
  });
  return [[OFFSETS_TENSOR, { shape: [packed.offsets.length], data: packed.offsets }], ...nodes];
}

/**
 * The trees of such tensors; their structure is for `checkTrees` to judge.
 * @param trees how many there must be.
 * @throws SpliceboostError (data) naming the tensor.
 */
export function readTreeTensors(
  tensors: ReadonlyMap<string, Tensor>,
  trees: number,
  source: string,
): PackedTrees {
  const offsets = vectorOf(tensors, OFFSETS_TENSOR, Uint32Array, trees + 1, source);
  const nodes = offsets[trees];
  checkOffsets(offsets, nodes, OFFSETS_TENSOR, source);
  return {
    offsets,
    column: vectorOf(tensors, NODE_TENSORS.column, Int32Array, nodes, source),
    bin: vectorOf(tensors, NODE_TENSORS.bin, Int16Array, nodes, source),
    threshold: vectorOf(tensors, NODE_TENSORS.threshold, Float32Array, nodes, source),
    missingLeft: vectorOf(tensors, NODE_TENSORS.missingLeft, Uint8Array, nodes, source),
    left: vectorOf(tensors, NODE_TENSORS.left, Int32Array, nodes, source),
    value: vectorOf(tensors, NODE_TENSORS.value, Int32Array, nodes, source),
    gain: vectorOf(tensors, NODE_TENSORS.gain, Float64Array, nodes, source),
    cover: vectorOf(tensors, NODE_TENSORS.cover, Float64Array, nodes, source),
  };
}

/** A tensor of one axis, of the given type and length. */
export function vectorOf<T extends TensorData>(
  tensors: ReadonlyMap<string, Tensor>,
  name: string,
  type: ArrayType<T>,
  length: number,
  source: string,
): T {
  const tensor = tensors.get(name);
  if (!(tensor?.data instanceof type) || tensor.shape.length !== 1 || tensor.data.length !== length) {
    const found = tensor ? `${tensor.data.constructor.name} of shape [${tensor.shape}]` : "none";
    throw dataError(
      `${source}: tensor "${name}": expected ${type.name} of shape [${length}], found ${found}`,
    );
  }
  return tensor.data;
}

/** Offsets must rise from 0 to `end`. */
export function checkOffsets(offsets: Uint32Array, end: number, name: string, source: string): void {
  let previous = 0;
  for (const [i, offset] of offsets.entries()) {
    if (offset < previous || (i === 0 && offset !== 0)) {
      throw dataError(`${source}: tensor "${name}": expected values rising from 0, found ${offset} at ${i}`);
    }
    previous = offset;
  }
  if (previous !== end) {
    throw dataError(`${source}: tensor "${name}": expected ${end} as its last value, found ${previous}`);
  }
}
