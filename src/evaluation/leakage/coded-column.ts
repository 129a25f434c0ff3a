/** A column as codes of its distinct values: what all counts of the screen are made from. */
import { argsort } from "../../statistics/argsort.ts";

export interface CodedColumn {
  /** Code per row: ascending with the value, missing last. */
  readonly codes: Uint32Array;
  /** Value per code; NaN for missing. */
  readonly values: Float64Array;
  /** Code of missing, or -1 where nothing is. */
  readonly missing: number;
}

/** Codes a column; -0 is 0. */
export function codeColumn(column: Float32Array | Float64Array): CodedColumn {
  const order = argsort(column);
  const codes = new Uint32Array(column.length);
  const values = new Float64Array(column.length);
  let count = 0;
  for (let i = 0; i < order.length; i++) {
    const value = column[order[i]] + 0; // -0 becomes 0
    const previous = values[count - 1];
    if (i === 0 || !(value === previous || (Number.isNaN(value) && Number.isNaN(previous)))) {
      values[count++] = value;
    }
    codes[order[i]] = count - 1;
  }
  const missing = count > 0 && Number.isNaN(values[count - 1]) ? count - 1 : -1;
  return { codes, values: values.slice(0, count), missing };
}
