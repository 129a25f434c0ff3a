/** manifest.json: what made a run, so that it is redone only when something changed, and what changed is named. */
import * as v from "valibot";
import { dataError, usageError } from "../numerics/errors.ts";
import { VERSION } from "../version.ts";
import type { RunStore } from "./files.ts";
import { camelCase } from "./option-types.ts";
import type { Invocation } from "./parse.ts";

export const MANIFEST_FILE = "manifest.json";
/** In the checkpoint: what the unfinished run is. */
const PENDING_FILE = "command.json";

const InputSchema = v.object({ name: v.string(), bytes: v.number(), sha256: v.string() });

const IdentitySchema = v.object({
  library: v.object({ name: v.string(), version: v.string() }),
  command: v.object({ name: v.string(), options: v.record(v.string(), v.unknown()) }),
  inputs: v.array(InputSchema),
});

/** What else the manifest holds is kept as it is. */
const RecordSchema = v.looseObject({
  ...IdentitySchema.entries,
  status: v.literal("finished"),
  outputs: v.array(v.object({ path: v.string(), bytes: v.number(), sha256: v.string() })),
  verdict: v.string(),
  summary: v.record(v.string(), v.unknown()),
});

/** A file that was read. */
export type InputRecord = v.InferOutput<typeof InputSchema>;

/** The part of manifest.json that the command line relies on. */
export type RunRecord = v.InferOutput<typeof RecordSchema>;

/** What a run depends on: the library, the options that can change results, and the inputs. Equal identities give equal bytes. */
export type RunIdentity = v.InferOutput<typeof IdentitySchema>;

/**
 * The identity of an invocation; the device does not count.
 * @param lists names by option, where an option may be a file of them: the names count, not the file
 */
export function identityOf(
  invocation: Invocation,
  lists: Readonly<Record<string, readonly string[]>>,
  inputs: readonly InputRecord[],
): RunIdentity {
  const options = invocation.command.options.filter((option) => !option.neutral).map((option) => {
    const value = invocation.values[camelCase(option.name)];
    if (lists[option.name]) return [option.name, lists[option.name]] as const;
    if (option.name === "algorithm-params") return [option.name, withoutDevice(value)] as const;
    return [option.name, value ?? null] as const;
  });
  return {
    library: { name: "spliceboost", version: VERSION },
    command: { name: invocation.command.name, options: Object.fromEntries(options) },
    inputs: [...inputs],
  };
}

/** Parameters that can change results: the device, which --device names too, cannot. */
function withoutDevice(params: unknown): unknown {
  if (typeof params !== "object" || params === null) return null;
  const { device: _device, ...others } = params as Record<string, unknown>;
  return Object.keys(others).length > 0 ? others : null;
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

/** What differs between a run that is there and the one asked for, a phrase each; empty when they are the same. */
export function differences(was: RunIdentity, is: RunIdentity): string[] {
  const before = was.command.options;
  const now = is.command.options;
  const names = new Set([...Object.keys(before), ...Object.keys(now)]);
  const changed = [...names].filter((name) => text(before[name]) !== text(now[name]))
    .map((name) => `--${name} was ${text(before[name])}, is ${text(now[name])}`);
  const library = was.library.version === is.library.version
    ? []
    : [`spliceboost was version ${was.library.version}, is ${is.library.version}`];
  return [...library, ...changed, ...inputDifferences(was.inputs, is.inputs)];
}

/** What a run directory holds of the run asked for. */
export interface Settled {
  /** The record of the run when it is finished, which is not redone. */
  readonly finished: RunRecord | null;
  /** Whether an interrupted run of the same identity goes on. */
  readonly resumes: boolean;
  /** Files of a finished run that is to be replaced; they stay until the new run is ready to be written. */
  readonly replaces: readonly string[];
}

/**
 * Looks what is there before any work is done, and claims the directory for the run.
 * @throws SpliceboostError (usage) naming the differences, where another run is in the way and `force` is not given
 */
export async function settle(store: RunStore, identity: RunIdentity, force: boolean): Promise<Settled> {
  const pending = await readPending(store);
  const others = pending ? differences(pending, identity) : [];
  let replaces: readonly string[] = [];
  if (force) {
    if (others.length > 0) await store.checkpoint.clear();
    replaces = await filesOf(store);
  } else {
    const finished = await readRecord(store);
    const found = finished ? differences(finished, identity) : [];
    if (found.length > 0) throw otherRunError(store, "a finished run", found);
    if (finished) return { finished, resumes: false, replaces };
    if (others.length > 0) throw otherRunError(store, "an interrupted run", others);
  }
  const resumes = await store.checkpoint.load(PENDING_FILE) !== null;
  if (!resumes) await store.checkpoint.save(PENDING_FILE, encode(identity));
  return { finished: null, resumes, replaces };
}

/** Files of the finished run in a directory, the manifest first; of a manifest that cannot be read, that alone. */
async function filesOf(store: RunStore): Promise<readonly string[]> {
  if (await store.read(MANIFEST_FILE) === null) return [];
  const record = await readRecord(store).catch(() => null);
  return [MANIFEST_FILE, ...(record?.outputs ?? []).map(({ path }) => path)];
}

/** JSON text as bytes. */
export function encode(value: unknown): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(value, null, 2) + "\n");
}

/** The identity of the run that the checkpoint belongs to; null where there is none to read. */
async function readPending(store: RunStore): Promise<RunIdentity | null> {
  const bytes = await store.checkpoint.load(PENDING_FILE);
  if (!bytes) return null;
  try {
    return v.parse(IdentitySchema, JSON.parse(new TextDecoder().decode(bytes)));
  } catch {
    return null;
  }
}

function otherRunError(store: RunStore, what: string, found: readonly string[]): Error {
  const shown = found.slice(0, 10).map((line) => `  ${line}`);
  if (found.length > shown.length) shown.push(`  and ${found.length - shown.length} more`);
  return usageError(
    `${store.directory} holds ${what} that differs from the one asked for:\n${shown.join("\n")}\n` +
      "Choose another --out-dir, or --force to replace that run.",
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
