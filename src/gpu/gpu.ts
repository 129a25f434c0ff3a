/** The device: its buffers and their bytes, its kernels, its work, and its errors. Knows nothing of trees. */
import { SpliceboostError } from "../numerics/errors.ts";
import { type AdapterFacts, describe, findAdapter, type GpuOptions, messageOf } from "./adapter.ts";
import { type Bound, type BufferRange, checkBindings } from "./bound.ts";
import { type BufferUse, checkRange, GpuBuffer, paddedSize, sizeText, USAGE } from "./buffers.ts";
import { Faults } from "./faults.ts";
import type { Kernel } from "./kernel.ts";
import { type Pipeline, PipelineCache } from "./pipelines.ts";
import { type KernelTime, Profiler } from "./profile.ts";
import { Recorder } from "./recorder.ts";
import { readBack, type ReadRequest } from "./staging.ts";

export { type AdapterFacts, describeAdapter, type GpuOptions } from "./adapter.ts";
export type { Bound, BufferRange } from "./bound.ts";
export { type BufferUse, GpuBuffer } from "./buffers.ts";
export type { Pipeline } from "./pipelines.ts";
export type { KernelTime } from "./profile.ts";
export { MAX_WORKGROUPS, Recorder } from "./recorder.ts";
export type { ReadRequest } from "./staging.ts";

/** What a device has done since it was opened. Callers may set any of them to zero. */
export interface GpuCounters {
  dispatches: number;
  /** Submits of recorders and of readbacks. */
  submits: number;
  readbacks: number;
  /** Bytes from the host to the device. */
  uploadedBytes: number;
  /** Bytes from the device to the host. */
  readBytes: number;
  /** Bytes of all buffers that are not destroyed. */
  allocatedBytes: number;
  /** The most that `allocatedBytes` ever was. */
  peakBytes: number;
}

/** Bytes written between two submits: until then the driver holds a copy of each write. */
const WRITE_CHUNK = 64 * 2 ** 20;

/**
 * Opens a fresh device. Throws an error of kind "device", which says what to do, where there is no WebGPU, no adapter or no
 * device to be had.
 */
export async function openGpu(options: GpuOptions = {}): Promise<Gpu> {
  const { adapter, facts } = await findAdapter(options);
  const descriptor: GPUDeviceDescriptor = { label: "spliceboost" };
  if (options.limits !== "minimum") {
    const { maxBufferSize, maxStorageBufferBindingSize } = adapter.limits;
    descriptor.requiredLimits = { maxBufferSize, maxStorageBufferBindingSize };
    if (adapter.features.has("timestamp-query")) descriptor.requiredFeatures = ["timestamp-query"];
  }
  try {
    const device = await adapter.requestDevice(descriptor);
    return new Gpu(device, adapter, facts, facts.software && options.softwareKernels === true);
  } catch (cause) {
    throw new SpliceboostError("device", `${describe(facts)} gave no device: ${messageOf(cause)}`, { cause });
  }
}

/** One device and all that lives on it. */
export class Gpu {
  readonly device: GPUDevice;
  /** Held because Dawn gives up mappings once it is collected. */
  readonly adapter: GPUAdapter;
  readonly facts: AdapterFacts;
  /** One line, such as "WebGPU, SwiftShader Device (software)". */
  readonly description: string;
  /** Whether kernels for adapters that compute on the CPU are used. */
  readonly softwareKernels: boolean;
  /** The most bytes of one storage binding. */
  readonly maxBinding: number;
  /** The most bytes of one buffer. */
  readonly maxBuffer: number;
  readonly counters: GpuCounters = {
    dispatches: 0,
    submits: 0,
    readbacks: 0,
    uploadedBytes: 0,
    readBytes: 0,
    allocatedBytes: 0,
    peakBytes: 0,
  };
  /** Resolves with the reason when the device is lost or destroyed. */
  readonly lost: Promise<string>;
  readonly #faults: Faults;
  readonly #pipelines: PipelineCache;
  readonly #buffers: Set<GpuBuffer> = new Set();
  #profiler: Profiler | null = null;
  #profile = false;
  #unsubmitted = 0;

  /** Use `openGpu`. */
  constructor(device: GPUDevice, adapter: GPUAdapter, facts: AdapterFacts, softwareKernels: boolean = false) {
    this.device = device;
    this.adapter = adapter;
    this.facts = facts;
    this.description = describe(facts);
    this.softwareKernels = softwareKernels;
    this.maxBinding = wholeWords(device.limits.maxStorageBufferBindingSize);
    this.maxBuffer = wholeWords(device.limits.maxBufferSize);
    this.#faults = new Faults(device, this.description);
    this.lost = this.#faults.lost;
    this.#pipelines = new PipelineCache(device, this.description, this.#faults);
  }

  /** Whether the device is lost or destroyed. */
  get isLost(): boolean {
    return this.#faults.isLost;
  }

  /**
   * A buffer of at least `bytes` bytes, zeroed, or begun with `contents`. Throws an error of kind "memory" beyond the device's
   * limits; that the driver found no memory shows in `errors`.
   */
  buffer(label: string, bytes: number, use: BufferUse, contents?: ArrayBufferView): GpuBuffer {
    this.#faults.checkLost();
    const size = paddedSize(Math.max(bytes, contents?.byteLength ?? 0), use);
    if (!(size <= this.maxBuffer)) {
      throw new SpliceboostError(
        "memory",
        `the buffer "${label}" needs ${sizeText(size)} (${size} bytes), ${this.description} allows ${
          sizeText(this.maxBuffer)
        } ` +
          `(${this.maxBuffer} bytes); use fewer rows, bins or lanes, or the CPU engine`,
      );
    }
    const raw = this.#faults.guard(
      `making the buffer "${label}" of ${sizeText(size)}`,
      () => this.device.createBuffer({ label, size, usage: USAGE[use] }),
    );
    const buffer = new GpuBuffer(raw, use, (gone) => {
      this.#buffers.delete(gone);
      this.counters.allocatedBytes -= gone.bytes;
    });
    this.#buffers.add(buffer);
    this.counters.allocatedBytes += size;
    this.counters.peakBytes = Math.max(this.counters.peakBytes, this.counters.allocatedBytes);
    if (contents) this.#fill(buffer, contents);
    return buffer;
  }

  /**
   * The kernel compiled, with `constants` over the kernel's own; the same promise for the same kernel and constants. Rejects
   * with an error of kind "device" that shows the line of the expanded WGSL.
   */
  pipeline(kernel: Kernel, constants: Readonly<Record<string, number>> = {}): Promise<Pipeline> {
    return this.#pipelines.get(kernel, constants);
  }

  /** `pipeline` with one buffer, or a stretch of one, for each of its bindings. Throws where one does not fit. */
  bind(pipeline: Pipeline, label: string, buffers: readonly (GpuBuffer | BufferRange)[]): Bound {
    this.#faults.checkLost();
    const ranges = checkBindings(pipeline, label, buffers, this.device.limits, this.maxBinding);
    const entries = ranges.map(({ buffer, offset, size }, binding) => ({
      binding,
      resource: { buffer: buffer.raw, offset, size },
    }));
    const group = this.#faults.guard(
      `binding "${label}" to the kernel ${pipeline.kernel.name}`,
      () => this.device.createBindGroup({ label, layout: pipeline.layout, entries }),
    );
    return { pipeline, group, label };
  }

  /** Records dispatches, clears and copies to be submitted together. */
  recorder(label: string): Recorder {
    return new Recorder(this, label);
  }

  /** Submits what `encoder` holds; its errors carry `label`. */
  submit(label: string, encoder: GPUCommandEncoder): void {
    this.#faults.checkLost();
    this.#faults.guard(`"${label}"`, () => this.device.queue.submit([encoder.finish()]));
    this.counters.submits++;
    this.#unsubmitted = 0;
  }

  /** Writes `data` at `offset`, both in whole words of 4 bytes, after all that was submitted before. */
  write(buffer: GpuBuffer, offset: number, data: ArrayBufferView): void {
    this.#faults.checkLost();
    checkRange("writing to", buffer, offset, data.byteLength);
    for (let at = 0; at < data.byteLength; at += WRITE_CHUNK) {
      const bytes = Math.min(WRITE_CHUNK, data.byteLength - at);
      const piece = new Uint8Array(data.buffer, data.byteOffset + at, bytes);
      // A view of shared memory ends a Node process.
      const own = data.buffer instanceof ArrayBuffer ? piece : piece.slice();
      this.device.queue.writeBuffer(buffer.raw, offset + at, own);
      this.#unsubmitted += bytes;
      if (this.#unsubmitted >= WRITE_CHUNK) {
        this.device.queue.submit([]);
        this.#unsubmitted = 0;
      }
    }
    this.counters.uploadedBytes += data.byteLength;
  }

  /** Bytes of buffers after all that was submitted so far: one staging buffer, one submit, one mapping. */
  read(requests: readonly ReadRequest[]): Promise<ArrayBuffer[]> {
    return readBack(this, this.#faults, requests);
  }

  /**
   * As `read`, to be awaited rounds later: the bytes are those of this moment, and any number may be outstanding. In Deno the
   * call itself holds the thread until the device is idle, and 11 ms more pass, so ask for much at once.
   */
  readLater(requests: readonly ReadRequest[]): Promise<ArrayBuffer[]> {
    return readBack(this, this.#faults, requests);
  }

  /** Whether every dispatch is timed. Setting it throws where the device takes no timestamps. */
  get profile(): boolean {
    return this.#profile;
  }

  set profile(on: boolean) {
    if (on) this.#profiler ??= new Profiler(this);
    this.#profile = on;
  }

  /** The profiler while profiling, for recorders. */
  get profiler(): Profiler | null {
    return this.#profile ? this.#profiler : null;
  }

  /** Times by kernel since profiling began or was last read, longest first. */
  profiled(): Promise<KernelTime[]> {
    return this.#profiler?.read() ?? Promise.resolve([]);
  }

  /**
   * Throws the first error of all that was called so far: kind "memory" where the device had no memory left, else "device", as
   * for a lost device. An error stays: open the device again after one.
   */
  errors(): Promise<void> {
    return this.#faults.settle();
  }

  /** Destroys every buffer made here, then the device; a second call does nothing. */
  destroy(): void {
    for (const buffer of [...this.#buffers]) buffer.destroy();
    this.#profiler?.destroy();
    this.#faults.destroyed();
    this.device.destroy();
  }

  /** Writes bytes of any number, padded with zeros to whole words. */
  #fill(buffer: GpuBuffer, contents: ArrayBufferView): void {
    const bytes = new Uint8Array(contents.buffer, contents.byteOffset, contents.byteLength);
    const whole = wholeWords(bytes.length);
    if (whole > 0) this.write(buffer, 0, bytes.subarray(0, whole));
    if (whole === bytes.length) return;
    const tail = new Uint8Array(4);
    tail.set(bytes.subarray(whole));
    this.write(buffer, whole, tail);
  }
}

function wholeWords(bytes: number): number {
  return Math.floor(bytes / 4) * 4;
}
