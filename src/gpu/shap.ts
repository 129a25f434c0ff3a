/** Path-dependent SHAP values on WebGPU: f32 work, within a tolerance of the CPU's on every adapter, the same each time on one. */
import source from "../../shaders/trees/shap.wgsl" with { type: "text" };
import type { ExplainableModel } from "../cpu/shap-program.ts";
import { SpliceboostError } from "../numerics/errors.ts";
import { sizeText } from "./buffers.ts";
import type { Gpu, GpuBuffer } from "./gpu.ts";
import type { Kernel } from "./kernel.ts";
import { BufferGroup } from "./prediction-chunk.ts";
import { compileShapSteps, type ShapSteps } from "./shap-steps.ts";
import { orderedKey } from "./twins/predict.ts";

export const SHAP: Kernel = {
  name: "shap",
  source,
  bindings: ["uniform", "read", "read", "read", "read", "read", "write"],
};

/** Threads of a workgroup, as in the shader. */
const WORKGROUP = 64;

/** How much is done at a time. Values do not depend on it. */
export interface ShapBounds {
  /** Bytes of the values of a chunk of rows, and of the SHAP values of a dispatch. */
  readonly bytes: number;
  /** Steps of the rows of a dispatch, all together: 2^25 are meant to be 50 ms of a small GPU; llvmpipe makes some 1e8 a second on two cores. */
  readonly steps: number;
}

export const SHAP_BOUNDS: ShapBounds = { bytes: 64 * 2 ** 20, steps: 2 ** 25 };

/** SHAP values of the columns that trees split on. */
export interface GpuShap {
  /** Columns that any tree splits on, ascending. */
  readonly used: Int32Array;
  /** (used columns, rows) f32 per model, log odds. */
  readonly values: Float32Array[];
  /** Margin with no feature known, log odds, by model. */
  readonly bias: Float64Array;
}

/**
 * SHAP values of every row under every model.
 * @param columns f32 values per feature; those that no tree splits on are not read; missing is NaN
 * @throws SpliceboostError: "device" where paths are too deep for the shader or the device fails, "memory" where it has too little
 */
export async function explainOnGpu(
  gpu: Gpu,
  models: readonly ExplainableModel[],
  columns: readonly Float32Array[],
  rows: number,
  bounds: Partial<ShapBounds> = {},
): Promise<GpuShap> {
  const program = compileShapSteps(models);
  const { used, bias, slabSteps } = program;
  const values = models.map(() => new Float32Array(used.length * rows));
  if (rows === 0 || used.length === 0) return { used, values, bias };
  const limits = { ...SHAP_BOUNDS, ...bounds };
  const buffers = new BufferGroup(gpu);
  try {
    const chunk = Math.min(rows, chunkRows(gpu, program, limits));
    const slabs = Math.max(
      1,
      Math.min(slabSteps.length, Math.floor(limits.bytes / (chunk * used.length * 4))),
    );
    const device = await Device.open(gpu, buffers, program, chunk, slabs);
    for (let begin = 0; begin < rows; begin += chunk) {
      const count = Math.min(chunk, rows - begin);
      device.take(columns, begin, count);
      for (let m = 0; m < models.length; m++) {
        const sums = await device.explain(
          program.modelSlabs[m],
          program.modelSlabs[m + 1],
          count,
          limits.steps,
        );
        for (let place = 0; place < used.length; place++) {
          values[m].set(sums.subarray(place * count, (place + 1) * count), place * rows + begin);
        }
      }
    }
    await gpu.errors();
  } finally {
    buffers.destroy();
  }
  return { used, values, bias };
}

/** Rows that go through the trees together. */
function chunkRows(gpu: Gpu, { used, slabSteps }: ShapSteps, { bytes, steps }: ShapBounds): number {
  const binding = Math.min(gpu.maxBinding, gpu.maxBuffer);
  const rowBytes = used.length * 4;
  if (rowBytes > binding) {
    const [needed, allowed] = [sizeText(rowBytes), sizeText(binding)];
    throw new SpliceboostError(
      "memory",
      `SHAP values of a row of ${used.length} features need ${needed}, the device allows ${allowed}; explain on the CPU`,
    );
  }
  const longest = slabSteps.reduce((most, count) => Math.max(most, count), 1);
  const fit = Math.floor(Math.min(bytes, binding) / rowBytes);
  return Math.max(1, Math.min(fit, Math.floor(steps / longest)));
}

/** Trees and room for a chunk of rows on the device. */
class Device {
  readonly #gpu: Gpu;
  readonly #program: ShapSteps;
  readonly #values: GpuBuffer;
  readonly #phi: GpuBuffer;
  readonly #task: GpuBuffer;
  readonly #slabs: number;
  readonly #bound: ReturnType<Gpu["bind"]>;

  static async open(
    gpu: Gpu,
    buffers: BufferGroup,
    program: ShapSteps,
    rows: number,
    slabs: number,
  ): Promise<Device> {
    return new Device(gpu, buffers, program, rows, slabs, await gpu.pipeline(SHAP));
  }

  private constructor(
    gpu: Gpu,
    buffers: BufferGroup,
    program: ShapSteps,
    rows: number,
    slabs: number,
    pipeline: Awaited<ReturnType<Gpu["pipeline"]>>,
  ) {
    [this.#gpu, this.#program, this.#slabs] = [gpu, program, slabs];
    const bytes = program.used.length * rows * 4;
    const fixed = (["slabs", "passes", "steps", "constants"] as const).map((name) =>
      buffers.make(`${name} to explain`, program[name].byteLength, "storage", program[name])
    );
    this.#values = buffers.make("feature values", bytes, "storage");
    this.#phi = buffers.make("SHAP values", slabs * bytes, "storage");
    this.#task = buffers.make("slabs of a dispatch", 16, "uniform");
    this.#bound = gpu.bind(pipeline, "SHAP values", [this.#task, this.#values, ...fixed, this.#phi]);
  }

  /** Uploads the values of rows. */
  take(columns: readonly Float32Array[], begin: number, rows: number): void {
    this.#program.used.forEach((column, place) => {
      const bits = new Uint32Array(columns[column].slice(begin, begin + rows).buffer);
      this.#gpu.write(this.#values, place * rows * 4, bits.map(orderedKey));
    });
  }

  /** (used columns, rows) SHAP values of the trees of slabs first .. last-1, for the rows taken. */
  async explain(first: number, last: number, rows: number, steps: number): Promise<Float64Array> {
    const { used, slabSteps } = this.#program;
    const sums = new Float64Array(used.length * rows);
    for (let slab = first; slab < last;) {
      const begin = slab;
      let total = 0;
      while (
        slab < last && slab - begin < this.#slabs &&
        (slab === begin || (total + slabSteps[slab]) * rows <= steps)
      ) {
        total += slabSteps[slab++];
      }
      const bytes = (slab - begin) * used.length * rows * 4;
      this.#gpu.write(this.#task, 0, Uint32Array.of(rows, begin, used.length, 0));
      const recorder = this.#gpu.recorder("SHAP values");
      recorder.clear(this.#phi, 0, bytes);
      recorder.dispatch(this.#bound, Math.ceil(rows / WORKGROUP), slab - begin);
      recorder.submit();
      const [answer] = await this.#gpu.read([{ buffer: this.#phi, bytes }]);
      new Float32Array(answer).forEach((phi, at) => sums[at % sums.length] += phi);
    }
    return sums;
  }
}
