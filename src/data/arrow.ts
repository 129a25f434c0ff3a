/** Arrow tables, and Arrow IPC (Feather) files through apache-arrow where it is installed. */
import { dataError, SpliceboostError } from "../numerics/errors.ts";
import { Sha256 } from "../numerics/sha256.ts";
import { type ArrowColumnLike, type ArrowTableLike, type ByteSource, digestFile } from "./byte-source.ts";
import type { ColumnSource, ColumnValues, SourceColumn } from "./column-source.ts";

/** Types whose values look like numbers and are none. */
const NOT_NUMBERS = /^(date|time|timestamp|duration|interval|decimal)/i;

/**
 * A table in memory as a source.
 * @param table Anything with `numRows`, `schema.fields[].name` and `getChild(name)`.
 * @param file The file it was read from, for its hash; without one the values are hashed.
 */
export function openArrowTable(table: ArrowTableLike, name: string, file?: ByteSource): ColumnSource {
  const columns = table.schema.fields.map((field) => describe(table, field, name));
  const repeated = columns.find((column, i) => columns.findIndex((other) => other.name === column.name) < i);
  if (repeated) {
    throw dataError(`${name}: column "${repeated.name}" appears twice. Rename or drop one of them.`);
  }
  const source: ColumnSource = {
    name,
    rows: table.numRows,
    columns,
    wholeFileReads: false,
    read: (names) => Promise.resolve(names.map((column) => readColumn(table, columns, column, name))),
    digest: () => file ? digestFile(file) : digestTable(source),
  };
  return source;
}

/**
 * Reads an Arrow IPC file or stream, whole.
 * @throws SpliceboostError (data) where it is damaged; (usage) where apache-arrow is not installed.
 */
export async function openArrowFile(file: ByteSource): Promise<ColumnSource> {
  let arrow: typeof import("apache-arrow");
  try {
    arrow = await import("apache-arrow");
  } catch (cause) {
    throw new SpliceboostError(
      "usage",
      `${file.name}: Arrow files are read through the package apache-arrow, which is not installed. ` +
        "Install it beside spliceboost, or give Parquet.",
      { cause },
    );
  }
  await registerCodecs(arrow);
  try {
    const table = arrow.tableFromIPC(new Uint8Array(await file.slice(0, file.size)));
    return openArrowTable(table as unknown as ArrowTableLike, file.name, file);
  } catch (cause) {
    throw dataError(
      `${file.name}: not a whole Arrow file (${(cause as Error).message}). Copy or write it again.`,
      cause,
    );
  }
}

/** Feather files are compressed by default, with codecs that apache-arrow leaves to its user. */
async function registerCodecs(arrow: typeof import("apache-arrow")): Promise<void> {
  const { decompressZstd } = await import("hyparquet-compressors");
  // A copy of its own, since apache-arrow wants aligned buffers.
  arrow.compressionRegistry.set(arrow.CompressionType.ZSTD, {
    decode: (bytes) => decompressZstd(bytes).slice(),
  });
}

function describe(
  table: ArrowTableLike,
  field: { readonly name: string; readonly type?: unknown },
  file: string,
): SourceColumn {
  const { name } = field;
  const column = child(table, name, file);
  const type = String(field.type ?? "unknown");
  let row = 0;
  while (row < table.numRows && (column.get(row) ?? null) === null) row++;
  if (row === table.numRows) return { name, kind: "empty", type, storage: "float32" };
  const value = column.get(row);
  if (typeof value === "string") return { name, kind: "text", type, storage: "string" };
  if (typeof value === "boolean") return { name, kind: "number", type, storage: "boolean" };
  if ((typeof value === "number" || typeof value === "bigint") && !NOT_NUMBERS.test(type)) {
    const storage = /^float(16|32)/i.test(type) ? "float32" : /^u?int/i.test(type) ? "int64" : "float64";
    return { name, kind: "number", type, storage };
  }
  return { name, kind: "other", type, storage: null };
}

function child(table: ArrowTableLike, name: string, file: string): ArrowColumnLike {
  const column = table.getChild(name);
  if (column === null || column.length !== table.numRows) {
    throw dataError(
      `${file}: column "${name}" has ${column?.length ?? "no"} rows where the table has ${table.numRows}.`,
    );
  }
  return column;
}

function readColumn(
  table: ArrowTableLike,
  columns: readonly SourceColumn[],
  name: string,
  file: string,
): ColumnValues {
  const kind = columns.find((column) => column.name === name)?.kind;
  if (kind === undefined || kind === "other") throw dataError(`${file}: column "${name}" cannot be read.`);
  const column = child(table, name, file);
  const rows = table.numRows;
  if (kind === "text") {
    return Array.from({ length: rows }, (_, row) => {
      const value = column.get(row) ?? null;
      return value === null ? null : String(value);
    });
  }
  const numbers = new Float64Array(rows);
  for (let row = 0; row < rows; row++) {
    const value = column.get(row) ?? null;
    numbers[row] = value === null ? NaN : Number(value);
  }
  return numbers;
}

/** Hash of names and values, for tables that come from no file. */
async function digestTable(source: ColumnSource): Promise<{ bytes: number; sha256: string }> {
  const hash = new Sha256();
  const utf8 = new TextEncoder();
  let bytes = 0;
  const add = (part: Uint8Array): void => {
    bytes += part.length;
    hash.update(part);
  };
  for (const { name, kind } of source.columns) {
    add(utf8.encode(`${JSON.stringify([name, kind, source.rows])}\n`));
    if (kind !== "number" && kind !== "text") continue;
    const [values] = await source.read([name]);
    if (Array.isArray(values)) add(utf8.encode(JSON.stringify(values)));
    else add(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
  }
  return { bytes, sha256: hash.hex() };
}
