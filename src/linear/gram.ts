/** Weighted inner products of standardised columns: the Hessian of the loss. */
import type { Design } from "./design.ts";
import { allColumns, standardisedColumn, timesRows } from "./products.ts";

/**
 * The lower triangle of transposed X diag(curvature) X, the intercept last, row-major, (columns + 1) x (columns + 1).
 * @param curvature per row
 */
export function weightedGram(design: Design, curvature: Float64Array): Float64Array {
  const columns = allColumns(design);
  const size = columns.length + 1;
  const gram = new Float64Array(size * size);
  const scaled = new Float64Array(design.rows);
  const products = new Float64Array(size);
  for (let c = 0; c < size; c++) {
    standardisedColumn(design, c, scaled);
    for (let i = 0; i < scaled.length; i++) scaled[i] *= curvature[i];
    timesRows(design, scaled, products, columns.subarray(c));
    for (let other = c; other < size; other++) gram[other * size + c] = products[other];
  }
  return gram;
}
