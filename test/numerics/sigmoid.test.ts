import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  logitMargin,
  MARGIN_LIMIT,
  MARGIN_ONE,
  PROBABILITY_ONE,
  toMargin,
} from "../../src/numerics/fixed.ts";
import { logLoss, probability, sigmoid, sigmoidTail } from "../../src/numerics/sigmoid.ts";

const exact = (x: number): number => 1 / (1 + Math.exp(-x));

describe("integer sigmoid", () => {
  it("errs by at most 7.5e-7 over the whole range, and never decreases", () => {
    let last = -1;
    let worst = 0;
    let falls = 0;
    for (let margin = -17 * MARGIN_ONE; margin <= 17 * MARGIN_ONE; margin += 211) {
      const p = sigmoid(margin);
      if (p < last) falls++;
      last = p;
      worst = Math.max(worst, Math.abs(p / PROBABILITY_ONE - exact(margin / MARGIN_ONE)));
    }
    expect(falls).toBe(0);
    expect(worst).toBeLessThan(7.5e-7);
    expect(worst).toBeGreaterThan(6e-7);
  });

  it("errs by at most 4e-5 of its value in the tail down to -12", () => {
    for (let margin = -12 * MARGIN_ONE; margin < 0; margin += 997) {
      const expected = exact(margin / MARGIN_ONE);
      // Half a unit of the grid on top of the interpolation's relative error.
      expect(Math.abs(probability(margin) - expected)).toBeLessThan(4e-5 * expected + 1 / PROBABILITY_ONE);
    }
  });

  it("is symmetric, and flat beyond 16", () => {
    fc.assert(fc.property(fc.integer({ min: -MARGIN_LIMIT, max: MARGIN_LIMIT }), (margin) => {
      expect(sigmoid(margin) + sigmoid(-margin)).toBe(PROBABILITY_ONE);
      if (Math.abs(margin) >= 16 * MARGIN_ONE) expect(sigmoidTail(margin)).toBe(sigmoidTail(16 * MARGIN_ONE));
    }));
  });
});

describe("integer log-loss", () => {
  it("errs by at most 2e-6 up to margin 16, and grows by the margin beyond", () => {
    fc.assert(fc.property(fc.integer({ min: -40 * MARGIN_ONE, max: 40 * MARGIN_ONE }), (margin) => {
      const x = margin / MARGIN_ONE;
      for (const target of [0, 1]) {
        const signed = target === 1 ? -x : x;
        const expected = signed > 30 ? signed : Math.log1p(Math.exp(signed));
        expect(Math.abs(logLoss(margin, target) / MARGIN_ONE - expected)).toBeLessThan(2e-6);
      }
    }));
  });
});

describe("fixed-point margins", () => {
  it("round to nearest, halves upwards, and refuse what does not fit", () => {
    expect(toMargin(1)).toBe(MARGIN_ONE);
    expect(toMargin(-0.5 / MARGIN_ONE)).toBe(0);
    expect(toMargin(0.5 / MARGIN_ONE)).toBe(1);
    expect(() => toMargin(2048)).toThrow(/fixed-point range/);
    expect(() => toMargin(NaN)).toThrow(/fixed-point range/);
  });

  it("hold the log odds", () => {
    fc.assert(fc.property(fc.double({ min: 1e-9, max: 1 - 1e-9, noNaN: true }), (p) => {
      expect(Math.abs(logitMargin(p) / MARGIN_ONE - Math.log(p / (1 - p)))).toBeLessThanOrEqual(
        0.5 / MARGIN_ONE + 1e-9,
      );
    }));
  });
});
