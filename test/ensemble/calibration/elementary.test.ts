import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  expMinus,
  ln,
  ln1p,
  logit,
  sigmoid,
  softplus,
} from "../../../src/ensemble/calibration/elementary.ts";

/** Ten times the spacing of f64: the platform's own functions are not exact either. */
const CLOSE = 10 * 2 ** -53;

function expectClose(found: number, expected: number): void {
  expect(Math.abs(found - expected)).toBeLessThanOrEqual(CLOSE * Math.abs(expected) + Number.MIN_VALUE);
}

describe("elementary functions", () => {
  it("agree with the platform's to the last digits", () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0, max: 700, noNaN: true }),
        fc.double({ min: 1e-300, max: 1e300, noNaN: true }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (x, positive, share) => {
          expectClose(expMinus(x), Math.exp(-x));
          expectClose(ln1p(share), Math.log1p(share));
          // Near 1 the logarithm is small: what counts is its distance to that of the neighbours.
          expect(Math.abs(ln(positive) - Math.log(positive))).toBeLessThanOrEqual(
            CLOSE * Math.max(Math.abs(Math.log(positive)), 2 ** -20),
          );
          expectClose(sigmoid(x), 1 / (1 + Math.exp(-x)));
          expectClose(sigmoid(-x), Math.exp(-x) / (1 + Math.exp(-x)));
          expectClose(softplus(-x), Math.log1p(Math.exp(-x)));
          expectClose(softplus(x), x + Math.log1p(Math.exp(-x)));
        },
      ),
      { numRuns: 5000 },
    );
  });

  it("are exact where it matters", () => {
    expect(expMinus(0)).toBe(1);
    expect(expMinus(746)).toBe(0);
    expect(expMinus(1e9)).toBe(0);
    expect(ln(1)).toBe(0);
    expect(ln(2)).toBeCloseTo(Math.LN2, 15);
    expect(logit(0.5)).toBe(0);
    expect(sigmoid(0)).toBe(0.5);
    expect(sigmoid(4096)).toBe(1);
    expect(softplus(-4096)).toBe(0);
  });
});
