/** The WebGPU engine's trees, margins and metrics: the bytes of the CPU engine's, whatever the lanes and the chunks. */
import fc from "fast-check";
import process from "node:process";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createCpuEngine } from "../../src/cpu/engine.ts";
import { cellFacts, cellTable } from "../../src/gpu/cell-table.ts";
import { createGpuEngine, type GpuEngine } from "../../src/gpu/engine.ts";
import { describeAdapter } from "../../src/gpu/gpu.ts";
import { planGroup } from "../../src/gpu/group-plan.ts";
import type { SpliceboostError } from "../../src/numerics/errors.ts";
import { type Lane, trainAll } from "../../src/numerics/engine.ts";
import type { BinnedMatrix } from "../../src/numerics/matrix.ts";
import { SIGMOID_TABLE, SOFTPLUS_TABLE } from "../../src/numerics/sigmoid.ts";
import { Stream } from "../../src/numerics/random.ts";
import { type Case, lanesOf, matrixOf } from "../cpu/lanes.ts";
import { difference, outcome, resumedLanes, wideCases, wideLanes } from "./lane-cases.ts";

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

/** Bytes of the largest table: that of the cells, or of sigmoid and softplus. Tables are bound whole. */
function tableBytes(matrix: BinnedMatrix): number {
  const { cells } = matrix.layout;
  const table = cellTable(matrix.layout, cellFacts(matrix), new Uint32Array(cells));
  return Math.max(table.byteLength, SIGMOID_TABLE.byteLength + SOFTPLUS_TABLE.byteLength);
}

const cpu = createCpuEngine({ threads: 1 });
afterAll(() => cpu.close());

describe.skipIf(!facts && !promised)("the WebGPU engine", () => {
  let gpu: GpuEngine;
  beforeAll(async () => {
    gpu = await createGpuEngine({ limits: "minimum", selfCheck: false });
  });
  afterAll(() => gpu.close());

  const expectSame = async (
    matrix: BinnedMatrix,
    lanes: readonly Lane[],
    resumed: boolean = false,
  ): Promise<void> => {
    const expected = await outcome(cpu, matrix, lanes);
    const goOn = resumed && typeof expected !== "string";
    const found = await outcome(gpu, matrix, goOn ? resumedLanes(lanes, expected) : lanes);
    if (typeof expected === "string" || typeof found === "string") expect(found).toEqual(expected);
    else expect(difference(expected, found)).toBe("");
    expect(gpu.gpu.counters.allocatedBytes).toBe(0);
  };

  /** Trains as if no binding of the device could hold more than so many bytes. */
  const within = async (maxBinding: number, train: () => Promise<void>): Promise<void> => {
    const most = gpu.gpu.maxBinding;
    Object.assign(gpu.gpu, { maxBinding });
    try {
      await train();
    } finally {
      Object.assign(gpu.gpu, { maxBinding: most });
    }
  };

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
      fc.asyncProperty(wideCases(), async (c) => {
        const matrix = matrixOf(c);
        const lanes = wideLanes(c, matrix);
        const { bins } = cellFacts(matrix);
        const growth = lanes.map(({ parameters }) => parameters);
        let most = tableBytes(matrix);
        for (;; most *= 1.5) {
          try {
            planGroup(matrix.layout, bins, lanes.length, growth, { maxBinding: most, software: true });
            break;
          } catch (error) {
            if ((error as SpliceboostError).kind !== "memory") throw error;
          }
        }
        await within(most, () => expectSame(matrix, lanes, c.resumed));
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
    await within(maxBinding, () => expectSame(matrix, lanes));
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
        parameters: { rounds: 8, maxDepth: 12, minChildWeight: 0, regLambda: 0, gradientBits: 12 },
      };
      const matrix = matrixOf(c);
      await expectSame(matrix, lanesOf(c, matrix));
    }
  });
});
