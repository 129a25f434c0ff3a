import fc from "fast-check";
import process from "node:process";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { describeAdapter, type Gpu, openGpu } from "../../src/gpu/gpu.ts";
import { PREDICT } from "../../src/gpu/prediction-chunk.ts";
import { layOutTrees } from "../../src/gpu/prediction-trees.ts";
import { createGpuPredictor } from "../../src/gpu/predictor.ts";
import { predict } from "../../src/gpu/twins/predict.ts";
import type { TreePredictor } from "../../src/numerics/predictor.ts";
import { Stream } from "../../src/numerics/random.ts";
import { GradientBoostedTrees } from "../../src/trees/gradient-boosted-trees.ts";
import { treePredictor } from "../../src/trees/predictor.ts";
import { ensemble, table } from "../ensemble/small-ensemble.ts";
import { executors, runOn } from "../executors/executors.ts";
import { extremeForest, type ForestShape, reference, valuesOf } from "./extreme-forest.ts";
import { base, shape } from "./forest-shapes.ts";
import type { Comparison } from "./predict.entry.ts";

const ENTRY = new URL("./predict.entry.ts", import.meta.url);
const facts = await describeAdapter();
const promised = (process.env.SPLICEBOOST_EXPECT_ADAPTERS ?? "") !== "";
if (!facts) {
  console.warn("no WebGPU adapter: most tests of prediction on it are skipped; run them with npm test");
}

describe.skipIf(!facts && !promised)("prediction on WebGPU", () => {
  let gpu: Gpu;
  let predictor: TreePredictor;
  const gpus: Gpu[] = [];
  const open = async (limits: "adapter" | "minimum"): Promise<Gpu> => {
    gpus.push(await openGpu({ limits }));
    return gpus.at(-1)!;
  };
  beforeAll(async () => {
    gpu = await open("adapter");
    predictor = createGpuPredictor(gpu);
  });
  afterAll(() => gpus.forEach((opened) => opened.destroy()));
  const expectEqual = async (s: ForestShape, by = predictor): Promise<void> => {
    const { models, columns } = extremeForest(s);
    expect(await by.margins(models, columns, s.rows)).toEqual(reference(models, columns, s.rows));
  };

  it("equals the reference traversal to the bit, whatever is done at a time", async () => {
    const small = createGpuPredictor(await open("minimum"), { bytes: 1500, visits: 900 });
    await fc.assert(
      fc.asyncProperty(shape, async (s) => {
        await expectEqual(s);
        await expectEqual(s, small);
      }),
      { numRuns: 40 },
    );
  });

  it("equals its twin on buffers of any content", async () => {
    const pipeline = await gpu.pipeline(PREDICT);
    await fc.assert(
      fc.asyncProperty(shape.filter((s) => s.models > 0 && s.rows > 0), async (s) => {
        const { models, columns } = extremeForest(s);
        const { used, parts: [{ trees, nodes }] } = layOutTrees(models, Infinity, Infinity);
        const stream = new Stream(s.seed, 2);
        const values = valuesOf(used, columns, s.rows);
        // Rows beyond the last must stay as they are.
        const before = Int32Array.from({ length: models.length * s.rows + 64 }, () => stream.nextU32());
        const task = { rows: s.rows, firstTree: 0, lastTree: 1 + stream.nextInt(trees.length / 4) };
        const buffers = [
          gpu.buffer("task", 16, "uniform", Uint32Array.of(task.rows, task.firstTree, task.lastTree)),
          ...[values, trees, nodes, before].map((words) => gpu.buffer("words", 4, "storage", words)),
        ];
        const recorder = gpu.recorder("predict");
        recorder.dispatch(gpu.bind(pipeline, "predict", buffers), Math.ceil(s.rows / 64));
        recorder.submit();
        const [found] = await gpu.read([{ buffer: buffers[4] }]);
        for (const buffer of buffers) buffer.destroy();
        const margins = before.slice();
        predict({ task, values, trees, nodes, margins });
        expect(new Int32Array(found)).toEqual(margins);
      }),
      { numRuns: 30 },
    );
  });

  it("takes no rows, no trees, no models, one row, one feature, many of each, and trees as deep as can be", async () => {
    await expectEqual({ ...base, rows: 0 });
    await expectEqual({ ...base, trees: 0 });
    await expectEqual({ ...base, models: 0 });
    await expectEqual({ ...base, rows: 1, columns: 1 });
    await expectEqual({ ...base, columns: 4000, size: 900 });
    await expectEqual({ ...base, size: 5000, chains: true });
    await expectEqual({ ...base, models: 1, trees: 2000, size: 7, rows: 65 });
    // More rows than a chunk takes.
    await expectEqual({ ...base, rows: 2 ** 20 + 1, columns: 1, models: 1, trees: 1, size: 5 });
  });

  it("uploads only columns that a tree splits on", async () => {
    const { models, columns } = extremeForest({ ...base, columns: 40, models: 1, size: 15 });
    const used = models[0].usedFeatures();
    const count = used.reduce((sum, flag) => sum + flag, 0);
    expect([0, 40]).not.toContain(count);
    const sparse = columns.map((values, c) => used[c] ? values : new Float32Array(0));
    gpu.counters.uploadedBytes = 0;
    const found = await predictor.margins(models, sparse, base.rows);
    expect(found).toEqual([models[0].marginsOf(sparse, base.rows)]);
    expect(gpu.counters.uploadedBytes).toBeLessThan((count + 1) * 4 * base.rows);
  });

  it("keeps its buffers from call to call, uploads trees once, and frees all on close", async () => {
    const own = await open("adapter");
    const kept = createGpuPredictor(own);
    const { models, columns } = extremeForest({ ...base, columns: 2 });
    const expected = reference(models, columns, base.rows);
    expect(await kept.margins(models, columns, base.rows)).toEqual(expected);
    const { allocatedBytes, uploadedBytes } = own.counters;
    const made = vi.spyOn(own.device, "createBuffer");
    expect(await kept.margins([...models], columns, base.rows)).toEqual(expected);
    const few = columns.map((values) => values.slice(0, 7));
    expect(await kept.margins(models, few, 7)).toEqual(reference(models, few, 7));
    expect(own.counters.allocatedBytes).toBe(allocatedBytes);
    expect(made.mock.calls.map(([{ label }]) => label)).toEqual(["reading margins", "reading margins"]);
    const rowBytes = 2 * 4;
    expect(own.counters.uploadedBytes - uploadedBytes).toBeLessThan((base.rows + 7) * rowBytes + 100);
    kept.close();
    // After close it begins anew.
    await expectEqual({ ...base, seed: 9 }, kept);
    kept.close();
    await kept.margins([], [], 0);
    expect(own.counters.allocatedBytes).toBe(0);
  });

  it("answers calls that overlap", async () => {
    await Promise.all([1, 2, 3, 4].map((seed) => expectEqual({ ...base, seed, rows: 100 * seed })));
  });

  it("is what every model of the library predicts with", async () => {
    const onGpu = { predictor: treePredictor({ gpu }) };
    expect(await ensemble.predictProba(table, onGpu)).toEqual(await ensemble.predictProba(table));
    const X = Array.from({ length: 60 }, (_, row) => [row % 7, (row * 5) % 11]);
    const y = X.map(([a, b]) => a + b > 8 ? "high" : "low");
    const trees = await new GradientBoostedTrees({ n_estimators: 5 }).fit(X, y);
    expect(await trees.predictProba(X, onGpu)).toEqual(await trees.predictProba(X));
    expect(await trees.predict(X, onGpu)).toEqual(await trees.predict(X));
    expect(await trees.score(X, y, onGpu)).toBe(await trees.score(X, y));
    onGpu.predictor.close();
  });

  it("refuses a column of another length, and goes on", async () => {
    const { models, columns } = extremeForest(base);
    const short = columns.map((values, c) => c === 2 ? values.subarray(1) : values);
    await expect(predictor.margins(models, short, base.rows)).rejects.toMatchObject({
      kind: "usage",
      message: "column 2: expected 300 values, found 299",
    });
    await expect(predictor.margins(models, [], base.rows)).rejects.toThrow(
      "column 0: expected 300 values, found none",
    );
    await expectEqual(base);
  });

  it.each(["lost", "destroyed"])(
    "rejects where the device is %s in mid-prediction, and says what to do",
    async (how) => {
      const doomed = await open("minimum");
      const by = createGpuPredictor(doomed, { bytes: 1500 });
      const { models, columns } = extremeForest(base);
      await by.margins(models, columns, base.rows);
      // The rows of the second chunk are asked for while the first is at work.
      const fatal = columns.map((values) => {
        const subarray = (begin: number, end: number): Float32Array => {
          if (begin > 0) how === "lost" ? doomed.device.destroy() : doomed.destroy();
          return Float32Array.prototype.subarray.call(values, begin, end);
        };
        return Object.assign(values.slice(), { subarray });
      });
      const error = {
        kind: "device",
        message: expect.stringMatching(
          /^prediction stopped at row \d+ of 300: the device is lost .*; open the GPU again/,
        ),
      };
      await expect(by.margins(models, fatal, base.rows)).rejects.toMatchObject(error);
      await expect(by.margins(models, columns, base.rows)).rejects.toMatchObject(error);
      await expectEqual(base);
    },
  );

  it("rejects where the device has no memory, with what was needed", async () => {
    const full = await open("minimum");
    await full.pipeline(PREDICT);
    const pop = full.device.popErrorScope.bind(full.device);
    let calls = 0;
    vi.spyOn(full.device, "popErrorScope").mockImplementation(() => {
      // The first buffer's second scope is that of memory.
      return calls++ === 1 ? pop().then(() => ({ message: "none left" } as GPUError)) : pop();
    });
    const { models, columns } = extremeForest(base);
    await expect(createGpuPredictor(full).margins(models, columns, base.rows)).rejects.toMatchObject({
      kind: "memory",
      message: expect.stringMatching(
        /^prediction stopped at row 0 of 300: making the buffer "trees .* of 240 bytes: out of memory .*CPU/,
      ),
    });
  });
});

describe.each(executors())("$name", ({ name, available, reason }) => {
  const skipped = available ? "" : ` (skipped: ${reason})`;
  it.skipIf(!available)(`predicts the margins of the reference${skipped}`, async () => {
    const shapes = [
      base,
      { ...base, seed: 2, chains: true, size: 700 },
      { ...base, seed: 3, rows: 1, columns: 1 },
      { ...base, seed: 4, columns: 60, models: 9, thresholds: 2 },
    ];
    const found = await runOn(name, ENTRY, shapes) as Comparison;
    expect(found).toEqual({ rows: 901, difference: "" });
  });
});
