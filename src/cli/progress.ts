/** Progress on stderr: bars on a terminal, a plain line every 5 % otherwise. */
import { MultiBar, type SingleBar } from "cli-progress";
import process from "node:process";
import type { ProgressEvent } from "../training/types.ts";
import { formatCount, formatDuration } from "./format.ts";
import type { Log } from "./log.ts";

const STEPS = 20;

/** What each phase counts. */
const UNITS: Readonly<Record<ProgressEvent["phase"], string>> = {
  read: "files",
  bin: "columns",
  screen: "features",
  "cross-validation": "trees",
  final: "trees",
  evaluate: "folds",
  analyse: "parts",
  write: "files",
};

export interface ProgressOptions {
  readonly log: Log;
  /** Draw bars; see `canDrawBars`. */
  readonly bars: boolean;
  /** Where bars are drawn (default stderr). */
  readonly stream?: NodeJS.WritableStream;
  /** Milliseconds of a steady clock (default `performance.now`). */
  readonly now?: () => number;
}

/** State of a phase. */
interface Phase {
  readonly started: number;
  /** Units that were done when the phase was first heard of: they count no time, and a resumed run begins in the middle. */
  readonly startedAt: number;
  step: number;
  bar: SingleBar | null;
  /** The event whose line is to be written. */
  pending: ProgressEvent | null;
}

/** Twentieths of a phase that are done. */
function stepOf({ done, total }: ProgressEvent): number {
  return Math.floor((done * STEPS) / total);
}

/** Follows the progress events of a run. */
export class Progress {
  /** Rows of the data set, once known: trees times rows gives the speed. */
  rows = 0;
  readonly #log: Log;
  readonly #now: () => number;
  readonly #bars: MultiBar | null;
  readonly #phases = new Map<string, Phase>();
  #closed = false;

  constructor(options: ProgressOptions) {
    this.#log = options.log;
    this.#now = options.now ?? (() => performance.now());
    this.#bars = options.bars && !this.#log.quiet && this.#log.format === "text"
      ? new MultiBar({
        stream: options.stream ?? process.stderr,
        format: "{phase} [{bar}] {percentage} % {value}/{total} {facts}",
        barsize: 24,
        // The command line handles Ctrl-C itself.
        gracefulExit: false,
        hideCursor: true,
        linewrap: true,
      })
      : null;
    const bars = this.#bars;
    // The library clears the line that it writes to, and breaks lines itself.
    if (bars) this.#log.divert((line) => bars.log(line));
  }

  /** Takes one event. */
  on(event: ProgressEvent): void {
    if (event.message) this.#log.info(event.message);
    if (event.total <= 0) return;
    const phase = this.#phaseOf(event);
    phase.bar?.setTotal(event.total);
    phase.bar?.update(event.done, { facts: this.#facts(event, phase) });
    const step = stepOf(event);
    if (!this.#bars && (phase.pending || step > phase.step)) {
      // A GPU tells of all trees of its last rounds at once: the last of them says how fast it is.
      if (!phase.pending) queueMicrotask(() => this.#say(phase));
      phase.pending = event;
    }
    phase.step = Math.max(step, phase.step);
  }

  /** Ends the drawing; lines go to stderr again. */
  close(): void {
    for (const phase of this.#phases.values()) this.#say(phase);
    if (!this.#bars || this.#closed) return;
    this.#closed = true;
    this.#bars.update();
    this.#bars.stop();
    this.#log.divert(null);
  }

  /** Writes the line that waits, if one does. */
  #say(phase: Phase): void {
    const event = phase.pending;
    if (!event) return;
    phase.pending = null;
    const facts = this.#facts(event, phase);
    this.#log.info(
      `${event.phase}: ${stepOf(event) * (100 / STEPS)} %, ${event.done}/${event.total} ${
        UNITS[event.phase]
      }` +
        (facts ? `, ${facts}` : ""),
    );
  }

  #phaseOf(event: ProgressEvent): Phase {
    const known = this.#phases.get(event.phase);
    if (known) return known;
    const bar = this.#bars?.create(event.total, event.done, { phase: event.phase.padEnd(16), facts: "" }) ??
      null;
    const phase = { started: this.#now(), startedAt: event.done, step: 0, bar, pending: null };
    this.#phases.set(event.phase, phase);
    return phase;
  }

  /** "fold 2/5 donor, 1.2 M rows/s, 1 min 20 s left". */
  #facts(event: ProgressEvent, phase: Phase): string {
    const seconds = (this.#now() - phase.started) / 1000;
    const done = event.done - phase.startedAt;
    const facts = event.lane ? [event.lane] : [];
    if (seconds > 0 && done > 0) {
      const rate = done / seconds;
      if (UNITS[event.phase] === "trees" && this.rows > 0) {
        facts.push(`${formatCount(rate * this.rows)} rows/s`);
      }
      if (event.done < event.total) facts.push(`${formatDuration((event.total - event.done) / rate)} left`);
    }
    return facts.join(", ");
  }
}
