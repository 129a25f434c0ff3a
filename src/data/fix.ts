/** Mends what differs between the files of a data set: one set of columns, one type each, no k-mers with N. */
import { memorySink, type ParquetColumn, ParquetShardWriter, type ParquetValues } from "./parquet-write.ts";
import type { DataInput } from "./byte-source.ts";
import { type ColumnSource, type ColumnValues, findColumn, type StorageType } from "./column-source.ts";
import { MISSING, toNumber } from "./csv.ts";
import type { OpenOptions } from "./open.ts";
import { openColumnSource } from "./open-source.ts";
import { isUnknownKmer, mergeColumns } from "./schema.ts";

/** Memory for the values of the rows in hand. */
const WINDOW_BYTES = 256 * 1024 * 1024;

/** Columns whose values are names, not amounts: "007" and 7 must stay two. */
const IDENTIFIERS = ["gene_id", "gene_name", "transcript_id", "chrom", "splice_type", "strand"];

/** Names of the columns with a role; as for `openDataset`. */
export type FixOptions = Pick<OpenOptions, "geneCol" | "labelCol" | "chromCol">;

/** A file written anew. */
export interface FixedShard {
  /** Name of the file it replaces. */
  readonly replaces: string;
  /** Its own name: the same, ending in .parquet. */
  readonly name: string;
  readonly bytes: Uint8Array;
  /** What was changed, a sentence each. */
  readonly changes: readonly string[];
  /** Columns that could not be carried over: dates, decimals, lists, binary. */
  readonly lost: readonly string[];
}

interface TargetColumn {
  readonly name: string;
  readonly storage: StorageType;
}

/**
 * Writes anew, as Parquet, every file that lacks a column, types one otherwise, or counts k-mers with N; the others need
 * no change and are not given. Identifiers become text where files differ, never numbers. One file is in memory at a time.
 * @throws SpliceboostError (data) where a file cannot be read; nothing is given for it.
 */
export async function* fixDataset(
  inputs: DataInput | readonly DataInput[],
  { geneCol, labelCol, chromCol }: FixOptions = {},
): AsyncGenerator<FixedShard> {
  const identifiers = new Set([...IDENTIFIERS, geneCol, labelCol, chromCol]);
  const list = Array.isArray(inputs) ? inputs as readonly DataInput[] : [inputs as DataInput];
  const sources: ColumnSource[] = [];
  for (const [i, input] of list.entries()) sources.push(await openColumnSource(input, `input ${i + 1}`));
  const target: TargetColumn[] = [];
  for (const { name } of mergeColumns(sources)) {
    const storage = isUnknownKmer(name) ? null : await commonStorage(sources, name, identifiers.has(name));
    if (storage !== null) target.push({ name, storage });
  }
  for (const source of sources) {
    const changes = changesOf(source, target);
    if (changes.length === 0) continue;
    const name = source.name.replace(/\.(parquet|pq|csv|tsv|arrow|feather|ipc)(\.gz)?$/i, "") + ".parquet";
    const lost = lostColumns(source, target);
    yield { replaces: source.name, name, bytes: await rewrite(source, target), changes, lost };
  }
}

/** The narrowest type that holds the column of every file, or null where it cannot be written. */
async function commonStorage(
  sources: readonly ColumnSource[],
  name: string,
  identifies: boolean,
): Promise<StorageType | null> {
  const all = sources.map((source) => ({ source, column: findColumn(source, name) }))
    .filter(({ column }) => column !== undefined);
  const filled = all.filter(({ column }) => column!.kind !== "empty");
  const held = filled.length > 0 ? filled : all;
  const types = new Set(held.map(({ column }) => column!.storage));
  if (types.has(null)) return null;
  if (types.size === 1) return [...types][0];
  if (!types.has("string")) {
    return [...types].every((type) => type === "int32" || type === "int64") ? "int64" : "float64";
  }
  if (identifies) return "string";
  for (const { source, column } of held) {
    if (column!.kind === "text" && !(await isNumeric(source, name))) return "string";
  }
  return "float64";
}

async function isNumeric(source: ColumnSource, name: string): Promise<boolean> {
  const [values] = await source.read([name]);
  return Array.isArray(values) &&
    values.every((text) => text === null || MISSING.has(text) || !Number.isNaN(toNumber(text)));
}

function changesOf(source: ColumnSource, target: readonly TargetColumn[]): string[] {
  const changes: string[] = [];
  const unknown = source.columns.map(({ name }) => name).filter(isUnknownKmer);
  const lost = lostColumns(source, target);
  const added: string[] = [];
  const retyped: string[] = [];
  for (const { name, storage } of target) {
    const column = findColumn(source, name);
    if (!column) added.push(name);
    else if (column.kind !== "empty" && column.storage !== storage) {
      retyped.push(`${name} (${column.type} to ${storage})`);
    } else if (column.kind === "empty" && column.storage !== storage) {
      retyped.push(`${name} (empty, as ${storage})`);
    }
  }
  const list = (names: readonly string[]): string =>
    names.slice(0, 8).join(", ") + (names.length > 8 ? ` and ${names.length - 8} more` : "");
  if (unknown.length > 0) changes.push(`dropped ${unknown.length} columns: ${list(unknown)}.`);
  if (added.length > 0) changes.push(`added ${added.length} columns without values: ${list(added)}.`);
  if (retyped.length > 0) changes.push(`converted ${retyped.length} columns: ${list(retyped)}.`);
  // A column of a type that cannot be written is no reason by itself to write a file anew.
  if (changes.length > 0 && lost.length > 0) {
    changes.push(`lost ${lost.length} columns of types that cannot be written anew: ${lost.join(", ")}.`);
  }
  return changes;
}

function lostColumns(source: ColumnSource, target: readonly TargetColumn[]): string[] {
  const kept = new Set(target.map(({ name }) => name));
  return source.columns.map(({ name }) => name).filter((name) => !kept.has(name) && !isUnknownKmer(name));
}

async function rewrite(source: ColumnSource, target: readonly TargetColumn[]): Promise<Uint8Array> {
  const file = memorySink();
  const columns = target.map(({ name, storage }): ParquetColumn => ({ name, type: storage, nullable: true }));
  const writer = new ParquetShardWriter(columns, file.sink);
  const window = Math.max(1024, Math.floor(WINDOW_BYTES / (8 * target.length)));
  for (let start = 0; start < source.rows; start += window) {
    const end = Math.min(source.rows, start + window);
    const block: ParquetValues[] = [];
    if (source.wholeFileReads) {
      const here = target.filter(({ name }) => findColumn(source, name));
      const read = await source.read(here.map(({ name }) => name));
      const byName = new Map(here.map(({ name }, i) => [name, read[i]]));
      for (const { name, storage } of target) block.push(convert(byName.get(name), storage, start, end));
    } else {
      for (const { name, storage } of target) {
        const values = findColumn(source, name) ? (await source.read([name]))[0] : undefined;
        block.push(convert(values, storage, start, end));
      }
    }
    await writer.append(block);
  }
  await writer.finish();
  return file.bytes();
}

/** Rows start .. end-1 as values of the target type, null where missing. */
function convert(
  values: ColumnValues | undefined,
  storage: StorageType,
  start: number,
  end: number,
): ParquetValues {
  const out = new Array<number | string | null>(end - start).fill(null);
  if (values === undefined) return out;
  for (let i = start; i < end; i++) {
    const value = values[i];
    if (value === null || Number.isNaN(value)) continue;
    if (storage === "string") out[i - start] = String(value);
    else {
      const number = typeof value === "string" ? toNumber(value) : value;
      if (!Number.isNaN(number)) out[i - start] = number;
    }
  }
  return out;
}
