/** Devices in the settings of a run: what could have no effect, and no adapter. Runs on WebGPU are in test/slow/training-devices.test.ts. */
import { describe, expect, it } from "vitest";
import { train } from "../../src/training/train.ts";
import type { TrainSettings } from "../../src/training/types.ts";
import { disguised } from "../gpu/disguise.ts";
import { FakeEngine } from "./fake-engine.ts";
import { tinyDataset } from "./tiny-dataset.ts";

const SETTINGS: TrainSettings = { nEstimators: 3, nFolds: 2, holdoutRepeats: 0 };
const data = tinyDataset();

describe("the settings of a device", () => {
  it.each<[TrainSettings, string]>([
    [{ device: "webgpu", threads: 2 }, "--threads"],
    [{ engine: new FakeEngine(), device: "webgpu" }, "belong to the engine"],
    [{ engine: new FakeEngine(), gpu: disguised("Acme") }, "belong to the engine"],
    [{ device: "cpu", gpu: disguised("Acme") }, "gpu can have no effect"],
    [{ device: "cpu", profile: true }, "--profile"],
    [{ threads: 1, profile: true }, "--profile"],
    [{ engine: new FakeEngine(), profile: true }, "trains on the CPU"],
    [
      { gpu: { requestAdapter: () => Promise.resolve(null) } as unknown as GPU, profile: true },
      "found no WebGPU adapter",
    ],
  ])("refuse what could have no effect: %#", async (settings, message) => {
    await expect(train(data, { ...SETTINGS, ...settings })).rejects.toMatchObject({
      kind: "usage",
      message: expect.stringContaining(message),
    });
  });

  it("without an adapter: webgpu is an error of the device, auto takes the CPU and says so", async () => {
    const gpu = { requestAdapter: () => Promise.resolve(null) } as unknown as GPU;
    await expect(train(data, { ...SETTINGS, device: "webgpu", gpu })).rejects.toMatchObject({
      kind: "device",
    });
    const said: string[] = [];
    const run = await train(data, {
      ...SETTINGS,
      gpu,
      onProgress: ({ message }) => message && said.push(message),
    });
    expect(run.device).toMatchObject({
      device: "cpu",
      asked: "auto",
      reason: "auto found no WebGPU adapter",
    });
    expect(said).toContainEqual(expect.stringMatching(/^Trains on CPU, .*: auto found no WebGPU adapter\.$/));
    expect(run.manifest).toMatchObject({
      model_sha256: run.modelSha256,
      device: { kind: "cpu", asked: "auto", reason: "auto found no WebGPU adapter", adapter: null },
    });
    expect(run.manifest).not.toHaveProperty("profile");
  });
});
