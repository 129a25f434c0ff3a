/** Where to train and predict: what was asked for, what there is, what was taken and why. Results do not depend on it. */
import { createCpuEngine } from "../cpu/engine.ts";
import { createCpuPredictor } from "../cpu/predictor.ts";
import { createGpuEngine, type GpuEngine } from "../gpu/engine.ts";
import { type AdapterFacts, describe, describeAdapter } from "../gpu/adapter.ts";
import type { GpuOptions } from "../gpu/gpu.ts";
import type { Engine } from "../numerics/engine.ts";
import { SpliceboostError, usageError } from "../numerics/errors.ts";
import type { TreePredictor } from "../numerics/predictor.ts";
import { openGpuPredictor } from "./gpu-predictor.ts";

export const DEVICES = ["auto", "webgpu", "cpu"] as const;

/** auto: a hardware GPU where there is one, else the CPU. webgpu: any adapter, one in software too; never the CPU instead. */
export type Device = (typeof DEVICES)[number];

/** What was asked for. */
export interface DeviceOptions {
  /** Default auto. */
  readonly device?: Device;
  /** The WebGPU entry point; default `navigator.gpu`. Node has none: pass one made by the npm package "webgpu". */
  readonly gpu?: GPU;
  /** Threads of the CPU (default: all cores); with auto they ask for it. */
  readonly threads?: number;
  /** Why only the CPU will do, where that is so: auto then takes it and gives this reason. */
  readonly onlyCpu?: string;
}

/** What was taken. */
export interface DeviceChoice {
  readonly device: "webgpu" | "cpu";
  readonly asked: Device;
  /** Why, in half a sentence, such as "auto found a hardware adapter". */
  readonly reason: string;
  /** The adapter that was taken, or the one that auto passed over; null where none was looked for or found. */
  readonly adapter: AdapterFacts | null;
}

/** Throws an error of kind "usage" for options of which one could have no effect. */
export function checkDeviceOptions({ device, gpu, threads }: DeviceOptions): void {
  const idle = (what: string, beside: string): SpliceboostError =>
    usageError(`${what} can have no effect with ${beside}: leave out one or the other`);
  if (threads !== undefined && device === "webgpu") {
    throw idle("threads (--threads), which are the CPU's,", "device webgpu (--device webgpu)");
  }
  if (gpu && device === "cpu") throw idle("gpu", "device cpu");
  if (gpu && threads !== undefined) throw idle("gpu", "threads, which are the CPU's");
}

/**
 * An engine on the device asked for; the caller closes it.
 * @throws SpliceboostError: "usage" for options that exclude each other, "device" where webgpu was asked for and cannot be had or miscomputes
 */
export async function openEngine(
  options: DeviceOptions = {},
): Promise<{ readonly engine: Engine; readonly choice: DeviceChoice }> {
  const { made, choice } = await take<Engine>(
    options,
    openGpuEngine,
    () => createCpuEngine({ threads: options.threads }),
  );
  return { engine: made, choice };
}

/**
 * A predictor on the device asked for; closing it frees the device. A device that is lost is opened anew, once.
 * @throws SpliceboostError as `openEngine` does; `margins` rejects with kind "lost" where the device is lost again
 */
export async function openPredictor(
  options: DeviceOptions = {},
): Promise<{ readonly predictor: TreePredictor; readonly choice: DeviceChoice }> {
  const { made, choice } = await take<TreePredictor>(
    options,
    openGpuPredictor,
    () => createCpuPredictor({ threads: options.threads }),
  );
  return { predictor: made, choice };
}

/** What `openEngine` would take; an engine is opened on the GPU to see that it can be had and computes right. Throws as it does. */
export async function chooseDevice(options: DeviceOptions = {}): Promise<DeviceChoice> {
  const open = async (gpu: GpuOptions): Promise<void> => await (await openGpuEngine(gpu)).close();
  return (await take<void>(options, open, () => {})).choice;
}

function openGpuEngine(options: GpuOptions): Promise<GpuEngine> {
  return createGpuEngine({ ...options, softwareKernels: true });
}

/** The choice that a caller made by bringing an engine. */
export function choiceOf(engine: Engine): DeviceChoice {
  const adapter = isGpuEngine(engine) ? engine.gpu.facts : null;
  return { device: engine.kind, asked: engine.kind, reason: "the engine was given", adapter };
}

/** Whether an engine is the one of this library on WebGPU, which has its device to show. */
export function isGpuEngine(engine: Engine): engine is GpuEngine {
  return engine.kind === "webgpu" && "gpu" in engine;
}

/** Makes something on the device asked for. */
async function take<T>(
  options: DeviceOptions,
  onGpu: (options: GpuOptions) => Promise<T>,
  onCpu: () => T,
): Promise<{ readonly made: T; readonly choice: DeviceChoice }> {
  checkDeviceOptions(options);
  const { device: asked = "auto", threads, onlyCpu } = options;
  const gpuOptions: GpuOptions = options.gpu ? { gpu: options.gpu } : {};
  const taken = (made: T, device: "webgpu" | "cpu", reason: string, adapter: AdapterFacts | null = null) => ({
    made,
    choice: { device, asked, reason, adapter },
  });
  if (asked === "cpu") return taken(onCpu(), "cpu", "as asked for");
  if (asked === "auto" && onlyCpu !== undefined) return taken(onCpu(), "cpu", onlyCpu);
  if (asked === "auto" && threads !== undefined) {
    return taken(onCpu(), "cpu", "threads were asked for, which the CPU alone has");
  }
  const adapter = await describeAdapter(gpuOptions);
  if (asked === "webgpu") return taken(await onGpu(gpuOptions), "webgpu", "as asked for", adapter);
  if (!adapter) return taken(onCpu(), "cpu", "auto found no WebGPU adapter");
  if (adapter.software) {
    const reason = `auto found only ${
      describe(adapter)
    }, which computes on the CPU, where the CPU engine is faster`;
    return taken(onCpu(), "cpu", reason, adapter);
  }
  try {
    return taken(await onGpu(gpuOptions), "webgpu", "auto found a hardware adapter", adapter);
  } catch (error) {
    if (!(error instanceof SpliceboostError) || error.kind !== "device") throw error;
    return taken(onCpu(), "cpu", `auto found an adapter that does not work (${error.message})`, adapter);
  }
}
