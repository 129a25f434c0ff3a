/** Policy for shaders/: what every kernel must have and must not exceed, on any adapter. */
import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { expandImports } from "../../src/gpu/kernel.ts";
import { PREDICT } from "../../src/gpu/prediction-chunk.ts";
import { SHAP } from "../../src/gpu/shap.ts";
import { SHARED_SHADERS } from "../../src/gpu/shared-shaders.ts";
import { ALL_KERNELS } from "../../src/gpu/tree-kernels.ts";
import { F64 } from "../../src/gpu/verify-f64.ts";

const kernels = [...ALL_KERNELS, PREDICT, SHAP];

/** Bytes of a WGSL type that workgroup variables have here. */
function bytesOf(type: string): number {
  const array = /^array<(.+), (\d+)>$/.exec(type);
  if (array) return bytesOf(array[1]) * Number(array[2]);
  const vector = /^vec(\d)<\w+>$/.exec(type);
  if (vector) return 4 * (vector[1] === "2" ? 2 : 4);
  if (/^(atomic<[iu]32>|[iu]32|f32)$/.test(type)) return 4;
  if (type === "Block") return 12;
  throw new Error(`no size known for ${type}`);
}

it("has a kernel for every file of shaders/trees", () => {
  const folder = fileURLToPath(new URL("../../shaders/trees", import.meta.url));
  const files = readdirSync(folder).map((file) => file.replace(".wgsl", "")).sort();
  expect(kernels.map(({ name }) => name).sort()).toEqual(files);
});

describe.each([...kernels, F64].map((kernel) => [kernel.name, kernel] as const))("%s", (_, kernel) => {
  const source = expandImports(kernel.source, SHARED_SHADERS, kernel.name);

  it("fits the specification's least limits: 16 KiB of workgroup memory, 256 threads, 8 storage buffers", () => {
    const variables = [...source.matchAll(/^var<workgroup> \w+: (.+);$/gm)].map(([, type]) => bytesOf(type));
    expect(variables.reduce((sum, bytes) => sum + bytes, 0)).toBeLessThanOrEqual(16384);
    expect(Number(/@workgroup_size\((\d+)\)/.exec(source)?.[1])).toBeLessThanOrEqual(256);
    expect(kernel.bindings.filter((binding) => binding !== "uniform").length).toBeLessThanOrEqual(8);
    expect([...source.matchAll(/@binding\(\d+\) var<storage/g)].length).toBeLessThanOrEqual(8);
  });

  it("says its dispatch geometry, and uses no subgroups", () => {
    expect(kernel.source).toMatch(/^\/\/.*Dispatch: \(/m);
    expect(source).not.toMatch(/subgroup/);
  });
});
