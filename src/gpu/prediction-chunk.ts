/** Trees and chunks of rows on the device, for prediction. */
import source from "../../shaders/trees/predict.wgsl" with { type: "text" };
import { SpliceboostError } from "../numerics/errors.ts";
import type { PredictableModel } from "../numerics/predictor.ts";
import { sizeText } from "./buffers.ts";
import type { Bound, Gpu, GpuBuffer, Pipeline } from "./gpu.ts";
import type { Kernel } from "./kernel.ts";
import { layOutTrees, treeRanges } from "./prediction-trees.ts";

export const PREDICT: Kernel = {
  name: "predict",
  source,
  bindings: ["uniform", "read", "read", "read", "write"],
};

/** Threads of a workgroup, as in the shader. */
const WORKGROUP = 64;
/** Above this more rows at a time gain nothing; far below 65,535 workgroups. */
const MAX_ROWS = 2 ** 20;
/** Dispatches that are submitted together. */
const DISPATCHES = 4;

/** How much is done at a time. Margins do not depend on it. */
export interface PredictionBounds {
  /** Bytes of the values of a chunk of rows, and of the nodes of a dispatch. */
  readonly bytes: number;
  /** Nodes that the rows of a dispatch pass, all together. */
  readonly visits: number;
}

/** 2^27 visits are meant to be 50 ms of a small GPU; SwiftShader and llvmpipe make 1e8 to 2e8 a second on two cores. */
export const PREDICTION_BOUNDS: PredictionBounds = { bytes: 64 * 2 ** 20, visits: 2 ** 27 };

/** Models on the device. */
export interface DeviceTrees {
  readonly models: readonly PredictableModel[];
  /** Columns that any tree splits on, ascending. */
  readonly used: readonly number[];
  readonly parts: readonly {
    readonly trees: GpuBuffer;
    readonly nodes: GpuBuffer;
    /** Most nodes that a row passes, by tree. */
    readonly lengths: Uint32Array;
  }[];
}

/** Makes buffers and destroys them together. */
export class BufferGroup {
  readonly #gpu: Gpu;
  readonly #buffers: GpuBuffer[] = [];

  constructor(gpu: Gpu) {
    this.#gpu = gpu;
  }

  make: Gpu["buffer"] = (label, bytes, use, contents) => {
    const buffer = this.#gpu.buffer(label, bytes, use, contents);
    this.#buffers.push(buffer);
    return buffer;
  };

  destroy(): void {
    for (const buffer of this.#buffers.splice(0)) buffer.destroy();
  }
}

/** Uploads the trees of models, split where they exceed the bounds; a binding holds so many bytes. */
export function uploadTrees(
  buffers: BufferGroup,
  models: readonly PredictableModel[],
  bounds: PredictionBounds,
  binding: number,
): DeviceTrees {
  const { used, parts } = layOutTrees(models, Math.min(bounds.bytes, binding), binding);
  return {
    models: [...models],
    used,
    parts: parts.map(({ trees, nodes, lengths }) => ({
      trees: buffers.make("trees to predict with", trees.byteLength, "storage", trees),
      nodes: buffers.make("nodes to predict with", nodes.byteLength, "storage", nodes),
      lengths,
    })),
  };
}

/** Rows that go through the trees together, of `rows`: as many as fit the bounds and a binding. */
export function chunkRows(
  trees: DeviceTrees,
  rows: number,
  bounds: PredictionBounds,
  binding: number,
): number {
  const longest = trees.parts.reduce(
    (most, { lengths }) => lengths.reduce((a, b) => Math.max(a, b), most),
    1,
  );
  const rowBytes = 4 * Math.max(trees.used.length, trees.models.length);
  if (rowBytes > binding) {
    throw new SpliceboostError(
      "memory",
      `a row of ${trees.used.length} features and ${trees.models.length} models needs ${
        sizeText(rowBytes)
      }, ` +
        `the device allows ${sizeText(binding)}; predict on the CPU`,
    );
  }
  const fit = Math.floor(Math.min(Math.max(bounds.bytes, rowBytes), binding) / rowBytes);
  return Math.max(1, Math.min(rows, fit, MAX_ROWS, Math.floor(bounds.visits / longest)));
}

/** Room for so many rows, and the dispatches that take them through the trees. */
export class Chunk {
  readonly rows: number;
  readonly #gpu: Gpu;
  readonly #trees: DeviceTrees;
  readonly #values: GpuBuffer;
  readonly #margins: GpuBuffer;
  readonly #dispatches: readonly {
    readonly bound: Bound;
    readonly task: GpuBuffer;
    readonly range: readonly [first: number, last: number];
  }[];

  constructor(
    gpu: Gpu,
    buffers: BufferGroup,
    pipeline: Pipeline,
    trees: DeviceTrees,
    rows: number,
    visits: number,
  ) {
    [this.rows, this.#gpu, this.#trees] = [rows, gpu, trees];
    const values = buffers.make("feature values", trees.used.length * rows * 4, "storage");
    const margins = buffers.make("margins", trees.models.length * rows * 4, "storage");
    [this.#values, this.#margins] = [values, margins];
    this.#dispatches = trees.parts.flatMap((part) =>
      treeRanges(part.lengths, Math.floor(visits / rows)).map((range) => {
        const task = buffers.make("trees of a dispatch", 16, "uniform");
        const label = `trees ${range[0]} to ${range[1] - 1}`;
        return {
          bound: gpu.bind(pipeline, label, [task, values, part.trees, part.nodes, margins]),
          task,
          range,
        };
      })
    );
  }

  /**
   * Takes rows from `begin` on, at most as many as there is room for. Returns before their margins are computed; they come as
   * (models, rows) i32 in one buffer.
   */
  margins(columns: readonly Float32Array[], begin: number, rows: number): Promise<ArrayBuffer[]> {
    const bytes = this.#trees.models.length * rows * 4;
    this.#trees.used.forEach((column, place) =>
      this.#gpu.write(this.#values, place * rows * 4, columns[column].subarray(begin, begin + rows))
    );
    const recorder = this.#gpu.recorder("prediction");
    recorder.clear(this.#margins, 0, bytes);
    this.#dispatches.forEach(({ bound, task, range }, d) => {
      this.#gpu.write(task, 0, Uint32Array.of(rows, ...range, 0));
      recorder.dispatch(bound, Math.ceil(rows / WORKGROUP));
      if ((d + 1) % DISPATCHES === 0) recorder.submit();
    });
    recorder.submit();
    return this.#gpu.readLater([{ buffer: this.#margins, bytes }]);
  }
}
