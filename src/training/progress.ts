/** Progress events and the seconds of each phase. */
import type { ProgressEvent } from "./types.ts";

type Phase = ProgressEvent["phase"];

/** Sends progress events and times the phases between them. */
export class Progress {
  /** Seconds by phase, for the manifest. */
  readonly seconds: Record<string, number> = {};
  readonly #listener: ((event: ProgressEvent) => void) | undefined;

  constructor(listener?: (event: ProgressEvent) => void) {
    this.#listener = listener;
  }

  /** Reports units done. */
  report(phase: Phase, done: number, total: number, lane = "", metric?: number): void {
    this.#listener?.({ phase, lane, done, total, ...(metric === undefined ? {} : { metric }) });
  }

  /** A sentence for the log. */
  say(phase: Phase, message: string): void {
    this.#listener?.({ phase, lane: "", done: 0, total: 0, message });
  }

  /** Runs a phase and adds up its time. */
  async time<T>(phase: Phase, work: () => T | Promise<T>): Promise<T> {
    const start = performance.now();
    const result = await work();
    const seconds = (performance.now() - start) / 1000;
    this.seconds[phase] = (this.seconds[phase] ?? 0) + seconds;
    return result;
  }
}
