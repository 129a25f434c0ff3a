/** Kernels that few trainings run against their twins; and kernels that are wrong in small ways, each found and named. */
import fc from "fast-check";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { describeAdapter, type Gpu, openGpu } from "../../src/gpu/gpu.ts";
import type { Kernel } from "../../src/gpu/kernel.ts";
import { TREE_KERNELS, type TreeKernel } from "../../src/gpu/tree-kernels.ts";
import { CASES } from "../../src/gpu/verify-cases.ts";
import { verifyRounds } from "../../src/gpu/verify-rounds.ts";
import { verifyCases } from "../gpu/verify-shapes.ts";

const adapter = await describeAdapter();
if (!adapter) {
  console.warn("no WebGPU adapter: kernels are not compared with their twins; run npm run test:slow");
}

/** Kernel, what its text says, what it is made to say, and how the case begins that shows it. */
const MISTAKES: readonly (readonly [TreeKernel, string, string, string])[] = [
  ["gradients", "select(i32(g), -i32(g), positive)", "select(i32(g), 1 - i32(g), positive)", "one column"],
  ["root", "counts[first + blocks] = listed;", "counts[first + blocks] = listed - 1u;", "one column"],
  ["compact", "i < count * LIST_WORDS", "i + 1u < count * LIST_WORDS", "one column"],
  ["columns", "< drawn)", "<= drawn)", "interactions"],
  ["histogramPacked", "byte != byte_at(skipped, k)", "byte != 1u", "alpha"],
  ["histogramPaired", "if (h != 0)", "if (h > 1)", "paired"],
  ["histogramPrivate", "(b & 15u)", "(b & 7u)", "paired"],
  ["search", "if (c.key < mine.key)", "if (c.key != mine.key)", "many ties"],
  [
    "search",
    "let enough = bitcast<f32>(atomicLoad(&top));",
    "let enough = 2.0 * bitcast<f32>(atomicLoad(&top));",
    "one column",
  ],
  ["searchExact", "c.key < mine.key", "c.key > mine.key", "alpha"],
  ["settle", "wide_less(gain, own)", "wide_less(own, gain)", "paired"],
  ["choose", "double_less(p.min_gain, highest)", "true", "paired"],
  ["choose", "!double_less(highest, p.gamma)", "true", "packed"],
  ["sides", "atomicAdd(&left_rows, 1u - right);", "atomicAdd(&left_rows, right);", "one column"],
  ["grow", "child.count >= 2u", "child.count >= 1u", "paired"],
  [
    "grow",
    "let small_is_right = right.count < left.count;",
    "let small_is_right = right.count <= left.count;",
    "wide",
  ],
  ["scatter", "row & 0x7fffffffu", "row", "one column"],
  ["route", "tile >= frame.tiles", "tile > frame.tiles", "chunks"],
  ["sums", "h >> 16u", "h >> 17u", "one column"],
  ["sums", "before + x.y < before", "before + x.y < 0u", "packed"],
  ["leaves", "DOUBLE_HALF", "DOUBLE_ZERO", "one column"],
  ["margins", "loss += magnitude;", "loss += magnitude + 1u;", "one column"],
];

describe.skipIf(!adapter)("verification", () => {
  let gpu: Gpu;
  beforeAll(async () => {
    gpu = await openGpu();
  });
  afterAll(() => gpu.destroy());
  const restore: (() => void)[] = [];
  afterEach(() => restore.splice(0).forEach((undo) => undo()));

  it("finds every kernel right over random trainings", async () => {
    await fc.assert(
      fc.asyncProperty(verifyCases(true), async (c) => {
        const found: string[] = [];
        await verifyRounds(gpu, c, ({ kernel }, difference) => {
          if (difference) found.push(`${TREE_KERNELS[kernel].name}: ${difference}`);
        }, Infinity);
        expect(found).toEqual([]);
      }),
      { numRuns: 25 },
    );
  });

  it.each(MISTAKES)("names %s where `%s` is made `%s`", async (name, from, to, begin) => {
    const kernel = TREE_KERNELS[name] as { -readonly [K in keyof Kernel]: Kernel[K] };
    const { source } = kernel;
    restore.push(() => void (kernel.source = source));
    expect(source).toContain(from);
    kernel.source = source.replace(from, to);
    const wrong = new Set<string>();
    const c = CASES.find((own) => own.name.startsWith(begin))!;
    await verifyRounds(gpu, c, (step, difference) => void (difference && wrong.add(step.kernel)));
    expect([...wrong]).toEqual([name]);
  });

  it("has a mistake for every kernel", () => {
    expect(new Set(MISTAKES.map(([kernel]) => kernel))).toEqual(new Set(Object.keys(TREE_KERNELS)));
  });
});
