/** The threads of the CPU engine: workers over its memory, or the caller's own thread in slices. */
import { SpliceboostError } from "../numerics/errors.ts";
import type { FromWorker, ToWorker } from "./messages.ts";
import type { LanePlan } from "./plan.ts";
import { type LaneOutcome, LaneRunner } from "./run-lane.ts";

/** One thread that can take part in a lane. */
export interface Thread {
  /** Resolves when this member is through; rank 0 gets the outcome, the others null. */
  run(plan: LanePlan, rank: number): Promise<LaneOutcome | null>;
  close(): void;
}

/** Starts a worker over a shared memory. */
export function startWorker(memory: WebAssembly.Memory): Thread {
  const worker = new Worker(new URL("./worker.ts", import.meta.url), { type: "module" });
  const post = (message: ToWorker): void => worker.postMessage(message);
  post({ type: "memory", memory });
  return {
    run: (plan, rank) =>
      new Promise((resolve, reject) => {
        worker.onmessage = ({ data }: MessageEvent<FromWorker>) => {
          if (data.type === "done") resolve(data.outcome);
          else reject(new SpliceboostError(data.kind, data.message));
        };
        worker.onerror = (event: ErrorEvent) => {
          event.preventDefault();
          reject(new SpliceboostError("runtime", `a thread of the CPU engine failed: ${event.message}`));
        };
        post({ type: "lane", plan, rank });
      }),
    close: () => worker.terminate(),
  };
}

/** How long the caller's thread is held before others get a turn, ms. */
const SLICE = 8;

/** The caller's own thread: rounds in slices, with a turn of the event loop between them. */
export function ownThread(memory: WebAssembly.Memory, shared: boolean): Thread {
  const runner = new LaneRunner(memory, shared);
  return {
    run: async (plan, rank) => {
      const rounds = runner.rounds(plan, rank);
      let slice = performance.now();
      for (;;) {
        const step = rounds.next();
        if (step.done) return step.value;
        if (performance.now() - slice < SLICE) continue;
        await new Promise((resolve) => setTimeout(resolve, 0));
        slice = performance.now();
      }
    },
    close: () => {},
  };
}
