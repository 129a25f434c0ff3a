/** A run on WebGPU beside one on the CPU: the same bytes, whichever begins and whichever ends. Slow in software: few, tiny runs. */
import { beforeAll, describe, expect, it } from "vitest";
import { describeAdapter } from "../../src/gpu/gpu.ts";
import { loadModel, modelHash, saveModel } from "../../src/formats/model-file.ts";
import { train } from "../../src/training/train.ts";
import type { ProgressEvent, TrainingRun, TrainSettings } from "../../src/training/types.ts";
import type { Device } from "../../src/trees/devices.ts";
import { disguised } from "../gpu/disguise.ts";
import { MemoryStore } from "../training/memory-store.ts";
import { tinyDataset } from "../training/tiny-dataset.ts";

const present = await describeAdapter() !== null;
if (!present) console.warn("no WebGPU adapter: runs on one are not tested; run them with npm test");

const SETTINGS: TrainSettings = {
  nEstimators: 9,
  nFolds: 2,
  holdoutRepeats: 0,
  algorithmParams: { learning_rate: 0.5, max_depth: 3, colsample_bynode: 0.7 },
};
const data = tinyDataset();

async function filesOf(run: TrainingRun): Promise<Map<string, string>> {
  const files = new Map<string, string>();
  for await (const { path, bytes } of run.files()) files.set(path, modelHash(bytes));
  return files;
}

describe.skipIf(!present)("a run on WebGPU", () => {
  let cpu: TrainingRun;
  let expected: Map<string, string>;
  beforeAll(async () => {
    cpu = await train(data, { ...SETTINGS, device: "cpu" });
    expected = await filesOf(cpu);
  });

  it("makes the files of the CPU, byte for byte, and one hash", async () => {
    const run = await train(data, { ...SETTINGS, device: "webgpu" });
    expect(await filesOf(run)).toEqual(expected);
    expect(run.modelSha256).toBe(cpu.modelSha256);
    expect(run.modelSha256).toBe(modelHash(saveModel(await loadModel(saveModel(cpu.model)))));
    expect(run.profile).toBeNull();
    expect(run.manifest).toMatchObject({
      device: {
        kind: "webgpu",
        asked: "webgpu",
        reason: "as asked for",
        adapter: {
          ...Object.fromEntries(
            ["vendor", "architecture", "device", "description", "features"].map((
              name,
            ) => [name, expect.anything()]),
          ),
          software: run.device.adapter!.software,
          limits: { maxStorageBufferBindingSize: expect.any(Number) },
        },
      },
    });
  });

  it("is what auto chooses on hardware; with its kernels timed, and the bytes they ask for counted", async () => {
    const run = await train(data, { ...SETTINGS, gpu: disguised("Acme 9000"), profile: true });
    expect(run.device).toMatchObject({
      device: "webgpu",
      asked: "auto",
      adapter: { description: "Acme 9000" },
    });
    expect(run.modelSha256).toBe(cpu.modelSha256);
    const profile = run.profile!;
    expect(run.manifest).toMatchObject({ profile });
    expect(profile.trees).toBe(3 * 9 * 2 + 3 * 9);
    // Both folds train together, then the final models.
    expect(profile.rounds).toBe(2 * 9);
    const { kernels } = profile;
    expect(kernels.map(({ kernel }) => kernel)).toEqual(
      expect.arrayContaining(["gradients", "search", "grow", "leaves"]),
    );
    expect(kernels.reduce((sum, { dispatches }) => sum + dispatches, 0)).toBe(profile.dispatches);
    expect(profile.dispatches).toBeLessThanOrEqual(60 * profile.rounds);
    expect(profile.uploadedBytes).toBeGreaterThan(data.rows * 4);
    expect(profile.readBytes).toBeGreaterThan(0);
    expect(profile.countedBytes).toBeGreaterThan(profile.floorBytes);
    // The two folds train on all rows between them, the final models on all again: three cells, three levels, 0.8 of the rows sampled.
    expect(profile.floorBytes).toBeCloseTo(9 * 3 * 2 * data.rows * 0.8 * 3 * 3, 3);
    const counted = kernels.reduce((sum, { countedBytes }) => sum + (countedBytes ?? 0), 0);
    // The rest is the zeroing of histograms, which no kernel does.
    expect(counted).toBeGreaterThan(0.7 * profile.countedBytes);
    expect(counted).toBeLessThanOrEqual(profile.countedBytes);
  });

  it.each<[Device, Device]>([["webgpu", "cpu"], ["cpu", "webgpu"]])(
    "that was interrupted on %s goes on on %s, to the same bytes",
    async (first, second) => {
      const store = new MemoryStore();
      const settings = { ...SETTINGS, nEstimators: 40, checkpoint: store };
      const controller = new AbortController();
      const seen: ProgressEvent[] = [];
      const begun = train(data, {
        ...settings,
        device: first,
        signal: controller.signal,
        onProgress: (event) => {
          seen.push(event);
          if (event.phase === "cross-validation" && event.done > 0) controller.abort();
        },
      });
      await expect(begun).rejects.toMatchObject({ kind: "interrupted" });
      const held = [...store.files.keys()].filter((name) => name !== "run.json");
      expect(held.length).toBeGreaterThan(0);

      const events: ProgressEvent[] = [];
      const run = await train(data, {
        ...settings,
        device: second,
        onProgress: (event) => events.push(event),
      });
      // It went on: progress begins with the trees that there were.
      const start = events.find(({ phase }) => phase === "cross-validation")!;
      expect(start).toMatchObject({ lane: "", total: 240 });
      expect(start.done).toBeGreaterThan(0);
      expect(start.done).toBe(
        Math.max(...seen.filter(({ phase }) => phase === "cross-validation").map((e) => e.done)),
      );
      const whole = await train(data, { ...SETTINGS, nEstimators: 40, device: "cpu" });
      expect(run.modelSha256).toBe(whole.modelSha256);
      expect(await filesOf(run)).toEqual(await filesOf(whole));
      expect(run.notes).toEqual(whole.notes);
    },
  );
});
