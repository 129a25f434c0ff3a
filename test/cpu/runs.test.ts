/** How the engine runs: interruption, resumption, threads that may not share memory, limits. */
import { afterAll, describe, expect, it } from "vitest";
import { createCpuEngine } from "../../src/cpu/engine.ts";
import { type Lane, type LaneResult, trainAll } from "../../src/numerics/engine.ts";
import { type Case, lanesOf, matrixOf } from "./lanes.ts";

const CASE: Case = {
  seed: 5,
  rows: 3000,
  columns: 40,
  distinct: 1000,
  missing: 0.1,
  maxBin: 256,
  weights: false,
  parameters: { rounds: 30, maxDepth: 5, subsample: 0.8, colsampleBytree: 0.8 },
  monotone: false,
  interactions: false,
};

const engines = [1, 3].map((threads) => createCpuEngine({ threads }));
afterAll(() => Promise.all(engines.map((engine) => engine.close())));

describe("CPU engine", () => {
  it("hands over unfinished lanes on abort, and goes on from them to the same bytes", async () => {
    for (const engine of engines) {
      const matrix = matrixOf(CASE, engine.allocator());
      // The first lane is done long before the others.
      const lanes = lanesOf(CASE, matrix).map((lane, i) => ({
        ...lane,
        parameters: { ...lane.parameters, rounds: i === 0 ? 3 : 250 },
      }));
      const expected = await trainAll(engine, matrix, lanes);
      const controller = new AbortController();
      const seen = new Map<number, { result: LaneResult; finished: boolean }>();
      await expect(engine.train(
        matrix,
        lanes,
        (lane, result, finished) => {
          seen.set(lane, { result, finished });
          // It stops them, wherever they are.
          controller.abort();
        },
        { signal: controller.signal },
      )).rejects.toMatchObject({ kind: "interrupted" });
      const resumed: Lane[] = lanes.map((lane, i) => ({ ...lane, resume: seen.get(i)?.result.trees ?? [] }));
      const results = await trainAll(engine, matrix, resumed);
      results.forEach((result, i) => expect(result).toEqual(expected[i]));
    }
  });

  it("stops before it begins when the signal was aborted already", async () => {
    const matrix = matrixOf(CASE);
    const lanes = lanesOf(CASE, matrix);
    await expect(engines[0].train(matrix, lanes, () => {}, { signal: AbortSignal.abort() }))
      .rejects.toMatchObject({ kind: "interrupted" });
  });

  it("trains to the same bytes on the caller's thread where there are no workers", async () => {
    const matrix = matrixOf(CASE);
    const lanes = lanesOf(CASE, matrix);
    const expected = await trainAll(engines[0], matrix, lanes);
    const saved = globalThis.Worker;
    // @ts-expect-error a runtime without workers
    globalThis.Worker = undefined;
    try {
      const engine = createCpuEngine({ threads: 4 });
      expect(engine.description).toContain("one thread");
      expect(await trainAll(engine, matrixOf(CASE, engine.allocator()), lanes)).toEqual(expected);
    } finally {
      globalThis.Worker = saved;
    }
  });

  it("reports every lane's rounds", async () => {
    const matrix = matrixOf(CASE);
    const lanes = lanesOf(CASE, matrix);
    const last = new Map<number, number>();
    await trainAll(engines[1], matrix, lanes, {
      onRound: (lane, round) => {
        expect(round).toBeGreaterThan(last.get(lane) ?? 0);
        last.set(lane, round);
      },
    });
    expect([...last.entries()].sort()).toEqual([[0, 30], [1, 30], [2, 30]]);
  });

  it("refuses a gradient grid whose sums would not fit, and says which one does", async () => {
    const matrix = matrixOf({ ...CASE, columns: 1 });
    const [lane] = lanesOf(CASE, matrix);
    const wide = { ...lane, parameters: { ...lane.parameters, gradientBits: 20 } };
    await expect(trainAll(engines[0], matrix, [wide])).rejects.toThrow(
      /gradient_bits 20 overflows.*at most 19/,
    );
  });

  it("names the lane whose margins leave the fixed-point range", async () => {
    const matrix = matrixOf({ ...CASE, rows: 400 });
    const lanes = lanesOf({ ...CASE, rows: 400 }, matrix).map((lane) => ({
      ...lane,
      parameters: { ...lane.parameters, learningRate: 900, minChildWeight: 0, regLambda: 0 },
    }));
    await expect(trainAll(engines[1], matrix, lanes)).rejects.toThrow(
      /lane \d: after round \d+ .* range of a margin/,
    );
  });

  it("refuses a second training at the same time, and weights too uneven for its grids", async () => {
    const matrix = matrixOf(CASE);
    const lanes = lanesOf(CASE, matrix);
    const first = trainAll(engines[1], matrix, lanes);
    await expect(trainAll(engines[1], matrix, lanes)).rejects.toThrow(/training already/);
    await first;
    const weight = new Float32Array(CASE.rows).fill(1);
    weight[7] = 1e-6;
    await expect(trainAll(engines[0], matrix, [{ ...lanes[0], weight }])).rejects.toThrow(
      /too uneven.*1\/131072/,
    );
  });

  it("ends the training when a listener throws", async () => {
    const matrix = matrixOf(CASE);
    const lanes = lanesOf({ ...CASE, parameters: { ...CASE.parameters, rounds: 3000 } }, matrix);
    const onRound = (): void => {
      throw new Error("no more");
    };
    await expect(trainAll(engines[1], matrix, lanes, { onRound })).rejects.toThrow("no more");
  });

  it("refuses a number of threads that is none", () => {
    for (const threads of [0, 1.5, -1, 5000]) {
      expect(() => createCpuEngine({ threads })).toThrow(/whole number from 1 to 1024/);
    }
  });
});
