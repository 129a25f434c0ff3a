/** The WebGPU engine beside the CPU engine over many random trainings: with a GPU's kernels, and with those for software adapters. */
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createCpuEngine } from "../../src/cpu/engine.ts";
import { createGpuEngine, type GpuEngine } from "../../src/gpu/engine.ts";
import { describeAdapter, type Gpu, openGpu } from "../../src/gpu/gpu.ts";
import { SOFTWARE_KERNELS, TREE_KERNELS } from "../../src/gpu/tree-kernels.ts";
import { CASES } from "../../src/gpu/verify-cases.ts";
import { verifyRounds } from "../../src/gpu/verify-rounds.ts";
import { matrixOf } from "../cpu/lanes.ts";
import {
  expectSameBytes,
  lessDeep,
  smallestBinding,
  wideCases,
  wideLanes,
  withBindings,
} from "../gpu/lane-cases.ts";

const adapter = await describeAdapter();
if (!adapter) console.warn("no WebGPU adapter: the WebGPU engine is not tested; run npm run test:slow");

const kinds = adapter?.software ? [false, true] : [false];

describe.skipIf(!adapter).each(kinds)("the WebGPU engine, kernels for software: %s", (softwareKernels) => {
  const cpu = createCpuEngine({ threads: 1 });
  let gpu: GpuEngine;
  beforeAll(async () => {
    gpu = await createGpuEngine({ limits: "minimum", selfCheck: false, softwareKernels });
  });
  afterAll(() => Promise.all([cpu.close(), gpu.close()]));

  it.each([false, true])(
    "grows the CPU engine's trees to the byte; in the smallest bindings: %s",
    async (small) => {
      await fc.assert(
        fc.asyncProperty(small ? wideCases().map(lessDeep) : wideCases(), async (c) => {
          const matrix = matrixOf(c);
          const lanes = wideLanes(c, matrix);
          const most = small ? smallestBinding(matrix, lanes) : gpu.gpu.maxBinding;
          await withBindings(gpu, most, () => expectSameBytes(cpu, gpu, matrix, lanes, c.resumed));
        }),
        { numRuns: small ? 12 : 50 },
      );
    },
  );
});

describe.skipIf(!adapter?.software)("kernels for adapters that compute on the CPU", () => {
  let gpu: Gpu;
  beforeAll(async () => {
    gpu = await openGpu({ softwareKernels: true });
  });
  afterAll(() => gpu.destroy());

  it.each(CASES.map((c) => [c.name, c] as const))("leave what their twins do: %s", async (_, c) => {
    const found: string[] = [];
    const ran = new Set<string>();
    await verifyRounds(gpu, c, ({ kernel, bound }, difference) => {
      ran.add(bound.pipeline.kernel.name);
      if (difference) found.push(`${bound.pipeline.kernel.name} for ${kernel}: ${difference}`);
    }, Infinity);
    expect(found).toEqual([]);
    expect(ran).toContain(SOFTWARE_KERNELS.histogramPacked!.name);
    for (const kernel of Object.keys(SOFTWARE_KERNELS) as (keyof typeof TREE_KERNELS)[]) {
      expect(ran).not.toContain(TREE_KERNELS[kernel].name);
    }
  });
});
