/** The clock and the table of bench/gpu-lab.ts. */
import type { Bound, Gpu, GpuBuffer } from "../src/gpu/gpu.ts";
import { median } from "./process.ts";

/** One line of the table. */
export interface Line {
  readonly what: string;
  readonly variant: string;
  readonly ms: number;
  /** Of the work that the line says, a second. */
  readonly rate: number;
  readonly unit: string;
}

/** A dispatch to time. */
export interface Timed {
  readonly bound: Bound;
  readonly x: number;
  readonly y?: number;
}

/** Times dispatches: by timestamps where the device takes them, else by the clock, less an idle readback. */
export class Lab {
  readonly gpu: Gpu;
  readonly repeats: number;
  readonly hasStamps: boolean;
  readonly lines: Line[] = [];
  /** Something to write into and to read back. */
  readonly result: GpuBuffer;
  /** Milliseconds of a readback from an idle queue. */
  latency = 0;

  constructor(gpu: Gpu, repeats: number) {
    this.gpu = gpu;
    this.repeats = repeats;
    this.hasStamps = gpu.device.features.has("timestamp-query");
    this.result = gpu.buffer("lab result", 2 ** 16, "storage");
  }

  /** Prints a line, and keeps it. */
  add(what: string, variant: string, ms: number, work: number, unit: string): void {
    const line = { what, variant, ms, rate: work / (ms / 1000), unit };
    this.lines.push(line);
    const cells = [what.padEnd(12), variant.padEnd(78), ms.toFixed(3).padStart(10)];
    console.log(`${cells.join("")} ms${line.rate.toExponential(2).padStart(11)} ${unit}/s`);
  }

  /** Milliseconds of each dispatch: medians of some rounds, in which they take turns, after one that counts for nothing. */
  async time(...all: Timed[]): Promise<number[]> {
    const { gpu, hasStamps } = this;
    const seen: number[][] = all.map(() => []);
    for (let turn = 0; turn <= this.repeats; turn++) {
      for (const [i, { bound, x, y = 1 }] of all.entries()) {
        gpu.profile = hasStamps;
        const recorder = gpu.recorder("lab");
        recorder.dispatch(bound, x, y);
        const begun = performance.now();
        recorder.submit();
        gpu.profile = false;
        if (hasStamps) {
          seen[i].push((await gpu.profiled()).reduce((sum, { milliseconds }) => sum + milliseconds, 0));
        } else {
          await gpu.read([{ buffer: this.result, bytes: 4 }]);
          seen[i].push(Math.max(0, performance.now() - begun - this.latency));
        }
      }
    }
    await gpu.errors();
    return seen.map((own) => median(own.slice(1)));
  }
}
