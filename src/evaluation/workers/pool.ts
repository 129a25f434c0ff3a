/** A small pool of threads for pure tasks: workers where there are any, else the caller's own thread, a task at a time. */
import { breather } from "../../gpu/breathe.ts";
import { SpliceboostError, usageError } from "../../numerics/errors.ts";
import type { FromTaskWorker, ToTaskWorker } from "./messages.ts";
import { inSharedMemory } from "./shared-memory.ts";
import { type PayloadOf, type ResultOf, type SharedOf, type TaskName, TASKS } from "./tasks.ts";

export interface RunOptions<N extends TaskName> {
  /** An object that many tasks read: workers get it once, in shared memory if they can, however many tasks name the same object. */
  readonly shared?: SharedOf<N>;
  /** Buffers of the payload to move instead of copying; they are empty here afterwards. */
  readonly transfer?: Transferable[];
}

/** Runs the tasks of tasks.ts. Results do not depend on the number of threads. */
export interface TaskPool {
  /** Tasks that run at once. */
  readonly threads: number;
  /**
   * The result of one task.
   * @throws SpliceboostError as the task threw it; "runtime" for any other failure; "interrupted" if closed before.
   */
  run<N extends TaskName>(name: N, payload: PayloadOf<N>, options?: RunOptions<N>): Promise<ResultOf<N>>;
  /** The results of one task a payload, in the order of the payloads. The first failure rejects. */
  map<N extends TaskName>(
    name: N,
    payloads: readonly PayloadOf<N>[],
    shared?: SharedOf<N>,
  ): Promise<ResultOf<N>[]>;
  /** Lets the workers drop their copies of a shared object. */
  forget(shared: object): void;
  /** Stops the workers; tasks that have not finished reject as interrupted. */
  close(): void;
}

/** A task that waits for a thread, or runs on one. */
interface Job {
  readonly name: TaskName;
  readonly payload: unknown;
  readonly shared: object | undefined;
  readonly transfer: Transferable[];
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: unknown) => void;
}

/** One thread of the pool. */
interface TaskThread {
  run(job: Job): Promise<unknown>;
  forget(shared: object): void;
  close(): void;
}

/**
 * A pool of so many threads (default: all cores); workers start when they are first needed. With one thread, or where there are no
 * workers, tasks run on the caller's thread, with turns of the event loop between them.
 * @throws SpliceboostError "usage" unless `threads` is a whole number from 1 to 1024.
 */
export function createTaskPool(options: { readonly threads?: number } = {}): TaskPool {
  const wanted = options.threads ?? globalThis.navigator?.hardwareConcurrency ?? 1;
  if (!Number.isInteger(wanted) || wanted < 1 || wanted > 1024) {
    throw usageError(`threads must be a whole number from 1 to 1024, got ${wanted}`);
  }
  const threads = typeof Worker === "undefined" ? 1 : wanted;
  const ids = sharedIds();
  /** Shared objects as workers get them, by id. */
  const sent = new Map<number, unknown>();
  const idle: TaskThread[] = [];
  const started: TaskThread[] = [];
  const waiting: Job[] = [];
  const running = new Set<Job>();
  let closed = false;

  const start = (): TaskThread => {
    const thread = threads === 1 ? ownThread() : workerThread(ids, sent);
    started.push(thread);
    return thread;
  };

  const next = (): void => {
    while (waiting.length > 0 && !closed) {
      const thread = idle.pop() ?? (started.length < threads ? start() : null);
      if (thread === null) return;
      const job = waiting.shift()!;
      running.add(job);
      thread.run(job).then(job.resolve, job.reject).finally(() => {
        running.delete(job);
        idle.push(thread);
        next();
      });
    }
  };

  const run: TaskPool["run"] = (name, payload, { shared, transfer = [] } = {}) =>
    new Promise((resolve, reject) => {
      if (closed) return reject(interrupted());
      waiting.push({
        name,
        payload,
        shared: shared as object | undefined,
        transfer,
        resolve: resolve as Job["resolve"],
        reject,
      });
      next();
    });

  return {
    threads,
    run,
    map: (name, payloads, shared) => Promise.all(payloads.map((payload) => run(name, payload, { shared }))),
    forget(shared) {
      sent.delete(ids(shared));
      for (const thread of started) thread.forget(shared);
    },
    close() {
      closed = true;
      for (const thread of started.splice(0)) thread.close();
      for (const job of [...running, ...waiting.splice(0)]) job.reject(interrupted());
    },
  };
}

function interrupted(): SpliceboostError {
  return new SpliceboostError("interrupted", "The pool of threads was closed before this task was through.");
}

/** A number for each shared object, the same however often it is asked for. */
function sharedIds(): (shared: object) => number {
  const ids = new WeakMap<object, number>();
  let count = 0;
  return (shared) => {
    const id = ids.get(shared) ?? count++;
    ids.set(shared, id);
    return id;
  };
}

function ownThread(): TaskThread {
  const breathe = breather();
  return {
    run: async ({ name, payload, shared }) => {
      await breathe();
      try {
        return (TASKS[name] as (payload: unknown, shared: unknown) => unknown)(payload, shared);
      } catch (error) {
        if (error instanceof SpliceboostError) throw error;
        throw new SpliceboostError("runtime", error instanceof Error ? error.message : String(error), {
          cause: error,
        });
      }
    },
    forget: () => {},
    close: () => {},
  };
}

function workerThread(idOf: (shared: object) => number, shareable: Map<number, unknown>): TaskThread {
  const worker = new Worker(new URL("./task-worker.ts", import.meta.url), { type: "module" });
  const sent = new Set<number>();
  let broken: SpliceboostError | null = null;
  const post = (message: ToTaskWorker, transfer: Transferable[] = []): void =>
    worker.postMessage(message, transfer);
  return {
    run: ({ name, payload, shared, transfer }) =>
      new Promise((resolve, reject) => {
        // A worker that could not be loaded answers nobody after that.
        if (broken !== null) return reject(broken);
        worker.onmessage = ({ data }: MessageEvent<FromTaskWorker>) => {
          if (data.type === "done") resolve(data.result);
          else reject(new SpliceboostError(data.kind, data.message));
        };
        worker.onmessageerror = () => {
          reject(
            new SpliceboostError(
              "runtime",
              "a thread of the analysis gave a result that cannot be passed on",
            ),
          );
        };
        worker.onerror = (event: ErrorEvent) => {
          event.preventDefault();
          broken = new SpliceboostError("runtime", `a thread of the analysis failed: ${event.message}`);
          reject(broken);
        };
        const id = shared === undefined ? null : idOf(shared);
        if (id !== null && !sent.has(id)) {
          if (!shareable.has(id)) shareable.set(id, inSharedMemory(shared));
          post({ type: "share", id, value: shareable.get(id) });
          sent.add(id);
        }
        post({ type: "run", name, payload, shared: id }, transfer);
      }),
    forget(shared) {
      const id = idOf(shared);
      if (sent.delete(id)) post({ type: "forget", id });
    },
    close: () => worker.terminate(),
  };
}
