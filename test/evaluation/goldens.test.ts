import { describe, expect, it } from "vitest";
import { evaluate } from "../../src/evaluation/evaluate.ts";
import goldens from "./goldens/metrics.json" with { type: "json" };
import { makeInputs } from "./inputs.ts";

/** Every number agrees to 1e-12 relative; null stands for NaN. Shapes agree exactly. */
function expectClose(found: unknown, expected: unknown, path: string): void {
  if (expected === null) return expect(found, path).toBeNaN();
  if (typeof expected === "number") {
    const error = Math.abs(Number(found) - expected);
    return expect(error, `${path}: ${found} against ${expected}`).toBeLessThanOrEqual(
      1e-12 * Math.abs(expected),
    );
  }
  const [foundFields, expectedFields] = [Object(found), Object(expected)];
  expect(Object.keys(foundFields).sort(), path).toEqual(Object.keys(expectedFields).sort());
  for (const key of Object.keys(expectedFields)) {
    expectClose(foundFields[key], expectedFields[key], `${path}.${key}`);
  }
}

describe(`metrics against scikit-learn ${goldens.versions["scikit-learn"]}`, () => {
  it.each(goldens.cases)("$name", ({ expected, ...recipe }) => {
    const { threshold, baseThresh } = goldens;
    expectClose(evaluate({ ...makeInputs(recipe), threshold, baseThresh }), expected, "");
  });
});
