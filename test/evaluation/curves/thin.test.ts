import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { thin } from "../../../src/evaluation/curves/thin.ts";

describe("thin", () => {
  it("keeps the ends and the corners, and drops what lies on the line", () => {
    const x = [0, 0, 0.1, 0.2, 0.3, 1];
    const y = [0, 0.5, 0.8, 0.9, 1, 1];
    expect(thin(x, y, 6)).toEqual({ kept: [0, 1, 2, 4, 5], largestDeviation: expect.closeTo(0, 15) });
    expect(thin([0, 0.5, 1], [0, 0.5, 1], 3).kept).toEqual([0, 2]);
    expect(thin([], [], 3)).toEqual({ kept: [], largestDeviation: 0 });
    expect(thin([2], [3], 3)).toEqual({ kept: [0], largestDeviation: 0 });
  });

  it("takes the worst corner first, and says how far the rest is off", () => {
    const x = [0, 0.25, 0.5, 0.75, 1];
    const y = [0, 0.9, 0.95, 0.99, 1];
    const { kept, largestDeviation } = thin(x, y, 3);
    expect(kept).toEqual([0, 1, 4]);
    expect(largestDeviation).toBeCloseTo(0.99 - (0.9 + 0.1 * 2 / 3), 12);
  });

  it("never keeps more than asked for, and tells the largest deviation of all points", () => {
    fc.assert(fc.property(
      fc.array(fc.tuple(fc.nat(5), fc.nat(20)), { minLength: 2, maxLength: 60 }),
      fc.integer({ min: 2, max: 20 }),
      (steps, points) => {
        let at = 0;
        const x = steps.map(([step]) => at += step);
        const y = steps.map(([, value]) => value);
        const { kept, largestDeviation } = thin(x, y, points);
        expect(kept.length).toBeLessThanOrEqual(points);
        expect([kept[0], kept[kept.length - 1]]).toEqual([0, x.length - 1]);
        let largest = 0;
        for (let k = 1; k < kept.length; k++) {
          const [a, b] = [kept[k - 1], kept[k]];
          for (let i = a + 1; i < b; i++) {
            const line = y[a] + ((x[i] - x[a]) / (x[b] - x[a])) * (y[b] - y[a]);
            const off = x[b] > x[a]
              ? Math.abs(y[i] - line)
              : Math.max(0, y[i] - Math.max(y[a], y[b]), Math.min(y[a], y[b]) - y[i]);
            largest = Math.max(largest, off);
          }
        }
        expect(largestDeviation).toBeCloseTo(largest, 12);
      },
    ));
  });
});
