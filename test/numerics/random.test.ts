import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { philox, PURPOSE, rowDraw, rowKey, Stream } from "../../src/numerics/random.ts";

describe("philox", () => {
  // Known answers of the Random123 distribution (kat_vectors, philox4x32 10 rounds).
  it.each([
    [[0, 0], [0, 0, 0, 0], [0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8]],
    [
      [0xffffffff, 0xffffffff],
      [0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff],
      [0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd],
    ],
    [
      [0xa4093822, 0x299f31d0],
      [0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344],
      [0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1],
    ],
  ])("key %o, counter %o", (key, counter, expected) => {
    expect(philox(key[0], key[1], counter as [number, number, number, number])).toEqual(expected);
  });
});

describe("row draws", () => {
  it("are uniform, and independent between rows, rounds, seeds and purposes", () => {
    const rows = 20000;
    const keys = [[1, 1, 1], [1, 1, 2], [2, 1, 1], [1, 2, 1]].map(([seed, purpose, round]) =>
      rowKey(seed, purpose, round)
    );
    const draws = keys.map(([a, b]) =>
      Float64Array.from({ length: rows }, (_, row) => rowDraw(a, b, row) / 2 ** 32)
    );
    for (const own of draws) {
      const counts = new Float64Array(64);
      for (const x of own) counts[Math.floor(x * 64)]++;
      const chi = counts.reduce((sum, count) => sum + (count - rows / 64) ** 2 / (rows / 64), 0);
      // 63 degrees of freedom: five standard deviations.
      expect(Math.abs(chi - 63)).toBeLessThan(5 * Math.sqrt(126));
    }
    const correlation = (a: Float64Array, b: Float64Array): number => {
      let sum = 0;
      for (let i = 0; i < rows; i++) sum += (a[i] - 0.5) * (b[i] - 0.5);
      return sum / rows * 12;
    };
    for (let i = 0; i < draws.length; i++) {
      for (let j = 0; j < i; j++) {
        expect(Math.abs(correlation(draws[i], draws[j]))).toBeLessThan(5 / Math.sqrt(rows));
      }
      expect(Math.abs(correlation(Float64Array.of(...draws[i].subarray(1), 0.5), draws[i]))).toBeLessThan(
        5 / Math.sqrt(rows) + 1e-3,
      );
    }
  });
});

describe("Stream", () => {
  it("is a function of its key alone, and its integers lie in range", () => {
    fc.assert(fc.property(fc.nat(), fc.integer({ min: 1, max: 2 ** 32 - 1 }), (seed, n) => {
      const a = new Stream(seed, PURPOSE.folds, 3);
      const b = new Stream(seed, PURPOSE.folds, 3);
      for (let i = 0; i < 9; i++) {
        const draw = a.nextInt(n);
        expect(draw).toBe(b.nextInt(n));
        expect(draw).toBeGreaterThanOrEqual(0);
        expect(draw).toBeLessThan(n);
      }
    }));
  });

  it("draws normals of mean 0 and variance 1", () => {
    const stream = new Stream(5, PURPOSE.simulate);
    let sum = 0;
    let squares = 0;
    const count = 40000;
    for (let i = 0; i < count; i++) {
      const x = stream.nextNormal();
      sum += x;
      squares += x * x;
    }
    expect(Math.abs(sum / count)).toBeLessThan(0.025);
    expect(Math.abs(squares / count - 1)).toBeLessThan(0.04);
  });
});
