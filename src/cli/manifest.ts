/** manifest.json: what made a run, so that it is redone only when something changed, and what changed is named. */
import * as v from "valibot";
import { dataError, usageError } from "../numerics/errors.ts";
import type { RunStore } from "./files.ts";
import { camelCase } from "./option-types.ts";
import type { Invocation } from "./parse.ts";

export const MANIFEST_FILE = "manifest.json";

const InputSchema = v.object({ name: v.string(), bytes: v.number(), sha256: v.string() });

const RecordSchema = v.object({
  status: v.literal("finished"),
  command: v.object({ name: v.string(), options: v.record(v.string(), v.unknown()) }),
  inputs: v.array(InputSchema),
  outputs: v.array(v.object({ path: v.string(), bytes: v.number(), sha256: v.string() })),
  verdict: v.string(),
  summary: v.record(v.string(), v.unknown()),
});

/** A file that was read. */
export type InputRecord = v.InferOutput<typeof InputSchema>;

/** The part of manifest.json that the command line relies on. */
export type RunRecord = v.InferOutput<typeof RecordSchema>;

/** What a run depends on: equal identities give equal bytes. */
export interface RunIdentity {
  /** Values of the options that can change results, by their command-line names. */
  readonly options: Readonly<Record<string, unknown>>;
  readonly inputs: readonly InputRecord[];
}

/** The identity of an invocation; names of excluded features count, not the file they come from. */
export function identityOf(
  invocation: Invocation,
  excluded: readonly string[],
  inputs: readonly InputRecord[],
): RunIdentity {
  const options = invocation.command.options.filter((option) => !option.neutral).map((option) => {
    const value = option.name === "exclude-features" ? excluded : invocation.values[camelCase(option.name)];
    return [option.name, value ?? null] as const;
  });
  return { options: Object.fromEntries(options), inputs };
}

/** The record of the finished run in a directory; null where there is none. */
export async function readRecord(store: RunStore): Promise<RunRecord | null> {
  const bytes = await store.read(MANIFEST_FILE);
  if (bytes === null) return null;
  try {
    return v.parse(RecordSchema, JSON.parse(new TextDecoder().decode(bytes)));
  } catch (error) {
    throw dataError(
      `${store.path(MANIFEST_FILE)}: expected the manifest of a finished run, found something else ` +
        `(${
          error instanceof Error ? error.message : String(error)
        }). Choose another --out-dir, or --force to replace it.`,
      error,
    );
  }
}

/** What differs between a finished run and the one asked for, a phrase each; empty when they are the same. */
export function differences(record: RunRecord, identity: RunIdentity): string[] {
  const { options } = record.command;
  const names = new Set([...Object.keys(options), ...Object.keys(identity.options)]);
  const changed = [...names].filter((name) => text(options[name]) !== text(identity.options[name]))
    .map((name) => `--${name} was ${text(options[name])}, is ${text(identity.options[name])}`);
  return [...changed, ...inputDifferences(record.inputs, identity.inputs)];
}

/** The error when a directory holds another finished run. */
export function otherRunError(store: RunStore, found: readonly string[]): Error {
  const shown = found.slice(0, 10).map((line) => `  ${line}`);
  if (found.length > shown.length) shown.push(`  and ${found.length - shown.length} more`);
  return usageError(
    `${store.directory} holds a finished run that differs from the one asked for:\n${shown.join("\n")}\n` +
      "Choose another --out-dir, or --force to replace the run.",
  );
}

function inputDifferences(was: readonly InputRecord[], is: readonly InputRecord[]): string[] {
  const before = new Map(was.map((input) => [input.name, input.sha256]));
  const now = new Map(is.map((input) => [input.name, input.sha256]));
  return [
    ...was.filter((input) => !now.has(input.name)).map((input) => `input ${input.name} is gone`),
    ...is.filter((input) => !before.has(input.name)).map((input) => `input ${input.name} is new`),
    ...is.filter((input) => before.has(input.name) && before.get(input.name) !== input.sha256)
      .map((input) => `input ${input.name} has other contents`),
  ];
}

function text(value: unknown): string {
  return value === undefined || value === null ? "not set" : JSON.stringify(value);
}
