import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { interventionalShap, pathDependentShap } from "../../../src/trees/shap/reference.ts";
import { type ShapOptions, shapValues } from "../../../src/trees/shap/shap-values.ts";
import { TreeModel } from "../../../src/trees/tree-model.ts";
import { type ShapCase, shapCase, shapData } from "./forests.ts";

/** f64 kernels, answers rounded to f32: values are a few log odds. */
const TOLERANCE = 2e-6;

async function expectReference(c: ShapCase, kind: ShapOptions["kind"]): Promise<void> {
  const { models, columns, background } = shapData(c);
  const options: ShapOptions = kind === "interventional"
    ? { kind, background: { columns: background, rows: c.backgroundRows }, threads: 1 }
    : { kind, threads: 1 };
  const { values, bias, additivity } = await shapValues(models, columns, c.rows, options);
  expect(values.length).toBe(models.length);
  models.forEach((model, m) => {
    expect(values[m].length).toBe(c.features * c.rows);
    for (let row = 0; row < c.rows; row++) {
      const expected = kind === "interventional"
        ? interventionalShap(model, columns, row, background, c.backgroundRows)
        : pathDependentShap(model, columns, row);
      expect(Math.abs(bias[m] - expected.bias)).toBeLessThan(1e-9);
      expected.phi.forEach((phi, f) =>
        expect(Math.abs(values[m][f * c.rows + row] - phi)).toBeLessThan(
          TOLERANCE * Math.max(1, Math.abs(phi)),
        )
      );
    }
    expect(additivity.maxError[m]).toBeLessThanOrEqual(additivity.tolerance[m]);
  });
}

const base: ShapCase = {
  seed: 1,
  features: 6,
  models: 2,
  trees: 4,
  splits: 31,
  rows: 40,
  backgroundRows: 20,
  chains: false,
  covers: "positive",
};

describe.each(["path-dependent", "interventional"] as const)("%s SHAP values", (kind) => {
  it("equal the reference, whatever the trees", async () => {
    await fc.assert(
      fc.asyncProperty(shapCase, fc.constantFrom(1, 2, 6, 9, 30), async (c, features) => {
        await expectReference({ ...c, features }, kind);
      }),
      { numRuns: 150 },
    );
  });

  it("equal the reference on paths of many different features, and of one again and again", async () => {
    for (const features of [1, 2, 5, 8, 9, 12, 24, 60]) {
      await expectReference({
        ...base,
        features,
        splits: 60,
        trees: 2,
        rows: 3,
        backgroundRows: 3,
        chains: true,
      }, kind);
      await expectReference({ ...base, features, splits: 60, seed: features }, kind);
    }
  });

  it("are the same bytes for any number of threads and rows beside them", async () => {
    const c = { ...base, rows: 1500 };
    const { models, columns, background } = shapData(c);
    const options = (threads: number): ShapOptions =>
      kind === "interventional"
        ? { kind, background: { columns: background, rows: c.backgroundRows }, threads }
        : { kind, threads };
    const one = await shapValues(models, columns, c.rows, options(1));
    expect(await shapValues(models, columns, c.rows, options(3))).toEqual(one);
    const few = await shapValues(models, columns.map((values) => values.slice(1400, 1433)), 33, options(1));
    few.values.forEach((values, m) => {
      for (let f = 0; f < c.features; f++) {
        const from = f * c.rows + 1400;
        expect(values.slice(f * 33, f * 33 + 33)).toEqual(one.values[m].slice(from, from + 33));
      }
    });
  });

  it("are empty without rows or models, and zero under single leaves", async () => {
    const { models, columns, background } = shapData({ ...base, rows: 0 });
    const options: ShapOptions = { kind, background: { columns: background, rows: 20 }, threads: 2 };
    const none = await shapValues(models, columns, 0, options);
    expect(none.values.map((values) => values.length)).toEqual([0, 0]);
    expect(none.additivity.maxError).toEqual([0, 0]);
    expect((await shapValues([], [], 0, options)).values).toEqual([]);
    const leaves = shapData({ ...base, splits: 0 });
    const flat = await shapValues(leaves.models, leaves.columns, 40, options);
    flat.values.forEach((values) => expect(values.every((phi) => phi === 0)).toBe(true));
    flat.bias.forEach((bias, m) =>
      expect(bias).toBeCloseTo(leaves.models[m].marginsOf(leaves.columns, 1)[0] / 2 ** 20, 12)
    );
  });

  it("refuse columns of another length, models of other features, and paths that are too deep", async () => {
    const { models, columns, background } = shapData(base);
    const options: ShapOptions = { kind, background: { columns: background, rows: 20 }, threads: 1 };
    const short = columns.map((values, f) => f === 2 ? values.subarray(1) : values);
    await expect(shapValues(models, short, 40, options)).rejects.toThrow(
      'column "f2": expected 40 values, found 39',
    );
    await expect(shapValues(models, columns.slice(1), 40, options)).rejects.toMatchObject({
      kind: "usage",
      message: "model 0 has 6 features, found 5 columns: pass one a feature",
    });
    const deep = shapData({ ...base, splits: 5000, trees: 3, chains: true, rows: 1 });
    await expect(shapValues(deep.models, deep.columns, 1, options)).rejects.toThrow(/at most 1024 edges/);
  });
});

describe("interventional SHAP values", () => {
  it("refuse an empty background", async () => {
    const { models, columns } = shapData(base);
    const background = { columns: columns.map(() => new Float32Array(0)), rows: 0 };
    await expect(shapValues(models, columns, 40, { kind: "interventional", background })).rejects.toThrow(
      "at least one background row, found 0",
    );
  });

  it("are zero where the row is the background", async () => {
    const { models, columns } = shapData({ ...base, rows: 1 });
    const background = { columns, rows: 1 };
    const { values, bias } = await shapValues(models, columns, 1, { kind: "interventional", background });
    values.forEach((own) => expect(Array.from(own).every((phi) => phi === 0)).toBe(true));
    expect(bias[0]).toBe(models[0].marginsOf(columns, 1)[0] / 2 ** 20);
  });

  it("do not read features that no tree splits on", async () => {
    const names = ["a", "b"];
    const tree = shapData({ ...base, features: 1, models: 1, trees: 1 }).models[0].tree(0);
    const model = TreeModel.fromTrees(names, 0, [tree]);
    const columns = [Float32Array.of(1, NaN, -2), new Float32Array(0)];
    const { values } = await shapValues([model], columns, 3, { kind: "path-dependent" });
    expect(values[0].slice(3)).toEqual(new Float32Array(3));
  });
});
