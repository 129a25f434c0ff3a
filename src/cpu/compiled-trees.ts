/** Trees laid out for the prediction kernel: plain data that can be posted to a worker. */
import { usageError } from "../numerics/errors.ts";
import type { PredictableModel } from "../numerics/predictor.ts";

/** Several models over the same columns. */
export interface CompiledTrees {
  /** Columns that any tree splits on, ascending. */
  readonly used: Int32Array;
  /** Ascending thresholds of the used columns, behind each other; cuts of column k are offsets[k] .. offsets[k+1]-1. */
  readonly cuts: Float32Array;
  readonly cutOffsets: Uint32Array;
  /**
   * How the used columns are turned into bytes, three words a plane: place in `used`, first of the column's cuts that the plane tells apart, and
   * whether missing goes left (as 0, below the bins). A column has as many planes as its splits need.
   */
  readonly planes: Uint32Array;
  /** Two words a node, see assembly/predict.ts; the bytes of plane p lie at p * BLOCK_ROWS. */
  readonly nodes: Uint32Array;
  readonly values: Int32Array;
  /** (root, nodes, depth) a tree, all models behind each other; trees of model m are modelOffsets[m] .. modelOffsets[m+1]-1. */
  readonly trees: Uint32Array;
  readonly modelOffsets: Uint32Array;
  readonly baseMargins: Int32Array;
}

/** Rows that go down the trees together. */
export const BLOCK_ROWS = 256;

/** Offsets of planes in a block have 24 bits in a node record. */
const MAX_PLANES = 2 ** 24 / BLOCK_ROWS;

/** Cuts that a plane tells apart: one byte, whose top or bottom value means missing. */
export const PLANE_CUTS = 254;

/**
 * Compiles models over so many columns.
 * @throws SpliceboostError (usage) where their splits need more planes than a node record can name
 */
export function compileTrees(models: readonly PredictableModel[], columns: number): CompiledTrees {
  const thresholds: Set<number>[] = Array.from({ length: columns }, () => new Set<number>());
  for (const { packed } of models) {
    packed.column.forEach((column, node) => {
      if (column >= 0) thresholds[column].add(packed.threshold[node]);
    });
  }
  const used = Int32Array.from(thresholds.keys()).filter((column) => thresholds[column].size > 0);
  const cutsOf = Array.from(used, (column) => Float32Array.from(thresholds[column]).sort());
  const cutOffsets = new Uint32Array(used.length + 1);
  cutsOf.forEach((cuts, k) => cutOffsets[k + 1] = cutOffsets[k] + cuts.length);
  const cuts = new Float32Array(cutOffsets[used.length]);
  cutsOf.forEach((own, k) => cuts.set(own, cutOffsets[k]));
  const planes = new PlaneTable();
  const placeOf = new Map(Array.from(used, (column, k) => [column, k]));
  const rankOf = cutsOf.map((own) => new Map(Array.from(own, (cut, rank) => [cut, rank])));

  const total = models.reduce((sum, model) => sum + model.packed.column.length, 0);
  const nodes = new Uint32Array(total * 2);
  const values = new Int32Array(total);
  const trees: number[] = [];
  const modelOffsets = new Uint32Array(models.length + 1);
  let base = 0;
  models.forEach(({ packed }, m) => {
    for (let t = 0; t + 1 < packed.offsets.length; t++) {
      const [first, last] = [packed.offsets[t], packed.offsets[t + 1]];
      const depth = new Uint32Array(last - first);
      let deepest = 0;
      for (let node = first; node < last; node++) {
        const at = base + node;
        if (packed.column[node] < 0) {
          nodes[at * 2] = 0xff000000;
          nodes[at * 2 + 1] = at;
          values[at] = packed.value[node];
          continue;
        }
        const place = placeOf.get(packed.column[node])!;
        const rank = rankOf[place].get(packed.threshold[node])!;
        const missingLeft = packed.missingLeft[node];
        const inPlane = rank % PLANE_CUTS;
        const plane = planes.at(place, rank - inPlane, missingLeft);
        nodes[at * 2] = (((inPlane + missingLeft) << 24) | (plane * BLOCK_ROWS)) >>> 0;
        nodes[at * 2 + 1] = base + first + packed.left[node];
        const below = depth[node - first] + 1;
        depth[packed.left[node]] = depth[packed.left[node] + 1] = below;
        deepest = Math.max(deepest, below);
      }
      trees.push(base + first, last - first, deepest);
    }
    base += packed.column.length;
    modelOffsets[m + 1] = trees.length / 3;
  });
  return {
    used,
    cuts,
    cutOffsets,
    planes: planes.words(),
    nodes,
    values,
    trees: Uint32Array.from(trees),
    modelOffsets,
    baseMargins: Int32Array.from(models, (model) => model.baseMargin),
  };
}

/** Planes as splits ask for them. */
class PlaneTable {
  readonly #index = new Map<string, number>();
  readonly #words: number[] = [];

  at(place: number, firstCut: number, missingLeft: number): number {
    const key = `${place} ${firstCut} ${missingLeft}`;
    let plane = this.#index.get(key);
    if (plane === undefined) {
      plane = this.#index.size;
      if (plane >= MAX_PLANES) {
        throw usageError(
          `the trees split on too many thresholds: expected at most ${MAX_PLANES} groups of ${PLANE_CUTS}`,
        );
      }
      this.#index.set(key, plane);
      this.#words.push(place, firstCut, missingLeft);
    }
    return plane;
  }

  words(): Uint32Array {
    return Uint32Array.from(this.#words);
  }
}
