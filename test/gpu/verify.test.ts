/** What a verification reports, and adapters that are refused. All its cases: test/slow/verify.test.ts. */
import { afterEach, describe, expect, it } from "vitest";
import { createGpuEngine } from "../../src/gpu/engine.ts";
import { describeAdapter } from "../../src/gpu/gpu.ts";
import type { Kernel } from "../../src/gpu/kernel.ts";
import { TREE_KERNELS } from "../../src/gpu/tree-kernels.ts";
import { TWINS } from "../../src/gpu/twins/index.ts";
import { CASES, TRAININGS } from "../../src/gpu/verify-cases.ts";
import { differencesOf, Tally } from "../../src/gpu/verify-report.ts";
import { disguised } from "./disguise.ts";

const adapter = await describeAdapter();
if (!adapter) console.warn("no WebGPU adapter: engines are not refused; run the tests with npm test");

it("has a twin for every kernel, and a name for every case", () => {
  expect(Object.keys(TWINS).sort()).toEqual(Object.keys(TREE_KERNELS).sort());
  const names = [...CASES, ...TRAININGS].map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
});

describe("a report", () => {
  it("counts cases and dispatches of the kernels that ran, and keeps the first difference of each", () => {
    const tally = new Tally(["search", "choose"]);
    tally.add("choose", "one row", 1, null);
    tally.add("choose", "ties", 2, "round 1");
    tally.add("choose", "ties", 1, "round 2");
    tally.add("predict", "forest", 1, null);
    const report = { adapter: "WebGPU, Card", rows: tally.rows() };
    expect(report.rows).toEqual([
      { kernel: "choose", cases: 2, dispatches: 4, firstDifference: "ties: round 1" },
      { kernel: "predict", cases: 1, dispatches: 1, firstDifference: null },
    ]);
    expect(differencesOf(report).map(({ kernel }) => kernel)).toEqual(["choose"]);
  });
});

describe.skipIf(!adapter)("an adapter that computes wrongly", () => {
  const kernel = TREE_KERNELS.gradients as { -readonly [K in keyof Kernel]: Kernel[K] };
  const { source } = kernel;
  afterEach(() => void (kernel.source = source));
  const sabotage = (): void => {
    const right = "g = grid_units(fine.magnitude, draw, p.bits);";
    expect(source).toContain(right);
    kernel.source = source.replace(right, right.replace("draw", "draw + 77777777u"));
  };

  it("is kept from training; the message names it, the kernel and what to do", async () => {
    sabotage();
    const devices: GPUDevice[] = [];
    await expect(createGpuEngine({ gpu: disguised("Crooked Card", devices) })).rejects.toMatchObject({
      kind: "device",
      message: expect.stringMatching(
        /Crooked Card miscomputes.*kernel gradients .*expected .* found .*spliceboost verify.*--device cpu/,
      ),
    });
    expect((await devices[0].lost).reason).toBe("destroyed");
  });

  it("trains for those who want no check", async () => {
    sabotage();
    const engine = await createGpuEngine({ gpu: disguised("Crooked Card"), selfCheck: false });
    expect(engine.gpu.counters.dispatches).toBe(0);
    await engine.close();
  });
});
