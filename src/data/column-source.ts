/** A table read by column: what Parquet, CSV and Arrow files look like to the rest of the room. */

/**
 * What a column holds. "empty": no value in any row, so it fits any kind; "other": dates, decimals, lists, binary, which
 * are never features.
 */
export type ColumnKind = "number" | "text" | "empty" | "other";

/** Types a column can be written back as. */
export type StorageType = "float32" | "float64" | "int32" | "int64" | "boolean" | "string";

export interface SourceColumn {
  readonly name: string;
  readonly kind: ColumnKind;
  /** The file's own name of the type, for messages. */
  readonly type: string;
  /** How to write it back, or null where it cannot be. */
  readonly storage: StorageType | null;
}

/** Values of a column in file order: numbers with NaN for null and booleans as 0/1, or texts with null. */
export type ColumnValues = Float32Array | Float64Array | (string | null)[];

/** A table whose columns can be read one by one. */
export interface ColumnSource {
  /** File name, for messages and for the order of files. */
  readonly name: string;
  readonly rows: number;
  /** In file order; names differ. */
  readonly columns: readonly SourceColumn[];
  /** Whether every read passes over the whole file, so that columns are better read many at a time. */
  readonly wholeFileReads: boolean;
  /**
   * Values of the named columns of kind number or text (a column of kind "empty" reads as all NaN).
   * @throws SpliceboostError (data) where the file is damaged.
   */
  read(names: readonly string[]): Promise<ColumnValues[]>;
  /** Size and SHA-256 (hex) of the file; of the values for a table in memory. */
  digest(): Promise<{ readonly bytes: number; readonly sha256: string }>;
}

/** The column of that name, or undefined. */
export function findColumn(source: ColumnSource, name: string): SourceColumn | undefined {
  return source.columns.find((column) => column.name === name);
}
