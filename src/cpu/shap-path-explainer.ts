/** Computes path-dependent SHAP values on one thread. */
import { Arena } from "./arena.ts";
import { bindKernels, type Kernels } from "./kernels.ts";
import type { ShapPaths } from "./shap-paths.ts";

/** Rows that go through the trees together: a frame of each level stays in the first-level cache. */
const BLOCK_ROWS = 32;
/** Bytes of the frames of a block, at most; deep trees go with fewer rows. */
const FRAME_BYTES = 2 ** 26;

export class PathExplainer {
  readonly #paths: ShapPaths;
  readonly #memory: WebAssembly.Memory;
  readonly #kernels: Kernels;
  readonly #block: number;
  readonly #at: Readonly<
    Record<"nodes" | "trees" | "weights" | "x" | "phi" | "frames" | "start" | "room", number>
  >;

  /** @throws SpliceboostError (memory) where there is none for the trees */
  constructor(paths: ShapPaths) {
    this.#paths = paths;
    const fit = Math.floor(FRAME_BYTES / Math.max(1, paths.rowBytes));
    this.#block = 2 * Math.max(1, Math.min(BLOCK_ROWS / 2, Math.floor(fit / 2)));
    const arena = new Arena(false);
    const take = (bytes: number): number => arena.allocate(bytes, "the trees to explain");
    this.#at = {
      nodes: take(paths.nodes.byteLength),
      trees: take(paths.trees.byteLength),
      weights: take(paths.weights.byteLength),
      x: take(paths.used.length * this.#block * 8),
      phi: take(paths.used.length * this.#block * 8),
      frames: take(paths.rowBytes * this.#block),
      start: take(paths.points * this.#block * 8),
      room: take(paths.points * this.#block * 8),
    };
    this.#memory = arena.memory;
    this.#kernels = bindKernels(arena.memory, false);
    const { buffer } = arena.memory;
    new Uint8Array(buffer, this.#at.nodes).set(new Uint8Array(paths.nodes));
    new Uint32Array(buffer, this.#at.trees).set(paths.trees);
    new Float64Array(buffer, this.#at.weights).set(paths.weights);
  }

  /** SHAP values per model, (used columns, rows) f32; `columns` holds the values of the used columns, in their order. */
  explain(columns: readonly Float32Array[], rows: number): Float32Array[] {
    const { used, modelOffsets } = this.#paths;
    const at = this.#at;
    const block = this.#block;
    const values = Array.from(modelOffsets.subarray(1), () => new Float32Array(used.length * rows));
    const { buffer } = this.#memory;
    const x = new Float64Array(buffer, at.x, used.length * block);
    const phi = new Float64Array(buffer, at.phi, used.length * block);
    for (let begin = 0; begin < rows; begin += block) {
      const count = Math.min(block, rows - begin);
      columns.forEach((column, place) => x.set(column.subarray(begin, begin + count), place * block));
      values.forEach((own, m) => {
        phi.fill(0);
        this.#kernels.shapPaths(
          modelOffsets[m],
          modelOffsets[m + 1],
          at.trees,
          at.nodes,
          at.weights,
          at.x,
          at.phi,
          block,
          at.frames,
          at.start,
          at.room,
        );
        for (let place = 0; place < used.length; place++) {
          own.set(phi.subarray(place * block, place * block + count), place * rows + begin);
        }
      });
    }
    return values;
  }
}
