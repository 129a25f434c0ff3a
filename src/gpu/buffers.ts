/** Buffers on the device: sizes, usages, and what they are checked against. */
import { SpliceboostError } from "../numerics/errors.ts";

/** What a buffer is for. "indirect" is storage whose words are also dispatch sizes; "staging" is read by the host. */
export type BufferUse = "storage" | "uniform" | "indirect" | "staging";

// GPUBufferUsage and GPUMapMode, which Node lacks.
const MAP_READ_USAGE = 0x1;
const COPY_SRC = 0x4;
const COPY_DST = 0x8;
const UNIFORM = 0x40;
const STORAGE = 0x80;
const INDIRECT = 0x100;
const QUERY_RESOLVE = 0x200;

/** Usage bits of `GPUBufferUsage`, by what a buffer is for. */
export const USAGE: Readonly<Record<BufferUse | "queries", number>> = {
  storage: STORAGE | COPY_SRC | COPY_DST,
  uniform: UNIFORM | COPY_SRC | COPY_DST,
  indirect: STORAGE | INDIRECT | COPY_SRC | COPY_DST,
  staging: MAP_READ_USAGE | COPY_DST,
  queries: QUERY_RESOLVE | COPY_SRC,
};

/** `GPUMapMode.READ`. */
export const MAP_READ = 1;

/** A buffer on the device. Its memory is freed by `destroy` alone, never by garbage collection. */
export class GpuBuffer {
  readonly raw: GPUBuffer;
  readonly label: string;
  /** Size on the device: what was asked for, rounded up to 4 (a uniform to 16). */
  readonly bytes: number;
  readonly use: BufferUse;
  readonly #release: (buffer: GpuBuffer) => void;
  #destroyed = false;

  constructor(raw: GPUBuffer, use: BufferUse, release: (buffer: GpuBuffer) => void) {
    this.raw = raw;
    this.label = raw.label;
    this.bytes = raw.size;
    this.use = use;
    this.#release = release;
  }

  get isDestroyed(): boolean {
    return this.#destroyed;
  }

  /** Frees the memory; work that was submitted before still finishes. A second call does nothing. */
  destroy(): void {
    if (this.#destroyed) return;
    this.#destroyed = true;
    this.raw.destroy();
    this.#release(this);
  }
}

/** Bytes that a buffer of `bytes` takes. */
export function paddedSize(bytes: number, use: BufferUse): number {
  const step = use === "uniform" ? 16 : 4;
  return Math.max(step, Math.ceil(bytes / step) * step);
}

/** Throws unless [offset, offset + bytes) lies in the live `buffer`, both counted in whole words of 4 bytes. */
export function checkRange(what: string, buffer: GpuBuffer, offset: number, bytes: number): void {
  const fail = (found: string): never => {
    throw new SpliceboostError(
      "runtime",
      `${what} the buffer "${buffer.label}" of ${buffer.bytes} bytes: ${found}`,
    );
  };
  if (buffer.isDestroyed) fail("it is destroyed");
  if (!Number.isInteger(offset) || offset < 0 || offset % 4 !== 0) {
    fail(`expected an offset that is a multiple of 4, found ${offset}`);
  }
  if (!Number.isInteger(bytes) || bytes < 0 || bytes % 4 !== 0) {
    fail(`expected a size that is a multiple of 4 bytes, found ${bytes}`);
  }
  if (offset + bytes > buffer.bytes) fail(`bytes ${offset} to ${offset + bytes} reach beyond its end`);
}

/** Bytes in words, such as "128 MiB". */
export function sizeText(bytes: number): string {
  if (bytes < 1024) return `${bytes} bytes`;
  const power = Math.min(3, Math.floor(Math.log2(bytes) / 10));
  return `${Number((bytes / 1024 ** power).toFixed(1))} ${["", "KiB", "MiB", "GiB"][power]}`;
}
