/** Every step of random trainings against its twin. The kernels that few trainings run: test/slow/twins.test.ts. */
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { describeAdapter, type Gpu, openGpu } from "../../src/gpu/gpu.ts";
import { selfCheck, USUAL_KERNELS } from "../../src/gpu/self-check.ts";
import { TREE_KERNELS } from "../../src/gpu/tree-kernels.ts";
import { verifyRounds } from "../../src/gpu/verify-rounds.ts";
import { verifyCases } from "./verify-shapes.ts";

const adapter = await describeAdapter();
if (!adapter) console.warn("no WebGPU adapter: kernels are not compared with their twins; run npm test");

describe.skipIf(!adapter)("kernels", () => {
  let gpu: Gpu;
  beforeAll(async () => {
    gpu = await openGpu();
  });
  afterAll(() => gpu.destroy());

  it("leave in their buffers what their twins do, word by word", async () => {
    await fc.assert(
      fc.asyncProperty(verifyCases(false), async (c) => {
        const found: string[] = [];
        let compared = 0;
        await verifyRounds(gpu, c, ({ kernel }, difference) => {
          compared++;
          if (difference) found.push(`${TREE_KERNELS[kernel].name}: ${difference}`);
        }, Infinity);
        expect(found).toEqual([]);
        expect(compared).toBeGreaterThan(9);
        expect(gpu.counters.allocatedBytes).toBe(0);
      }),
      { numRuns: 5 },
    );
  });

  it("are compared at the start once for an adapter", async () => {
    gpu.counters.dispatches = 0;
    await selfCheck(gpu, USUAL_KERNELS);
    expect(gpu.counters.dispatches).toBeGreaterThan(20);
    gpu.counters.dispatches = 0;
    await selfCheck(gpu, USUAL_KERNELS);
    expect(gpu.counters.dispatches).toBe(0);
  });
});
