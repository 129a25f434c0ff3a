/** Features by name out of whatever a caller has: columns, rows, a data set, an Arrow table. */
import { type ArrowTableLike, isArrowTable } from "./byte-source.ts";
import type { Dataset } from "./dataset.ts";
import { dataError, nearestName, usageError } from "../numerics/errors.ts";

/**
 * Rows to predict: columns by name, objects by row, a Dataset, or an Arrow-like table. Values are numbers, bigints or
 * booleans; missing is null or NaN. Columns the model does not know are ignored.
 */
export type FeatureTable =
  | Readonly<Record<string, ArrayLike<unknown>>>
  | readonly Readonly<Record<string, unknown>>[]
  | Dataset
  | ArrowTableLike;

/** Columns in the model's feature order. */
export interface FeatureColumns {
  readonly rows: number;
  /** f32 values, rows long, missing as NaN; empty for features that were not wanted. */
  readonly columns: readonly Float32Array[];
}

interface Source {
  readonly rows: number;
  readonly names: readonly string[];
  /** Columns that are there but are no features, by name, and why. */
  readonly excluded?: ReadonlyMap<string, string>;
  columns(names: readonly string[]): AsyncIterable<{ readonly name: string; readonly values: Float32Array }>;
}

/** Most lacking features named in an error. */
const NAMED_IN_ERRORS = 5;

/**
 * The columns of a model's features.
 * @param featureNames all features of the model; every one must be in the table.
 * @param wanted 1 per feature to read the values of; others stay empty.
 * @throws SpliceboostError (data) naming lacking features, or the column and row of a value that is no number.
 */
export async function featureColumns(
  table: FeatureTable,
  featureNames: readonly string[],
  wanted: Uint8Array,
): Promise<FeatureColumns> {
  if (Array.isArray(table) && table.length === 0) {
    return { rows: 0, columns: featureNames.map(() => new Float32Array()) };
  }
  const source = sourceOf(table);
  const present = new Set(source.names);
  const lacking = featureNames.filter((name) => !present.has(name));
  if (lacking.length > 0) throw lackingFeatures(lacking, featureNames.length, source);

  const indexOf = new Map(featureNames.map((name, f) => [name, f]));
  const columns: Float32Array[] = featureNames.map(() => new Float32Array());
  for await (const { name, values } of source.columns(featureNames.filter((_, f) => wanted[f] === 1))) {
    if (values.length !== source.rows) {
      throw dataError(`column "${name}": expected ${source.rows} values, found ${values.length}`);
    }
    columns[indexOf.get(name)!] = values;
  }
  return { rows: source.rows, columns };
}

function lackingFeatures(lacking: readonly string[], features: number, source: Source): Error {
  const named = lacking.slice(0, NAMED_IN_ERRORS).map((name) => {
    const reason = source.excluded?.get(name);
    if (reason !== undefined) return `"${name}" (left out when the data was opened: ${reason})`;
    const near = nearestName(name, source.names);
    return `"${name}"` + (near === undefined ? "" : ` (nearest name in the data: "${near}")`);
  });
  const more = lacking.length > named.length ? `, and ${lacking.length - named.length} more` : "";
  return dataError(
    `the data lacks ${lacking.length} of the model's ${features} features: ${named.join(", ")}${more}; ` +
      "give every feature the model was trained on (openDataset(..., { features: model.featureNames }) keeps them)",
  );
}

function sourceOf(table: FeatureTable): Source {
  if (typeof table !== "object" || table === null) {
    throw usageError(
      `rows: expected columns by name, an array of objects, a Dataset or a table; found ${typeof table}`,
    );
  }
  if (Array.isArray(table)) return rowSource(table);
  if (isArrowTable(table)) return arrowSource(table);
  if (isDataset(table)) {
    return {
      rows: table.rows,
      names: table.features,
      excluded: new Map(table.excluded.map(({ name, reason }) => [name, reason])),
      columns: (names) => table.columns(names),
    };
  }
  return columnSource(table as Readonly<Record<string, ArrayLike<unknown>>>);
}

function isDataset(table: object): table is Dataset {
  const dataset = table as Partial<Dataset>;
  return typeof dataset.columns === "function" && Array.isArray(dataset.features);
}

function rowSource(rows: readonly Readonly<Record<string, unknown>>[]): Source {
  for (const [r, row] of rows.entries()) {
    if (typeof row !== "object" || row === null) {
      throw usageError(`row ${r}: expected an object of features by name, found ${show(row)}`);
    }
  }
  return syncSource(
    rows.length,
    Object.keys(rows[0]),
    (name) => castColumn(name, rows.length, (r) => Object.hasOwn(rows[r], name) ? rows[r][name] : undefined),
  );
}

function arrowSource(table: ArrowTableLike): Source {
  return syncSource(table.numRows, table.schema.fields.map(({ name }) => name), (name) => {
    const column = table.getChild(name);
    if (!column) throw dataError(`column "${name}" is in the table's schema but cannot be read`);
    return castColumn(name, column.length, (row) => column.get(row));
  });
}

function columnSource(table: Readonly<Record<string, ArrayLike<unknown>>>): Source {
  const names = Object.keys(table);
  const rows = names.length === 0 ? 0 : table[names[0]]?.length;
  for (const name of names) {
    if (table[name]?.length !== rows || typeof table[name] === "string") {
      throw usageError(
        `column "${name}": expected ${rows ?? "an array of"} values, as many as in column "${names[0]}"; ` +
          `found ${table[name]?.length ?? show(table[name])}`,
      );
    }
  }
  return syncSource(rows, names, (name) => castColumn(name, rows, (row) => table[name][row]));
}

function syncSource(rows: number, names: readonly string[], column: (name: string) => Float32Array): Source {
  return {
    rows,
    names,
    async *columns(wanted) {
      for (const name of wanted) yield { name, values: column(name) };
    },
  };
}

/** A column as f32. */
function castColumn(name: string, rows: number, get: (row: number) => unknown): Float32Array {
  const values = new Float32Array(rows);
  for (let row = 0; row < rows; row++) {
    const value = get(row);
    if (value === null) {
      values[row] = NaN;
      continue;
    }
    const type = typeof value;
    if (type === "number" || type === "bigint" || type === "boolean") {
      values[row] = Number(value);
      if (values[row] !== Infinity && values[row] !== -Infinity) continue;
    }
    throw dataError(
      `column "${name}", row ${row}: expected a number within the range of 32-bit floats, or null or NaN for missing; ` +
        `found ${show(value)}`,
    );
  }
  return values;
}

function show(value: unknown): string {
  if (typeof value === "string") return `the text ${JSON.stringify(value.slice(0, 40))}`;
  return typeof value === "object" && value !== null ? "an object" : String(value);
}
