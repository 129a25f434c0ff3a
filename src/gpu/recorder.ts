/** Records work for the device and submits it at once: dispatches, clears and copies, in order. */
import { SpliceboostError } from "../numerics/errors.ts";
import type { Bound } from "./bound.ts";
import { checkRange, type GpuBuffer } from "./buffers.ts";
import type { Gpu } from "./gpu.ts";
import type { Stamps } from "./profile.ts";

/** The most workgroups in each direction of a dispatch; above it an indirect dispatch does nothing, in silence. */
export const MAX_WORKGROUPS = 65_535;

/** Consecutive dispatches share a compute pass; each sees what those before it wrote. Use it on after `submit`, if you like. */
export class Recorder {
  readonly label: string;
  readonly #gpu: Gpu;
  #encoder: GPUCommandEncoder | null = null;
  #pass: GPUComputePassEncoder | null = null;
  #pipeline: GPUComputePipeline | null = null;
  #stamps: Stamps | null = null;

  /** Made by `Gpu.recorder`. */
  constructor(gpu: Gpu, label: string) {
    this.#gpu = gpu;
    this.label = label;
  }

  /** Runs x * y * z workgroups, each at most 65,535. With a zero among them there is nothing to run. */
  dispatch(bound: Bound, x: number, y: number = 1, z: number = 1): void {
    for (const count of [x, y, z]) {
      if (!Number.isInteger(count) || count < 0 || count > MAX_WORKGROUPS) {
        throw new SpliceboostError(
          "runtime",
          `dispatch of the kernel ${bound.pipeline.kernel.name} ("${bound.label}") in "${this.label}": expected at most ` +
            `${MAX_WORKGROUPS} workgroups in each direction, found ${x} x ${y} x ${z}; spread them over x and y`,
        );
      }
    }
    if (x === 0 || y === 0 || z === 0) return;
    this.#begin(bound).dispatchWorkgroups(x, y, z);
    this.#ended();
  }

  /** Runs as many workgroups as the three words of `args` at `offset` (bytes) say when it is their turn. */
  dispatchIndirect(bound: Bound, args: GpuBuffer, offset: number): void {
    checkRange(`indirect dispatch of the kernel ${bound.pipeline.kernel.name} by`, args, offset, 12);
    if (args.use !== "indirect") {
      throw new SpliceboostError(
        "runtime",
        `indirect dispatch of the kernel ${bound.pipeline.kernel.name}: expected an "indirect" buffer, ` +
          `found "${args.label}", which is "${args.use}"`,
      );
    }
    this.#begin(bound).dispatchWorkgroupsIndirect(args.raw, offset);
    this.#ended();
  }

  /** Zeroes `bytes` bytes from `offset`; by default all of the buffer. */
  clear(buffer: GpuBuffer, offset: number = 0, bytes: number = buffer.bytes - offset): void {
    checkRange("clearing", buffer, offset, bytes);
    if (bytes > 0) this.#outsidePass().clearBuffer(buffer.raw, offset, bytes);
  }

  /** Copies `bytes` bytes from one buffer to another. */
  copy(from: GpuBuffer, fromOffset: number, to: GpuBuffer, toOffset: number, bytes: number): void {
    checkRange("copying from", from, fromOffset, bytes);
    checkRange("copying to", to, toOffset, bytes);
    if (bytes > 0) this.#outsidePass().copyBufferToBuffer(from.raw, fromOffset, to.raw, toOffset, bytes);
  }

  /** Hands all that was recorded to the device. Throws if the device is lost; other errors show in `Gpu.errors`. */
  submit(): void {
    this.#endPass();
    const encoder = this.#encoder;
    const stamps = this.#stamps;
    this.#encoder = this.#stamps = null;
    if (!encoder) return;
    stamps?.resolve(encoder);
    this.#gpu.submit(this.label, encoder);
    stamps?.release();
  }

  #begin(bound: Bound): GPUComputePassEncoder {
    if (!this.#pass) {
      const { name } = bound.pipeline.kernel;
      const timestampWrites = this.#gpu.profiler ? this.#takeStamps().next(name) : undefined;
      this.#pass = this.#open().beginComputePass({ label: this.label, timestampWrites });
      this.#pipeline = null;
    }
    if (this.#pipeline !== bound.pipeline.raw) {
      this.#pipeline = bound.pipeline.raw;
      this.#pass.setPipeline(this.#pipeline);
    }
    this.#pass.setBindGroup(0, bound.group);
    return this.#pass;
  }

  /** Counts a dispatch; with profiling each has a pass of its own, because time is taken at the ends of passes. */
  #ended(): void {
    this.#gpu.counters.dispatches++;
    if (this.#stamps) this.#endPass();
  }

  #takeStamps(): Stamps {
    return this.#stamps ??= this.#gpu.profiler!.stamps();
  }

  #outsidePass(): GPUCommandEncoder {
    this.#endPass();
    return this.#open();
  }

  #endPass(): void {
    this.#pass?.end();
    this.#pass = null;
  }

  #open(): GPUCommandEncoder {
    return this.#encoder ??= this.#gpu.device.createCommandEncoder({ label: this.label });
  }
}
