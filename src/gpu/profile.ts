/** Time on the device by kernel, from timestamp queries around every dispatch. */
import { SpliceboostError } from "../numerics/errors.ts";
import { type GpuBuffer, USAGE } from "./buffers.ts";
import type { Gpu } from "./gpu.ts";

/** Time of one kernel since profiling began or was last read. Browsers and Dawn round timestamps to 0.1 ms. */
export interface KernelTime {
  readonly kernel: string;
  readonly dispatches: number;
  /** Sum over its dispatches, but the discarded. */
  readonly milliseconds: number;
  /** Dispatches that ended before they began, by the driver's clock; they count no time. */
  readonly discarded: number;
}

/** The specification's most queries in a set: two a dispatch. */
const SET_QUERIES = 4096;
const STAMP_BYTES = 8;
const SET_BYTES = SET_QUERIES * STAMP_BYTES;

/** A query set and the buffer that its queries are resolved into. */
interface QuerySet {
  readonly set: GPUQuerySet;
  readonly resolved: GPUBuffer;
}

/** Stamps that were taken: words of `log` hold begin and end of each kernel in `kernels`, ns. */
interface Taken {
  readonly log: GpuBuffer;
  readonly kernels: readonly string[];
}

/** Hands out timestamps and adds up what they say. */
export class Profiler {
  readonly #gpu: Gpu;
  readonly #free: QuerySet[] = [];
  readonly #all: QuerySet[] = [];
  #taken: Taken[] = [];

  /** Throws where the device takes no timestamps. */
  constructor(gpu: Gpu) {
    if (!gpu.device.features.has("timestamp-query")) {
      throw new SpliceboostError(
        "device",
        `profiling needs the feature "timestamp-query", which ${gpu.description} does not offer, or was opened without`,
      );
    }
    this.#gpu = gpu;
  }

  /** Stamps for one recorder's next submit. */
  stamps(): Stamps {
    return new Stamps(this);
  }

  /** Times by kernel, longest first; then counts from zero. Waits for the work submitted so far. */
  async read(): Promise<KernelTime[]> {
    const taken = this.#taken;
    this.#taken = [];
    const stamps = await this.#gpu.read(
      taken.map(({ log, kernels }) => ({ buffer: log, bytes: kernels.length * 2 * STAMP_BYTES })),
    );
    for (const { log } of taken) log.destroy();
    return addUp(taken.map(({ kernels }, i) => ({ kernels, stamps: new BigUint64Array(stamps[i]) })));
  }

  /** Frees the query sets. */
  destroy(): void {
    for (const { log } of this.#taken) log.destroy();
    for (const { set, resolved } of this.#all) {
      set.destroy();
      resolved.destroy();
    }
  }

  /** A query set that nothing unsubmitted uses. */
  take(): QuerySet {
    const free = this.#free.pop();
    if (free) return free;
    const { device } = this.#gpu;
    const made = {
      set: device.createQuerySet({ label: "profile", type: "timestamp", count: SET_QUERIES }),
      resolved: device.createBuffer({ label: "profile", size: SET_BYTES, usage: USAGE.queries }),
    };
    this.#all.push(made);
    return made;
  }

  /** Copies the stamps of `kernels` out of `set`, so that it can serve again after this submit. */
  keep(encoder: GPUCommandEncoder, { set, resolved }: QuerySet, kernels: readonly string[]): void {
    const bytes = kernels.length * 2 * STAMP_BYTES;
    const log = this.#gpu.buffer("profile", bytes, "storage");
    encoder.resolveQuerySet(set, 0, kernels.length * 2, resolved, 0);
    encoder.copyBufferToBuffer(resolved, 0, log.raw, 0, bytes);
    this.#taken.push({ log, kernels });
  }

  giveBack(sets: readonly QuerySet[]): void {
    this.#free.push(...sets);
  }
}

/** The timestamps of one submit. A recorder owns its query sets until then: an unwritten query must not be resolved. */
export class Stamps {
  readonly #profiler: Profiler;
  readonly #used: { set: QuerySet; kernels: string[] }[] = [];

  constructor(profiler: Profiler) {
    this.#profiler = profiler;
  }

  /** Begin and end of the next pass, which is one dispatch of `kernel`. */
  next(kernel: string): GPUComputePassTimestampWrites {
    let last = this.#used.at(-1);
    if (!last || last.kernels.length * 2 === SET_QUERIES) {
      last = { set: this.#profiler.take(), kernels: [] };
      this.#used.push(last);
    }
    const first = last.kernels.push(kernel) * 2 - 2;
    return {
      querySet: last.set.set,
      beginningOfPassWriteIndex: first,
      endOfPassWriteIndex: first + 1,
    };
  }

  /** Ends the recording: the stamps go where the profiler reads them. */
  resolve(encoder: GPUCommandEncoder): void {
    for (const { set, kernels } of this.#used) this.#profiler.keep(encoder, set, kernels);
  }

  /** After the submit: the queue keeps the order, so the sets can be written again. */
  release(): void {
    this.#profiler.giveBack(this.#used.map(({ set }) => set));
  }
}

/** Time by kernel, longest first, from the begin and end of each of its dispatches, ns. */
export function addUp(
  taken: readonly { kernels: readonly string[]; stamps: BigUint64Array }[],
): KernelTime[] {
  const times = new Map<string, { dispatches: number; milliseconds: number; discarded: number }>();
  for (const { kernels, stamps } of taken) {
    kernels.forEach((kernel, i) => {
      const time = times.get(kernel) ?? { dispatches: 0, milliseconds: 0, discarded: 0 };
      times.set(kernel, time);
      time.dispatches++;
      const [begin, end] = [stamps[2 * i], stamps[2 * i + 1]];
      if (end < begin) time.discarded++;
      else time.milliseconds += Number(end - begin) / 1e6;
    });
  }
  return [...times].map(([kernel, time]) => ({ kernel, ...time }))
    .sort((a, b) => b.milliseconds - a.milliseconds);
}
