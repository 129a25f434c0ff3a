import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fitLogistic } from "../../src/linear/fit-logistic.ts";
import { linearMargins } from "../../src/linear/linear-model.ts";
import { coefficientsOf, draw } from "./draw.ts";
import { uniform } from "./golden-inputs.ts";
import { violationOf } from "./naive.ts";

const PENALTIES = [
  { penalty: "l2", l1: 0, l2: 1 },
  { penalty: "l1", l1: 1, l2: 0 },
  { penalty: "elasticnet", l1_ratio: 0.25, l1: 0.25, l2: 0.75 },
];

interface Case {
  readonly seed: number;
  readonly rows: number;
  readonly width: number;
  readonly missing: number;
  readonly constant: boolean;
  readonly twin: boolean;
  readonly balanced: boolean;
  readonly C: number;
  readonly penalty: (typeof PENALTIES)[number];
}

/** What random draws found once: many features, hardly any penalty, columns that repeat each other but for the rounding to f32. */
const FOUND = [
  { seed: 0, rows: 12, width: 3, missing: 0, twin: true },
  { seed: 302083, rows: 25, width: 18, missing: 0.2, twin: false },
  { seed: 499630, rows: 33, width: 20, missing: 0.2, twin: true },
].map((shape): [Case] => [{ ...shape, constant: false, balanced: false, C: 100, penalty: PENALTIES[1] }]);

function expectNear(found: readonly number[], expected: readonly number[], tolerance: number): void {
  expect(found).toHaveLength(expected.length);
  const size = Math.max(1, ...expected.map(Math.abs));
  expected.forEach((value, i) => expect(Math.abs(found[i] - value), `${i}`).toBeLessThan(tolerance * size));
}

describe("fitLogistic", () => {
  it("meets the conditions of optimality, whatever the shape, missing values, weights and penalty", () => {
    const cases = fc.record({
      seed: fc.integer({ min: 0, max: 1e6 }),
      rows: fc.integer({ min: 2, max: 60 }),
      width: fc.integer({ min: 1, max: 20 }),
      missing: fc.constantFrom(0, 0.2),
      constant: fc.boolean(),
      twin: fc.boolean(),
      balanced: fc.boolean(),
      C: fc.constantFrom(0.01, 1, 100),
      penalty: fc.constantFrom(...PENALTIES),
    });
    fc.assert(
      fc.property(cases, ({ seed, rows, width, missing, constant, twin, balanced, C, penalty }) => {
        const { columns, target } = draw(seed, rows, width);
        const u = uniform(seed + 1);
        for (const values of columns) values.forEach((_, i) => u() < missing && (values[i] = NaN));
        if (constant) columns.push(new Float32Array(rows).fill(3));
        if (twin) columns.push(columns[0].map((x) => 5 - 2 * x));
        const weight = target.map((_, i) => i < 2 ? 1 : Math.floor(u() * 3));
        const { l1, l2, ...options } = penalty;
        const fit = fitLogistic({
          columns,
          target,
          weight,
          options: { ...options, C, tol: 1e-9, class_weight: balanced ? "balanced" : null },
        });
        expect(fit.converged).toBe(true);
        expect(fit.optimality).toBeLessThanOrEqual(1e-9);
        const sums = [0, 0];
        target.forEach((label, i) => sums[label] += weight[i]);
        const used = target.map((_, i) => i).filter((i) => weight[i] > 0);
        const factor = (label: number): number => balanced ? (sums[0] + sums[1]) / 2 / sums[label] : 1;
        const violation = violationOf(fit, {
          columns,
          rows: used,
          target,
          weight: (row) => weight[row] * factor(target[row]),
          l1: l1 / C,
          l2: l2 / C,
        });
        expect(violation).toBeLessThan(1.1e-9);
      }),
      { numRuns: 150, examples: FOUND },
    );
  });

  it.each([
    ["with a thinned preconditioner", 3000, 8, "l2", 1],
    ["with more columns than are factored", 300, 420, "l2", 0.01],
    ["with many columns that want to join at once", 200, 300, "l1", 5],
    ["without a penalty", 3000, 8, "none", null],
  ])("meets them %s", (_, rows, width, penalty, C) => {
    const { columns, target } = draw(5, rows, width);
    const fit = fitLogistic({ columns, target, options: { penalty, C, tol: 1e-10 } });
    expect(fit).toMatchObject({ converged: true, separated: penalty === "none" ? null : fit.separated });
    const strength = C === null ? 0 : 1 / C;
    const violation = violationOf(fit, {
      columns,
      rows: target.map((_, i) => i),
      target,
      weight: () => 1,
      l1: penalty === "l1" ? strength : 0,
      l2: penalty === "l2" ? strength : 0,
    });
    expect(violation).toBeLessThan(1.5e-10);
  });

  it.each(["l2", "l1"])("takes a weight of 2 as the row twice, of 0 as no row (%s)", (penalty) => {
    const { columns, target } = draw(8, 50, 5);
    const weight = target.map((_, i) => i < 2 ? 1 : i % 3);
    const repeated = weight.flatMap((times, i) => new Array<number>(times).fill(i));
    const options = { penalty, C: 0.5, tol: 1e-11 };
    const weighted = fitLogistic({ columns, target, weight, options });
    const twice = fitLogistic({
      columns: columns.map((values) => Float32Array.from(repeated, (i) => values[i])),
      target: repeated.map((i) => target[i]),
      options,
    });
    expectNear(coefficientsOf(weighted), coefficientsOf(twice), 1e-8);
  });

  it("looks at the rows it is given alone, in any order, bit for bit", () => {
    const { columns, target } = draw(9, 80, 6);
    const rows = target.map((_, i) => i).filter((i) => i % 4 !== 3);
    const some = fitLogistic({ columns, rows, target });
    const reversed = fitLogistic({ columns, rows: [...rows].reverse(), target });
    const spoilt = columns.map((values) => values.map((x, i) => i % 4 === 3 ? NaN : x));
    const others = fitLogistic({ columns: spoilt, rows, target: target.map((y, i) => i % 4 === 3 ? 0 : y) });
    expect(coefficientsOf(reversed)).toEqual(coefficientsOf(some));
    expect(coefficientsOf(others)).toEqual(coefficientsOf(some));
  });

  it("shares the coefficient between columns that repeat each other (l2)", () => {
    const { columns, target } = draw(10, 60, 3);
    const fit = fitLogistic({ columns: [...columns, columns[0]], target, options: { tol: 1e-11 } });
    expect(fit.model.standardised[0]).toBeCloseTo(fit.model.standardised[3], 9);
    expect(Math.abs(fit.model.standardised[0])).toBeGreaterThan(0.1);
  });

  it("keeps no feature under a strong l1 penalty: the intercept is the log odds", () => {
    const { columns, target } = draw(11, 60, 4);
    const positive = target.reduce((sum, y) => sum + y, 0);
    const { model, converged } = fitLogistic({ columns, target, options: { penalty: "l1", C: 1e-4 } });
    expect(converged).toBe(true);
    expect([...model.standardised]).toEqual([0, 0, 0, 0]);
    expect(model.intercept).toBeCloseTo(Math.log(positive / (60 - positive)), 12);
  });

  it("fits the intercept alone where every feature is constant, and two rows", () => {
    const constant = fitLogistic({ columns: [new Float32Array(4).fill(7)], target: [0, 1, 1, 1] });
    expect(constant.model.intercept).toBeCloseTo(Math.log(3), 10);
    expect([...constant.model.coefficients]).toEqual([0]);
    const two = fitLogistic({ columns: [Float32Array.of(0, 1)], target: [0, 1], options: { tol: 1e-10 } });
    expect(two).toMatchObject({ converged: true, separated: "complete" });
    expect(two.model.standardised[0]).toBeGreaterThan(0);
  });

  it("gives margins on the features' own scale, missing values as the mean and a term of their own", () => {
    const { columns, target } = draw(12, 60, 3);
    columns[2][5] = columns[2][6] = NaN;
    const { model } = fitLogistic({ columns, target });
    const margins = linearMargins(model, columns, 60);
    for (const row of [0, 5, 59]) {
      const z = model.terms.reduce((sum, { feature, kind, mean, scale }, t) => {
        const x = columns[feature][row];
        const value = kind === "missing"
          ? Number(Number.isNaN(x))
          : Number.isNaN(x)
          ? model.fill[feature]
          : x;
        return sum + model.standardised[t] * (value - mean) / scale;
      }, model.standardisedIntercept);
      expect(margins[row]).toBeCloseTo(z, 10);
    }
    // Never missing in training: as good as the mean.
    const [mean] = linearMargins(model, [Float32Array.of(model.terms[0].mean), columns[1], columns[2]], 1);
    const [missing] = linearMargins(model, [Float32Array.of(NaN), columns[1], columns[2]], 1);
    expect(model.terms.map(({ kind }) => kind)).toEqual(["value", "value", "value", "missing"]);
    expect(missing).toBeCloseTo(mean, 5);
  });

  it("says when it stopped short of the optimum", () => {
    const { columns, target } = draw(13, 100, 6);
    for (const options of [{ max_iter: 1 }, { penalty: "l1", max_iter: 1 }]) {
      const fit = fitLogistic({ columns, target, options: { ...options, tol: 1e-10 } });
      expect(fit).toMatchObject({ converged: false, iterations: 1 });
      expect(fit.optimality).toBeGreaterThan(1e-10);
    }
  });

  it("does not run on where rounding allows no better", () => {
    const { columns, target } = draw(14, 100, 6);
    for (const penalty of ["l2", "l1", "none"]) {
      const fit = fitLogistic({ columns, target, options: { penalty, tol: 1e-300 } });
      expect(fit.optimality).toBeLessThan(1e-12);
      expect(fit.converged).toBe(fit.optimality === 0);
    }
  });

  it.each([
    ["one class", { target: [1, 1, 1] }, /none of class 0/],
    ["one class of positive weight", { target: [0, 1, 1], weight: [0, 1, 1] }, /none of class 0/],
    ["labels other than 0 and 1", { target: [0, 1, 2] }, /row 2: expected 0 or 1, found 2/],
    ["targets of another length", { target: [0, 1] }, /expected 3 values.*found 2/],
    ["weights of other classes", { target: [0, 1, 1], options: { class_weight: { 2: 1 } } }, /"0" and "1"/],
  ])("refuses %s", (_, input, message) => {
    expect(() => fitLogistic({ columns: [Float32Array.of(1, 2, 4)], ...input })).toThrow(message);
  });
});
