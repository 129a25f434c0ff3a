import { describe, expect, it } from "vitest";
import { createCpuEngine } from "../../src/cpu/engine.ts";
import { ROLE_TRAIN, ROLE_VALIDATION } from "../../src/numerics/engine.ts";
import { logitMargin } from "../../src/numerics/fixed.ts";
import { Stream } from "../../src/numerics/random.ts";
import { GradientBoostedTrees } from "../../src/trees/gradient-boosted-trees.ts";
import type { Table } from "../../src/trees/table.ts";
import { FakeEngine } from "../training/fake-engine.ts";

const QUICK = { n_estimators: 20, learning_rate: 0.4, max_depth: 3 };

/** Rows of (signal, noise) with classes told apart by the signal. */
function rowsOf(count: number, classes: number, seed = 3): { X: number[][]; y: number[] } {
  const stream = new Stream(seed, 50);
  const y = Array.from({ length: count }, (_, row) => row % classes);
  return { X: y.map((label) => [label + 0.2 * stream.nextNormal(), stream.nextFloat()]), y };
}

async function fitted(y: (label: number) => string | number | boolean, classes: number) {
  const data = rowsOf(240, classes);
  const labels = data.y.map(y);
  const engine = createCpuEngine({ threads: 1 });
  const model = await new GradientBoostedTrees(QUICK).fit(data.X, labels, { engine });
  await engine.close();
  return { model, X: data.X, labels };
}

describe("GradientBoostedTrees", () => {
  it("learns two classes, labels as they come", async () => {
    const { model, X, labels } = await fitted((label) => (label ? "site" : "none"), 2);
    expect(model.classes_).toEqual(["none", "site"]);
    expect(await model.score(X, labels)).toBeGreaterThan(0.97);
    const p = await model.predictProba(X);
    expect(p).toHaveLength(480);
    const predicted = await model.predict(X);
    for (let row = 0; row < 240; row++) {
      expect(p[2 * row] + p[2 * row + 1]).toBeCloseTo(1, 6);
      expect(predicted[row]).toBe(p[2 * row + 1] > p[2 * row] ? "site" : "none");
    }
    expect(model.models_).toHaveLength(1);
  });

  it("learns more classes one against the rest, rows summing to 1", async () => {
    const { model, X, labels } = await fitted((label) => 10 * (3 - label), 4);
    expect(model.classes_).toEqual([0, 10, 20, 30]);
    expect(await model.score(X, labels)).toBeGreaterThan(0.95);
    const p = await model.predictProba(X);
    expect(p[0] + p[1] + p[2] + p[3]).toBeCloseTo(1, 6);
    expect(model.models_).toHaveLength(4);
  });

  it("sees which feature matters", async () => {
    const { model } = await fitted((label) => label === 1, 2);
    expect(model.classes_).toEqual([false, true]);
    const [signal, noise] = model.featureImportances_;
    expect(signal).toBeGreaterThan(0.9);
    expect(signal + noise).toBeCloseTo(1, 12);
  });

  it("gives the same model whatever shape the table has", async () => {
    const { X, y } = rowsOf(60, 2);
    const names = ["signal", "noise"];
    const shapes: Table[] = [
      { signal: X.map((row) => row[0]), noise: X.map((row) => row[1]) },
      { data: Float32Array.from(X.flat()), columns: names },
      X.map(([signal, noise]) => ({ signal, noise })),
    ];
    const fit = (table: Table, featureNames?: string[]) =>
      new GradientBoostedTrees(QUICK).fit(table, y, { engine: new FakeEngine(), featureNames });
    const first = await fit(X, names);
    const p = await first.predictProba(X);
    for (const table of shapes) {
      const model = await fit(table);
      expect(model.featureNamesIn_).toEqual(names);
      for (const rows of [table, X]) expect(await model.predictProba(rows)).toEqual(p);
    }
  });

  it("matches features by name and refuses a lacking one or rows of another width", async () => {
    const { X, y } = rowsOf(60, 2);
    const engine = new FakeEngine();
    const model = await new GradientBoostedTrees(QUICK)
      .fit(X, y, { engine, featureNames: ["signal", "noise"] });
    const swapped = { noise: X.map((row) => row[1]), extra: X.map(() => 0), signal: X.map((row) => row[0]) };
    expect(await model.predictProba(swapped)).toEqual(await model.predictProba(X));
    await expect(model.predictProba({ signal: [1], nois: [2] })).rejects.toThrow(/"noise".*"nois"/);
    await expect(model.predictProba([[1, 2, 3]])).rejects.toThrow(/row 0: expected 2 values/);
    await expect(model.fit(swapped, y, { engine, featureNames: ["a", "b", "c"] })).rejects.toThrow(
      /leave them out/,
    );
  });

  it("weighs rows", async () => {
    const { X, y } = rowsOf(60, 2);
    const engine = new FakeEngine();
    const sampleWeight = y.map((label) => (label === 1 ? 3 : 1));
    await new GradientBoostedTrees({ ...QUICK, scale_pos_weight: 2 }).fit(X, y, { engine, sampleWeight });
    const [lane] = engine.calls[0];
    expect([...lane.weight!]).toEqual(y.map((label) => (label === 1 ? 6 : 1)));
    expect(lane.baseMargin).toBe(logitMargin(6 / 7));
    await expect(new GradientBoostedTrees(QUICK).fit(X, y, { engine, sampleWeight: y.map(() => -1) }))
      .rejects.toThrow(/row 0: expected a finite number/);
  });

  it("validates by an evalSet and keeps its metric by round", async () => {
    const { X, y } = rowsOf(60, 2);
    const held = rowsOf(20, 2, 8);
    const engine = new FakeEngine();
    const model = await new GradientBoostedTrees(QUICK).fit(X, y, { engine, evalSet: [held.X, held.y] });
    const [lane] = engine.calls[0];
    expect([...lane.role]).toEqual([...y.map(() => ROLE_TRAIN), ...held.y.map(() => ROLE_VALIDATION)]);
    expect([...lane.target]).toEqual([...y, ...held.y]);
    expect(model.evalsResult_.map((history) => history.length)).toEqual([20]);
    await expect(model.fit(X, y, { engine, evalSet: [held.X, held.y.map(() => 7)] })).rejects.toThrow(
      /label 7 of row 0/,
    );
  });

  it("draws whole groups to stop early by, or the same share of every class", async () => {
    const { X, y } = rowsOf(100, 2);
    const engine = new FakeEngine();
    const params = { ...QUICK, early_stopping_rounds: 3 };
    const groups = y.map((_, row) => `g${Math.floor(row / 5)}`);
    await new GradientBoostedTrees(params).fit(X, y, { engine, groups, validationFraction: 0.2 });
    const { role, parameters } = engine.calls[0][0];
    expect(parameters.earlyStopping?.patience).toBe(3);
    for (let row = 0; row < 100; row++) expect(role[row]).toBe(role[5 * Math.floor(row / 5)]);
    expect(role.filter((r) => r === ROLE_VALIDATION)).toHaveLength(20);

    await new GradientBoostedTrees(params).fit(X, y, { engine });
    const drawn = Array.from(engine.calls[1][0].role.keys()).filter((row) =>
      engine.calls[1][0].role[row] === ROLE_VALIDATION
    );
    expect(drawn.map((row) => y[row]).sort()).toEqual([0, 0, 0, 0, 0, 1, 1, 1, 1, 1]);
    await expect(new GradientBoostedTrees(QUICK).fit(X, y, { engine, validationFraction: 0.2 }))
      .rejects.toThrow(/no effect without early_stopping_rounds/);
  });

  it("gets and sets parameters under any of their names", () => {
    const model = new GradientBoostedTrees({ eta: 0.2 });
    expect(model.getParams().learningRate).toBe(0.2);
    expect(model.setParams({ learning_rate: 0.3, numRound: 5 }).getParams()).toMatchObject({
      learningRate: 0.3,
      nEstimators: 5,
    });
    expect(() => model.setParams({ etaa: 1 })).toThrow(/did you mean "eta"/);
    expect(() => new GradientBoostedTrees({ max_depth: -1 })).toThrow(/max_depth/);
  });

  it("refuses labels and tables that cannot be learned", async () => {
    const { X, y } = rowsOf(20, 2);
    const fit = (labels: (string | number)[], table = X) =>
      new GradientBoostedTrees(QUICK).fit(table, labels, { engine: new FakeEngine() });
    await expect(fit(y.slice(1))).rejects.toThrow(/y: expected 20 values, one a row, found 19/);
    await expect(fit(y.map(() => 1))).rejects.toThrow(/found 1 in 20 rows/);
    await expect(fit(y.map((label) => (label ? "a" : 0)))).rejects.toThrow(/labels of one type/);
    await expect(fit(y, X.map((row, r) => (r === 3 ? [1] : row)))).rejects.toThrow(
      /row 3: expected 2 values/,
    );
    await expect(new GradientBoostedTrees().predict(X)).rejects.toThrow(/call fit/);
  });
});
