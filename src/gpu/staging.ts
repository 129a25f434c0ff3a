/** Bytes back from the device: copies are enqueued at once, the bytes arrive later. */
import { checkRange, type GpuBuffer, MAP_READ } from "./buffers.ts";
import type { Faults } from "./faults.ts";
import type { Gpu } from "./gpu.ts";

/** A stretch of a buffer to read; by default all of it. Bytes; the offset is a multiple of 4. */
export interface ReadRequest {
  readonly buffer: GpuBuffer;
  readonly offset?: number;
  readonly bytes?: number;
}

/** Copies the requested bytes as they are after all that was submitted so far, with one submit and one mapping. */
export function readBack(gpu: Gpu, faults: Faults, requests: readonly ReadRequest[]): Promise<ArrayBuffer[]> {
  const read = copyAndMap(gpu, faults, requests);
  // Not an unhandled rejection where the device is lost before the caller comes to await it.
  read.catch(() => {});
  return read;
}

/** All before the first await happens at the call. */
async function copyAndMap(
  gpu: Gpu,
  faults: Faults,
  requests: readonly ReadRequest[],
): Promise<ArrayBuffer[]> {
  faults.checkLost();
  let total = 0;
  const parts = requests.map(({ buffer, offset = 0, bytes = buffer.bytes - offset }) => {
    const words = Math.ceil(bytes / 4) * 4;
    checkRange("reading", buffer, offset, words);
    const part = { buffer, offset, bytes, words, at: total };
    total += words;
    return part;
  });
  if (total === 0) return parts.map(() => new ArrayBuffer(0));

  const label = `reading ${[...new Set(parts.map(({ buffer }) => buffer.label))].join(", ")}`;
  const staging = gpu.buffer(label, total, "staging");
  try {
    const encoder = gpu.device.createCommandEncoder({ label });
    for (const { buffer, offset, words, at } of parts) {
      if (words > 0) encoder.copyBufferToBuffer(buffer.raw, offset, staging.raw, at, words);
    }
    gpu.submit(label, encoder);
    gpu.counters.readbacks++;
    gpu.counters.readBytes += total;
    await faults.unlessLost(label, staging.raw.mapAsync(MAP_READ));
    faults.check();
    const mapped = staging.raw.getMappedRange();
    const read = parts.map(({ at, bytes }) => mapped.slice(at, at + bytes));
    staging.raw.unmap();
    return read;
  } finally {
    staging.destroy();
  }
}
