/** Ctrl-C once: finish the tree, keep a checkpoint. Twice: leave at once. */
import { EXIT_CODES, SpliceboostError } from "../numerics/errors.ts";
import type { Log } from "./log.ts";

export type StopSignal = "SIGINT" | "SIGTERM";

/** The system's side of it. */
export interface SignalHost {
  listen(signal: StopSignal, handler: () => void): void;
  unlisten(signal: StopSignal, handler: () => void): void;
  exit(code: number): void;
  /** Milliseconds of a steady clock. */
  now(): number;
}

/** The same key press may arrive from the terminal and from the launcher. */
const ECHO_MS = 300;

/** Watches for SIGINT and SIGTERM; `signal` is aborted by the first one. */
export class Interrupts {
  readonly #controller = new AbortController();
  readonly #host: SignalHost;
  readonly #log: Log;
  readonly #said: string;
  readonly #handlers: readonly (readonly [StopSignal, () => void])[];
  #first: { readonly signal: StopSignal; readonly at: number } | null = null;

  /** @param said what is said of the first interrupt */
  constructor(log: Log, said: string, host: SignalHost = denoHost) {
    this.#log = log;
    this.#said = said;
    this.#host = host;
    this.#handlers = (["SIGINT", "SIGTERM"] as const).map((signal) =>
      [signal, () => this.#on(signal)] as const
    );
    for (const [signal, handler] of this.#handlers) host.listen(signal, handler);
  }

  /** Aborted by the first interrupt. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** 130 after Ctrl-C, 143 after SIGTERM. */
  get exitCode(): number {
    return exitCodeOf(this.#first?.signal ?? "SIGINT");
  }

  /** Stops watching. */
  close(): void {
    for (const [signal, handler] of this.#handlers) this.#host.unlisten(signal, handler);
  }

  #on(signal: StopSignal): void {
    const at = this.#host.now();
    if (!this.#first) {
      this.#first = { signal, at };
      this.#log.warn(this.#said);
      this.#controller.abort();
    } else if (at - this.#first.at > ECHO_MS) {
      this.#host.exit(exitCodeOf(signal));
    }
  }
}

/** Runs work that stops when told to; an interrupted one ends with the exit code of its signal. */
export async function interruptible(
  log: Log,
  said: { readonly first: string; readonly after: string },
  work: (signal: AbortSignal) => Promise<number>,
  host: SignalHost = denoHost,
): Promise<number> {
  const interrupts = new Interrupts(log, said.first, host);
  try {
    return await work(interrupts.signal);
  } catch (error) {
    if (!(error instanceof SpliceboostError && error.kind === "interrupted")) throw error;
    log.warn(said.after);
    return interrupts.exitCode;
  } finally {
    interrupts.close();
  }
}

function exitCodeOf(signal: StopSignal): number {
  return signal === "SIGTERM" ? 143 : EXIT_CODES.interrupted;
}

const denoHost: SignalHost = {
  listen: (signal, handler) => {
    if (available(signal)) Deno.addSignalListener(signal, handler);
  },
  unlisten: (signal, handler) => {
    if (available(signal)) Deno.removeSignalListener(signal, handler);
  },
  exit: (code) => Deno.exit(code),
  now: () => performance.now(),
};

function available(signal: StopSignal): boolean {
  return signal === "SIGINT" || Deno.build.os !== "windows";
}
