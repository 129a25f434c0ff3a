/** Logistic regression said the slow way: the standardised matrix made, its conditions of optimality looked at one by one. */
import type { LogisticFit } from "../../src/linear/fit-logistic.ts";
import type { Term } from "../../src/linear/design.ts";

/** Standardised values of the terms of a model, (rows, terms), from the columns as they came. */
export function standardisedRows(
  terms: readonly Term[],
  fill: Float32Array,
  columns: readonly Float32Array[],
  rows: readonly number[],
): number[][] {
  return rows.map((row) =>
    terms.map(({ feature, kind, mean, scale }) => {
      const x = columns[feature][row];
      if (scale === 0) return 0;
      if (kind === "missing") return ((Number.isNaN(x) ? 1 : 0) - mean) / scale;
      return ((Number.isNaN(x) ? fill[feature] : x) - mean) / scale;
    })
  );
}

export interface NaiveProblem {
  readonly columns: readonly Float32Array[];
  readonly rows: readonly number[];
  readonly target: ArrayLike<number>;
  /** Weight of each row, class weight included. */
  readonly weight: (row: number) => number;
  /** Factors of |w|_1 and |w|^2 / 2 beside the sum of the rows' losses. */
  readonly l1: number;
  readonly l2: number;
}

/** The largest violation of the conditions of optimality, divided by the sum of weights. */
export function violationOf({ model }: LogisticFit, problem: NaiveProblem): number {
  const { columns, rows, target, weight, l1, l2 } = problem;
  const w = model.standardised;
  const x = standardisedRows(model.terms, model.fill, columns, rows);
  const total = rows.reduce((sum, row) => sum + weight(row), 0);
  const gradient = Array.from(w, (value) => l2 * value);
  let free = 0;
  rows.forEach((row, i) => {
    const z = x[i].reduce((sum, value, t) => sum + value * w[t], model.standardisedIntercept);
    const residual = weight(row) * (1 / (1 + Math.exp(-z)) - target[row]);
    free += residual;
    x[i].forEach((value, t) => gradient[t] += residual * value);
  });
  const own = gradient.map((g, t) => {
    // A constant takes no part: its coefficient is 0, and no other would change anything.
    if (model.terms[t].scale === 0) return Math.abs(w[t]);
    return w[t] === 0 ? Math.max(0, Math.abs(g) - l1) : Math.abs(g + Math.sign(w[t]) * l1);
  });
  return Math.max(Math.abs(free), ...own) / total;
}
