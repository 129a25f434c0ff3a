/** Drawn problems for the tests of fits, and what is compared of a fit. */
import type { LogisticFit } from "../../src/linear/fit-logistic.ts";
import { uniform } from "./golden-inputs.ts";

export interface Drawn {
  readonly columns: Float32Array[];
  readonly target: number[];
}

/** Rows whose label leans on the first columns; counts of mostly zeros and numbers in turns. */
export function draw(seed: number, rows: number, width: number, noise = 1): Drawn {
  const u = uniform(seed);
  const columns = Array.from({ length: width }, (_, c) =>
    Float32Array.from({ length: rows }, () => {
      const x = u();
      return c % 2 === 0 ? 4 * x - 2 : x < 0.75 ? 0 : Math.ceil(8 * (x - 0.75));
    }));
  const target = Array.from({ length: rows }, (_, i): number => {
    const lean = columns[0][i] + (columns[1]?.[i] ?? 0) - 0.3 + noise * 6 * (u() - 0.5);
    return lean > 0 ? 1 : 0;
  });
  // Both classes, whatever was drawn.
  [target[0], target[1]] = [0, 1];
  return { columns, target };
}

/** Standardised coefficients and their intercept. */
export const coefficientsOf = (
  { model }: LogisticFit,
): number[] => [...model.standardised, model.standardisedIntercept];
