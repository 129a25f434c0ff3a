/**
 * Parquet out: blocks of columns in, row groups out, so that a table of any length needs the memory of one row group.
 * Every shard, prediction and out-of-fold file is written here.
 */
import { ByteWriter, ParquetWriter } from "hyparquet-writer";
import { dataError, SpliceboostError } from "../numerics/errors.ts";

/** Physical type of a written column. "int64" takes plain numbers (safe integers). */
export type ParquetWriteType = "float32" | "float64" | "int32" | "int64" | "boolean" | "string";

/** Name and type of a column to write. */
export interface ParquetColumn {
  readonly name: string;
  readonly type: ParquetWriteType;
  /** Whether null may be given (default false: a null is an error). NaN is a float value, not a null. */
  readonly nullable?: boolean;
}

/** Values of one column: a typed array or a plain one; booleans may also be 0 and 1. */
export type ParquetValues = ArrayLike<number | string | boolean | null>;

export interface ParquetWriteOptions {
  /** Compression (default snappy). */
  readonly codec?: "snappy" | "uncompressed";
  /** Rows of a row group; default: as many as fit 32 MiB, from 1,024 to 131,072. */
  readonly rowGroupRows?: number;
  /** Pairs kept in the footer. */
  readonly metadata?: Readonly<Record<string, string>>;
}

/** Takes finished bytes in file order; they are the receiver's to keep. */
export type ByteSink = (bytes: Uint8Array) => void | Promise<void>;

const TYPES = {
  float32: { type: "FLOAT", bytes: 4 },
  float64: { type: "DOUBLE", bytes: 8 },
  int32: { type: "INT32", bytes: 4 },
  int64: { type: "INT64", bytes: 8 },
  boolean: { type: "BOOLEAN", bytes: 8 },
  string: { type: "BYTE_ARRAY", bytes: 24 },
} as const;

const ROW_GROUP_BYTES = 32 * 1024 * 1024;

type ColumnBuffer =
  | Float32Array
  | Float64Array
  | Int32Array
  | BigInt64Array
  | (string | boolean | number | bigint | null)[];

/**
 * Writes one Parquet file, block by block.
 *
 *     const writer = new ParquetShardWriter([{ name: "gene_id", type: "string" }, { name: "x", type: "float32" }], sink);
 *     await writer.append([["g1", "g1"], new Float32Array([0.5, 1])]);
 *     await writer.finish();
 */
export class ParquetShardWriter {
  /** Rows appended so far. */
  rows = 0;
  readonly #columns: readonly ParquetColumn[];
  readonly #writer: ParquetWriter;
  readonly #groupRows: number;
  #buffers: ColumnBuffer[];
  #buffered = 0;
  #finished = false;

  /**
   * @param columns Names and types, in file order; names must differ.
   * @param sink Receives the file's bytes as row groups fill up.
   * @throws SpliceboostError (usage) for no columns, a name used twice, a row group size below 1.
   */
  constructor(columns: readonly ParquetColumn[], sink: ByteSink, options: ParquetWriteOptions = {}) {
    checkNames(columns);
    this.#columns = columns;
    const rowBytes = columns.reduce((sum, column) => sum + TYPES[column.type].bytes, 0);
    const fitting = Math.floor(ROW_GROUP_BYTES / rowBytes);
    this.#groupRows = options.rowGroupRows ?? Math.min(131_072, Math.max(1_024, fitting));
    if (!Number.isInteger(this.#groupRows) || this.#groupRows < 1) {
      throw new SpliceboostError(
        "usage",
        `rowGroupRows: expected a positive integer, found ${options.rowGroupRows}.`,
      );
    }
    this.#writer = new ParquetWriter({
      writer: new SinkWriter(sink),
      schema: [{ name: "root", num_children: columns.length }, ...columns.map(schemaElement)],
      codec: options.codec === "uncompressed" ? "UNCOMPRESSED" : "SNAPPY",
      kvMetadata: Object.entries(options.metadata ?? {}).map(([key, value]) => ({ key, value })),
      createdBy: "spliceboost",
    });
    this.#buffers = this.#emptyBuffers();
  }

  /**
   * Appends rows.
   * @param block One array a column, in column order, all of one length. Values are copied.
   * @throws SpliceboostError (data) for lengths that differ, a value of another type, a null where none is allowed.
   */
  async append(block: readonly ParquetValues[]): Promise<void> {
    if (this.#finished) {
      throw new SpliceboostError("runtime", "append() after finish(): make a new ParquetShardWriter.");
    }
    const rows = block[0]?.length ?? 0;
    const odd = block.findIndex((values) => values.length !== rows);
    if (block.length !== this.#columns.length || odd >= 0) {
      throw dataError(
        `A block must have ${this.#columns.length} columns of equal length; found ${block.length} columns` +
          (odd >= 0 ? `, ${block[odd].length} rows in "${this.#columns[odd]?.name}" beside ${rows}.` : "."),
      );
    }
    for (let start = 0; start < rows;) {
      const count = Math.min(rows - start, this.#groupRows - this.#buffered);
      for (let c = 0; c < block.length; c++) this.#fill(c, block[c], start, count);
      this.#buffered += count;
      this.rows += count;
      start += count;
      if (this.#buffered === this.#groupRows) await this.#flush();
    }
  }

  /** Writes the rows still held and the footer. A file without rows is valid. */
  async finish(): Promise<void> {
    if (this.#finished) return;
    this.#finished = true;
    await this.#flush();
    this.#buffers = [];
    await this.#writer.finish();
  }

  #fill(index: number, values: ParquetValues, start: number, count: number): void {
    const column = this.#columns[index];
    const buffer = this.#buffers[index];
    const at = this.#buffered;
    if (buffer instanceof Float32Array && values instanceof Float32Array) {
      buffer.set(values.subarray(start, start + count), at);
      return;
    }
    for (let i = 0; i < count; i++) {
      (buffer as unknown[])[at + i] = convert(values[start + i], column, this.rows + i);
    }
  }

  async #flush(): Promise<void> {
    const rows = this.#buffered;
    if (rows === 0) return;
    this.#buffered = 0;
    await this.#writer.write({
      columnData: this.#columns.map(({ name }, c) => ({
        name,
        data: this.#buffers[c].slice(0, rows),
        offsetIndex: false,
      })),
      rowGroupSize: rows,
    });
  }

  #emptyBuffers(): ColumnBuffer[] {
    return this.#columns.map(({ type, nullable }) => {
      if (nullable) return [];
      if (type === "float32") return new Float32Array(this.#groupRows);
      if (type === "float64") return new Float64Array(this.#groupRows);
      if (type === "int32") return new Int32Array(this.#groupRows);
      if (type === "int64") return new BigInt64Array(this.#groupRows);
      return [];
    });
  }
}

/**
 * Writes a whole table at once.
 * @param columns Name, type and values of each column; all of one length.
 * @returns The bytes of the Parquet file.
 * @throws SpliceboostError as ParquetShardWriter does.
 */
export async function writeParquet(
  columns: readonly (ParquetColumn & { readonly values: ParquetValues })[],
  options: ParquetWriteOptions = {},
): Promise<Uint8Array> {
  const file = memorySink();
  const writer = new ParquetShardWriter(columns, file.sink, options);
  await writer.append(columns.map((column) => column.values));
  await writer.finish();
  return file.bytes();
}

/** A sink that keeps what it is given; `bytes()` joins it. */
export function memorySink(): { readonly sink: ByteSink; bytes(): Uint8Array } {
  const parts: Uint8Array[] = [];
  return {
    sink: (bytes) => {
      parts.push(bytes);
    },
    bytes: () => {
      const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
      let offset = 0;
      for (const part of parts) {
        whole.set(part, offset);
        offset += part.length;
      }
      return whole;
    },
  };
}

/** Hands each row group on and starts its buffer anew, while offsets go on counting. */
class SinkWriter extends ByteWriter {
  readonly #sink: ByteSink;

  constructor(sink: ByteSink) {
    super();
    this.#sink = sink;
  }

  flush(): void | Promise<void> {
    const bytes = this.getBytes().slice();
    this.index = 0;
    return this.#sink(bytes);
  }

  override finish(): void | Promise<void> {
    return this.flush();
  }
}

function schemaElement(column: ParquetColumn): {
  name: string;
  type: (typeof TYPES)[ParquetWriteType]["type"];
  repetition_type: "OPTIONAL" | "REQUIRED";
  converted_type?: "UTF8";
} {
  return {
    name: column.name,
    type: TYPES[column.type].type,
    repetition_type: column.nullable ? "OPTIONAL" : "REQUIRED",
    ...(column.type === "string" ? { converted_type: "UTF8" as const } : {}),
  };
}

function checkNames(columns: readonly ParquetColumn[]): void {
  if (columns.length === 0) {
    throw new SpliceboostError("usage", "A Parquet file needs at least one column; found none.");
  }
  const seen = new Set<string>();
  for (const { name } of columns) {
    if (seen.has(name)) {
      throw new SpliceboostError("usage", `Column "${name}" is given twice; column names must differ.`);
    }
    seen.add(name);
  }
}

function convert(
  value: number | string | boolean | bigint | null | undefined,
  { name, type, nullable }: ParquetColumn,
  row: number,
): number | string | boolean | bigint | null {
  if (value === null || value === undefined) {
    if (nullable) return null;
  } else if (type === "string") {
    if (typeof value === "string") return value;
  } else if (type === "boolean") {
    if (typeof value === "boolean") return value;
    if (value === 0 || value === 1) return value === 1;
  } else if (type === "float32" || type === "float64") {
    if (typeof value === "number") return value;
  } else if (type === "int32") {
    if (typeof value === "number" && (value | 0) === value) return value;
  } else if (typeof value === "bigint") {
    return value;
  } else if (Number.isSafeInteger(value)) {
    return BigInt(value as number);
  }
  throw dataError(
    `Column "${name}", row ${row + 1} of the file being written: expected ${type}${
      nullable ? " or null" : ""
    }, ` +
      `found ${value === null ? "null" : `${typeof value} ${String(value)}`}.`,
  );
}
