import { describe, expect, it } from "vitest";
import { interruptible, Interrupts, type SignalHost, type StopSignal } from "../../src/cli/interrupts.ts";
import { canDrawBars, Log } from "../../src/cli/log.ts";
import { report } from "../../src/cli/main.ts";
import { Progress } from "../../src/cli/progress.ts";
import { EXIT_CODES, SpliceboostError } from "../../src/numerics/errors.ts";
import type { ProgressEvent } from "../../src/training/types.ts";

function logged(options: ConstructorParameters<typeof Log>[0] = {}): { log: Log; lines: string[] } {
  const lines: string[] = [];
  return { log: new Log({ ...options, write: (line) => lines.push(line) }), lines };
}

describe("the log", () => {
  const speak = (log: Log) => {
    log.detail("d");
    log.info("i");
    log.warn("w");
    log.error("e");
  };

  it.each([
    [{}, ["i\n", "Note: w\n", "Error: e\n"]],
    [{ verbose: true }, ["d\n", "i\n", "Note: w\n", "Error: e\n"]],
    [{ quiet: true }, ["Note: w\n", "Error: e\n"]],
    [{ quiet: true, verbose: true }, ["Note: w\n", "Error: e\n"]],
  ])("with %j says what it should", (options, expected) => {
    const { log, lines } = logged(options);
    speak(log);
    expect(lines).toEqual(expected);
  });

  it("writes one object a line with --log-format json", () => {
    const { log, lines } = logged({ format: "json", verbose: true });
    speak(log);
    const objects = lines.map((line) => JSON.parse(line));
    expect(objects.map(({ level, message }) => [level, message])).toEqual([
      ["detail", "d"],
      ["info", "i"],
      ["warning", "w"],
      ["error", "e"],
    ]);
    for (const { time } of objects) expect(new Date(time).toISOString()).toBe(time);
  });
});

describe("bars", () => {
  it.each([
    [{ TERM: "xterm" }, true, true],
    [{ TERM: "xterm" }, false, false],
    [{ TERM: "dumb" }, true, false],
    [{ TERM: "xterm", CI: "true" }, true, false],
  ])("with %j on a terminal %s are drawn: %s", (environment, terminal, expected) => {
    expect(canDrawBars(environment, terminal)).toBe(expected);
  });
});

/** A clock that a test sets. */
function clock() {
  let time = 0;
  return { now: () => time, set: (milliseconds: number) => void (time = milliseconds) };
}

function event(done: number, facts: Partial<ProgressEvent> = {}): ProgressEvent {
  return { phase: "cross-validation", lane: "fold 1/2 donor", done, total: 200, ...facts };
}

describe("progress without a terminal", () => {
  it("is one line every 5 %, with speed and time left", async () => {
    const { log, lines } = logged();
    const { now, set } = clock();
    const progress = new Progress({ log, bars: false, now });
    progress.rows = 1_000_000;
    for (let tree = 1; tree <= 200; tree++) {
      set((tree - 1) * 500);
      progress.on(event(tree));
      await null;
    }
    progress.close();
    expect(lines).toHaveLength(20);
    expect(lines[9]).toMatch(
      /^cross-validation: 50 %, 100\/200 trees, fold 1\/2 donor, 2\.0 M rows\/s, 50 s left\n$/,
    );
    expect(lines[19]).toMatch(/^cross-validation: 100 %, 200\/200 trees, fold 1\/2 donor, 2\.0 M rows\/s\n$/);
  });

  it("does not count what a resumed run had done", async () => {
    const { log, lines } = logged();
    const { now, set } = clock();
    const progress = new Progress({ log, bars: false, now });
    progress.on(event(100, { lane: "" }));
    await null;
    set(10_000);
    progress.on(event(110));
    await null;
    expect(lines).toHaveLength(2);
    expect(lines[1]).toContain("1 min 30 s left");
  });

  it("is one line for rounds that are told of together, with the speed of them all", async () => {
    const { log, lines } = logged();
    const { now, set } = clock();
    const progress = new Progress({ log, bars: false, now });
    progress.on(event(0, { lane: "" }));
    for (const [time, first] of [[1000, 0], [2000, 50]]) {
      set(time);
      for (let lane = 1; lane <= 5; lane++) progress.on(event(first + lane * 10, { lane: `lane ${lane}` }));
      await null;
    }
    progress.close();
    expect(lines).toEqual([
      "cross-validation: 25 %, 50/200 trees, lane 5, 3 s left\n",
      "cross-validation: 50 %, 100/200 trees, lane 5, 2 s left\n",
    ]);
  });

  it("writes a line that waits before it closes", () => {
    const { log, lines } = logged();
    const progress = new Progress({ log, bars: false });
    progress.on(event(100));
    progress.close();
    expect(lines).toHaveLength(1);
  });

  it("passes messages on, and is silent with --quiet", () => {
    const loud = logged();
    new Progress({ log: loud.log, bars: false }).on(event(0, { total: 0, message: "a sentence" }));
    expect(loud.lines).toEqual(["a sentence\n"]);
    const quiet = logged({ quiet: true });
    new Progress({ log: quiet.log, bars: true }).on(event(200, { message: "a sentence" }));
    expect(quiet.lines).toEqual([]);
  });
});

describe("progress on a terminal", () => {
  it("draws bars, writes lines above them, and gives the terminal back", () => {
    const drawn: string[] = [];
    const stream = { isTTY: true, columns: 120, write: (text: string) => drawn.push(text) > 0 };
    const { log, lines } = logged();
    const progress = new Progress({ log, bars: true, stream: stream as unknown as NodeJS.WritableStream });
    progress.on(event(1));
    log.info("above");
    progress.on(event(200));
    progress.close();
    log.info("after");
    const text = drawn.join("");
    expect(text).toContain("cross-validation");
    expect(text).toContain("200/200");
    expect(text).toContain("above\n");
    expect(lines).toEqual(["after\n"]);
    // The cursor is shown again.
    expect(text.lastIndexOf("\x1b[?25h")).toBeGreaterThan(text.lastIndexOf("\x1b[?25l"));
  });
});

/** Signals that a test sends. */
function host() {
  const handlers = new Map<StopSignal, () => void>();
  const exits: number[] = [];
  const { now, set } = clock();
  const signals: SignalHost = {
    listen: (signal, handler) => handlers.set(signal, handler),
    unlisten: (signal) => handlers.delete(signal),
    exit: (code) => exits.push(code),
    now,
  };
  return { signals, exits, set, handlers, send: (signal: StopSignal) => handlers.get(signal)?.() };
}

describe("interrupts", () => {
  it("stop in order the first time, at once the second", () => {
    const { signals, exits, set, send } = host();
    const { log, lines } = logged();
    const interrupts = new Interrupts(log, "stops", signals);
    expect(interrupts.signal.aborted).toBe(false);
    send("SIGINT");
    expect(interrupts.signal.aborted).toBe(true);
    expect(lines).toEqual(["Note: stops\n"]);
    // The launcher's echo of the same key press.
    set(20);
    send("SIGINT");
    expect(exits).toEqual([]);
    set(2000);
    send("SIGINT");
    expect(exits).toEqual([130]);
  });

  it.each([["SIGINT", 130], ["SIGTERM", 143]] as const)("%s ends the work with %i", async (signal, code) => {
    const { signals, send, handlers } = host();
    const { log, lines } = logged({ quiet: true });
    const exit = await interruptible(log, { first: "stops", after: "stopped" }, (abort) => {
      send(signal);
      return Promise.reject(
        abort.aborted ? new SpliceboostError("interrupted", "x") : new Error("not aborted"),
      );
    }, signals);
    expect(exit).toBe(code);
    expect(lines).toEqual(["Note: stops\n", "Note: stopped\n"]);
    expect(handlers.size).toBe(0);
  });

  it("lets other failures through", async () => {
    const { signals, handlers } = host();
    const work = interruptible(
      logged().log,
      { first: "", after: "" },
      () => Promise.reject(new Error("boom")),
      signals,
    );
    await expect(work).rejects.toThrow("boom");
    expect(handlers.size).toBe(0);
  });
});

describe("failures become exit codes", () => {
  it.each(Object.entries(EXIT_CODES))("%s -> %i", (kind, code) => {
    const { log, lines } = logged();
    expect(report(new SpliceboostError(kind as keyof typeof EXIT_CODES, "what and where"), log)).toBe(code);
    expect(lines.join("")).toBe(kind === "interrupted" ? "" : "Error: what and where\n");
  });

  it("names memory when it runs out", () => {
    const { log, lines } = logged();
    expect(report(new RangeError("Array buffer allocation failed"), log)).toBe(6);
    expect(lines.join("")).toContain("--sample-genes");
  });

  it("shows the stack of the unexpected with --verbose only", () => {
    const short = logged();
    expect(report(new TypeError("boom"), short.log)).toBe(1);
    expect(short.lines).toEqual(["Error: Unexpected failure: boom (--verbose shows where)\n"]);
    const long = logged({ verbose: true });
    expect(report(new TypeError("boom"), long.log)).toBe(1);
    expect(long.lines.join("")).toContain("terminal.test.ts");
  });
});
