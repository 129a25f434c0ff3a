import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fromMargin } from "../../../src/numerics/fixed.ts";
import { interventionalShap, pathDependentShap, type RowShap } from "../../../src/trees/shap/reference.ts";
import { interventionalGame, pathDependentGame, shapley } from "./brute.ts";
import { shapCase, shapData } from "./forests.ts";

/** f64 sums of a few hundred terms of a few log odds. */
const TOLERANCE = 1e-11;

function expectShapley(found: RowShap, features: number, game: (known: number) => number): void {
  const expected = shapley(features, game);
  found.phi.forEach((phi, f) => expect(Math.abs(phi - expected[f])).toBeLessThan(TOLERANCE));
  expect(Math.abs(found.bias - game(0))).toBeLessThan(TOLERANCE);
}

describe("the reference SHAP values", () => {
  it("are Shapley values over all subsets, absent features following the cover", () => {
    fc.assert(
      fc.property(shapCase, (c) => {
        const { models, columns } = shapData(c);
        for (const model of models) {
          const found = pathDependentShap(model, columns, 0);
          expectShapley(found, c.features, pathDependentGame(model, columns, 0));
        }
      }),
      { numRuns: 150 },
    );
  });

  it("are Shapley values over all subsets, absent features being those of background rows", () => {
    fc.assert(
      fc.property(shapCase, (c) => {
        const { models, columns, background } = shapData(c);
        const [model] = models;
        const found = interventionalShap(model, columns, 0, background, c.backgroundRows);
        expectShapley(
          found,
          c.features,
          interventionalGame(model, columns, 0, background, c.backgroundRows),
        );
      }),
      { numRuns: 60 },
    );
  });

  it("add up to the margin, on paths of up to 120 different features", () => {
    fc.assert(
      fc.property(shapCase, fc.constantFrom(20, 120), (c, features) => {
        const { models, columns, background } = shapData({ ...c, features, splits: features, chains: true });
        for (const model of models) {
          const margin = fromMargin(model.marginsOf(columns, c.rows)[0]);
          const found = pathDependentShap(model, columns, 0);
          expect(found.phi.reduce((sum, phi) => sum + phi, found.bias)).toBeCloseTo(margin, 9);
          const against = interventionalShap(model, columns, 0, background, c.backgroundRows);
          expect(against.phi.reduce((sum, phi) => sum + phi, against.bias)).toBeCloseTo(margin, 9);
        }
      }),
      { numRuns: 6 },
    );
  });
});
