import { describe, expect, it } from "vitest";
import { LogisticRegression } from "../../src/linear/logistic-regression.ts";
import { resolveLogistic } from "../../src/linear/parameters.ts";
import { uniform } from "./golden-inputs.ts";

/** Rows of (signal, noise) with classes told apart by the signal, some across. */
function rowsOf(count: number, classes: number): { X: number[][]; y: number[] } {
  const u = uniform(3);
  const y = Array.from({ length: count }, (_, row) => row % classes);
  return { X: y.map((label) => [label + 1.5 * (u() - 0.5), u()]), y };
}

describe("LogisticRegression", () => {
  it("learns two classes, labels as they come", async () => {
    const { X, y } = rowsOf(120, 2);
    const labels = y.map((label) => (label ? "site" : "none"));
    const model = await new LogisticRegression().fit(X, labels);
    expect(model.classes_).toEqual(["none", "site"]);
    expect(model.featureNamesIn_).toEqual(["f0", "f1"]);
    expect(model).toMatchObject({ converged_: true, notes_: [] });
    expect(model.coef_).toHaveLength(1);
    expect(model.coef_[0][0]).toBeGreaterThan(1);
    const [p, z, predicted] = [
      await model.predictProba(X),
      await model.decisionFunction(X),
      await model.predict(X),
    ];
    X.forEach((row, i) => {
      const margin = model.intercept_[0] + model.coef_[0][0] * Math.fround(row[0]) +
        model.coef_[0][1] * Math.fround(row[1]);
      expect(z[i]).toBeCloseTo(margin, 10);
      expect(p[2 * i + 1]).toBeCloseTo(1 / (1 + Math.exp(-margin)), 6);
      expect(p[2 * i] + p[2 * i + 1]).toBeCloseTo(1, 6);
      expect(predicted[i]).toBe(margin > 0 ? "site" : "none");
    });
    expect(await model.score(X, labels)).toBeGreaterThan(0.75);
  });

  it("learns more classes one against the rest, rows summing to 1", async () => {
    const { X, y } = rowsOf(150, 3);
    const model = await new LogisticRegression().fit(X, y);
    expect(model.fits_).toHaveLength(3);
    const [p, z, predicted] = [
      await model.predictProba(X),
      await model.decisionFunction(X),
      await model.predict(X),
    ];
    for (let i = 0; i < 150; i++) {
      const own = [...z.subarray(3 * i, 3 * i + 3)].map((margin) => 1 / (1 + Math.exp(-margin)));
      const sum = own[0] + own[1] + own[2];
      own.forEach((value, k) => expect(p[3 * i + k]).toBeCloseTo(value / sum, 6));
      expect(predicted[i]).toBe(own.indexOf(Math.max(...own)));
    }
    // Each classifier is the one of that class against all others.
    for (const k of [0, 1, 2]) {
      const single = await new LogisticRegression().fit(X, y.map((label) => label === k));
      expect([...single.coef_[0]]).toEqual([...model.coef_[k]]);
    }
  });

  it("gives probabilities far from every class too", async () => {
    const { X, y } = rowsOf(150, 3);
    const model = await new LogisticRegression({ penalty: "l1", C: 100 }).fit(X, y);
    for (const far of [1e6, -1e6, 1e30]) {
      const p = await model.predictProba([[far, 0], [far, far]]);
      for (const i of [0, 1]) expect(p[3 * i] + p[3 * i + 1] + p[3 * i + 2]).toBeCloseTo(1, 6);
    }
  });

  it("takes columns by name in any order, and a flat array, for the same model", async () => {
    const { X, y } = rowsOf(60, 2);
    const rows = await new LogisticRegression().fit(X, y, { featureNames: ["signal", "noise"] });
    const columns = { signal: X.map(([x]) => x), noise: X.map(([, x]) => x) };
    const named = await new LogisticRegression().fit(columns, y);
    const flat = await new LogisticRegression().fit(
      { data: Float32Array.from(X.flat()), columns: ["signal", "noise"] },
      y,
    );
    expect(named.coef_).toEqual(rows.coef_);
    expect(flat.coef_).toEqual(rows.coef_);
    const turned = { other: columns.noise, noise: columns.noise, signal: columns.signal };
    expect(await named.predictProba(turned)).toEqual(await rows.predictProba(X));
  });

  it("names its terms, missing values among them, and takes coefficients from one scale to the other", async () => {
    const { X, y } = rowsOf(60, 2);
    const noise = X.map(([, x], i) => i % 5 === 0 ? null : x);
    const model = await new LogisticRegression().fit({ noise, signal: X.map(([x]) => x) }, y);
    expect(model.terms_.map(({ name, kind, feature }) => [name, kind, feature])).toEqual([
      ["noise", "value", 0],
      ["signal", "value", 1],
      ["missing noise", "missing", 0],
    ]);
    let intercept = model.standardisedIntercept_[0];
    model.terms_.forEach(({ mean, scale }, t) => {
      expect(model.coef_[0][t] * scale).toBeCloseTo(model.standardisedCoef_[0][t], 12);
      intercept -= model.coef_[0][t] * mean;
    });
    expect(model.intercept_[0]).toBeCloseTo(intercept, 12);
    expect(model.terms_[2].mean).toBeCloseTo(0.2, 12);
  });

  it("weighs rows by their own weight and their class's", async () => {
    const { X, y } = rowsOf(90, 3);
    const options = { tol: 1e-11 };
    const byClass = await new LogisticRegression({ ...options, class_weight: { 1: 3 } }).fit(X, y);
    // Class weights are not in the means and deviations; on features whose moments they leave alone both are one.
    const balanced = await new LogisticRegression({ ...options, class_weight: "balanced" }).fit(X, y);
    const plain = await new LogisticRegression(options).fit(X, y);
    expect(byClass.terms_).toEqual(plain.terms_);
    expect(byClass.standardisedIntercept_[1]).toBeGreaterThan(plain.standardisedIntercept_[1]);
    expect(byClass.standardisedIntercept_[0]).toBeLessThan(plain.standardisedIntercept_[0]);
    expect(balanced.standardisedIntercept_[0]).toBeGreaterThan(plain.standardisedIntercept_[0]);
    const some = y.map((_, i) => i % 2);
    const weighted = await new LogisticRegression(options).fit(X, y, { sampleWeight: some });
    const kept = X.filter((_, i) => i % 2);
    const alone = await new LogisticRegression(options).fit(kept, y.filter((_, i) => i % 2));
    weighted.coef_.forEach((own, k) => own.forEach((x, t) => expect(x).toBeCloseTo(alone.coef_[k][t], 8)));
  });

  it("says in words what went wrong with a fit", async () => {
    const X = Array.from({ length: 20 }, (_, i) => [i]);
    const y = X.map(([x]) => x < 10 ? "a" : "b");
    const free = await new LogisticRegression({ penalty: "none" }).fit(X, y);
    expect(free.converged_).toBe(false);
    expect(free.notes_).toEqual([
      expect.stringMatching(/^class b: the features separate all .* use a penalty$/),
    ]);
    const bounded = await new LogisticRegression({ C: 1000 }).fit(X, y);
    expect(bounded.converged_).toBe(true);
    expect(bounded.notes_).toEqual([expect.stringContaining("the penalty alone bounds")]);
    const short = await new LogisticRegression({ max_iter: 1 }).fit(...Object.values(rowsOf(60, 2)) as [
      number[][],
      number[],
    ]);
    expect(short.notes_).toEqual([expect.stringMatching(/not converged after 1 steps.*raise max_iter/)]);
    const exact = await new LogisticRegression({ tol: 1e-300 }).fit(...Object.values(rowsOf(60, 2)) as [
      number[][],
      number[],
    ]);
    expect(exact.notes_).toEqual([expect.stringMatching(/above tol 1e-300; rounding allows no better/)]);
  });

  it.each([
    ["labels of another length", [[1], [2]], [0], {}, /y: expected 2 values/],
    ["one class", [[1], [2]], [1, 1], {}, /2 to 255 classes/],
    [
      "a class without weight",
      [[1], [2], [3]],
      [0, 1, 2],
      { sampleWeight: [1, 1, 0] },
      /class 2: expected rows/,
    ],
    ["weights of another length", [[1], [2]], [0, 1], { sampleWeight: [1] }, /expected 2 values/],
    ["infinite values", [[1], [Infinity]], [0, 1], {}, /within the range of 32-bit/],
    ["no rows", [], [], {}, /found 0/],
  ])("refuses %s", async (_, X, y, options, message) => {
    await expect(new LogisticRegression().fit(X, y, options)).rejects.toThrow(message);
  });

  it("refuses to answer before a fit, a lacking feature, and class weights of no class", async () => {
    const model = new LogisticRegression();
    expect(() => model.coef_).toThrow(/has not been fitted/);
    const { X, y } = rowsOf(20, 2);
    await model.fit(X, y);
    await expect(model.predict({ f0: [1] })).rejects.toThrow(/lacks 1 of the model's 2 features/);
    const labels = y.map((label) => (label ? "donor" : "neither"));
    await expect(new LogisticRegression({ class_weight: { doner: 2 } }).fit(X, labels)).rejects.toThrow(
      /no class "doner"; did you mean "donor"/,
    );
  });

  it("changes parameters one by one, and keeps the old ones where the new do not fit", () => {
    const model = new LogisticRegression({ penalty: "l1", C: 2 });
    expect(() => model.setParams({ l1_ratio: 0.5 })).toThrow(/can have no effect with penalty "l1"/);
    model.setParams({ max_iter: 7 }).setParams({ maxIter: 9 });
    expect(model.getParams()).toMatchObject({ penalty: "l1", C: 2, maxIter: 9, l1Ratio: null });
  });
});

describe("parameters", () => {
  it("have defaults, null being the default, and two spellings", () => {
    expect(resolveLogistic({ C: null, class_weight: undefined })).toEqual({
      penalty: "l2",
      C: 1,
      l1Ratio: null,
      classWeight: null,
      tol: 1e-6,
      maxIter: 100,
    });
    expect(resolveLogistic({ penalty: "elasticnet", l1Ratio: 0 })).toMatchObject({ l1Ratio: 0 });
    expect(resolveLogistic({ classWeight: { a: 2 } }).classWeight).toEqual({ a: 2 });
  });

  it.each([
    [{ penalti: "l1" }, /unknown parameter "penalti"; did you mean "penalty"/],
    [{ frobnicate: 1 }, /known parameters: penalty, C, l1_ratio, class_weight, tol, max_iter/],
    [{ penalty: "L2" }, /expected l2, l1, elasticnet or none; found "L2"/],
    [{ C: 0 }, /a number above 0.*found 0/],
    [{ C: Infinity }, /for no penalty: penalty "none"/],
    [{ C: "1" }, /found "1"/],
    [{ penalty: "none", C: 2 }, /no effect with penalty "none"/],
    [{ penalty: "elasticnet" }, /expected "l1_ratio"/],
    [{ penalty: "elasticnet", l1_ratio: 1.5 }, /from 0 \(l2\) to 1 \(l1\); found 1.5/],
    [{ l1_ratio: 0.5 }, /no effect with penalty "l2"/],
    [{ class_weight: "equal" }, /"balanced", or a number/],
    [{ class_weight: { a: 0 } }, /above 0 a class/],
    [{ tol: -1 }, /above 0/],
    [{ max_iter: 1.5 }, /whole number/],
    [{ max_iter: 1, maxIter: 2 }, /given twice/],
    [{ solver: "saga" }, /"solver" is not available: the solver follows from the penalty/],
    [{ fitIntercept: false }, /there always is an intercept/],
    [{ n_jobs: 2 }, /one thread/],
  ])("refuse %j", (given, message) => {
    expect(() => resolveLogistic(given)).toThrow(message);
  });
});
