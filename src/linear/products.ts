/**
 * Products with the standardised matrix, which is never made: with x the stored values, m the means and s the scales,
 * sum_j (x_j - m_j) / s_j w_j = sum_j x_j (w_j / s_j) - sum_j m_j w_j / s_j, so zeros of sparse columns cost nothing.
 *
 * Vectors over columns are f64, columns.length + 1 long, the intercept last; vectors over rows are f64, rows long.
 */
import type { Design } from "./design.ts";

/** Rows at a time, so that a block of the result stays in the first cache while columns stream by. */
const BLOCK = 2048;

/** into = X w + intercept. Columns whose coefficient is 0 are passed over. */
export function timesColumns(design: Design, w: Float64Array, into: Float64Array): void {
  const { mean, scale } = design;
  const count = mean.length;
  const raw = new Float64Array(count);
  const used: number[] = [];
  let constant = w[count];
  for (let c = 0; c < count; c++) {
    if (w[c] === 0) continue;
    raw[c] = w[c] / scale[c];
    constant -= raw[c] * mean[c];
    used.push(c);
  }
  into.fill(constant);
  const dense = design.dense.length;
  addDense(design.dense, raw, used.filter((c) => c < dense), into);
  addSparse(design, raw, used.filter((c) => c >= dense), into);
}

/**
 * into = transposed X times r, for the columns asked for and the intercept; other entries are left as they are.
 * @param columns ascending; default all
 */
export function timesRows(
  design: Design,
  r: Float64Array,
  into: Float64Array,
  columns: Int32Array = allColumns(design),
): void {
  const { mean, scale } = design;
  let sum = 0;
  for (let i = 0; i < r.length; i++) sum += r[i];
  let dense = 0;
  while (dense < columns.length && columns[dense] < design.dense.length) dense++;
  dotDense(design.dense, r, columns.subarray(0, dense), into);
  dotSparse(design, r, columns.subarray(dense), into);
  for (const c of columns) into[c] = (into[c] - mean[c] * sum) / scale[c];
  into[mean.length] = sum;
}

/** into = the standardised values of one column; all 1 for the intercept. */
export function standardisedColumn(design: Design, column: number, into: Float64Array): void {
  const unit = new Float64Array(design.mean.length + 1);
  unit[column] = 1;
  timesColumns(design, unit, into);
}

export function allColumns(design: Design): Int32Array {
  return Int32Array.from(design.mean.keys());
}

function addDense(
  columns: readonly Float32Array[],
  raw: Float64Array,
  used: readonly number[],
  into: Float64Array,
): void {
  const rows = into.length;
  for (let start = 0; start < rows; start += BLOCK) {
    const end = Math.min(rows, start + BLOCK);
    let k = 0;
    for (; k + 3 < used.length; k += 4) addFour(columns, raw, used, k, start, end, into);
    for (; k < used.length; k++) {
      const [x, u] = [columns[used[k]], raw[used[k]]];
      for (let i = start; i < end; i++) into[i] += u * x[i];
    }
  }
}

function addFour(
  columns: readonly Float32Array[],
  raw: Float64Array,
  used: readonly number[],
  k: number,
  start: number,
  end: number,
  into: Float64Array,
): void {
  const a = columns[used[k]], b = columns[used[k + 1]], c = columns[used[k + 2]], d = columns[used[k + 3]];
  const ua = raw[used[k]], ub = raw[used[k + 1]], uc = raw[used[k + 2]], ud = raw[used[k + 3]];
  for (let i = start; i < end; i++) into[i] += (ua * a[i] + ub * b[i]) + (uc * c[i] + ud * d[i]);
}

function dotDense(
  columns: readonly Float32Array[],
  r: Float64Array,
  used: Int32Array,
  into: Float64Array,
): void {
  for (const c of used) into[c] = 0;
  for (let start = 0; start < r.length; start += BLOCK) {
    const end = Math.min(r.length, start + BLOCK);
    let k = 0;
    for (; k + 3 < used.length; k += 4) dotFour(columns, r, used, k, start, end, into);
    for (; k < used.length; k++) {
      const x = columns[used[k]];
      let sum = 0;
      for (let i = start; i < end; i++) sum += x[i] * r[i];
      into[used[k]] += sum;
    }
  }
}

function dotFour(
  columns: readonly Float32Array[],
  r: Float64Array,
  used: Int32Array,
  k: number,
  start: number,
  end: number,
  into: Float64Array,
): void {
  const a = columns[used[k]], b = columns[used[k + 1]], c = columns[used[k + 2]], d = columns[used[k + 3]];
  let sa = 0, sb = 0, sc = 0, sd = 0;
  for (let i = start; i < end; i++) {
    const x = r[i];
    sa += a[i] * x;
    sb += b[i] * x;
    sc += c[i] * x;
    sd += d[i] * x;
  }
  into[used[k]] += sa;
  into[used[k + 1]] += sb;
  into[used[k + 2]] += sc;
  into[used[k + 3]] += sd;
}

function addSparse(design: Design, raw: Float64Array, used: readonly number[], into: Float64Array): void {
  const { runStart, runValue, rowStart, rows } = design.sparse;
  const dense = design.dense.length;
  for (const c of used) {
    const u = raw[c];
    for (let run = runStart[c - dense]; run < runStart[c - dense + 1]; run++) {
      const step = u * runValue[run];
      const end = rowStart[run + 1];
      for (let e = rowStart[run]; e < end; e++) into[rows[e]] += step;
    }
  }
}

function dotSparse(design: Design, r: Float64Array, used: Int32Array, into: Float64Array): void {
  const { runStart, runValue, rowStart, rows } = design.sparse;
  const dense = design.dense.length;
  for (const c of used) {
    let total = 0;
    for (let run = runStart[c - dense]; run < runStart[c - dense + 1]; run++) {
      const end = rowStart[run + 1];
      let sum = 0;
      for (let e = rowStart[run]; e < end; e++) sum += r[rows[e]];
      total += runValue[run] * sum;
    }
    into[c] = total;
  }
}
