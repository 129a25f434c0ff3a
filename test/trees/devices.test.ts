/** Which device is taken, and why; and what a lost one does to a prediction. */
import { beforeAll, describe, expect, it } from "vitest";
import { describeAdapter } from "../../src/gpu/gpu.ts";
import { SpliceboostError } from "../../src/numerics/errors.ts";
import {
  checkDeviceOptions,
  chooseDevice,
  type DeviceOptions,
  openPredictor,
} from "../../src/trees/devices.ts";
import { GradientBoostedTrees } from "../../src/trees/gradient-boosted-trees.ts";
import type { TreeModel } from "../../src/trees/tree-model.ts";
import { disguised } from "../gpu/disguise.ts";
import { FakeEngine } from "../training/fake-engine.ts";

const present = await describeAdapter() !== null;
if (!present) {
  console.warn("no WebGPU adapter: the devices' tests that need one are skipped; run them with npm test");
}

/** A WebGPU with that adapter, or none. */
function fakeGpu(adapter: object | null): GPU {
  return { requestAdapter: () => Promise.resolve(adapter) } as unknown as GPU;
}

/** An adapter that gives no device. */
function adapter(description: string): object {
  return {
    info: { vendor: "", architecture: "", device: "", description, isFallbackAdapter: false },
    limits: { maxBufferSize: 2 ** 28, maxStorageBufferBindingSize: 2 ** 27 },
    features: new Set(),
    requestDevice: () => Promise.reject(new Error("asleep")),
  };
}

describe("the choice of a device", () => {
  it.each<[string, DeviceOptions, object]>([
    ["as asked for", { device: "cpu" }, {
      device: "cpu",
      asked: "cpu",
      reason: "as asked for",
      adapter: null,
    }],
    ["without an adapter", { gpu: fakeGpu(null) }, {
      device: "cpu",
      asked: "auto",
      reason: "auto found no WebGPU adapter",
    }],
    ["with one in software only", { gpu: fakeGpu(adapter("llvmpipe")) }, {
      device: "cpu",
      reason: expect.stringMatching(/auto found only .*llvmpipe.*, which computes on the CPU/),
      adapter: expect.objectContaining({ description: "llvmpipe", software: true }),
    }],
    ["with one that gives no device", { gpu: fakeGpu(adapter("Card")) }, {
      device: "cpu",
      reason: expect.stringMatching(/does not work.*asleep/),
      adapter: expect.objectContaining({ description: "Card", software: false }),
    }],
    ["with threads", { threads: 3 }, {
      device: "cpu",
      asked: "auto",
      reason: expect.stringContaining("threads"),
    }],
  ])("%s is the CPU", async (_, options, expected) => {
    expect(await chooseDevice(options)).toMatchObject(expected);
  });

  it("never falls back from webgpu, and says what to do", async () => {
    for (const gpu of [fakeGpu(null), fakeGpu(adapter("Card"))]) {
      await expect(chooseDevice({ device: "webgpu", gpu })).rejects.toMatchObject({ kind: "device" });
    }
    await expect(chooseDevice({ device: "webgpu", gpu: fakeGpu(null) })).rejects.toThrow(
      /install a .* driver/,
    );
  });

  it.skipIf(!present)("is a hardware GPU where there is one, and any adapter for webgpu", async () => {
    const gpu = disguised("Acme 9000");
    expect(await chooseDevice({ gpu })).toMatchObject({
      device: "webgpu",
      asked: "auto",
      reason: "auto found a hardware adapter",
      adapter: { description: "Acme 9000", software: false },
    });
    expect(await chooseDevice({ device: "webgpu" })).toMatchObject({
      device: "webgpu",
      reason: "as asked for",
    });
  });

  it.each<[DeviceOptions, RegExp]>([
    [{ device: "webgpu", threads: 2 }, /threads .*no effect with device webgpu/],
    [{ device: "cpu", gpu: fakeGpu(null) }, /gpu can have no effect with device cpu/],
    [{ gpu: fakeGpu(null), threads: 2 }, /gpu can have no effect with threads/],
  ])("refuses %j", (options, message) => {
    expect(() => checkDeviceOptions(options)).toThrow(message);
    expect(() => checkDeviceOptions(options)).toThrow(SpliceboostError);
  });
});

const X = {
  a: Array.from({ length: 60 }, (_, i) => (i * 37) % 41),
  b: Array.from({ length: 60 }, (_, i) => i % 7),
};
const y = X.a.map((value, i) => (value + X.b[i] > 24 ? 1 : 0));
const settings = { n_estimators: 3, max_depth: 2 };

describe("the learner", () => {
  it("refuses an engine beside a device or a gpu that it would leave without effect", async () => {
    const fit = (device: string, options: object) =>
      new GradientBoostedTrees({ ...settings, device }).fit(X, y, { engine: new FakeEngine(), ...options });
    await expect(fit("webgpu", {})).rejects.toThrow(/device "webgpu".*trains on "cpu"/);
    await expect(fit("auto", { gpu: fakeGpu(null) })).rejects.toThrow(
      "gpu can have no effect beside an engine",
    );
    await expect(fit("cpu", {})).resolves.toBeInstanceOf(GradientBoostedTrees);
  });

  it("falls back on the CPU with auto alone", async () => {
    const options = { gpu: fakeGpu(null) };
    await expect(new GradientBoostedTrees({ ...settings, device: "webgpu" }).fit(X, y, options))
      .rejects.toMatchObject({ kind: "device" });
    await new GradientBoostedTrees(settings).fit(X, y, options);
  });

  it.skipIf(!present)("fits the same trees on WebGPU", async () => {
    const [cpu, gpu] = await Promise.all(["cpu", "webgpu"].map(async (device) => {
      const model = await new GradientBoostedTrees({ ...settings, device }).fit(X, y);
      return model.models_[0].packed;
    }));
    expect(gpu).toEqual(cpu);
  });
});

describe.skipIf(!present)("a predictor on WebGPU", () => {
  const columns = [X.a, X.b].map((values) => Float32Array.from(values));
  const rows = X.a.length;
  let model: TreeModel;
  let expected: Int32Array;
  beforeAll(async () => {
    [model] = (await new GradientBoostedTrees({ ...settings, device: "cpu" }).fit(X, y)).models_;
    expected = model.marginsOf(columns, rows);
  });

  /** A predictor, and the devices that were opened for it. */
  async function opened() {
    const devices: GPUDevice[] = [];
    const { predictor, choice } = await openPredictor({ device: "webgpu", gpu: disguised("Acme", devices) });
    return { devices, predictor, choice };
  }

  it("opens a lost device anew, and goes on", async () => {
    const { devices, predictor, choice } = await opened();
    expect(choice.device).toBe("webgpu");
    expect(await predictor.margins([model], columns, rows)).toEqual([expected]);
    devices[0].destroy();
    await devices[0].lost;
    expect(await predictor.margins([model], columns, rows)).toEqual([expected]);
    expect(devices).toHaveLength(2);
    predictor.close();
  });

  it("gives up on a device that is lost twice, with what to do", async () => {
    const devices: GPUDevice[] = [];
    const { predictor } = await openPredictor({
      device: "webgpu",
      gpu: disguised("Acme", devices, (device) => devices.length > 1 && device.destroy()),
    });
    devices[0].destroy();
    await devices[0].lost;
    await expect(predictor.margins([model], columns, rows)).rejects.toMatchObject({
      kind: "lost",
      message: expect.stringContaining("--device cpu"),
    });
    predictor.close();
  });

  it("frees its device when it is closed, and opens none again", async () => {
    const { devices, predictor } = await opened();
    predictor.close();
    await devices[0].lost;
    await expect(predictor.margins([model], columns, rows)).rejects.toMatchObject({ kind: "device" });
    expect(devices).toHaveLength(1);
  });
});
