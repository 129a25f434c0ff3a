/** Compiled kernels: one cache, explicit layouts, and compile errors that show the line. */
import { SpliceboostError } from "../numerics/errors.ts";
import { messageOf } from "./adapter.ts";
import type { Faults } from "./faults.ts";
import { type Binding, expandImports, type Kernel } from "./kernel.ts";
import { SHARED_SHADERS } from "./shared-shaders.ts";

/** A kernel compiled for one device. */
export interface Pipeline {
  readonly kernel: Kernel;
  readonly raw: GPUComputePipeline;
  readonly layout: GPUBindGroupLayout;
}

/** `GPUShaderStage.COMPUTE`. */
const COMPUTE = 4;

const LAYOUT: Readonly<Record<Binding, GPUBufferBindingType>> = {
  uniform: "uniform",
  read: "read-only-storage",
  write: "storage",
};

/** Compiles each kernel once for each set of constants. */
export class PipelineCache {
  readonly #device: GPUDevice;
  readonly #adapter: string;
  readonly #faults: Faults;
  readonly #made: Map<string, Promise<Pipeline>> = new Map();

  constructor(device: GPUDevice, adapter: string, faults: Faults) {
    this.#device = device;
    this.#adapter = adapter;
    this.#faults = faults;
  }

  /** The pipeline of `kernel` with its `override` constants; a failed one is tried again when asked for again. */
  get(kernel: Kernel, constants: Readonly<Record<string, number>>): Promise<Pipeline> {
    const all = Object.entries({ ...kernel.constants, ...constants }).sort(([a], [b]) => a < b ? -1 : 1);
    const key = JSON.stringify([kernel.name, kernel.bindings, all, kernel.source]);
    const made = this.#made.get(key);
    if (made) return made;
    const pipeline = this.#compile(kernel, Object.fromEntries(all));
    pipeline.catch(() => this.#made.delete(key));
    this.#made.set(key, pipeline);
    return pipeline;
  }

  async #compile(kernel: Kernel, constants: Record<string, number>): Promise<Pipeline> {
    const device = this.#device;
    this.#faults.checkLost();
    this.#checkBindings(kernel);
    const code = expandImports(kernel.source, SHARED_SHADERS, kernel.name);
    const label = kernel.name;
    const entries = kernel.bindings.map((binding, i) => ({
      binding: i,
      visibility: COMPUTE,
      buffer: { type: LAYOUT[binding] },
    }));

    // The scope keeps compile errors from counting as the device's: the caller gets them.
    device.pushErrorScope("validation");
    const module = device.createShaderModule({ label, code });
    const layout = device.createBindGroupLayout({ label, entries });
    const pipelineLayout = device.createPipelineLayout({ label, bindGroupLayouts: [layout] });
    const scope = device.popErrorScope().catch(() => null);

    try {
      const raw = await this.#faults.unlessLost(
        `compiling ${label}`,
        device.createComputePipelineAsync({
          label,
          layout: pipelineLayout,
          compute: { module, entryPoint: "main", constants },
        }),
      );
      return { kernel, raw, layout };
    } catch (cause) {
      if (this.#faults.isLost) throw cause;
      const reason = await this.#compileErrors(module, code) ?? (await scope)?.message ??
        messageOf((cause as Error).cause ?? cause);
      throw new SpliceboostError(
        "device",
        `the kernel ${label} does not compile on ${this.#adapter}: ${reason.trim()}`,
        { cause },
      );
    }
  }

  /** The compiler's errors, each with the line it means; null where it has none. */
  async #compileErrors(module: GPUShaderModule, code: string): Promise<string | null> {
    const { messages } = await this.#faults.unlessLost("compiling", module.getCompilationInfo());
    const lines = code.split("\n");
    const errors = messages.filter(({ type }) => type === "error").map(({ lineNum, linePos, message }) => {
      const line = lines[lineNum - 1]?.trim();
      // After a blank line Tint lists all that it would have taken.
      const [reason] = message.trim().split("\n\n", 1);
      return `line ${lineNum}:${linePos}${line ? ` \`${line}\`` : ""}: ${reason}`;
    });
    return errors.length > 0 ? errors.join("\n") : null;
  }

  #checkBindings({ name, bindings }: Kernel): void {
    const storage = bindings.filter((binding) => binding !== "uniform").length;
    const most = this.#device.limits.maxStorageBuffersPerShaderStage;
    if (storage > most) {
      throw new SpliceboostError(
        "device",
        `the kernel ${name} takes ${storage} storage buffers, ${this.#adapter} allows ${most}`,
      );
    }
  }
}
