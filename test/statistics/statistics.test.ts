import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { argsort } from "../../src/statistics/argsort.ts";
import { bcaInterval, percentileInterval } from "../../src/statistics/bca.ts";
import { pearson, spearman } from "../../src/statistics/correlation.ts";
import { discretise, entropyBits, mutualInformationBits } from "../../src/statistics/information.ts";
import { benjaminiHochberg, holm } from "../../src/statistics/multiple-tests.ts";
import { coins, permutationP, signFlip } from "../../src/statistics/permutation.ts";
import { mean, quantiles, variance } from "../../src/statistics/quantile.ts";
import { midranks, rankSum } from "../../src/statistics/ranks.ts";

const column = fc.oneof(
  fc.float64Array({ maxLength: 40 }),
  fc.float32Array({ maxLength: 40 }),
  fc.array(fc.constantFrom(-0, 0, 1, -1, NaN, Infinity, -Infinity, 0.5), { maxLength: 40 })
    .map((values) => Float32Array.from(values)),
);

/** Orders as `argsort` says it does, by the sort of the language. */
function plainOrder(values: ArrayLike<number>): number[] {
  const key = (i: number) => Number.isNaN(values[i]) ? [1, 0] : [0, values[i]];
  return Array.from(values, (_, i) => i).sort((a, b) => {
    const [[p, x], [q, y]] = [key(a), key(b)];
    return p - q || (x < y ? -1 : x > y ? 1 : a - b);
  });
}

describe("argsort", () => {
  it("sorts short columns, ties by index, NaN last", () => {
    fc.assert(fc.property(column, (values) => {
      expect(Array.from(argsort(values))).toEqual(plainOrder(values));
    }));
  });

  it("sorts long columns the same way", () => {
    fc.assert(
      fc.property(column.filter((values) => values.length > 0), (values) => {
        const long = new (values.constructor as Float64ArrayConstructor)(5000).map((_, i) =>
          values[(i * 7919) % values.length]
        );
        expect(Array.from(argsort(long))).toEqual(plainOrder(long));
      }),
      { numRuns: 30 },
    );
  });
});

describe("rank-sum", () => {
  const grouped = fc.array(fc.record({ value: fc.constantFrom(0, 1, 2, 2.5, NaN), first: fc.nat(1) }), {
    maxLength: 25,
  });

  it("counts pairs, ties half, and leaves NaN out", () => {
    fc.assert(fc.property(grouped, (rows) => {
      const values = Float64Array.from(rows, (row) => row.value);
      const { auc, first, second, p } = rankSum(values, rows.map((row) => row.first));
      const present = rows.filter((row) => !Number.isNaN(row.value));
      const [a, b] = [present.filter((row) => row.first === 1), present.filter((row) => row.first === 0)];
      let right = 0;
      for (const x of a) for (const y of b) right += x.value > y.value ? 1 : x.value === y.value ? 0.5 : 0;
      expect([first, second]).toEqual([a.length, b.length]);
      if (a.length * b.length === 0) expect(auc).toBeNaN();
      else expect(auc).toBeCloseTo(right / (a.length * b.length), 12);
      if (a.length * b.length === 0 || new Set(present.map((row) => row.value)).size === 1) {
        expect(p).toBeNaN();
      } else expect(p > 0 && p <= 1).toBe(true);
    }));
  });

  it("takes ranks made before", () => {
    const values = Float32Array.of(3, 1, 2, 2, NaN, 5);
    const group = [1, 0, 1, 0, 1, 0];
    expect(rankSum(values, group, midranks(values))).toEqual(rankSum(values, group));
  });
});

describe("correlations", () => {
  it("are undefined for constant columns, too few pairs and NaN everywhere", () => {
    for (const correlation of [pearson, spearman]) {
      expect(correlation([0.1, 0.1, 0.1], [1, 2, 3])).toBeNaN();
      expect(correlation([1], [2])).toBeNaN();
      expect(correlation([], [])).toBeNaN();
      expect(correlation([NaN, 1], [1, NaN])).toBeNaN();
    }
  });

  it("use the pairs where both values are there", () => {
    expect(pearson([1, 2, NaN, 3, 9], [2, 4, 5, 6, NaN])).toBeCloseTo(1, 14);
    expect(spearman([1, 2, NaN, 3, 9], [8, 4, 5, 1, NaN])).toBeCloseTo(-1, 14);
  });

  it("keep small differences on a large offset", () => {
    const x = Float64Array.from({ length: 50 }, (_, i) => 1e6 + i / 1024);
    expect(pearson(x, x)).toBeCloseTo(1, 10);
  });
});

describe("quantiles", () => {
  it("of nothing and of NaN are NaN", () => {
    expect(quantiles([], [0.5])).toEqual([NaN]);
    expect(quantiles([1, NaN], [0, 1])).toEqual([NaN, NaN]);
    expect([mean([]), variance([1])]).toEqual([NaN, NaN]);
  });
});

describe("mutual information", () => {
  it("of a column with itself is its entropy, with a constant it is 0, and it lies between", () => {
    const codes = fc.array(fc.nat(4), { minLength: 1, maxLength: 60 });
    fc.assert(fc.property(codes, fc.infiniteStream(fc.nat(3)), (values, stream) => {
      const a = { codes: Uint16Array.from(values), count: 5 };
      const b = { codes: a.codes.map(() => stream.next().value!), count: 4 };
      const counts = new Float64Array(5);
      for (const value of values) counts[value]++;
      const entropy = entropyBits(counts);
      expect(mutualInformationBits(a, a)).toBeCloseTo(entropy, 12);
      expect(mutualInformationBits(a, { codes: a.codes.map(() => 0), count: 1 })).toBe(0);
      expect(mutualInformationBits(a, b)).toBeCloseTo(mutualInformationBits(b, a), 12);
      expect(mutualInformationBits(a, b)).toBeLessThanOrEqual(entropy + 1e-12);
    }));
    expect(
      mutualInformationBits({ codes: new Uint16Array(), count: 1 }, { codes: new Uint16Array(), count: 1 }),
    )
      .toBeNaN();
  });

  it("cuts columns into bins of like mass that keep equal values together and missing ones apart", () => {
    fc.assert(fc.property(column, fc.integer({ min: 1, max: 10 }), (values, bins) => {
      const { codes, count } = discretise(values, bins);
      const missing = Array.from(values).some(Number.isNaN);
      expect(count).toBeLessThanOrEqual(bins + Number(missing));
      expect(new Set(codes).size).toBe(count);
      for (let i = 0; i < values.length; i++) {
        for (let j = 0; j < values.length; j++) {
          if (values[i] < values[j]) expect(codes[i]).toBeLessThanOrEqual(codes[j]);
          if (values[i] === values[j]) expect(codes[i]).toBe(codes[j]);
          if (Number.isNaN(values[i])) expect(codes[i]).toBe(count - 1);
          if (Number.isNaN(values[i]) && !Number.isNaN(values[j])) expect(codes[j]).not.toBe(codes[i]);
        }
      }
    }));
    const even = discretise(Float64Array.from({ length: 100 }, (_, i) => (i * 37) % 100), 4);
    expect([0, 1, 2, 3].map((code) => even.codes.filter((one) => one === code).length)).toEqual([
      25,
      25,
      25,
      25,
    ]);
  });
});

describe("corrections for many tests", () => {
  it("never lower a p-value, keep the order, and leave undefined ones out", () => {
    const p = fc.array(fc.oneof(fc.double({ min: 0, max: 1, noNaN: true }), fc.constant(NaN)), {
      maxLength: 12,
    });
    fc.assert(fc.property(p, (values) => {
      const present = values.filter((value) => !Number.isNaN(value));
      for (const correct of [holm, benjaminiHochberg]) {
        const adjusted = correct(values);
        values.forEach((value, i) => {
          if (Number.isNaN(value)) return expect(adjusted[i]).toBeNaN();
          expect(adjusted[i]).toBeGreaterThanOrEqual(value);
          expect(adjusted[i]).toBeLessThanOrEqual(1);
        });
        expect(Array.from(adjusted).filter((q) => !Number.isNaN(q))).toEqual(Array.from(correct(present)));
      }
    }));
  });
});

describe("permutations", () => {
  it("toss fair coins that depend on seed and number alone", () => {
    expect(coins(5, 3, 40)).toEqual(coins(5, 3, 50).slice(0, 40));
    expect(coins(5, 3, 40)).not.toEqual(coins(5, 4, 40));
    expect(coins(5, 3, 40)).not.toEqual(coins(6, 3, 40));
    const units = 40;
    const heads = new Float64Array(units);
    for (let b = 0; b < 2000; b++) coins(1, b, units).forEach((coin, i) => heads[i] += coin);
    for (const count of heads) expect(Math.abs(count - 1000)).toBeLessThan(120); // 5 standard deviations
  });

  it("never say p = 0, and 1 where nothing differs", () => {
    expect(permutationP(3, [0, 1, 2])).toBe(1 / 4);
    expect(permutationP(3, [0, -3, NaN])).toBe(3 / 4);
    expect(permutationP(0, [0, 0])).toBe(1);
    expect(permutationP(NaN, [0, 0])).toBeNaN();
  });

  it("flip signs of units: sure of a clear mean, not of none", () => {
    const clear = Float64Array.from({ length: 30 }, (_, i) => 1 + (i % 7) / 10);
    expect(signFlip(clear, 1)).toMatchObject({ units: 30, exact: false, p: 1 / 10000 });
    const none = clear.map((value, i) => i % 2 === 0 ? value : -value);
    expect(signFlip(none, 1).p).toBeGreaterThan(0.2);
    expect(signFlip([NaN, NaN], 1)).toEqual({ units: 0, mean: NaN, p: NaN, exact: false });
    expect(signFlip([NaN, 2], 1)).toMatchObject({ units: 1, mean: 2, p: 1, exact: true });
  });
});

describe("bootstrap intervals", () => {
  it("lie within the resamples, and are the percentile interval without bias and skew", () => {
    const values = Float64Array.from({ length: 1001 }, (_, i) => i / 1000);
    bcaInterval(0.5, values, Float64Array.of(1, 2, 3), 0.95)
      .forEach((end, i) => expect(end).toBeCloseTo(percentileInterval(values, 0.95)[i], 10));
    fc.assert(
      fc.property(
        fc.double({ min: -1, max: 2, noNaN: true }),
        fc.float64Array({ noNaN: true, maxLength: 9 }),
        (
          value,
          leftOut,
        ) => {
          const small = leftOut.map((one) => one % 1);
          const [low, high] = bcaInterval(value, values, small, 0.95);
          expect(low >= 0 && low <= high && high <= 1).toBe(true);
        },
      ),
    );
  });

  it("of a constant are that constant", () => {
    expect(bcaInterval(2, new Float64Array(50).fill(2), new Float64Array(5).fill(2), 0.95)).toEqual([2, 2]);
  });
});
