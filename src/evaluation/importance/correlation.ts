/** Rank correlations between all features. */
import { midranks } from "../../statistics/ranks.ts";
import type { TaskPool } from "../workers/pool.ts";

/** Columns of ranks, centred and of length 1: their products are Spearman correlations. */
export interface RankedColumns {
  /** Rank of row i of column c at c * rows + i; all 0 for a column without two different values. */
  readonly ranks: Float32Array;
  readonly rows: number;
  readonly columns: number;
}

/** Products of two ranks that make a task of some 50 ms. */
const TASK_PRODUCTS = 40_000_000;

/**
 * |Spearman| between all pairs of columns, (columns, columns) row-major with a diagonal of 1; NaN where a column has no two different
 * values. A missing value counts as the mean rank of its column.
 */
export async function absoluteSpearman(
  columns: readonly Float32Array[],
  pool: TaskPool,
): Promise<Float64Array> {
  const n = columns.length;
  const rows = n > 0 ? columns[0].length : 0;
  const ranks = new Float32Array(n * rows);
  const size = Math.max(1, Math.floor(200_000 / Math.max(1, rows)));
  await Promise.all(Array.from({ length: Math.ceil(n / size) }, async (_, task) => {
    // Copies to move: views would take all of their buffers along.
    const own = columns.slice(task * size, (task + 1) * size).map((values) => values.slice());
    const ranked = await pool.run("rankColumns", own, { transfer: own.map(({ buffer }) => buffer) });
    ranked.forEach((column, c) => ranks.set(column, (task * size + c) * rows));
  }));
  const shared: RankedColumns = { ranks, rows, columns: n };
  const matrix = new Float64Array(n * n);
  const perTask = Math.max(1, Math.floor(TASK_PRODUCTS / Math.max(1, n * rows)));
  await Promise.all(Array.from({ length: Math.ceil(n / perTask) }, async (_, task) => {
    const from = task * perTask;
    const to = Math.min(n, from + perTask);
    const products = await pool.run("correlateColumns", { from, to }, { shared });
    for (let c = from; c < to; c++) {
      for (let d = 0; d <= c; d++) matrix[c * n + d] = matrix[d * n + c] = products[(c - from) * n + d];
    }
  }));
  pool.forget(shared);
  return matrix;
}

/** Task: ranks per column, centred and of length 1; missing is 0, as is a column without two different values. */
export function rankColumns(columns: readonly Float32Array[]): Float32Array[] {
  return columns.map((values) => {
    const { ranks } = midranks(values);
    let [present, sum] = [0, 0];
    for (const rank of ranks) {
      if (Number.isNaN(rank)) continue;
      present++;
      sum += rank;
    }
    const centre = sum / present; // (present + 1) / 2, exactly
    let squares = 0;
    for (const rank of ranks) if (!Number.isNaN(rank)) squares += (rank - centre) ** 2;
    const scale = squares > 0 ? 1 / Math.sqrt(squares) : 0;
    return Float32Array.from(ranks, (rank) => Number.isNaN(rank) ? 0 : (rank - centre) * scale);
  });
}

/** Task: |Spearman| of columns from .. to-1 with all up to themselves, (to - from, columns) row-major; 0 beyond. */
export function correlateColumns(
  { from, to }: { readonly from: number; readonly to: number },
  { ranks, rows, columns }: RankedColumns,
): Float64Array {
  const constant = Array.from(
    { length: to },
    (_, c) => ranks.subarray(c * rows, (c + 1) * rows).every((rank) => rank === 0),
  );
  const products = new Float64Array((to - from) * columns);
  for (let c = from; c < to; c++) {
    for (let d = 0; d <= c; d++) {
      products[(c - from) * columns + d] = constant[c] || constant[d]
        ? NaN
        : c === d
        ? 1
        : Math.min(1, Math.abs(product(ranks, c * rows, d * rows, rows)));
    }
  }
  return products;
}

/** Four sums side by side, so that an addition need not wait for the one before. */
function product(values: Float32Array, a: number, b: number, length: number): number {
  let [s0, s1, s2, s3] = [0, 0, 0, 0];
  let i = 0;
  for (; i + 3 < length; i += 4) {
    s0 += values[a + i] * values[b + i];
    s1 += values[a + i + 1] * values[b + i + 1];
    s2 += values[a + i + 2] * values[b + i + 2];
    s3 += values[a + i + 3] * values[b + i + 3];
  }
  for (; i < length; i++) s0 += values[a + i] * values[b + i];
  return s0 + s1 + (s2 + s3);
}
