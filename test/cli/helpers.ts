/** Runs commands in this process and keeps what they say. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Log } from "../../src/cli/log.ts";
import type { Context } from "../../src/cli/context.ts";
import { type Invocation, parseArguments } from "../../src/cli/parse.ts";

/** What a command said. */
export interface Said {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

type Command = (invocation: Invocation, context: Context) => Promise<number>;

/** Parses a command line that must be one to run. */
export function invocationOf(args: readonly string[]): Invocation {
  const request = parseArguments(args);
  if (request.kind !== "run") throw new Error(`expected a command, found ${request.kind}`);
  return request;
}

/** Runs a command as `main` does, with stdout and stderr kept. Its errors are thrown. */
export async function runCommand(command: Command, args: readonly string[]): Promise<Said> {
  const invocation = invocationOf(args);
  const out: string[] = [];
  const err: string[] = [];
  const { quiet, verbose, logFormat } = invocation.values;
  const log = new Log({
    quiet: quiet === true,
    verbose: verbose === true,
    format: logFormat === "json" ? "json" : "text",
    write: (line) => err.push(line),
  });
  const code = await command(invocation, { log, out: (text) => out.push(text), bars: false });
  return { code, out: out.join(""), err: err.join("") };
}

/** A new folder for a test file, and how to remove it. */
export function temporaryFolder(): { readonly path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), "spliceboost-cli-"));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}
