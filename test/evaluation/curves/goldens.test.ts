import { describe, expect, it } from "vitest";
import { compactRanking } from "../../../src/evaluation/curves/compact.ts";
import { exactCurves } from "../../../src/evaluation/curves/exact.ts";
import { measure, recordLayout } from "../../../src/evaluation/curves/measure.ts";
import { rankClass } from "../../../src/evaluation/curves/ranked.ts";
import type { Curve } from "../../../src/evaluation/curves/types.ts";
import { makeInputs } from "../inputs.ts";
import { judgedRows } from "../judged.ts";
import goldens from "./goldens/curves.json" with { type: "json" };

interface Points {
  readonly x: readonly number[];
  readonly y: readonly number[];
}

/** The curve keeps the golden's ends and corners, and no golden point lies off its line. */
function expectCurve(found: Curve | null, expected: Points | null, path: string): void {
  if (expected === null) return expect(found, path).toBeNull();
  if (found === null) throw new Error(`${path}: expected a curve`);
  expect(found.exactPoints, path).toBe(expected.x.length);
  let at = 0;
  found.x.forEach((x, i) => {
    while (at < expected.x.length && !near([x, found.y[i]], [expected.x[at], expected.y[at]])) {
      // A point that was left out lies between those before and after.
      const [x0, y0] = [found.x[i - 1], found.y[i - 1]];
      const share = x > x0 ? (expected.x[at] - x0) / (x - x0) : 0;
      const line = x > x0 ? y0 + share * (found.y[i] - y0) : expected.y[at];
      expect(Math.abs(line - expected.y[at]), `${path} at ${expected.x[at]}`).toBeLessThan(1e-11);
      at++;
    }
    at++;
  });
  expect(at, path).toBe(expected.x.length);
}

function near(a: readonly number[], b: readonly number[]): boolean {
  return a.every((value, i) => Math.abs(value - b[i]) <= 1e-12 * Math.max(1, Math.abs(b[i])));
}

function expectNumber(found: number, expected: number | null, path: string): void {
  if (expected === null) expect(found, path).toBeNaN();
  else expect(near([found], [expected]), `${path}: ${found} against ${expected}`).toBe(true);
}

describe(`curves against scikit-learn ${goldens.versions["scikit-learn"]}`, () => {
  describe.each(goldens.cases)("$name", ({ expected, ...recipe }) => {
    const { meta } = judgedRows(makeInputs(recipe));
    it.each(["neither", "donor", "acceptor", "splice"] as const)("%s", (className) => {
      const golden = expected[className];
      const ranked = rankClass(meta, className);
      const exact = exactCurves(ranked, 10_000);
      if (golden === null) {
        expect(exact).toEqual({ roc: null, pr: null, gain: null });
        return;
      }
      const layout = recordLayout(5);
      const record = new Float64Array(layout.length);
      const compact = compactRanking(ranked);
      measure(compact, new Uint16Array(recipe.genes).fill(1), 5, record);
      expectNumber(record[layout.ap], golden.ap, "AP");
      expectNumber(record[layout.auc], golden.auc, "AUC");
      expectNumber(record[layout.auprg], golden.auprg, "AUPRG");
      if ("pr" in golden) {
        expectCurve(exact.roc, golden.roc, "ROC");
        expectCurve(exact.pr, golden.pr ?? null, "PR");
        expectCurve(exact.gain, golden.gain, "gain");
      }
      measure(compact, Uint16Array.from({ length: recipe.genes }, (_, g) => (5 * g + 2) % 3), 5, record);
      if (golden.weighted === null) return;
      expectNumber(record[layout.ap], golden.weighted.ap, "weighted AP");
      expectNumber(record[layout.auc], golden.weighted.auc, "weighted AUC");
      expectNumber(record[layout.auprg], golden.weighted.auprg, "weighted AUPRG");
    });
  });
});
