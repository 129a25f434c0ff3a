/** The verification of an adapter: clean where kernels are right, and naming the kernel where one is wrong. All its cases: test/slow/verify.test.ts. */
import { afterEach, expect, it } from "vitest";
import { createGpuEngine } from "../../src/gpu/engine.ts";
import { describeAdapter, openGpu } from "../../src/gpu/gpu.ts";
import type { Kernel } from "../../src/gpu/kernel.ts";
import { TREE_KERNELS } from "../../src/gpu/tree-kernels.ts";
import { differencesOf, verifyGpu } from "../../src/gpu/verify.ts";
import { verifyF64 } from "../../src/gpu/verify-f64.ts";

const adapter = await describeAdapter();
if (!adapter) console.warn("no WebGPU adapter: verify is not tested; run the tests with npm test");

const kernels = TREE_KERNELS as unknown as Record<string, { -readonly [K in keyof Kernel]: Kernel[K] }>;
const restore: (() => void)[] = [];
afterEach(() => restore.splice(0).forEach((undo) => undo()));

/** Changes the text of a kernel until the test ends. */
function sabotage(name: keyof typeof TREE_KERNELS, from: string, to: string): void {
  const kernel = kernels[name];
  const { source } = kernel;
  expect(source).toContain(from);
  kernel.source = source.replace(from, to);
  restore.push(() => void (kernel.source = source));
}

it.skipIf(!adapter)("finds software doubles equal to the host's", async () => {
  const gpu = await openGpu();
  try {
    expect(await verifyF64(gpu, 2 ** 14)).toBeNull();
  } finally {
    gpu.destroy();
  }
});

it.skipIf(!adapter)("names the kernel that differs from its twin, and no other first", async () => {
  sabotage("leaves", "DOUBLE_HALF)", "DOUBLE_ZERO)");
  const report = await verifyGpu({}, { quick: true });
  const [first] = differencesOf(report);
  expect(first.kernel).toBe("leaves");
  expect(first.firstDifference).toMatch(/expected .* found/);
});

it.skipIf(!adapter)(
  "keeps an adapter from training that computes wrongly, and says which kernel and what to do",
  async () => {
    sabotage(
      "gradients",
      "g = grid_units(fine.magnitude, draw, p.bits);",
      "g = grid_units(fine.magnitude, draw + 77777777u, p.bits);",
    );
    await expect(createGpuEngine({ limits: "minimum" }).then((engine) => engine.close())).rejects
      .toMatchObject({
        kind: "device",
        message: expect.stringMatching(/gradients[^]*spliceboost verify[^]*--device cpu/),
      });
  },
);
