/** Trees laid out for the prediction kernel: plain data that can be posted to a worker. */

/** What is needed of a model; the arrays are those of a packed tree model (see trees/tree-model.ts). */
export interface PredictableModel {
  readonly baseMargin: number;
  readonly packed: {
    readonly offsets: Uint32Array;
    readonly column: Int32Array;
    readonly threshold: Float32Array;
    readonly missingLeft: Uint8Array;
    readonly left: Int32Array;
    readonly value: Int32Array;
  };
}

/** Several models over the same columns. */
export interface CompiledTrees {
  /** Columns that any tree splits on, ascending. */
  readonly used: Int32Array;
  /** Ascending thresholds of the used columns, behind each other; cuts of column k are offsets[k] .. offsets[k+1]-1. */
  readonly cuts: Float32Array;
  readonly cutOffsets: Uint32Array;
  /**
   * How the used columns are turned into bytes: place in `used` times two, plus one where missing goes left (as 0, below the bins). A
   * column whose splits disagree about missing has both.
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

/** Thresholds of a column must be told apart by a byte whose top value means missing. */
const MAX_CUTS = 254;

/** Compiles models, or returns null where a column has more thresholds than the kernel's byte can tell apart. */
export function compileTrees(models: readonly PredictableModel[], columns: number): CompiledTrees | null {
  const thresholds: Set<number>[] = Array.from({ length: columns }, () => new Set<number>());
  const directions: Set<number>[] = Array.from({ length: columns }, () => new Set<number>());
  for (const { packed } of models) {
    packed.column.forEach((column, node) => {
      if (column < 0) return;
      thresholds[column].add(packed.threshold[node]);
      directions[column].add(packed.missingLeft[node]);
    });
  }
  const used = Int32Array.from(thresholds.keys()).filter((column) => thresholds[column].size > 0);
  const planes = Array.from(used).flatMap((column, k) =>
    [...directions[column]].sort().map((missingLeft) => 2 * k + missingLeft)
  );
  if (planes.length > MAX_PLANES || thresholds.some((set) => set.size > MAX_CUTS)) return null;
  const cutsOf = Array.from(used, (column) => Float32Array.from(thresholds[column]).sort());
  const cutOffsets = new Uint32Array(used.length + 1);
  cutsOf.forEach((cuts, k) => cutOffsets[k + 1] = cutOffsets[k] + cuts.length);
  const cuts = new Float32Array(cutOffsets[used.length]);
  cutsOf.forEach((own, k) => cuts.set(own, cutOffsets[k]));
  const offsetOf = new Map(planes.map((plane, p) => [plane, p * BLOCK_ROWS]));
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
        nodes[at * 2] = (((rank + missingLeft) << 24) | offsetOf.get(2 * place + missingLeft)!) >>> 0;
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
    planes: Uint32Array.from(planes),
    nodes,
    values,
    trees: Uint32Array.from(trees),
    modelOffsets,
    baseMargins: Int32Array.from(models, (model) => model.baseMargin),
  };
}
