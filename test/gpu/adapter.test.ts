/** Finding an adapter: what is asked of it, what it is called, and what is said where there is none. */
import { afterEach, describe, expect, it, vi } from "vitest";
import { describeAdapter, openGpu } from "../../src/gpu/gpu.ts";

/** A WebGPU whose one adapter is `adapter`. */
function fakeGpu(adapter: object | null): GPU {
  return { requestAdapter: () => Promise.resolve(adapter) } as unknown as GPU;
}

function fakeAdapter(info: Partial<GPUAdapterInfo>, more: object = {}): object {
  const names = { vendor: "", architecture: "", device: "", description: "", isFallbackAdapter: false };
  const limits = { maxBufferSize: 1000, maxStorageBufferBindingSize: 500, maxBindGroups: 9 };
  return {
    info: { ...names, ...info },
    limits,
    features: new Set(["timestamp-query", "shader-f16"]),
    ...more,
  };
}

describe("finding an adapter", () => {
  afterEach(() => vi.unstubAllGlobals());

  it.each([
    ["Deno/2.9.5", "use Deno 2.9 or later"],
    ["Node.js/22", 'npm package "webgpu"'],
    ["Mozilla/5.0", "https or from localhost"],
  ])("says what to do without WebGPU in %s", async (userAgent, advice) => {
    vi.stubGlobal("navigator", { userAgent });
    await expect(openGpu()).rejects.toMatchObject({
      kind: "device",
      message: expect.stringContaining(advice),
    });
    expect(await describeAdapter()).toBeNull();
  });

  it("says what to do where there is no navigator, as in Node 20", async () => {
    vi.stubGlobal("navigator", undefined);
    await expect(openGpu()).rejects.toThrow('npm package "webgpu"');
  });

  it("says what to do without an adapter, and when asking for one fails", async () => {
    await expect(openGpu({ gpu: fakeGpu(null) })).rejects.toMatchObject({
      kind: "device",
      message: expect.stringMatching(/offers no adapter: install a .* driver/),
    });
    const broken = { requestAdapter: () => Promise.reject(new Error("driver asleep")) } as unknown as GPU;
    await expect(openGpu({ gpu: broken })).rejects.toThrow("driver asleep");
    expect(await describeAdapter({ gpu: broken })).toBeNull();
  });

  it("says that the adapter gave no device", async () => {
    const adapter = fakeAdapter({ description: "Card" }, {
      requestDevice: () => Promise.reject(new Error("adapter is consumed")),
    });
    await expect(openGpu({ gpu: fakeGpu(adapter) })).rejects.toThrow(
      "WebGPU, Card gave no device: adapter is consumed",
    );
  });

  it("asks for the adapter's two sizes and timestamps, or for nothing", async () => {
    const asked: GPUDeviceDescriptor[] = [];
    const adapter = fakeAdapter({}, {
      requestDevice: (descriptor: GPUDeviceDescriptor) => {
        asked.push(descriptor);
        return Promise.reject(new Error("enough"));
      },
    });
    await expect(openGpu({ gpu: fakeGpu(adapter) })).rejects.toThrow("enough");
    await expect(openGpu({ gpu: fakeGpu(adapter), limits: "minimum" })).rejects.toThrow("enough");
    expect(asked).toEqual([
      {
        label: "spliceboost",
        requiredLimits: { maxBufferSize: 1000, maxStorageBufferBindingSize: 500 },
        requiredFeatures: ["timestamp-query"],
      },
      { label: "spliceboost" },
    ]);
  });

  it.each([
    [{ vendor: "65541", device: "0", description: "llvmpipe (LLVM 15, 256 bits)" }, true],
    [{ vendor: "google", architecture: "swiftshader" }, true],
    [{ description: "Microsoft Basic Render Driver" }, true],
    [{ vendor: "intel", isFallbackAdapter: true }, true],
    [{ vendor: "nvidia", architecture: "hopper" }, false],
    [{ vendor: "amd", description: "Radeon Warpath" }, false],
  ])("knows whether %j computes on the CPU", async (info, software) => {
    const gpu = fakeGpu(fakeAdapter(info));
    const found = await describeAdapter({ gpu });
    expect(found).toMatchObject({
      software,
      limits: { maxBindGroups: 9 },
      features: ["shader-f16", "timestamp-query"],
    });
    const opened = openGpu({ gpu, allowSoftware: false });
    await expect(opened).rejects.toThrow(software ? "expected a hardware GPU" : "gave no device");
  });
});
