/** Coefficients on both scales, equal to scikit-learn's at the optimum. */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { LogisticRegression } from "../../src/linear/logistic-regression.ts";
import {
  type Inputs,
  makeInputs,
  namedColumns,
  REAL,
  realDataPresent,
  type Recipe,
} from "./golden-inputs.ts";

interface GoldenFit {
  readonly standardised: number[];
  readonly standardised_intercept: number;
  readonly coefficients: number[];
  readonly intercept: number;
}

interface Golden {
  readonly name: string;
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly fits: readonly GoldenFit[];
}

const goldens: {
  readonly cases: readonly (Golden & { readonly recipe: Recipe })[];
  readonly real: readonly Golden[];
} = JSON.parse(readFileSync("test/linear/goldens/logistic.json", "utf8"));

/** Largest difference, relative to the largest of the expected values. */
function difference(found: ArrayLike<number>, expected: readonly number[]): number {
  expect(found).toHaveLength(expected.length);
  const size = Math.max(...expected.map(Math.abs));
  return Math.max(...expected.map((value, i) => Math.abs(value - found[i]))) / size;
}

async function compare({ columns, y, weight }: Inputs, { parameters, fits }: Golden): Promise<void> {
  const model = new LogisticRegression({ ...parameters, tol: 1e-11 });
  await model.fit(namedColumns(columns), y, { sampleWeight: weight });
  expect(model.notes_.filter((note) => note.includes("not converged"))).toEqual([]);
  expect(model.converged_).toBe(true);
  expect(model.fits_).toHaveLength(fits.length);
  fits.forEach((expected, k) => {
    const all = [...expected.standardised, expected.standardised_intercept];
    const found = [...model.standardisedCoef_[k], model.standardisedIntercept_[k]];
    expect(difference(found, all)).toBeLessThan(1e-6);
    // Own units differ by orders of magnitude: each term by itself.
    expected.coefficients.forEach((value, t) => {
      expect(Math.abs(model.coef_[k][t] - value) * (model.terms_[t].scale || 1)).toBeLessThan(
        1e-6 * Math.max(...all.map(Math.abs)),
      );
      expect(model.coef_[k][t] === 0, `term ${t}`).toBe(value === 0);
    });
    expect(Math.abs(model.intercept_[k] - expected.intercept)).toBeLessThan(
      1e-6 * Math.max(1, Math.abs(expected.intercept)),
    );
  });
}

describe("coefficients are scikit-learn's", () => {
  it.each(goldens.cases)("$name", (golden) => compare(makeInputs(golden.recipe), golden));
});

describe.skipIf(!realDataPresent)(
  `on real data${realDataPresent ? "" : " (skipped: ../shared/data is absent)"}`,
  () => {
    it.each(goldens.real.map((golden) => ({ ...golden, penalty: golden.parameters.penalty })))(
      "$name, $penalty",
      (golden) => compare(REAL[golden.name](), golden),
    );
  },
);
