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

/**
 * Copies the requested bytes as they are after all that was submitted so far, with one submit and one mapping. Range errors
 * are thrown at once.
 */
export function readBack(gpu: Gpu, faults: Faults, requests: readonly ReadRequest[]): Promise<ArrayBuffer[]> {
  faults.checkLost();
  let total = 0;
  const parts = requests.map(({ buffer, offset = 0, bytes = buffer.bytes - offset }) => {
    const words = Math.ceil(bytes / 4) * 4;
    checkRange("reading", buffer, offset, words);
    const part = { buffer, offset, bytes, words, at: total };
    total += words;
    return part;
  });
  if (total === 0) return Promise.resolve(parts.map(() => new ArrayBuffer(0)));

  const label = `reading ${[...new Set(parts.map(({ buffer }) => buffer.label))].join(", ")}`;
  const staging = gpu.buffer(label, total, "staging");
  const encoder = gpu.device.createCommandEncoder({ label });
  for (const { buffer, offset, words, at } of parts) {
    if (words > 0) encoder.copyBufferToBuffer(buffer.raw, offset, staging.raw, at, words);
  }
  gpu.submit(label, encoder);
  gpu.counters.readbacks++;
  gpu.counters.readBytes += total;

  const read = mapped(faults, label, staging).then((all) =>
    parts.map(({ at, bytes }) => all.slice(at, at + bytes))
  );
  // Not an unhandled rejection where the device is lost before the caller comes to await it.
  read.catch(() => {});
  return read;
}

async function mapped(faults: Faults, label: string, staging: GpuBuffer): Promise<ArrayBuffer> {
  try {
    await faults.unlessLost(label, staging.raw.mapAsync(MAP_READ));
    faults.check();
    const bytes = staging.raw.getMappedRange().slice(0);
    staging.raw.unmap();
    return bytes;
  } finally {
    staging.destroy();
  }
}
