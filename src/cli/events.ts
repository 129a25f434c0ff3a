/** events.jsonl: what happened in a run and when, one JSON object a line. */
import type { ProgressEvent } from "../training/types.ts";
import { fileError } from "./files.ts";

/** Milestones of a phase. */
const STEPS = 10;

/** Appends to events.jsonl; a resumed run goes on in the same file. */
export class EventLog {
  readonly #path: string;
  readonly #file: Deno.FsFile;
  #closed = false;
  readonly #steps = new Map<string, number>();

  /** @param append keep the lines of the interrupted run that is resumed */
  constructor(path: string, append: boolean) {
    this.#path = path;
    try {
      this.#file = Deno.openSync(path, { write: true, create: true, append, truncate: !append });
    } catch (error) {
      throw fileError(error, path, "written");
    }
  }

  /** Writes one event; `event` says which kind. */
  write(event: string, facts: Readonly<Record<string, unknown>> = {}): void {
    const line = JSON.stringify({ time: new Date().toISOString(), event, ...facts }) + "\n";
    try {
      let bytes = new TextEncoder().encode(line);
      while (bytes.length > 0) bytes = bytes.subarray(this.#file.writeSync(bytes));
    } catch (error) {
      throw fileError(error, this.#path, "written");
    }
  }

  /** Writes messages, and a milestone for every tenth of a phase. */
  onProgress(event: ProgressEvent): void {
    const { phase, lane, done, total, metric, message } = event;
    if (message) this.write("message", { phase, message });
    if (total <= 0) return;
    const step = Math.floor((done * STEPS) / total);
    if (step <= (this.#steps.get(phase) ?? 0)) return;
    this.#steps.set(phase, step);
    this.write("milestone", {
      phase,
      done,
      total,
      ...(lane && { lane }),
      ...(metric !== undefined && { metric }),
    });
  }

  /** May be called twice. */
  close(): void {
    if (!this.#closed) this.#file.close();
    this.#closed = true;
  }
}
