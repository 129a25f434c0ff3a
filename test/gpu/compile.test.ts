/** Every shader compiles on naga (Deno) and on Tint (Node's Dawn, Chromium). */
import { describe, expect, it } from "vitest";
import { expandImports } from "../../src/gpu/kernel.ts";
import { PREDICT } from "../../src/gpu/prediction-chunk.ts";
import { SHAP } from "../../src/gpu/shap.ts";
import { SHARED_SHADERS } from "../../src/gpu/shared-shaders.ts";
import { ALL_KERNELS } from "../../src/gpu/tree-kernels.ts";
import { F64 } from "../../src/gpu/verify-f64.ts";
import { executors, runOn } from "../executors/executors.ts";

const ENTRY = new URL("./compile.entry.ts", import.meta.url);
/** Naga takes it, Tint does not: a barrier that not every thread need reach. */
const TINT_ONLY = `@group(0) @binding(0) var<storage, read_write> a: array<u32>;
@compute @workgroup_size(64) fn main(@builtin(local_invocation_index) lid: u32) {
  if (a[lid] == 0u) { workgroupBarrier(); }
}`;

const sources = [...ALL_KERNELS, PREDICT, SHAP, F64].map(({ name, source }) => ({
  name,
  code: expandImports(source, SHARED_SHADERS, name),
}));
const places = executors().filter(({ name }) => /^(deno|node|chromium-page)/.test(name));

describe.each(places)("$name", ({ name, available, reason }) => {
  const skipped = available ? "" : ` (skipped: ${reason})`;
  it.skipIf(!available)(`compiles every shader${skipped}`, async () => {
    const wrong = { name: "wrong", code: "fn main() { undefined_function(); }" };
    const uneven = { name: "uneven", code: TINT_ONLY };
    const found = await runOn(name, ENTRY, [...sources, wrong, uneven]) as string[];
    // The two that are wrong show that errors are heard.
    expect(found.filter((error) => !/^(wrong|uneven):/.test(error))).toEqual([]);
    expect(found.some((error) => error.startsWith("wrong:"))).toBe(true);
    expect(found.some((error) => error.startsWith("uneven:"))).toBe(!name.startsWith("deno"));
  });
});
