/** The rows that a fit sees as columns to multiply by: standardised in thought, stored as they came. */
import { usageError } from "../numerics/errors.ts";
import { type SparseColumns, SparseColumnsBuilder, thinSparse } from "./sparse-columns.ts";

/**
 * A column of the model: the values of a feature, or (1 or 0) whether they are missing. A row adds coefficient x (x - mean) / scale
 * to the margin.
 */
export interface Term {
  /** Index among the columns that were given. */
  readonly feature: number;
  readonly kind: "value" | "missing";
  /** Weighted mean over the training rows, missing values filled in. */
  readonly mean: number;
  /** Weighted standard deviation (dividing by the sum of weights); 0 for a constant, which gets the coefficient 0. */
  readonly scale: number;
}

/** Columns with their training rows. Vectors over columns have the intercept as one more, last entry. */
export interface Design {
  /** Rows of positive weight. */
  readonly rows: number;
  /** Index of each row in the columns that were given, ascending. */
  readonly source: Uint32Array;
  /** Positive weight per row. */
  readonly weight: Float64Array;
  /** Length of the columns that were given. */
  readonly length: number;
  /** Number of columns that were given. */
  readonly features: number;
  /** What stands for a missing value, by feature: the weighted mean of the others, as f32; 0 where there are none. */
  readonly fill: Float32Array;
  /** A term a feature, then one a feature that has missing values among the rows, both in the order of features. */
  readonly terms: readonly Term[];
  /** Index into `terms` of each column: terms that are not constant, dense ones first. */
  readonly columns: Int32Array;
  readonly mean: Float64Array;
  readonly scale: Float64Array;
  /** The first columns: f32 values, rows long. */
  readonly dense: readonly Float32Array[];
  /** The other columns: rows that are not zero. */
  readonly sparse: SparseColumns;
  /** Bytes of the values, dense and sparse. */
  readonly bytes: number;
}

export interface DesignInput {
  /** f32 values of each feature, all of one length, missing as NaN. */
  readonly columns: readonly Float32Array[];
  /** Rows to train on, each once, in any order; default all. */
  readonly rows?: ArrayLike<number>;
  /** Finite, non-negative weight per row of the columns (not of `rows`); default 1. A row of weight 0 is as good as absent. */
  readonly weight?: ArrayLike<number>;
}

/**
 * Means, deviations and stored columns of the training rows. One design serves any number of targets.
 *
 * @throws SpliceboostError (usage) for columns of unequal length, rows out of range, a weight or value that is not finite, or no row
 */
export function buildDesign({ columns, rows, weight }: DesignInput): Design {
  const length = columns[0]?.length ?? weight?.length ?? rows?.length ?? 0;
  const source = usedRows(length, rows, weight);
  const weights = Float64Array.from(source, (row) => weight ? weight[row] : 1);
  const total = weights.reduce((sum, w) => sum + w, 0);
  const fill = new Float32Array(columns.length);
  const values: Term[] = [];
  const missing: Term[] = [];
  const dense: { readonly values: Float32Array; readonly term: Term }[] = [];
  const sparse = new SparseColumnsBuilder(source.length);
  const sparseTerms: Term[] = [];

  const add = (column: Float32Array, feature: number, kind: Term["kind"]): void => {
    const term = { feature, kind, ...moments(column, weights, total) };
    (kind === "value" ? values : missing).push(term);
    if (term.scale === 0) return;
    if (sparse.add(column)) sparseTerms.push(term);
    else dense.push({ values: column, term });
  };
  columns.forEach((given, feature) => {
    if (given.length !== length) {
      throw usageError(
        `column ${feature}: expected ${length} values, as many as in column 0, found ${given.length}`,
      );
    }
    const taken = source.length === length ? given : gather(given, source);
    const { mean, missing } = known(taken, weights, feature);
    fill[feature] = mean;
    if (!missing) return add(taken, feature, "value");
    add(taken.map((x) => Number.isNaN(x) ? fill[feature] : x), feature, "value");
    add(taken.map((x) => Number.isNaN(x) ? 1 : 0), feature, "missing");
  });

  const terms = [...values, ...missing];
  const indexOf = new Map(terms.map((term, i) => [term, i]));
  const used = [...dense.map(({ term }) => term), ...sparseTerms];
  const stored = sparse.finish();
  return {
    rows: source.length,
    source,
    weight: weights,
    length,
    features: columns.length,
    fill,
    terms,
    columns: Int32Array.from(used, (term) => indexOf.get(term)!),
    mean: Float64Array.from(used, ({ mean }) => mean),
    scale: Float64Array.from(used, ({ scale }) => scale),
    dense: dense.map(({ values }) => values),
    sparse: stored,
    bytes: 4 * source.length * dense.length + stored.bytes,
  };
}

/** Every `step`-th row of a design, its means and scales kept: what a preconditioner is made of. */
export function thinRows(design: Design, step: number): Design {
  const kept = Uint32Array.from({ length: Math.ceil(design.rows / step) }, (_, i) => i * step);
  const sparse = thinSparse(design.sparse, step);
  return {
    ...design,
    rows: kept.length,
    source: kept.map((row) => design.source[row]),
    weight: Float64Array.from(kept, (row) => design.weight[row]),
    dense: design.dense.map((values) => gather(values, kept)),
    sparse,
    bytes: 4 * kept.length * design.dense.length + sparse.bytes,
  };
}

function usedRows(
  length: number,
  rows: ArrayLike<number> | undefined,
  weight: ArrayLike<number> | undefined,
): Uint32Array {
  if (weight && weight.length !== length) {
    throw usageError(`weight: expected ${length} values, one a row, found ${weight.length}`);
  }
  const seen = new Uint8Array(length);
  const used: number[] = [];
  const count = rows?.length ?? length;
  for (let i = 0; i < count; i++) {
    const row = rows ? rows[i] : i;
    if (!(Number.isInteger(row) && row >= 0 && row < length) || seen[row]) {
      throw usageError(`rows: expected whole numbers from 0 to ${length - 1}, each once, found ${row}`);
    }
    seen[row] = 1;
    const w = weight ? weight[row] : 1;
    if (!(w >= 0 && w < Infinity)) {
      throw usageError(`weight, row ${row}: expected a finite number of at least 0, found ${w}`);
    }
    if (w > 0) used.push(row);
  }
  if (used.length === 0) throw usageError("expected at least one row of positive weight, found none");
  return Uint32Array.from(used).sort();
}

function gather(values: Float32Array, rows: Uint32Array): Float32Array {
  const taken = new Float32Array(rows.length);
  for (let i = 0; i < rows.length; i++) taken[i] = values[rows[i]];
  return taken;
}

/** The weighted mean of the values that are there (0 where none is), and whether others are missing. */
function known(
  values: Float32Array,
  weights: Float64Array,
  feature: number,
): { readonly mean: number; readonly missing: boolean } {
  let [sum, total, missing] = [0, 0, false];
  for (let i = 0; i < values.length; i++) {
    const x = values[i];
    if (x - x === 0) {
      sum += weights[i] * x;
      total += weights[i];
    } else if (Number.isNaN(x)) missing = true;
    else throw usageError(`column ${feature}: expected finite values, or NaN for missing, found ${x}`);
  }
  return { mean: total > 0 ? sum / total : 0, missing };
}

/** In two passes: a sum of squares less the square of the mean would lose what a large mean hides. */
function moments(
  values: Float32Array,
  weights: Float64Array,
  total: number,
): { mean: number; scale: number } {
  let sum = 0;
  let constant = true;
  for (let i = 0; i < values.length; i++) {
    sum += weights[i] * values[i];
    if (values[i] !== values[0]) constant = false;
  }
  if (constant) return { mean: values[0], scale: 0 };
  const mean = sum / total;
  let squares = 0;
  for (let i = 0; i < values.length; i++) squares += weights[i] * (values[i] - mean) ** 2;
  return { mean, scale: Math.sqrt(squares / total) };
}
