/** Entry of the command line: parse, run the command, turn failures into messages and exit codes. */
import process from "node:process";
import { EXIT_CODES, SpliceboostError } from "../numerics/errors.ts";
import type { Context } from "./context.ts";
import { helpText } from "./help.ts";
import { canDrawBars, Log, writeStdout } from "./log.ts";
import { type Invocation, parseArguments } from "./parse.ts";
import { VERSION } from "../version.ts";

type Command = (invocation: Invocation, context: Context) => Promise<number>;

/** Commands are loaded when asked for, so that --help answers at once. */
const COMMANDS: Readonly<Record<string, () => Promise<Command>>> = {
  train: async () => (await import("./commands/train.ts")).trainCommand,
  predict: async () => (await import("./commands/predict.ts")).predictCommand,
  report: async () => (await import("./commands/report.ts")).reportCommand,
  compare: async () => (await import("./commands/compare.ts")).compareCommand,
  "compare-algorithms": async () =>
    (await import("./commands/compare-algorithms.ts")).compareAlgorithmsCommand,
  simulate: async () => (await import("./commands/simulate.ts")).simulateCommand,
  validate: async () => (await import("./commands/validate.ts")).validateCommand,
  describe: async () => (await import("./commands/describe.ts")).describeCommand,
  doctor: async () => (await import("./commands/doctor.ts")).doctorCommand,
  verify: async () => (await import("./commands/verify.ts")).verifyCommand,
  demo: async () => (await import("./commands/demo.ts")).demoCommand,
  completion: async () => (await import("./commands/completion.ts")).completionCommand,
};

/** Runs the command line; returns the exit code. */
export async function main(args: readonly string[]): Promise<number> {
  // Until the options are known, and where they cannot be: the wish alone.
  let log = new Log({ verbose: args.includes("--verbose") || args.includes("-v") });
  try {
    const request = parseArguments(args);
    if (request.kind === "help") {
      writeStdout(helpText(request.command));
      return 0;
    }
    if (request.kind === "version") {
      writeStdout(`${VERSION}\n`);
      return 0;
    }
    log = logFor(request);
    for (const remark of request.remarks) log.warn(remark);
    const command = await COMMANDS[request.command.name]();
    const bars = canDrawBars(Deno.env.toObject(), process.stderr.isTTY ?? false);
    return await command(request, { log, out: writeStdout, bars });
  } catch (error) {
    return report(error, log);
  }
}

/** Says what went wrong, in a sentence; returns the exit code for it. */
export function report(error: unknown, log: Log): number {
  if (error instanceof SpliceboostError) {
    if (error.kind !== "interrupted") log.error(error.message);
    if (log.verbose && error.cause instanceof Error) log.detail(error.cause.stack ?? error.cause.message);
    return EXIT_CODES[error.kind];
  }
  const message = error instanceof Error ? error.message : String(error);
  if (isOutOfMemory(error)) {
    log.error(
      `Memory ran out (${message}). Take fewer genes (--sample-genes N) or fewer bins (--max-bin N), or close other programs.`,
    );
    return EXIT_CODES.memory;
  }
  log.error(`Unexpected failure: ${message}` + (log.verbose ? "" : " (--verbose shows where)"));
  if (error instanceof Error && error.stack) log.detail(error.stack);
  return EXIT_CODES.runtime;
}

function isOutOfMemory(error: unknown): boolean {
  return error instanceof RangeError &&
    /allocation failed|could not allocate|invalid (typed )?array (buffer )?length|out of memory/i.test(
      error.message,
    );
}

function logFor({ values }: Invocation): Log {
  return new Log({
    quiet: values.quiet === true,
    verbose: values.verbose === true,
    format: values.logFormat === "json" ? "json" : "text",
  });
}

if (import.meta.main) Deno.exit(await main(Deno.args));
