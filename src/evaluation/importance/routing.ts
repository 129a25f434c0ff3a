/** Trees and rows laid out so that many permutations of features can be followed in one pass (permuted-margins.ts). */
import { type CompiledTrees, compileTrees, PLANE_CUTS } from "../../cpu/compiled-trees.ts";
import type { TreeModel } from "../../trees/tree-model.ts";

/** The trees of several models. Nodes of all trees lie behind each other, parents first. */
export interface Routing {
  /** Plane and cut per node: a row goes right where its byte in the plane is above the cut. A leaf's child is itself. */
  readonly plane: Uint32Array;
  readonly cut: Uint8Array;
  /** Left child; the right one is the next. */
  readonly left: Uint32Array;
  /** Edges from the root. */
  readonly level: Uint32Array;
  /** Fixed-point value per node (leaves). */
  readonly value: Int32Array;
  /** (root, nodes, depth) a tree; trees of model m are modelOffsets[m] .. modelOffsets[m+1]-1. */
  readonly trees: Uint32Array;
  readonly modelOffsets: Uint32Array;
  readonly baseMargins: Int32Array;
  /** Feature that each plane of bytes is made of, as an index into the models' features. */
  readonly featureOfPlane: Uint32Array;
}

/** Features permuted together are a unit; a layer is a set of units that share no feature. */
export interface UnitLayer {
  /** Unit per plane, -1 where no unit of the layer has it. */
  readonly unitOfPlane: Int32Array;
  /** Per node, 2 * (nearest node above that splits on the same unit) + (1 if the node lies on its right); -1 without one. */
  readonly above: Int32Array;
}

/** Routing of the models, and the bytes of the rows: byte of row i in plane p at p * rows + i. */
export function layOut(
  models: readonly TreeModel[],
  columns: readonly Float32Array[],
  rows: number,
): { readonly routing: Routing; readonly bytes: Uint8Array } {
  const compiled = compileTrees(models, columns.length);
  const { nodes, values, planes } = compiled;
  const size = values.length;
  const routing = {
    plane: new Uint32Array(size),
    cut: new Uint8Array(size),
    left: new Uint32Array(size),
    level: new Uint32Array(size),
    value: values,
    trees: compiled.trees,
    modelOffsets: compiled.modelOffsets,
    baseMargins: compiled.baseMargins,
    featureOfPlane: Uint32Array.from({ length: planes.length / 3 }, (_, p) => compiled.used[planes[p * 3]]),
  };
  for (let node = 0; node < size; node++) {
    const left = nodes[2 * node + 1];
    routing.plane[node] = (nodes[2 * node] & 0xffffff) >>> 8;
    routing.cut[node] = nodes[2 * node] >>> 24;
    routing.left[node] = left;
    if (left !== node) routing.level[left] = routing.level[left + 1] = routing.level[node] + 1;
  }
  return { routing, bytes: bytesOf(compiled, columns, rows) };
}

function bytesOf(
  { used, cuts, cutOffsets, planes }: CompiledTrees,
  columns: readonly Float32Array[],
  rows: number,
) {
  const bytes = new Uint8Array((planes.length / 3) * rows);
  for (let p = 0; p * 3 < planes.length; p++) {
    const [k, firstCut, missingLeft] = planes.subarray(p * 3, p * 3 + 3);
    const begin = cutOffsets[k] + firstCut;
    const own = cuts.subarray(begin, Math.min(begin + PLANE_CUTS, cutOffsets[k + 1]));
    const values = columns[used[k]];
    for (let row = 0; row < rows; row++) {
      const x = values[row];
      bytes[p * rows + row] = Number.isNaN(x) ? (missingLeft ? 0 : 255) : cutsUpTo(own, x) + missingLeft;
    }
  }
  return bytes;
}

/** Number of cuts (ascending) that are at or below x. */
function cutsUpTo(cuts: Float32Array, x: number): number {
  let low = 0;
  let high = cuts.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (cuts[middle] <= x) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The layer of units given as a unit per feature of the models (-1 for none). */
export function layerOf(routing: Routing, unitOfFeature: ArrayLike<number>): UnitLayer {
  const { plane, left } = routing;
  const unitOfPlane = Int32Array.from(routing.featureOfPlane, (feature) => unitOfFeature[feature]);
  const above = new Int32Array(plane.length).fill(-1);
  /** 2 * parent + side per node, -1 for a root. */
  const parent = new Int32Array(plane.length).fill(-1);
  for (let node = 0; node < plane.length; node++) {
    if (left[node] === node) continue;
    parent[left[node]] = 2 * node;
    parent[left[node] + 1] = 2 * node + 1;
    const unit = unitOfPlane[plane[node]];
    let at = unit < 0 ? -1 : parent[node];
    while (at >= 0 && unitOfPlane[plane[at >>> 1]] !== unit) at = parent[at >>> 1];
    above[node] = at;
  }
  return { unitOfPlane, above };
}
