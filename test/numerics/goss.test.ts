import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { gossCounts, gossWarmUp, markLowest } from "../../src/numerics/goss.ts";

describe("markLowest", () => {
  it("marks what sorting by key, then index, puts first", () => {
    const key = fc.oneof(fc.integer({ min: 0, max: 3 }), fc.integer({ min: 0, max: 2 ** 32 - 1 }));
    fc.assert(
      fc.property(fc.array(fc.tuple(key, fc.boolean()), { maxLength: 60 }), fc.nat(60), (rows, wanted) => {
        const keys = Uint32Array.from(rows, ([value]) => value);
        const taken = Uint8Array.from(rows, ([, part]) => (part ? 1 : 0));
        const parts = rows.map((_, i) => i).filter((i) => taken[i]);
        const count = Math.min(wanted, parts.length);
        const expected = parts.sort((a, b) => keys[a] - keys[b] || a - b).slice(0, count);
        const marks = markLowest(keys, taken, count);
        expect([...marks.keys()].filter((i) => marks[i])).toEqual(expected.sort((a, b) => a - b));
      }),
    );
  });
});

describe("gossCounts", () => {
  it("keeps the sum of all weights", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 100_000 }),
        fc.double({ min: 0.001, max: 0.5, noNaN: true }),
        fc.double({ min: 0.001, max: 0.5, noNaN: true }),
        (rows, topRate, otherRate) => {
          const { top, others, amplification } = gossCounts(rows, { kind: "goss", topRate, otherRate });
          expect(top + others).toBeLessThanOrEqual(rows);
          expect(top + others * amplification).toBeCloseTo(rows, 6);
          expect(amplification).toBeGreaterThanOrEqual(1);
        },
      ),
    );
  });

  it("has LightGBM's numbers", () => {
    expect(gossCounts(1000, { kind: "goss", topRate: 0.2, otherRate: 0.1 })).toEqual({
      top: 200,
      others: 100,
      amplification: 8,
    });
    expect([0.1, 0.3, 1].map(gossWarmUp)).toEqual([10, 3, 1]);
  });
});
