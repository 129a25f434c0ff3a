/** What a boosting round asks of the device: few dispatches whatever it trains, and nothing back while it lasts. */
import process from "node:process";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createGpuEngine, type GpuEngine } from "../../src/gpu/engine.ts";
import { describeAdapter, type GpuCounters } from "../../src/gpu/gpu.ts";
import { type Lane, trainAll } from "../../src/numerics/engine.ts";
import type { BinnedMatrix } from "../../src/numerics/matrix.ts";
import { type Case, lanesOf, matrixOf } from "../cpu/lanes.ts";
import { loosePacked } from "./lane-cases.ts";

const facts = await describeAdapter();
const promised = (process.env.SPLICEBOOST_EXPECT_ADAPTERS ?? "") !== "";
if (!facts) console.warn("no WebGPU adapter: a round's dispatches are not counted; run npm test");

/** Dispatches of a round at depth 6 at most. */
const MOST = 60;

const CASE: Case = {
  seed: 5,
  rows: 120,
  columns: 1,
  distinct: 30,
  missing: 0.1,
  maxBin: 256,
  weights: false,
  parameters: { maxDepth: 6 },
  monotone: false,
  interactions: false,
};

describe.skipIf(!facts && !promised)("a boosting round on WebGPU", () => {
  let gpu: GpuEngine;
  beforeAll(async () => {
    gpu = await createGpuEngine({ selfCheck: false });
  });
  afterAll(() => gpu.close());

  /** What training that many rounds counts. */
  const counted = async (
    matrix: BinnedMatrix,
    lanes: readonly Lane[],
    rounds: number,
  ): Promise<GpuCounters> => {
    const before = { ...gpu.gpu.counters };
    await trainAll(
      gpu,
      matrix,
      lanes.map((lane) => ({ ...lane, parameters: { ...lane.parameters, rounds } })),
    );
    const after = { ...gpu.gpu.counters };
    for (const name of ["dispatches", "submits", "readbacks"] as const) after[name] -= before[name];
    return after;
  };

  /** Dispatches of a round, which is one submit and reads nothing back until it is over. */
  const perRound = async (matrix: BinnedMatrix, lanes: readonly Lane[]): Promise<number> => {
    const none = await counted(matrix, lanes, 0);
    const one = await counted(matrix, lanes, 1);
    // The margins at the end are read alone; trees and metrics of all rounds of a batch in one more readback, which is a submit.
    expect([none.readbacks, one.readbacks]).toEqual([1, 2]);
    expect(one.submits - none.submits).toBe(2);
    return one.dispatches - none.dispatches;
  };

  it("takes as many dispatches for 1, 3 and 15 lanes, one, 130 and 1,000 features, any nodes: at most 60", async () => {
    const counts = new Set<number>();
    for (const lanes of [1, 3, 15]) {
      const matrix = matrixOf(CASE);
      counts.add(await perRound(matrix, lanesOf(CASE, matrix, lanes)));
    }
    for (const columns of [130, 1000]) {
      const c = { ...CASE, columns, distinct: 4 };
      const matrix = matrixOf(c);
      counts.add(await perRound(matrix, lanesOf(c, matrix, 1)));
    }
    for (const minChildWeight of [0, 1e6]) {
      const c = { ...CASE, columns: 4, parameters: { ...CASE.parameters, minChildWeight } };
      const matrix = matrixOf(c);
      counts.add(await perRound(matrix, lanesOf(c, matrix, 2)));
    }
    expect(counts.size).toBe(1);
    expect(Math.max(...counts)).toBeLessThanOrEqual(MOST);
  });

  it("takes at most 60 with all that needs dispatches of its own", async () => {
    const matrix = loosePacked(200, (cell) => cell < 8 ? 40 : 7, 20);
    const c = {
      ...CASE,
      rows: 200,
      columns: 20,
      interactions: true,
      parameters: { ...CASE.parameters, colsampleBynode: 0.5, colsampleBylevel: 0.7, colsampleBytree: 0.7 },
    };
    const lanes = lanesOf(c, matrix);
    const sampled = await perRound(matrix, lanes);
    const plain = await perRound(matrix, lanesOf({ ...CASE, rows: 200, columns: 20 }, matrix));
    expect(sampled).toBeGreaterThan(plain);
    expect(sampled).toBeLessThanOrEqual(MOST);
    const monotone = await perRound(matrix, lanesOf({ ...c, monotone: true }, matrix));
    expect(monotone).toBeLessThanOrEqual(MOST);
    // Finer gradients are counted another way.
    const fine = { ...c, parameters: { ...c.parameters, gradientBits: 14 } };
    expect(await perRound(matrix, lanesOf(fine, matrix))).toBeLessThanOrEqual(MOST);
  });

  it("comes back in batches, rounds later: fewer readbacks than rounds", async () => {
    const matrix = matrixOf({ ...CASE, columns: 3 });
    const lanes = lanesOf(CASE, matrix, 1);
    const { dispatches: setUp } = await counted(matrix, lanes, 0);
    const { dispatches: one } = await counted(matrix, lanes, 1);
    const { dispatches, readbacks } = await counted(matrix, lanes, 40);
    expect(dispatches - setUp).toBe(40 * (one - setUp));
    expect(readbacks).toBeLessThan(40);
  });
});
