/** A fitted linear model, on both scales, and what it says of rows. */
import type { Design, Term } from "./design.ts";

/** Coefficients of one classifier; terms as in the design: features in order, then those with missing values. */
export interface LinearModel {
  readonly features: number;
  readonly terms: readonly Term[];
  /** What stands for a missing value, by feature. */
  readonly fill: Float32Array;
  /** By term, for values as they come: the margin is intercept + sum of coefficient x value. */
  readonly coefficients: Float64Array;
  readonly intercept: number;
  /** By term, for (value - mean) / scale: comparable with each other, and what the penalty is on. */
  readonly standardised: Float64Array;
  /** Margin of a row of means. */
  readonly standardisedIntercept: number;
}

/** Names the coefficients that a solver found, and takes them back to the features' own units. */
export function linearModel(design: Design, w: Float64Array): LinearModel {
  const { terms, features, fill } = design;
  const standardised = new Float64Array(terms.length);
  design.columns.forEach((term, column) => standardised[term] = w[column]);
  const coefficients = standardised.map((value, t) => terms[t].scale > 0 ? value / terms[t].scale : 0);
  const standardisedIntercept = w[w.length - 1];
  let intercept = standardisedIntercept;
  coefficients.forEach((coefficient, t) => intercept -= coefficient * terms[t].mean);
  return { features, terms, fill, coefficients, intercept, standardised, standardisedIntercept };
}

/**
 * Margins (log odds) of rows. A missing value counts as the mean of the training rows, plus the coefficient of its being missing where
 * training rows lacked the feature too.
 * @param columns f32 values of each feature, rows long, missing as NaN
 */
export function linearMargins(
  model: LinearModel,
  columns: readonly Float32Array[],
  rows: number,
): Float64Array {
  const margins = new Float64Array(rows).fill(model.intercept);
  const whenMissing = Float64Array.from(model.fill, (x, f) => x * model.coefficients[f]);
  model.terms.forEach(({ kind, feature }, t) => {
    if (kind === "missing") whenMissing[feature] += model.coefficients[t];
  });
  for (let f = 0; f < model.features; f++) {
    const coefficient = model.coefficients[f];
    const missing = whenMissing[f];
    if (coefficient === 0 && missing === 0) continue;
    const values = columns[f];
    for (let row = 0; row < rows; row++) {
      const x = values[row];
      margins[row] += x === x ? coefficient * x : missing;
    }
  }
  return margins;
}
