import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { MARGIN_ONE, PROBABILITY_ONE } from "../../src/numerics/fixed.ts";
import { nodeScore, nodeWeight, splitGain } from "../../src/numerics/gain.ts";
import {
  fixedWeight,
  gradientMagnitude,
  gridUnits,
  hessian,
  weighted,
  weightGrid,
} from "../../src/numerics/gradient.ts";
import { rowDraw } from "../../src/numerics/random.ts";

describe("gradients", () => {
  it("are p - y and p (1 - p)", () => {
    fc.assert(fc.property(fc.integer({ min: -15 * MARGIN_ONE, max: 15 * MARGIN_ONE }), (margin) => {
      const p = 1 / (1 + Math.exp(-margin / MARGIN_ONE));
      expect(Math.abs(gradientMagnitude(margin, 0) / PROBABILITY_ONE - p)).toBeLessThan(1e-6);
      expect(Math.abs(gradientMagnitude(margin, 1) / PROBABILITY_ONE - (1 - p))).toBeLessThan(1e-6);
      expect(Math.abs(hessian(margin) / PROBABILITY_ONE - p * (1 - p))).toBeLessThan(2e-5);
      expect(hessian(margin)).toBeLessThanOrEqual(gradientMagnitude(margin, 0));
      expect(hessian(margin)).toBeLessThanOrEqual(gradientMagnitude(margin, 1));
    }));
  });

  it("are rounded to the grid without bias, and to zero with their hessian", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: PROBABILITY_ONE }),
        fc.integer({ min: 2, max: 12 }),
        fc.nat(),
        (x, bits, key) => {
          let sum = 0;
          const count = 4000;
          for (let row = 0; row < count; row++) {
            const draw = rowDraw(key, 7, row);
            const units = gridUnits(x, draw, bits);
            sum += units;
            if (units === 0) expect(gridUnits(Math.floor(x / 2), draw, bits)).toBe(0);
          }
          // Five standard deviations of a mean of Bernoulli draws.
          expect(Math.abs(sum / count - x * 2 ** (bits - 28))).toBeLessThan(2.5 / Math.sqrt(count));
        },
      ),
      { numRuns: 30 },
    );
  });

  it("scale with weights, on grids set by the largest and the mean", () => {
    const every = () => true;
    expect(weightGrid(null, every, 6)).toEqual({ exponent: 0, bits: 6 });
    expect(weightGrid(Float32Array.of(0, 0), every, 6)).toEqual({ exponent: 0, bits: 6 });
    expect(weightGrid(Float32Array.of(1, 1, 0), every, 6)).toEqual({ exponent: 0, bits: 6 });
    expect(weightGrid(Float32Array.of(1.01), every, 6)).toEqual({ exponent: 1, bits: 6 });
    expect(weightGrid(Float32Array.of(0.25, 0.2), every, 6)).toEqual({ exponent: -2, bits: 6 });
    // One weight of 64 among ones: the grid follows the mean, (64 + 126) / 127 = 1.5.
    const spread = new Float32Array(127).fill(1).fill(64, 0, 1);
    expect(weightGrid(spread, every, 6)).toEqual({ exponent: 6, bits: 11 });
    expect(weightGrid(spread, (row) => row > 0, 6)).toEqual({ exponent: 6, bits: 12 });
    expect(() => weightGrid(Float32Array.of(1, 1e-6), every, 6)).toThrow(/too uneven/);
    // No finer than 20 bits of the largest weight, no coarser than 6 of the mean one.
    expect(weightGrid(spread, every, 20)).toEqual({ exponent: 6, bits: 20 });
    const steep = new Float32Array(2 ** 17).fill(1).fill(60000, 0, 1);
    expect(() => weightGrid(steep, every, 6)).toThrow(/none above 16384 times the mean/);
    expect(fixedWeight(0.25, -2)).toBe(65536);
    expect(weighted(PROBABILITY_ONE, 65536)).toBe(PROBABILITY_ONE);
    expect(weighted(PROBABILITY_ONE, 32768)).toBe(PROBABILITY_ONE / 2);
  });
});

describe("gain", () => {
  const r = { lambda: 1, alpha: 0, maxDeltaStep: 0 };

  it("is XGBoost's on its documented terms", () => {
    // G = -3, H = 2 against G = 5, H = 4: 9/3 + 25/5 - 4/7.
    expect(splitGain(nodeScore(-3, 2, r), nodeScore(5, 4, r), nodeScore(2, 6, r))).toBe(3 + 5 - 4 / 7);
    expect(nodeWeight(-3, 2, r)).toBe(1);
    expect(nodeWeight(-3, 2, { ...r, alpha: 1 })).toBeCloseTo(2 / 3, 15);
    expect(nodeWeight(-3, 2, { ...r, maxDeltaStep: 0.4 })).toBe(0.4);
    expect(nodeWeight(-3, 2, r, -Infinity, 0.7)).toBe(0.7);
    expect(nodeWeight(-3, 0, { ...r, lambda: 0 })).toBe(0);
  });

  it("is the loss reduction at the best weight, so no limit makes it better", () => {
    const finite = fc.double({ min: -50, max: 50, noNaN: true });
    fc.assert(
      fc.property(finite, fc.double({ min: 0, max: 50, noNaN: true }), finite, finite, (g, h, a, b) => {
        const [lower, upper] = [Math.min(a, b), Math.max(a, b)];
        expect(nodeScore(g, h, r, lower, upper)).toBeLessThanOrEqual(nodeScore(g, h, r) + 1e-9);
      }),
    );
  });
});
