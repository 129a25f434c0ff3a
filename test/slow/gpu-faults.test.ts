/** What can go wrong in a training on WebGPU: loss, lack of memory, aborts, listeners; what is said, and what is left. */
import process from "node:process";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { createCpuEngine } from "../../src/cpu/engine.ts";
import { createGpuEngine, type GpuEngine } from "../../src/gpu/engine.ts";
import { describeAdapter } from "../../src/gpu/gpu.ts";
import { type Lane, type LaneResult, trainAll } from "../../src/numerics/engine.ts";
import type { BinnedMatrix } from "../../src/numerics/matrix.ts";
import { type Case, lanesOf, matrixOf } from "../cpu/lanes.ts";
import { difference } from "../gpu/lane-cases.ts";

const facts = await describeAdapter();
const promised = (process.env.SPLICEBOOST_EXPECT_ADAPTERS ?? "") !== "";
if (!facts) console.warn("no WebGPU adapter: faults of the WebGPU engine are not tested; run npm test");

const CASE: Case = {
  seed: 5,
  rows: 400,
  columns: 6,
  distinct: 100,
  missing: 0.1,
  maxBin: 64,
  weights: false,
  parameters: { rounds: 12, maxDepth: 3, subsample: 0.8, colsampleBytree: 0.8 },
  monotone: false,
  interactions: false,
};

describe.skipIf(!facts && !promised)("a training on WebGPU", () => {
  let matrix: BinnedMatrix;
  let lanes: Lane[];
  let expected: LaneResult[];
  let gpu: GpuEngine;
  beforeAll(async () => {
    matrix = matrixOf(CASE);
    lanes = lanesOf(CASE, matrix);
    const cpu = createCpuEngine({ threads: 1 });
    expected = await trainAll(cpu, matrix, lanes);
    await cpu.close();
    gpu = await createGpuEngine({ limits: "minimum", selfCheck: false });
  });
  afterAll(() => gpu.close());
  afterEach(() => vi.restoreAllMocks());

  const expectUsable = async (): Promise<void> => {
    expect(difference(expected, await trainAll(gpu, matrix, lanes))).toBe("");
    expect(gpu.gpu.counters.allocatedBytes).toBe(0);
  };

  it("goes on, on a new device, from its last finished rounds when the device is lost", async () => {
    const first = gpu.gpu;
    const rounds: number[] = [];
    const results = await trainAll(gpu, matrix, lanes, {
      onRound: (lane, round) => {
        if (lane !== 0) return;
        rounds.push(round);
        if (rounds.length === 2) gpu.gpu.device.destroy();
      },
    });
    expect(difference(expected, results)).toBe("");
    expect(gpu.gpu).not.toBe(first);
    expect(first.counters.allocatedBytes).toBe(0);
    // No round is reported twice, so none was trained twice in vain.
    expect(rounds).toEqual([...new Set(rounds)].sort((a, b) => a - b));
    expect(rounds.at(-1)).toBe(12);
    await expectUsable();
  });

  it("opens the device anew where it was lost between trainings", async () => {
    gpu.gpu.device.destroy();
    await gpu.gpu.lost;
    await expectUsable();
    expect(gpu.gpu.isLost).toBe(false);
  });

  it("gives up a device that is lost again at once, and says what to do", async () => {
    let opened = 0;
    const request = navigator.gpu.requestAdapter.bind(navigator.gpu);
    vi.spyOn(navigator.gpu, "requestAdapter").mockImplementation(async (options) => {
      const adapter = await request(options);
      const requestDevice = adapter!.requestDevice.bind(adapter);
      adapter!.requestDevice = async (descriptor) => {
        const device = await requestDevice(descriptor);
        opened++;
        device.destroy();
        return device;
      };
      return adapter;
    });
    let reported = 0;
    const training = trainAll(gpu, matrix, lanes, {
      onRound: () => {
        if (reported++ === 0) gpu.gpu.device.destroy();
      },
    });
    await expect(training).rejects.toMatchObject({
      kind: "lost",
      message: expect.stringMatching(
        /lost twice without a round in between \(.+\); .*same command.*--device cpu/,
      ),
    });
    expect(opened).toBe(1);
    vi.restoreAllMocks();
    await expectUsable();
  });

  it("says what it planned where the driver has no memory, and trains again later", async () => {
    await expectUsable();
    const { device } = gpu.gpu;
    const pop = device.popErrorScope.bind(device);
    let calls = 0;
    vi.spyOn(device, "popErrorScope").mockImplementation(() => {
      // The second scope of each call is that of memory.
      return calls++ % 2 === 1 ? pop().then(() => ({ message: "none left" } as GPUError)) : pop();
    });
    await expect(trainAll(gpu, matrix, lanes)).rejects.toMatchObject({
      kind: "memory",
      message: expect.stringMatching(
        /out of memory on WebGPU, .*: none left; .*\nThe plan was .* for 3 lanes together, .*\n {2}the binned matrix: .*--max-bin/s,
      ),
    });
    vi.restoreAllMocks();
    await expectUsable();
  });

  it("refuses a matrix that one binding cannot hold a row list of, before it allocates anything", async () => {
    const most = gpu.gpu.maxBinding;
    Object.assign(gpu.gpu, { maxBinding: 4000 });
    gpu.gpu.counters.peakBytes = 0;
    try {
      await expect(trainAll(gpu, matrix, lanes)).rejects.toMatchObject({
        kind: "memory",
        message: expect.stringMatching(
          /row list of one lane over 400 rows needs 4.7 KiB, .* holds 3.9 KiB; .*--sample-genes.*--device cpu/,
        ),
      });
    } finally {
      Object.assign(gpu.gpu, { maxBinding: most });
    }
    expect(gpu.gpu.counters.peakBytes).toBe(0);
    await expectUsable();
  });

  it("hands over unfinished lanes on abort, and goes on from them to the same bytes", async () => {
    const controller = new AbortController();
    const seen = new Map<number, { result: LaneResult; finished: boolean }>();
    const long = lanes.map((lane) => ({ ...lane, parameters: { ...lane.parameters, rounds: 300 } }));
    const training = gpu.train(
      matrix,
      long,
      (lane, result, finished) => void seen.set(lane, { result, finished }),
      { signal: controller.signal, onRound: () => controller.abort() },
    );
    await expect(training).rejects.toMatchObject({ kind: "interrupted" });
    expect([...seen.keys()]).toEqual([0, 1, 2]);
    for (const { result, finished } of seen.values()) {
      expect(finished).toBe(false);
      expect(result.trees.length).toBeGreaterThan(0);
      expect(result.trees.length).toBeLessThan(300);
    }
    expect(gpu.gpu.counters.allocatedBytes).toBe(0);
    // To where the shorter training ends, wherever it was interrupted.
    const resumed = lanes.map((lane, l) => ({ ...lane, resume: seen.get(l)!.result.trees.slice(0, 12) }));
    expect(difference(expected, await trainAll(gpu, matrix, resumed))).toBe("");
  });

  it("trains nothing where the signal was aborted already", async () => {
    const seen: number[] = [];
    const training = gpu.train(matrix, lanes, (_, { trees }) => void seen.push(trees.length), {
      signal: AbortSignal.abort(),
    });
    await expect(training).rejects.toMatchObject({ kind: "interrupted" });
    expect(seen).toEqual([0, 0, 0]);
  });

  it.each(["onRound", "onLane"])("ends where %s throws, and trains again", async (which) => {
    const fail = (): never => {
      throw new Error("no more");
    };
    const training = gpu.train(matrix, lanes, which === "onLane" ? fail : () => {}, {
      onRound: which === "onRound" ? fail : () => {},
    });
    await expect(training).rejects.toThrow("no more");
    await expectUsable();
  });

  it("is refused where the engine trains already", async () => {
    const first = trainAll(gpu, matrix, lanes);
    await expect(trainAll(gpu, matrix, lanes)).rejects.toMatchObject({
      kind: "usage",
      message: expect.stringContaining("training already"),
    });
    expect(difference(expected, await first)).toBe("");
  });

  it("is refused, with nothing allocated, where a parameter is beyond the kernels' arithmetic", async () => {
    const tiny = lanes.map((lane) => ({ ...lane, parameters: { ...lane.parameters, regLambda: 1e-31 } }));
    gpu.gpu.counters.peakBytes = 0;
    await expect(trainAll(gpu, matrix, tiny)).rejects.toMatchObject({
      kind: "usage",
      message: expect.stringMatching(/^regLambda: WebGPU expects 0 or a number from 1e-30.*--device cpu/),
    });
    expect(gpu.gpu.counters.peakBytes).toBe(0);
  });

  it("names the lane whose margins leave the fixed-point range, resumed or not", async () => {
    const wild = lanes.map((lane) => ({
      ...lane,
      parameters: { ...lane.parameters, learningRate: 900, minChildWeight: 0, regLambda: 0 },
    }));
    await expect(trainAll(gpu, matrix, wild)).rejects.toThrow(
      /lane \d: after round \d+ .* range of a margin/,
    );
    expect(gpu.gpu.counters.allocatedBytes).toBe(0);
    const value = new Int32Array(expected[0].trees[0].value.length).fill(2 ** 30);
    const resumed = [{ ...lanes[0], resume: Array(2).fill({ ...expected[0].trees[0], value }) }];
    await expect(trainAll(gpu, matrix, resumed)).rejects.toThrow(
      /lane 0: after round 2 .* range of a margin/,
    );
    await expectUsable();
  });

  it("frees all it allocates, training after training", async () => {
    for (let i = 0; i < 3; i++) await expectUsable();
    const { peakBytes } = gpu.gpu.counters;
    await expectUsable();
    expect(gpu.gpu.counters.peakBytes).toBe(peakBytes);
  });

  it("ends where the engine is closed, which takes no training from then on", async () => {
    const training = trainAll(gpu, matrix, lanes, { onRound: () => void gpu.close() });
    await expect(training).rejects.toMatchObject({
      kind: "usage",
      message: expect.stringContaining("is closed"),
    });
    await expect(trainAll(gpu, matrix, lanes)).rejects.toThrow("is closed: make another one");
    expect(gpu.gpu.counters.allocatedBytes).toBe(0);
    await gpu.close();
  });
});
