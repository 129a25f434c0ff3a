/** Computes interventional SHAP values on one thread. */
import { Arena } from "./arena.ts";
import { bindKernels, type Kernels } from "./kernels.ts";
import type { ShapBackground } from "./shap-background.ts";

/** Rows that a table of a leaf serves; more need more memory than they save time. */
const BLOCK_ROWS = 1024;

const padded = (rows: number): number => Math.ceil(rows / 16) * 16;

export class BackgroundExplainer {
  readonly #program: ShapBackground;
  readonly #memory: WebAssembly.Memory;
  readonly #kernels: Kernels;
  readonly #wide: number;
  readonly #at: Readonly<
    Record<
      "nodes" | "trees" | "weights" | "x" | "phi" | "patterns" | "places" | "numbers" | "gains" | "state",
      number
    >
  >;

  /** @throws SpliceboostError (memory) where there is none for the trees */
  constructor(program: ShapBackground) {
    this.#program = program;
    const { used, nodes, trees, weights, rows, depth } = program;
    this.#wide = BLOCK_ROWS + padded(rows);
    const arena = new Arena(false);
    const take = (bytes: number): number => arena.allocate(bytes, "the trees to explain");
    this.#at = {
      nodes: take(nodes.byteLength),
      trees: take(trees.byteLength),
      weights: take(weights.byteLength),
      x: take(used.length * this.#wide * 4),
      phi: take(used.length * BLOCK_ROWS * 8),
      patterns: take((depth + 1) * this.#wide),
      places: take(8 * 4),
      numbers: take(256 * 8),
      gains: take(8 * 256 * 8),
      state: take(used.length),
    };
    this.#memory = arena.memory;
    this.#kernels = bindKernels(arena.memory, false);
    const { buffer } = arena.memory;
    new Uint8Array(buffer, this.#at.nodes).set(new Uint8Array(nodes));
    new Uint32Array(buffer, this.#at.trees).set(trees);
    new Float64Array(buffer, this.#at.weights).set(weights);
    new Uint8Array(buffer, this.#at.state, used.length).fill(0);
  }

  /** SHAP values per model, (used columns, rows) f32; `columns` holds the values of the used columns, in their order. */
  explain(columns: readonly Float32Array[], rows: number): Float32Array[] {
    const { used, modelOffsets, weightSize, values: background } = this.#program;
    const at = this.#at;
    const { buffer } = this.#memory;
    const answers = Array.from(modelOffsets.subarray(1), () => new Float32Array(used.length * rows));
    for (let begin = 0; begin < rows; begin += BLOCK_ROWS) {
      const count = Math.min(BLOCK_ROWS, rows - begin);
      const block = padded(count);
      const wide = block + padded(this.#program.rows);
      const x = new Float32Array(buffer, at.x, used.length * wide).fill(0);
      columns.forEach((column, place) => {
        x.set(column.subarray(begin, begin + count), place * wide);
        x.set(background[place], place * wide + block);
      });
      const phi = new Float64Array(buffer, at.phi, used.length * block);
      answers.forEach((own, m) => {
        phi.fill(0);
        this.#kernels.shapBackground(
          modelOffsets[m],
          modelOffsets[m + 1],
          at.trees,
          at.nodes,
          at.x,
          count,
          this.#program.rows,
          at.phi,
          at.weights,
          weightSize,
          at.patterns,
          at.places,
          at.numbers,
          at.gains,
          at.state,
        );
        for (let place = 0; place < used.length; place++) {
          own.set(phi.subarray(place * block, place * block + count), place * rows + begin);
        }
      });
    }
    return answers;
  }
}
