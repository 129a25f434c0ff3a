/** The whole verification, as `spliceboost verify` runs it. */
import { expect, it } from "vitest";
import { verifyCommand } from "../../src/cli/commands/verify.ts";
import { describeAdapter } from "../../src/gpu/gpu.ts";
import { SOFTWARE_KERNELS, TREE_KERNELS } from "../../src/gpu/tree-kernels.ts";
import { runCommand } from "../cli/helpers.ts";

const adapter = await describeAdapter();
if (!adapter) console.warn("no WebGPU adapter: verify is not tested; run the tests with npm run test:slow");

it.skipIf(!adapter)("finds every kernel right, and says so in JSON, exit 0", async () => {
  const { code, out, err } = await runCommand(verifyCommand, ["verify", "--json"]);
  const report = JSON.parse(out);
  expect(report.rows.filter((row: { firstDifference: string | null }) => row.firstDifference !== null))
    .toEqual([]);
  expect(report.ok).toBe(true);
  expect(code).toBe(0);
  const names = report.rows.map(({ kernel }: { kernel: string }) => kernel);
  const kernels = { ...TREE_KERNELS, ...(adapter!.software ? SOFTWARE_KERNELS : {}) };
  expect(names).toEqual(expect.arrayContaining(Object.values(kernels).map(({ name }) => name)));
  expect(names).toEqual(expect.arrayContaining(["f64", "predict", "shap", "trainings"]));
  expect(report.rows.every(({ cases }: { cases: number }) => cases > 0)).toBe(true);
  expect(err).toMatch(/1 of \d+: /);
});
