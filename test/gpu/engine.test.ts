/** The WebGPU engine's trees, margins and metrics: the bytes of the CPU engine's, whatever the lanes and the chunks. More: test/slow. */
import fc from "fast-check";
import process from "node:process";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createCpuEngine } from "../../src/cpu/engine.ts";
import { cellFacts } from "../../src/gpu/cell-table.ts";
import { createGpuEngine, type GpuEngine } from "../../src/gpu/engine.ts";
import { describeAdapter } from "../../src/gpu/gpu.ts";
import { planGroup } from "../../src/gpu/group-plan.ts";
import { type Lane, trainAll } from "../../src/numerics/engine.ts";
import type { BinnedMatrix } from "../../src/numerics/matrix.ts";
import { Stream } from "../../src/numerics/random.ts";
import { type Case, lanesOf, matrixOf } from "../cpu/lanes.ts";
import {
  expectSameBytes,
  lessDeep,
  smallestBinding,
  wideCases,
  wideLanes,
  withBindings,
} from "./lane-cases.ts";

const facts = await describeAdapter();
const promised = (process.env.SPLICEBOOST_EXPECT_ADAPTERS ?? "") !== "";
if (!facts) console.warn("no WebGPU adapter: the WebGPU engine is not tested; run the tests with npm test");

const CASE: Case = {
  seed: 5,
  rows: 300,
  columns: 5,
  distinct: 1000,
  missing: 0.1,
  maxBin: 256,
  weights: false,
  parameters: {},
  monotone: false,
  interactions: false,
};

const cpu = createCpuEngine({ threads: 1 });
afterAll(() => cpu.close());

describe.skipIf(!facts && !promised)("the WebGPU engine", () => {
  let gpu: GpuEngine;
  beforeAll(async () => {
    gpu = await createGpuEngine({ limits: "minimum", selfCheck: false });
  });
  afterAll(() => gpu.close());

  const expectSame = (matrix: BinnedMatrix, lanes: readonly Lane[], resumed?: boolean): Promise<void> =>
    expectSameBytes(cpu, gpu, matrix, lanes, resumed);

  it("grows the CPU engine's trees to the byte", async () => {
    await fc.assert(
      fc.asyncProperty(wideCases(), async (c) => {
        const matrix = matrixOf(c);
        await expectSame(matrix, wideLanes(c, matrix), c.resumed);
      }),
      { numRuns: 8 },
    );
  });

  it("grows the same trees in the smallest bindings that will do", async () => {
    await fc.assert(
      fc.asyncProperty(wideCases().map(lessDeep), async (c) => {
        const matrix = matrixOf(c);
        const lanes = wideLanes(c, matrix);
        await withBindings(gpu, smallestBinding(matrix, lanes), () => expectSame(matrix, lanes, c.resumed));
      }),
      { numRuns: 4 },
    );
  });

  it("cuts a matrix by rows and columns, histograms by nodes, and lanes, with the same result", async () => {
    const c = {
      ...CASE,
      rows: 5000,
      columns: 45,
      distinct: 40,
      maxBin: 64,
      parameters: { maxDepth: 4, rounds: 2, colsampleBynode: 0.7 },
      masks: true,
    };
    const matrix = matrixOf(c);
    const lanes = lanesOf(c, matrix);
    const { bins } = cellFacts(matrix);
    const growth = lanes.map(({ parameters }) => parameters);
    const maxBinding = 80_000;
    const plan = planGroup(matrix.layout, bins, 3, growth, { maxBinding, software: true });
    expect(plan.chunks.ranges.length).toBeGreaterThan(1);
    expect(plan.chunks.chunks.length).toBeGreaterThan(plan.chunks.ranges.length);
    expect(plan.slots).toBeLessThan(plan.maxWidth);
    expect(plan.lanes).toBeLessThan(3);
    await withBindings(gpu, maxBinding, () => expectSame(matrix, lanes));
  });

  it("grows trees of more nodes than a workgroup sums up by itself", async () => {
    const c = {
      ...CASE,
      rows: 1700,
      columns: 3,
      parameters: { rounds: 2, maxDepth: 12, minChildWeight: 0, regLambda: 0, gradientBits: 12 },
    };
    const matrix = matrixOf(c);
    const stream = new Stream(1, 97);
    const lanes = lanesOf(c, matrix).slice(0, 2).map((lane) => ({
      ...lane,
      target: lane.target.map(() => stream.nextInt(2)),
    }));
    const [{ trees }] = await trainAll(cpu, matrix, lanes);
    expect(trees[0].column.length).toBeGreaterThan(512);
    await expectSame(matrix, lanes);
  });

  it("empties the histograms of levels that can never be full", async () => {
    for (const seed of [1, 2, 3, 4]) {
      const c = {
        ...CASE,
        seed,
        rows: 10,
        masks: true,
        parameters: { rounds: 8, maxDepth: 12, minChildWeight: 0, regLambda: 0, gradientBits: 12 },
      };
      const matrix = matrixOf(c);
      await expectSame(matrix, lanesOf(c, matrix));
    }
  });
});
