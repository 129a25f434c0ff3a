/** A pipeline with its buffers, ready to be dispatched. */
import { SpliceboostError } from "../numerics/errors.ts";
import { type BufferUse, checkRange, type GpuBuffer, sizeText } from "./buffers.ts";
import type { Binding } from "./kernel.ts";
import type { Pipeline } from "./pipelines.ts";

/** A pipeline and the buffers it works on. */
export interface Bound {
  readonly pipeline: Pipeline;
  readonly group: GPUBindGroup;
  readonly label: string;
}

/** A stretch of a buffer, bytes. */
export interface BufferRange {
  readonly buffer: GpuBuffer;
  readonly offset: number;
  readonly size: number;
}

/** Ranges of `buffers` for the bindings of `pipeline`; throws where one does not fit what the kernel or the device expects. */
export function checkBindings(
  pipeline: Pipeline,
  label: string,
  buffers: readonly (GpuBuffer | BufferRange)[],
  limits: GPUSupportedLimits,
  maxBinding: number,
): BufferRange[] {
  const { name, bindings } = pipeline.kernel;
  const fail = (found: string): never => {
    throw new SpliceboostError("runtime", `binding "${label}" to the kernel ${name}: ${found}`);
  };
  if (buffers.length !== bindings.length) {
    fail(`expected ${bindings.length} buffers, found ${buffers.length}`);
  }

  const ranges = buffers.map((entry) =>
    "buffer" in entry ? entry : { buffer: entry, offset: 0, size: entry.bytes }
  );
  ranges.forEach(({ buffer, offset, size }, i) => {
    checkRange(`binding ${i} of the kernel ${name} ("${label}") to`, buffer, offset, size);
    const uniform = bindings[i] === "uniform";
    if (!USES[bindings[i]].includes(buffer.use)) {
      fail(`binding ${i} is ${bindings[i]}, which the ${buffer.use} buffer "${buffer.label}" cannot be`);
    }
    if (size === 0) fail(`binding ${i}, "${buffer.label}", is empty; bind at least 4 bytes`);
    const step = uniform ? limits.minUniformBufferOffsetAlignment : limits.minStorageBufferOffsetAlignment;
    if (offset % step !== 0) {
      fail(`binding ${i}, "${buffer.label}", starts at byte ${offset}; expected a multiple of ${step}`);
    }
    const most = uniform ? limits.maxUniformBufferBindingSize : maxBinding;
    if (size > most) {
      throw new SpliceboostError(
        "memory",
        `binding ${i} of the kernel ${name}, "${buffer.label}", needs ${sizeText(size)} (${size} bytes), ` +
          `the device allows ${sizeText(most)} (${most} bytes); bind it in parts`,
      );
    }
  });

  // One dispatch may not write a buffer that it also reads through another binding, nor write bytes through two.
  ranges.forEach((a, i) =>
    ranges.slice(0, i).forEach((b, j) => {
      if (a.buffer !== b.buffer || (bindings[i] !== "write" && bindings[j] !== "write")) return;
      const overlap = a.offset < b.offset + b.size && b.offset < a.offset + a.size;
      if (bindings[i] !== bindings[j] || overlap) {
        fail(
          `bindings ${j} (${bindings[j]}) and ${i} (${bindings[i]}) are the same buffer, "${a.buffer.label}"`,
        );
      }
    })
  );
  return ranges;
}

const USES: Readonly<Record<Binding, readonly BufferUse[]>> = {
  uniform: ["uniform"],
  read: ["storage", "indirect"],
  write: ["storage", "indirect"],
};
