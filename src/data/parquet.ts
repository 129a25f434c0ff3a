/** Parquet files as tables read by column. The footer is read once; a column is read chunk by chunk. */
import type { ColumnMetaData, FileMetaData, SchemaElement, SchemaTree } from "hyparquet";
import { dataError, SpliceboostError } from "../numerics/errors.ts";
import { type ByteSource, digestFile } from "./byte-source.ts";
import type { ColumnKind, ColumnSource, ColumnValues, SourceColumn, StorageType } from "./column-source.ts";
import { codecs } from "./parquet-codecs.ts";
import { decodeChunk } from "./parquet-pages.ts";

/** Largest number of rows accepted of one file. */
const MAX_ROWS = 2 ** 27;
/**
 * A run of one value takes few bytes however long it is, so bytes bound rows by custom only: tables of positions take a
 * byte a row at least. These are far above that, and keep a small file from asking for much memory.
 */
const FREE_ROWS = 2 ** 20;
const ROWS_PER_BYTE = 64;

interface ParquetColumn extends SourceColumn {
  readonly element: SchemaElement;
  /** Chunk by row group. */
  readonly chunks: readonly ColumnMetaData[];
}

/**
 * Opens a Parquet file: reads and checks its footer.
 * @throws SpliceboostError (data) for an empty, truncated or inconsistent file.
 */
export async function openParquet(file: ByteSource): Promise<ColumnSource> {
  const { parquetMetadataAsync, parquetSchema } = await import("hyparquet");
  if (file.size < 12) {
    throw dataError(`${file.name}: expected a Parquet file, found ${file.size} bytes. Write the file again.`);
  }
  let footer: FileMetaData;
  let tree: SchemaTree;
  try {
    footer = await parquetMetadataAsync({
      byteLength: file.size,
      slice: (a, b = file.size) => file.slice(a, b),
    });
    tree = parquetSchema(footer);
  } catch (cause) {
    throw dataError(
      `${file.name}: not a whole Parquet file (${
        (cause as Error).message
      }). It may be cut short: copy or write it again.`,
      cause,
    );
  }
  const groupRows = footer.row_groups.map((group) => Number(group.num_rows));
  const rows = groupRows.reduce((sum, count) => sum + count, 0);
  if (rows !== Number(footer.num_rows) || groupRows.some((count) => count < 0) || rows > MAX_ROWS) {
    throw dataError(
      `${file.name}: its footer promises ${footer.num_rows} rows, its row groups ${rows}; at most ${MAX_ROWS} are read ` +
        "from one file. Write the file again.",
    );
  }
  if (rows > FREE_ROWS + ROWS_PER_BYTE * file.size) {
    throw dataError(
      `${file.name}: its footer promises ${rows} rows in ${file.size} bytes; expected at most ${ROWS_PER_BYTE} rows a ` +
        `byte past the first ${FREE_ROWS}. It may be damaged: write the file again.`,
    );
  }
  const columns = tree.children.map((node) => describe(node, footer, rows));
  for (const { name, kind, chunks } of columns) {
    const group = kind === "other"
      ? -1
      : chunks.findIndex((chunk, i) => Number(chunk.num_values) !== groupRows[i]);
    if (group < 0) continue;
    throw dataError(
      `${file.name}: column "${name}" has ${chunks[group].num_values} values in row group ${
        group + 1
      }, where ` +
        `${groupRows[group]} rows are promised. Write the file again.`,
    );
  }
  const repeated = columns.find(({ name }, i) => columns.findIndex((column) => column.name === name) < i);
  if (repeated) {
    throw dataError(`${file.name}: column "${repeated.name}" appears twice. Rename or drop one of them.`);
  }
  return new ParquetSource(file, rows, groupRows, columns);
}

class ParquetSource implements ColumnSource {
  readonly name: string;
  readonly rows: number;
  readonly columns: readonly ParquetColumn[];
  readonly wholeFileReads = false;
  readonly #file: ByteSource;
  readonly #groupRows: readonly number[];
  readonly #byName: ReadonlyMap<string, ParquetColumn>;

  constructor(
    file: ByteSource,
    rows: number,
    groupRows: readonly number[],
    columns: readonly ParquetColumn[],
  ) {
    this.name = file.name;
    this.rows = rows;
    this.columns = columns;
    this.#file = file;
    this.#groupRows = groupRows;
    this.#byName = new Map(columns.map((column) => [column.name, column]));
  }

  read(names: readonly string[]): Promise<ColumnValues[]> {
    return Promise.all(names.map((name) => this.#readColumn(name)));
  }

  digest(): Promise<{ bytes: number; sha256: string }> {
    return digestFile(this.#file);
  }

  #allocate({ kind, element }: ParquetColumn): ColumnValues {
    try {
      if (kind === "text") return new Array<string | null>(this.rows).fill(null);
      return element.type === "FLOAT" || element.type === "BOOLEAN"
        ? new Float32Array(this.rows)
        : new Float64Array(this.rows);
    } catch (cause) {
      throw new SpliceboostError("memory", `${this.name}: no memory for a column of ${this.rows} rows.`, {
        cause,
      });
    }
  }

  async #readColumn(name: string): Promise<ColumnValues> {
    const column = this.#byName.get(name);
    if (!column || column.kind === "other") {
      throw dataError(
        `${this.name}: column "${name}" cannot be read${column ? ` (its type is ${column.type})` : ""}.`,
      );
    }
    if (column.kind === "empty") return new Float32Array(this.rows).fill(NaN);
    const out = this.#allocate(column);
    let offset = 0;
    for (let group = 0; group < column.chunks.length; group++) {
      const meta = column.chunks[group];
      const rows = this.#groupRows[group];
      if (rows === 0) continue;
      try {
        const [start, end] = byteRange(meta, this.#file.size);
        const buffer = await this.#file.slice(start, end);
        const compressors = await codecs(meta.codec);
        decodeChunk(buffer, { meta, element: column.element, rows, compressors }, out, offset);
      } catch (cause) {
        if (cause instanceof SpliceboostError) throw cause;
        throw dataError(
          `${this.name}: column "${name}" is damaged (${
            (cause as Error).message
          }). Copy or write the file again.`,
          cause,
        );
      }
      offset += rows;
    }
    return out;
  }
}

function byteRange(meta: ColumnMetaData, fileBytes: number): [number, number] {
  const first = Number(meta.data_page_offset);
  const dictionary = Number(meta.dictionary_page_offset ?? 0);
  const start = dictionary > 0 && dictionary < first ? dictionary : first;
  const end = start + Number(meta.total_compressed_size);
  if (!(start >= 0 && end >= start && end <= fileBytes)) {
    throw new Error(`its bytes ${start} to ${end} pass the end of the file at ${fileBytes}`);
  }
  return [start, end];
}

function describe(node: SchemaTree, footer: FileMetaData, rows: number): ParquetColumn {
  const { element } = node;
  const flat = node.children.length === 0 && element.repetition_type !== "REPEATED";
  const chunks: ColumnMetaData[] = [];
  for (const group of footer.row_groups) {
    const chunk = group.columns.find(({ meta_data }) =>
      meta_data?.path_in_schema.length === 1 && meta_data.path_in_schema[0] === element.name
    );
    if (chunk?.meta_data) chunks.push(chunk.meta_data);
  }
  const [kind, storage] = flat && chunks.length === footer.row_groups.length
    ? kindOf(element)
    : ["other" as const, null];
  return {
    name: element.name,
    kind: kind !== "other" && isEmpty(element, chunks, rows) ? "empty" : kind,
    type: element.logical_type?.type ?? element.converted_type ?? element.type ?? "group",
    storage,
    element,
    chunks,
  };
}

/** Whether the statistics say that every value is null. */
function isEmpty(element: SchemaElement, chunks: readonly ColumnMetaData[], rows: number): boolean {
  if (element.logical_type?.type === "NULL") return true;
  if (rows === 0 || chunks.some(({ statistics }) => statistics?.null_count === undefined)) return false;
  return chunks.reduce((sum, { statistics }) => sum + Number(statistics?.null_count), 0) === rows;
}

function kindOf({ type, converted_type, logical_type }: SchemaElement): [ColumnKind, StorageType | null] {
  const logical = logical_type?.type;
  if (logical === "NULL") return ["empty", "float32"];
  if (type === "BOOLEAN") return ["number", "boolean"];
  if (type === "FLOAT") return ["number", "float32"];
  if (type === "DOUBLE") return ["number", "float64"];
  if (type === "INT32" || type === "INT64") {
    const integer = logical === "INTEGER" ||
      (logical === undefined && (converted_type === undefined || /INT_/.test(converted_type)));
    if (!integer) return ["other", null];
    const unsigned = converted_type?.startsWith("UINT") ||
      (logical_type?.type === "INTEGER" && !logical_type.isSigned);
    return ["number", type === "INT32" && !unsigned ? "int32" : "int64"];
  }
  if (type === "BYTE_ARRAY") {
    const text = logical === "STRING" || logical === "ENUM" || converted_type === "UTF8" ||
      converted_type === "ENUM" ||
      (logical === undefined && converted_type === undefined);
    return text ? ["text", "string"] : ["other", null];
  }
  return ["other", null];
}
