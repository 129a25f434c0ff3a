/** Evaluates compiled trees on one thread. */
import { Arena } from "./arena.ts";
import { BLOCK_ROWS as BLOCK, type CompiledTrees, PLANE_CUTS } from "./compiled-trees.ts";
import { bindKernels, type Kernels } from "./kernels.ts";

export class TreeEvaluator {
  readonly #trees: CompiledTrees;
  readonly #memory: WebAssembly.Memory;
  readonly #kernels: Kernels;
  readonly #at: Readonly<
    Record<"cuts" | "nodes" | "values" | "trees" | "column" | "bins" | "row" | "margins", number>
  >;

  constructor(trees: CompiledTrees) {
    this.#trees = trees;
    const arena = new Arena(false);
    const take = (bytes: number): number => arena.allocate(bytes, "the trees to predict with");
    this.#at = {
      cuts: take(trees.cuts.byteLength),
      nodes: take(trees.nodes.byteLength),
      values: take(trees.values.byteLength),
      trees: take(trees.trees.byteLength),
      column: take(BLOCK * 4),
      bins: take(Math.max(1, trees.planes.length / 3) * BLOCK),
      row: take(BLOCK * 4),
      margins: take(BLOCK * 4),
    };
    this.#memory = arena.memory;
    this.#kernels = bindKernels(arena.memory, false);
    const buffer = arena.memory.buffer;
    new Float32Array(buffer, this.#at.cuts, trees.cuts.length).set(trees.cuts);
    new Uint32Array(buffer, this.#at.nodes, trees.nodes.length).set(trees.nodes);
    new Int32Array(buffer, this.#at.values, trees.values.length).set(trees.values);
    new Uint32Array(buffer, this.#at.trees, trees.trees.length).set(trees.trees);
  }

  /** Fixed-point margins per model and row; `columns` holds the values of the used columns, in their order. */
  margins(columns: readonly Float32Array[], rows: number): Int32Array[] {
    const { modelOffsets, baseMargins, cutOffsets, planes } = this.#trees;
    const at = this.#at;
    const buffer = this.#memory.buffer;
    const margins = Array.from(baseMargins, (base) => new Int32Array(rows).fill(base));
    const column = new Float32Array(buffer, at.column, BLOCK);
    for (let begin = 0; begin < rows; begin += BLOCK) {
      const count = Math.min(BLOCK, rows - begin);
      let filled = -1;
      for (let p = 0; p * 3 < planes.length; p++) {
        const [k, firstCut, missingLeft] = planes.subarray(p * 3, p * 3 + 3);
        if (k !== filled) column.set(columns[k].subarray(begin, begin + count));
        filled = k;
        this.#kernels.quantise(
          at.column,
          count,
          at.cuts + (cutOffsets[k] + firstCut) * 4,
          Math.min(PLANE_CUTS, cutOffsets[k + 1] - cutOffsets[k] - firstCut),
          missingLeft,
          missingLeft ? 0 : 255,
          at.bins + p * BLOCK,
        );
      }
      const block = new Int32Array(buffer, at.margins, count);
      margins.forEach((own, m) => {
        block.set(own.subarray(begin, begin + count));
        this.#kernels.predict(
          modelOffsets[m],
          modelOffsets[m + 1],
          at.trees,
          at.nodes,
          at.values,
          at.bins,
          count,
          at.row,
          at.margins,
        );
        own.set(block, begin);
      });
    }
    return margins;
  }
}
