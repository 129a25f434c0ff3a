/**
 * Columns of mostly zeros as lists of their other rows. Rows of equal value stand together, so that counts (of k-mers) need neither a value
 * nor a multiplication a row.
 */

/** Runs of column c are runStart[c] .. runStart[c+1]-1; rows of run k are rows[rowStart[k]] .. rows[rowStart[k+1]-1], ascending. */
export interface SparseColumns {
  readonly count: number;
  readonly runStart: Uint32Array;
  /** Values of a column's runs ascend; none is 0. */
  readonly runValue: Float32Array;
  readonly rowStart: Uint32Array;
  readonly rows: Uint32Array;
  readonly bytes: number;
}

/** Bytes of a row in a run, of a run, of a dense value. */
const [ROW_BYTES, RUN_BYTES, DENSE_BYTES] = [4, 8, 4];

/** Values looked at before all are counted, and the share of distinct ones among them from which none is expected to repeat much. */
const [LOOKED_AT, DISTINCT] = [256, 0.75];

/** Takes columns one at a time and keeps those of mostly zeros that are smaller as runs: fuller ones are faster dense. */
export class SparseColumnsBuilder {
  readonly #rows: number;
  readonly #columns: { readonly values: number[]; readonly counts: number[]; readonly rows: Uint32Array }[] =
    [];

  constructor(rows: number) {
    this.#rows = rows;
  }

  /** Keeps a column of finite values if at least half are 0 and runs take fewer bytes than f32 values do; says whether it did. */
  add(values: Float32Array): boolean {
    let nonZero = 0;
    for (let i = 0; i < values.length; i++) if (values[i] !== 0) nonZero++;
    const runs = Math.ceil((DENSE_BYTES * this.#rows - ROW_BYTES * nonZero) / RUN_BYTES);
    if (2 * nonZero > this.#rows || runs <= 0 || (nonZero >= runs && mostlyDistinct(values, nonZero))) {
      return false;
    }
    const counts = new Map<number, number>();
    for (let i = 0; i < values.length; i++) {
      const x = values[i];
      if (x === 0) continue;
      counts.set(x, (counts.get(x) ?? 0) + 1);
      if (counts.size >= runs) return false;
    }
    const sorted = [...counts.keys()].sort((a, b) => a - b);
    const next = new Map<number, number>();
    let start = 0;
    for (const value of sorted) {
      next.set(value, start);
      start += counts.get(value)!;
    }
    const rows = new Uint32Array(nonZero);
    for (let i = 0; i < values.length; i++) {
      const x = values[i];
      if (x === 0) continue;
      const at = next.get(x)!;
      rows[at] = i;
      next.set(x, at + 1);
    }
    this.#columns.push({ values: sorted, counts: sorted.map((value) => counts.get(value)!), rows });
    return true;
  }

  finish(): SparseColumns {
    const columns = this.#columns;
    const runCount = columns.reduce((sum, { values }) => sum + values.length, 0);
    const rowCount = columns.reduce((sum, { rows }) => sum + rows.length, 0);
    const runStart = new Uint32Array(columns.length + 1);
    const runValue = new Float32Array(runCount);
    const rowStart = new Uint32Array(runCount + 1);
    const rows = new Uint32Array(rowCount);
    let [run, at] = [0, 0];
    columns.forEach((column, c) => {
      rows.set(column.rows, at);
      column.values.forEach((value, k) => {
        runValue[run] = value;
        at += column.counts[k];
        rowStart[++run] = at;
      });
      runStart[c + 1] = run;
    });
    return pack(runStart, runValue, rowStart, rows);
  }
}

/** Whether values that are not 0, from all over the column, are numbers rather than counts: spares counting them all. */
function mostlyDistinct(values: Float32Array, nonZero: number): boolean {
  const every = Math.max(1, Math.floor(nonZero / LOOKED_AT));
  const seen = new Set<number>();
  let [looked, at] = [0, 0];
  for (let i = 0; i < values.length && looked < LOOKED_AT; i++) {
    if (values[i] === 0 || at++ % every !== 0) continue;
    looked++;
    seen.add(values[i]);
  }
  return looked === LOOKED_AT && seen.size > DISTINCT * looked;
}

/** Every `step`-th row, numbered anew. Runs may become empty. */
export function thinSparse(all: SparseColumns, step: number): SparseColumns {
  const rowStart = new Uint32Array(all.rowStart.length);
  const rows: number[] = [];
  for (let run = 0; run + 1 < rowStart.length; run++) {
    for (let e = all.rowStart[run]; e < all.rowStart[run + 1]; e++) {
      if (all.rows[e] % step === 0) rows.push(all.rows[e] / step);
    }
    rowStart[run + 1] = rows.length;
  }
  return pack(all.runStart, all.runValue, rowStart, Uint32Array.from(rows));
}

function pack(
  runStart: Uint32Array,
  runValue: Float32Array,
  rowStart: Uint32Array,
  rows: Uint32Array,
): SparseColumns {
  const bytes = [runStart, runValue, rowStart, rows].reduce((sum, { byteLength }) => sum + byteLength, 0);
  return { count: runStart.length - 1, runStart, runValue, rowStart, rows, bytes };
}
