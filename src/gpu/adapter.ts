/** Finding an adapter, saying what it is, and what to do where there is none. */
import { SpliceboostError } from "../numerics/errors.ts";

/** How to open the GPU. */
export interface GpuOptions {
  /** The WebGPU entry point; default `navigator.gpu`. Node has none: pass one made by the npm package "webgpu". */
  readonly gpu?: GPU;
  /** "adapter" (default): buffers as large as the adapter allows. "minimum": the specification's defaults only. */
  readonly limits?: "adapter" | "minimum";
  /** Whether an adapter that computes on the CPU will do; default true. */
  readonly allowSoftware?: boolean;
  /**
   * Kernels for adapters that compute on the CPU, where the adapter is one: the same results, several times as fast there. Default
   * false: the kernels of a GPU anywhere, so that software adapters can test them.
   */
  readonly softwareKernels?: boolean;
  /** Which adapter, where there are several; default "high-performance". */
  readonly powerPreference?: GPUPowerPreference;
}

/** What is known of an adapter. Names are as the driver tells them; browsers withhold some. */
export interface AdapterFacts {
  readonly vendor: string;
  readonly architecture: string;
  readonly device: string;
  readonly description: string;
  /** Whether it computes on the CPU. */
  readonly software: boolean;
  /** The adapter's own limits; a device opened with fewer has fewer. Bytes, or counts. */
  readonly limits: Readonly<Record<string, number>>;
  /** Names of the optional features it offers, sorted. */
  readonly features: readonly string[];
}

const SOFTWARE = /swiftshader|llvmpipe|lavapipe|software|basic render|\bwarp\b/i;

/** Facts of the adapter that `openGpu` would take, or null where there is none. Never throws. */
export async function describeAdapter(options: GpuOptions = {}): Promise<AdapterFacts | null> {
  try {
    const adapter = await requestAdapter(options);
    return adapter && factsOf(adapter);
  } catch {
    return null;
  }
}

/** An adapter with its facts; throws an error of kind "device", which says what to do, where there is none. */
export async function findAdapter(
  options: GpuOptions,
): Promise<{ adapter: GPUAdapter; facts: AdapterFacts }> {
  if (!entryPoint(options)) throw noWebGpu();
  let adapter: GPUAdapter | null;
  try {
    adapter = await requestAdapter(options);
  } catch (cause) {
    throw new SpliceboostError("device", `WebGPU could not be asked for an adapter: ${messageOf(cause)}`, {
      cause,
    });
  }
  if (!adapter) throw noAdapter();
  const facts = factsOf(adapter);
  if (facts.software && options.allowSoftware === false) {
    throw new SpliceboostError(
      "device",
      `expected a hardware GPU, found only ${nameOf(facts)}, which computes on the CPU; ` +
        "install the GPU's driver, or allow software adapters, or train on the CPU engine, which is faster than it",
    );
  }
  return { adapter, facts };
}

/** One line about an adapter, such as "WebGPU, SwiftShader Device (software)". */
export function describe(facts: AdapterFacts): string {
  return `WebGPU, ${nameOf(facts)}${facts.software ? " (software)" : ""}`;
}

/** Text of whatever was thrown. */
export function messageOf(cause: unknown): string {
  return (cause instanceof Error ? cause.message : String(cause)).trim();
}

function entryPoint(options: GpuOptions): GPU | undefined {
  return options.gpu ?? globalThis.navigator?.gpu;
}

/** Always a fresh adapter: Dawn's serves one device only. */
async function requestAdapter(options: GpuOptions): Promise<GPUAdapter | null> {
  const powerPreference = options.powerPreference ?? "high-performance";
  return await entryPoint(options)?.requestAdapter({ powerPreference }) ?? null;
}

function factsOf(adapter: GPUAdapter): AdapterFacts {
  const { vendor, architecture, device, description, isFallbackAdapter } = adapter.info;
  const names = [vendor, architecture, device, description];
  const limits: Record<string, number> = {};
  // Limits are getters of the prototype.
  for (const name in adapter.limits) {
    const value: unknown = adapter.limits[name as keyof GPUSupportedLimits];
    if (typeof value === "number") limits[name] = value;
  }
  return {
    vendor,
    architecture,
    device,
    description,
    software: isFallbackAdapter === true || names.some((name) => SOFTWARE.test(name)),
    limits,
    features: [...adapter.features].sort(),
  };
}

/** The most telling names there are; Deno gives vendor and device as numbers, browsers no device. */
function nameOf({ vendor, architecture, device, description }: AdapterFacts): string {
  const telling = (name: string): boolean => name !== "" && !/^\d+$/.test(name);
  return [device, description].filter(telling).join(", ") ||
    [vendor, architecture].filter(telling).join(" ") || "unnamed adapter";
}

function noWebGpu(): SpliceboostError {
  const advice = {
    Deno: "use Deno 2.9 or later, which has it without a flag",
    Node:
      'Node has none of its own: install the npm package "webgpu", and pass gpu: create([]) in the options',
    browser: "use a current Chrome, Edge, Firefox or Safari, and load the page over https or from localhost",
  }[runtime()];
  return new SpliceboostError(
    "device",
    `found no WebGPU here (navigator.gpu is absent): ${advice}; or use the CPU engine`,
  );
}

function noAdapter(): SpliceboostError {
  const advice = {
    Deno:
      "install a Vulkan, Metal or DirectX 12 driver for the GPU; DENO_WEBGPU_BACKEND=vulkan picks a backend, " +
      "VK_ICD_FILENAMES a Vulkan driver",
    Node: "install a Vulkan, Metal or DirectX 12 driver for the GPU; VK_ICD_FILENAMES picks a Vulkan driver",
    browser: "update the GPU's driver and the browser, and turn hardware acceleration on in its settings; " +
      "the page about:gpu or about:support says what it made of the GPU",
  }[runtime()];
  return new SpliceboostError(
    "device",
    `WebGPU is here but offers no adapter: ${advice}; or use the CPU engine`,
  );
}

function runtime(): "Deno" | "Node" | "browser" {
  // Node 20 has no navigator.
  const agent = globalThis.navigator?.userAgent ?? "Node.js";
  return agent.startsWith("Deno") ? "Deno" : agent.startsWith("Node.js") ? "Node" : "browser";
}
