/** Tables as the learner takes them: rows of numbers, columns by name, or one flat array. */
import { featureColumns, type FeatureTable } from "../data/feature-table.ts";
import { isArrowTable } from "../data/byte-source.ts";
import type { Dataset } from "../data/dataset.ts";
import { usageError } from "../numerics/errors.ts";

/**
 * A table of features. Missing is null or NaN; values are rounded to f32.
 * - rows of numbers, matched by position: `[[5.1, 3.5], [4.9, 3.0]]`;
 * - one flat row-major array with its column names: `{ data, columns: ["a", "b"] }`;
 * - columns by name, objects by row, a Dataset or an Arrow table, matched by name.
 */
export type Table = readonly ArrayLike<number | null>[] | FlatTable | FeatureTable;

export interface FlatTable {
  /** (rows, columns.length) row-major. */
  readonly data: Float32Array;
  readonly columns: readonly string[];
}

/** Columns of a table: f32, missing as NaN. */
export interface TableColumns {
  readonly names: readonly string[];
  readonly rows: number;
  readonly columns: readonly Float32Array[];
}

/**
 * Reads a table for fitting: all its columns, in its order.
 * @param featureNames names for rows of numbers, which have none (default f0, f1, ...); an error with a named table
 * @throws SpliceboostError for rows of unequal length, a name used twice, or a value that is no finite number
 */
export function readForFit(table: Table, featureNames?: readonly string[]): Promise<TableColumns> {
  const unnamed = isRows(table);
  if (featureNames && !unnamed) {
    throw usageError(
      "featureNames are for rows of numbers; this table names its columns itself: leave them out",
    );
  }
  const names = unnamed
    ? featureNames ?? Array.from(table[0] ?? [], (_, c) => `f${c}`)
    : isFlat(table)
    ? table.columns
    : namesOf(table);
  if (new Set(names).size !== names.length) {
    throw usageError("expected feature names that differ, found one twice");
  }
  return readForPredict(table, names);
}

/**
 * Reads a model's features from a table, in the model's order; columns it does not know are ignored.
 * @throws SpliceboostError naming a lacking feature and the nearest name, or the place of a value that is no number
 */
export async function readForPredict(table: Table, names: readonly string[]): Promise<TableColumns> {
  const wanted = new Uint8Array(names.length).fill(1);
  const { rows, columns } = await featureColumns(nameColumns(table, names), names, wanted);
  return { names, rows, columns };
}

/** The rows of one table and then those of another with the same columns. */
export function appendRows(first: TableColumns, second: TableColumns): TableColumns {
  const rows = first.rows + second.rows;
  const columns = first.columns.map((values, c) => {
    const joined = new Float32Array(rows);
    joined.set(values);
    joined.set(second.columns[c], first.rows);
    return joined;
  });
  return { names: first.names, rows, columns };
}

function nameColumns(table: Table, names: readonly string[]): FeatureTable {
  if (isRows(table)) {
    table.forEach((row, r) => {
      if (row.length === names.length) return;
      throw usageError(`row ${r}: expected ${names.length} values, one a feature, found ${row.length}`);
    });
    return columnsRecord(names, table.length, (row, c) => table[row][c]);
  }
  if (!isFlat(table)) return table;
  const { data, columns } = table;
  const rows = data.length / columns.length;
  if (!Number.isInteger(rows)) {
    throw usageError(`expected whole rows of ${columns.length} values, found ${data.length} values`);
  }
  return columnsRecord(columns, rows, (row, c) => data[row * columns.length + c]);
}

function columnsRecord(
  names: readonly string[],
  rows: number,
  get: (row: number, column: number) => number | null,
): Record<string, ArrayLike<unknown>> {
  return Object.fromEntries(
    names.map((name, c) => [name, Array.from({ length: rows }, (_, row) => get(row, c))]),
  );
}

function isRows(table: Table): table is readonly ArrayLike<number | null>[] {
  return Array.isArray(table) && typeof table[0]?.length === "number";
}

function isFlat(table: Table): table is FlatTable {
  const flat = table as Partial<FlatTable>;
  return flat.data instanceof Float32Array && Array.isArray(flat.columns);
}

function namesOf(table: FeatureTable): readonly string[] {
  if (Array.isArray(table)) return Object.keys(table[0] ?? {});
  if (isArrowTable(table)) return table.schema.fields.map(({ name }) => name);
  if (typeof (table as Partial<Dataset>).columns === "function") return (table as Dataset).features;
  return Object.keys(table);
}
