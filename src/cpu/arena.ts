/** Memory of the CPU engine: one WebAssembly memory and a first-fit allocator over it, kept on the host side. */
import { SpliceboostError } from "../numerics/errors.ts";

const PAGE = 65536;
const MAX_PAGES = 65536;
/** Space that the kernels' own static data may take. */
const RESERVED = 4096;
const ALIGN = 64;

/** True where threads can share memory: always in Deno, in browsers only on cross-origin isolated pages. */
export function sharedMemoryAllowed(): boolean {
  return typeof SharedArrayBuffer !== "undefined";
}

/** An allocator over a WebAssembly memory of at most 4 GiB. */
export class Arena {
  readonly memory: WebAssembly.Memory;
  readonly shared: boolean;
  /** Free ranges, ascending, never adjacent. */
  #free: { start: number; end: number }[] = [];
  readonly #sizes = new Map<number, number>();
  #end: number;
  #used = 0;
  #peak = 0;

  constructor(shared: boolean) {
    this.shared = shared;
    this.memory = new WebAssembly.Memory(
      shared ? { initial: 2, maximum: MAX_PAGES, shared: true } : { initial: 2 },
    );
    this.#end = 2 * PAGE;
    this.#free.push({ start: RESERVED, end: this.#end });
  }

  /** Highest number of bytes allocated at one time. */
  get peak(): number {
    return this.#peak;
  }

  /** Pointer to `bytes` bytes, 64-byte aligned, contents undefined. */
  allocate(bytes: number, what: string): number {
    const size = Math.max(ALIGN, Math.ceil(bytes / ALIGN) * ALIGN);
    let index = this.#free.findIndex((range) => range.end - range.start >= size);
    if (index < 0) {
      this.#grow(size, what);
      index = this.#free.length - 1;
    }
    const range = this.#free[index];
    const start = range.start;
    range.start += size;
    if (range.start === range.end) this.#free.splice(index, 1);
    this.#sizes.set(start, size);
    this.#used += size;
    this.#peak = Math.max(this.#peak, this.#used);
    return start;
  }

  #grow(size: number, what: string): void {
    const last = this.#free.at(-1);
    const tail = last && last.end === this.#end ? last.end - last.start : 0;
    const pages = Math.ceil((size - tail) / PAGE);
    try {
      if (this.#end / PAGE + pages > MAX_PAGES) throw new RangeError("past 4 GiB");
      this.memory.grow(pages);
    } catch (cause) {
      throw new SpliceboostError(
        "memory",
        `the CPU engine needs ${(size / 2 ** 20).toFixed(0)} MiB more for ${what}, having ` +
          `${
            (this.#used / 2 ** 20).toFixed(0)
          } MiB of at most 4096 MiB; train on fewer genes (--sample-genes), with a smaller ` +
          `--max-bin, or with fewer features (--exclude-features)`,
        { cause },
      );
    }
    this.#end += pages * PAGE;
    if (tail) last!.end = this.#end;
    else this.#free.push({ start: this.#end - pages * PAGE, end: this.#end });
  }

  /** Gives memory back. */
  release(pointer: number): void {
    const size = this.#sizes.get(pointer);
    if (size === undefined) return;
    this.#sizes.delete(pointer);
    this.#used -= size;
    const at = this.#free.findIndex((range) => range.start > pointer);
    const index = at < 0 ? this.#free.length : at;
    this.#free.splice(index, 0, { start: pointer, end: pointer + size });
    this.#merge(index);
    if (index > 0) this.#merge(index - 1);
  }

  #merge(index: number): void {
    const [range, next] = [this.#free[index], this.#free[index + 1]];
    if (next && range.end === next.start) {
      range.end = next.end;
      this.#free.splice(index + 1, 1);
    }
  }

  /** Whether a view lies in this memory, and where. */
  pointerOf(view: Uint8Array): number | null {
    return view.buffer === this.memory.buffer && this.#sizes.has(view.byteOffset) ? view.byteOffset : null;
  }
}
