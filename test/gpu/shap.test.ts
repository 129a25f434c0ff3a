import fc from "fast-check";
import process from "node:process";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { describeAdapter, type Gpu, openGpu } from "../../src/gpu/gpu.ts";
import { explainOnGpu, type ShapBounds } from "../../src/gpu/shap.ts";
import { verifyShap } from "../../src/gpu/shap-verify.ts";
import { compileShapSteps } from "../../src/gpu/shap-steps.ts";
import { shap } from "../../src/gpu/twins/shap.ts";
import { orderedKey } from "../../src/gpu/twins/predict.ts";
import { pathDependentShap } from "../../src/trees/shap/reference.ts";
import { shapValues } from "../../src/trees/shap/shap-values.ts";
import { executors, runOn } from "../executors/executors.ts";
import { type ShapCase, shapCase, shapData } from "../trees/shap/forests.ts";

const ENTRY = new URL("./shap.entry.ts", import.meta.url);
/** Of the row's absolute sum: f32 sums of a few hundred terms. */
const TOLERANCE = 1e-5;
const facts = await describeAdapter();
const promised = (process.env.SPLICEBOOST_EXPECT_ADAPTERS ?? "") !== "";

const base: ShapCase = {
  seed: 1,
  features: 6,
  models: 3,
  trees: 5,
  splits: 31,
  rows: 100,
  backgroundRows: 1,
  chains: false,
  covers: "positive",
};
/** The device with the fourth word of what it reads off by 0.01. */
function spoilt(gpu: Gpu): Gpu {
  return new Proxy(gpu, {
    get(target, name) {
      const own = Reflect.get(target, name, target);
      if (name !== "read") return typeof own === "function" ? own.bind(target) : own;
      return async (requests: Parameters<Gpu["read"]>[0]) => {
        const answers = await target.read(requests);
        for (const answer of answers) new Float32Array(answer)[3] += 0.01;
        return answers;
      };
    },
  });
}

/** Paths of the shader are of 32 edges at most. */
const shallow = shapCase.map((c) => ({ ...c, splits: Math.min(c.splits, 31) }));

it("lays trees out so that the twin finds the reference's values", () => {
  fc.assert(
    fc.property(shallow, fc.constantFrom(1, 3, 12, 31), (c, features) => {
      const { models, columns } = shapData({ ...c, features });
      const program = compileShapSteps(models);
      const { used, slabs, passes, steps, constants } = program;
      const keys = new Float32Array(used.length * c.rows);
      used.forEach((column, place) => keys.set(columns[column], place * c.rows));
      const values = new Uint32Array(keys.buffer).map(orderedKey);
      models.forEach((model, m) => {
        const [first, last] = program.modelSlabs.subarray(m, m + 2);
        const slabCount = last - first;
        const task = { rows: c.rows, firstSlab: first, used: used.length };
        const phi = new Float64Array(slabCount * used.length * c.rows);
        shap({ task, slabCount, values, slabs, passes, steps, constants, phi });
        const expected = pathDependentShap(model, columns, 0);
        expect(program.bias[m]).toBeCloseTo(expected.bias, 9);
        used.forEach((column, place) => {
          let found = 0;
          for (let slab = 0; slab < slabCount; slab++) found += phi[(slab * used.length + place) * c.rows];
          expect(Math.abs(found - expected.phi[column])).toBeLessThan(5e-6);
        });
      });
    }),
    { numRuns: 100 },
  );
});

describe.skipIf(!facts && !promised)("SHAP values on WebGPU", () => {
  let gpu: Gpu;
  beforeAll(async () => {
    gpu = await openGpu();
  });
  afterAll(() => gpu.destroy());

  const expectNear = async (c: ShapCase): Promise<void> => {
    const { models, columns } = shapData(c);
    const onCpu = await shapValues(models, columns, c.rows, { kind: "path-dependent", threads: 1 });
    const onGpu = await shapValues(models, columns, c.rows, { kind: "path-dependent", gpu });
    expect(onGpu.bias).toEqual(onCpu.bias);
    onGpu.values.forEach((values, m) =>
      values.forEach((phi, at) => {
        let size = 1;
        for (let i = at % c.rows; i < values.length; i += c.rows) size += Math.abs(onCpu.values[m][i]);
        expect(Math.abs(phi - onCpu.values[m][at])).toBeLessThan(TOLERANCE * size);
      })
    );
  };

  it("are the CPU's within the tolerance, whatever the trees", async () => {
    await fc.assert(fc.asyncProperty(shallow, expectNear), { numRuns: 25 });
    for (const features of [1, 2, 9, 20, 31]) {
      await expectNear({ ...base, features, chains: true });
      await expectNear({ ...base, features, trees: 150, models: 2 });
    }
  });

  it("are the same bytes whatever is done at a time", async () => {
    const compare = async (rows: number, bounds: Partial<ShapBounds>): Promise<void> => {
      const { models, columns } = shapData({ ...base, trees: 150, models: 2, rows });
      expect(await explainOnGpu(gpu, models, columns, rows, bounds)).toEqual(
        await explainOnGpu(gpu, models, columns, rows),
      );
    };
    await compare(3, { bytes: 1 });
    await compare(3, { steps: 1 });
    await compare(150, { bytes: 2000 });
    await compare(150, { steps: 300_000 });
  });

  it("equal the twin's where the adapter is verified, and a difference is told", async () => {
    expect(await verifyShap(gpu, 1, 130)).toBeNull();
    expect(await verifyShap(spoilt(gpu), 1, 130)).toMatch(
      /^SHAP value of row 3, column 0: expected .*, found/,
    );
  });

  it("take no rows, no models, no trees", async () => {
    await expectNear({ ...base, rows: 1, trees: 0 });
    const { models, columns } = shapData({ ...base, rows: 0 });
    expect((await explainOnGpu(gpu, models, columns, 0)).values.map(({ length }) => length)).toEqual([
      0,
      0,
      0,
    ]);
    expect((await explainOnGpu(gpu, [], [], 0)).values).toEqual([]);
  });

  it("refuse paths that are too deep, and interventional values", async () => {
    const { models, columns } = shapData({ ...base, splits: 200, chains: true });
    await expect(explainOnGpu(gpu, models, columns, 1)).rejects.toMatchObject({
      kind: "device",
      message: expect.stringMatching(/at most 32 edges from root to leaf, found \d+: explain on the CPU/),
    });
    const background = { columns, rows: 1 };
    await expect(shapValues(models, columns, 100, { kind: "interventional", background, gpu })).rejects
      .toThrow(
        "on the CPU alone",
      );
  });

  it("that do not add up are not delivered", async () => {
    const { models, columns } = shapData(base);
    await expect(shapValues(models, columns, 100, { kind: "path-dependent", gpu: spoilt(gpu) })).rejects
      .toMatchObject({
        kind: "device",
        message: expect.stringMatching(/SHAP values of model 0, row 3 miss its margin by 1.00e-2/),
      });
  });
});

describe.each(executors())("$name", ({ name, available, reason }) => {
  const skipped = available ? "" : ` (skipped: ${reason})`;
  it.skipIf(!available)(`finds the CPU's SHAP values within the tolerance${skipped}`, async () => {
    const cases = [
      base,
      { ...base, seed: 2, features: 20, chains: true },
      { ...base, seed: 3, rows: 1, features: 1, covers: "some zero" as const },
    ];
    const found = await runOn(name, ENTRY, cases) as number[];
    expect(found.length).toBe(cases.length);
    found.forEach((difference) => expect(difference).toBeLessThan(TOLERANCE));
  });
});
