import { describe, expect, it } from "vitest";
import { planLines, type TrainingPlan, trainingPlan } from "../../src/cli/plan.ts";
import { allocateWorkspace, needsOf } from "../../src/cpu/workspace.ts";
import { Arena } from "../../src/cpu/arena.ts";
import { type PlacedMatrix, placeMatrix } from "../../src/cpu/layout.ts";
import type { Dataset } from "../../src/data/dataset.ts";
import { MatrixBuilder } from "../../src/data/binning.ts";
import { growthOf } from "../../src/trees/algorithms.ts";
import { resolveSettings } from "../../src/training/settings.ts";
import type { TrainSettings } from "../../src/training/types.ts";
import type { DeviceChoice } from "../../src/trees/devices.ts";

const MIB = 1024 * 1024;

const CPU: DeviceChoice = { device: "cpu", asked: "auto", reason: "a test", adapter: null };

/** On an adapter of that kind. */
function onGpu(software: boolean): DeviceChoice {
  const limits = { maxBufferSize: 2 ** 30, maxStorageBufferBindingSize: 2 ** 27 };
  const names = { vendor: "", architecture: "", device: "", description: "a test" };
  const adapter = { ...names, software, limits, features: [] };
  return { device: "webgpu", asked: "webgpu", reason: "as asked for", adapter };
}

function plan(
  rows: number,
  features: number,
  settings: TrainSettings = {},
  choice: DeviceChoice = CPU,
): TrainingPlan {
  const data = {
    rows,
    genes: Array.from({ length: 50 }, (_, i) => `g${i}`),
    features: Array.from({ length: features }, (_, i) => `f${i}`),
    excluded: [],
  };
  return trainingPlan(data as unknown as Dataset, { threads: 2, ...settings }, choice);
}

const memory = (...args: Parameters<typeof plan>): number => plan(...args).memory_bytes;

/** What the engine itself takes for a matrix of distinct values, by its own allocator. */
function engineBytes(rows: number, features: number, teams: number, settings: TrainSettings): number {
  const arena = new Arena(false);
  const tiles: number[] = [];
  const { parameters } = resolveSettings(settings);
  const builder = new MatrixBuilder(rows, parameters.maxBin, (bytes) => {
    tiles.push(arena.allocate(bytes, "tile"));
    return new Uint8Array(bytes);
  });
  const names = Array.from({ length: features }, (_, i) => `f${i}`);
  for (const [i, name] of names.entries()) {
    builder.add(name, Float32Array.from({ length: rows }, (_, row) => (row * (2 * i + 7919)) % 10007));
  }
  const placed: PlacedMatrix = placeMatrix(arena, builder.finish().layout, tiles);
  const growth = growthOf(parameters, names, rows);
  for (let team = 0; team < teams; team++) allocateWorkspace(arena, placed, 1, needsOf([growth], true));
  return arena.peak;
}

describe("the memory of a plan", () => {
  it.each([
    [20_000, 64, {}],
    [20_000, 64, { threads: 7 }],
    [20_000, 64, { algorithmParams: { max_depth: 9 } }],
    [20_000, 64, { algorithm: "lightgbm" as const }],
    [5_000, 300, { maxBin: 32, skipEval: true }],
  ])(
    "of %d rows and %d features with %j has room for the engine, and little more",
    (rows, features, settings) => {
      const teams = Math.min((settings as TrainSettings).threads ?? 2, "skipEval" in settings ? 3 : 15);
      const engine = engineBytes(rows, features, teams, settings);
      const planned = memory(rows, features, settings) - 250 * MIB;
      // A team also has half a mebibyte of scratch and records, which the base has room for.
      expect(planned + teams * MIB / 2).toBeGreaterThan(engine);
      expect(planned).toBeLessThan(1.2 * engine + 100 * rows);
    },
  );

  it("grows with rows, features, threads and depth", () => {
    const usual = memory(100_000, 100);
    expect(memory(200_000, 100)).toBeGreaterThan(usual);
    expect(memory(100_000, 200)).toBeGreaterThan(usual);
    expect(memory(100_000, 100, { threads: 4 }) - usual).toBeGreaterThanOrEqual(2 * 46 * 100_000);
    expect(memory(100_000, 100, { algorithmParams: { max_depth: 8 } })).toBeGreaterThan(usual);
    expect(memory(100_000, 100, { threads: 99 })).toBe(memory(100_000, 100, { threads: 15 }));
  });

  it("has no copy by column where the matrix is beyond a gibibyte", () => {
    const [rows, features] = [2 ** 20, 1024];
    const step = memory(rows, features) - memory(rows, features + 32);
    expect(step).toBeGreaterThan(2 ** 29);
  });

  it("is printed as an estimate, not as a bound", () => {
    const [line] = planLines(plan(1000, 10)).filter((text) => text.startsWith("memory"));
    expect(line).toMatch(/^memory {4}about [\d.]+ \w+$/);
  });

  it("says the device, and the memory that a GPU needs", () => {
    expect(planLines(plan(1000, 10))).toContain("device    cpu (a test)");
    expect(plan(1000, 10)).toMatchObject({ device: "cpu", device_memory_bytes: null, device_memory: null });
    const gpu = plan(100_000, 100, { threads: undefined }, onGpu(false));
    expect(gpu).toMatchObject({ device: "webgpu", device_reason: "as asked for" });
    expect(gpu.device_memory).toMatch(/for \d+ lanes together/);
    expect(gpu.device_memory_bytes).toBeGreaterThan(100_000 * 100);
    // The host keeps the matrix, and no histograms.
    expect(gpu.memory_bytes).toBeLessThan(memory(100_000, 100));
    const more = plan(200_000, 100, { threads: undefined }, onGpu(false));
    expect(more.device_memory_bytes).toBeGreaterThan(gpu.device_memory_bytes!);
    expect(planLines(gpu).some((line) => line.startsWith("its memory  "))).toBe(true);
  });

  it("warns of data that a GPU cannot hold, which is not known before it is binned", () => {
    const gpu = plan(12_000_000, 4, { threads: undefined }, onGpu(false));
    expect(gpu.device_memory_bytes).toBeNull();
    expect(gpu.device_memory).toMatch(/^may not do: .*--sample-genes/);
  });
});
