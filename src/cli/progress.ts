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
  "cross-validation": "trees",
  final: "trees",
  evaluate: "folds",
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
  /** Units that were done when the phase was first heard of: a resumed run begins in the middle. */
  readonly startedAt: number;
  step: number;
  bar: SingleBar | null;
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
    const facts = this.#facts(event, phase);
    phase.bar?.setTotal(event.total);
    phase.bar?.update(event.done, { facts });
    const step = Math.floor((event.done * STEPS) / event.total);
    if (!this.#bars && step > phase.step) {
      this.#log.info(
        `${event.phase}: ${step * (100 / STEPS)} %, ${event.done}/${event.total} ${UNITS[event.phase]}` +
          (facts ? `, ${facts}` : ""),
      );
    }
    phase.step = Math.max(step, phase.step);
  }

  /** Ends the drawing; lines go to stderr again. */
  close(): void {
    if (!this.#bars || this.#closed) return;
    this.#closed = true;
    this.#bars.update();
    this.#bars.stop();
    this.#log.divert(null);
  }

  #phaseOf(event: ProgressEvent): Phase {
    const known = this.#phases.get(event.phase);
    if (known) return known;
    const startedAt = Math.max(0, event.done - 1);
    const bar = this.#bars?.create(event.total, event.done, { phase: event.phase.padEnd(16), facts: "" }) ??
      null;
    const phase = { started: this.#now(), startedAt, step: 0, bar };
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
