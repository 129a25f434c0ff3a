/** Prediction on WebGPU. Margins equal TreeModel.marginsOf to the bit, on every adapter. */
import { SpliceboostError, usageError } from "../numerics/errors.ts";
import { createQueue, type PredictableModel, sameModels, type TreePredictor } from "../numerics/predictor.ts";
import type { Gpu } from "./gpu.ts";
import {
  BufferGroup,
  Chunk,
  chunkRows,
  type DeviceTrees,
  PREDICT,
  PREDICTION_BOUNDS,
  type PredictionBounds,
  uploadTrees,
} from "./prediction-chunk.ts";

/**
 * A predictor on a device from `openGpu`, which stays the caller's to destroy. Trees and buffers stay on the device from call to call until
 * `close`. `margins` rejects with SpliceboostError: "usage" where a column has not `rows` values, "device" where the device is lost or
 * fails, "memory" where it has too little.
 * @param bounds how much is done at a time; the margins do not depend on it
 */
export function createGpuPredictor(gpu: Gpu, bounds: Partial<PredictionBounds> = {}): TreePredictor {
  const predictor = new GpuPredictor(gpu, { ...PREDICTION_BOUNDS, ...bounds });
  const queue = createQueue();
  return {
    margins: (models, columns, rows) => queue(() => predictor.margins(models, columns, rows)),
    close: () => void queue(() => Promise.resolve(predictor.free())),
  };
}

class GpuPredictor {
  readonly #gpu: Gpu;
  readonly #bounds: PredictionBounds;
  readonly #treeBuffers: BufferGroup;
  readonly #chunkBuffers: BufferGroup;
  #trees: DeviceTrees | null = null;
  #chunk: Chunk | null = null;

  constructor(gpu: Gpu, bounds: PredictionBounds) {
    [this.#gpu, this.#bounds] = [gpu, bounds];
    [this.#treeBuffers, this.#chunkBuffers] = [new BufferGroup(gpu), new BufferGroup(gpu)];
  }

  async margins(
    models: readonly PredictableModel[],
    columns: readonly Float32Array[],
    rows: number,
  ): Promise<Int32Array[]> {
    const all = models.map(() => new Int32Array(rows));
    if (rows === 0 || models.length === 0) return all;
    let done = 0;
    try {
      const chunk = await this.#prepare(models, columns, rows);
      let before: Promise<ArrayBuffer[]> | null = null;
      const take = async (): Promise<void> => {
        if (!before) return;
        const margins = new Int32Array((await before)[0]);
        const count = margins.length / all.length;
        all.forEach((own, m) => own.set(margins.subarray(m * count, (m + 1) * count), done));
        done += count;
      };
      for (let begin = 0; begin < rows; begin += chunk.rows) {
        const next = chunk.margins(columns, begin, Math.min(chunk.rows, rows - begin));
        // The device works on this chunk while the one before it is copied.
        await take();
        before = next;
      }
      await take();
      await this.#gpu.errors();
    } catch (error) {
      this.free();
      throw explained(error, `prediction stopped at row ${done} of ${rows}`);
    }
    return all;
  }

  free(): void {
    [this.#trees, this.#chunk] = [null, null];
    this.#treeBuffers.destroy();
    this.#chunkBuffers.destroy();
  }

  async #prepare(
    models: readonly PredictableModel[],
    columns: readonly Float32Array[],
    rows: number,
  ): Promise<Chunk> {
    const pipeline = await this.#gpu.pipeline(PREDICT);
    const binding = Math.min(this.#gpu.maxBinding, this.#gpu.maxBuffer);
    if (!this.#trees || !sameModels(models, this.#trees.models)) {
      this.free();
      this.#trees = uploadTrees(this.#treeBuffers, models, this.#bounds, binding);
    }
    const trees = this.#trees;
    for (const column of trees.used) {
      if (columns[column]?.length === rows) continue;
      throw usageError(
        `column ${column}: expected ${rows} values, found ${columns[column]?.length ?? "none"}`,
      );
    }
    const wanted = chunkRows(trees, rows, this.#bounds, binding);
    if (!this.#chunk || this.#chunk.rows < wanted) {
      this.#chunkBuffers.destroy();
      this.#chunk = null;
      this.#chunk = new Chunk(this.#gpu, this.#chunkBuffers, pipeline, trees, wanted, this.#bounds.visits);
    }
    return this.#chunk;
  }
}

/** Says where it happened, and what to do about the loss of a device. */
function explained(error: unknown, where: string): unknown {
  if (!(error instanceof SpliceboostError) || !["device", "memory"].includes(error.kind)) return error;
  const advice = error.kind === "device"
    ? "; open the GPU again and make a new predictor, or predict on the CPU"
    : "";
  return new SpliceboostError(error.kind, `${where}: ${error.message}${advice}`, { cause: error });
}
