/** `train` with LightGBM's parameters: every one reaches the model, threads and engines do not. */
import { afterAll, describe, expect, it } from "vitest";
import { createCpuEngine } from "../../src/cpu/engine.ts";
import { readModel, saveModel } from "../../src/formats/model-file.ts";
import { ROLE_TRAIN } from "../../src/numerics/engine.ts";
import { LIGHTGBM_PARAMETERS } from "../../src/trees/lightgbm-table.ts";
import { train } from "../../src/training/train.ts";
import type { TrainSettings } from "../../src/training/types.ts";
import { FakeEngine } from "./fake-engine.ts";
import { tinyDataset } from "./tiny-dataset.ts";

const engine = createCpuEngine({ threads: 1 });
afterAll(() => engine.close());

const data = tinyDataset({
  genes: 16,
  extra: { more: (row) => (row * 7919) % 101, other: (row) => (row * 31) % 17 },
});
const BASE = { num_leaves: 7, learning_rate: 0.5, min_data_in_leaf: 3, lambda_l2: 1 };
const FINAL: TrainSettings = { algorithm: "lightgbm", skipEval: true, nEstimators: 5, diagSample: 0, engine };

async function hashOf(
  algorithmParams: Record<string, unknown>,
  settings: TrainSettings = {},
): Promise<string> {
  return (await train(data, { ...FINAL, ...settings, algorithmParams: { ...BASE, ...algorithmParams } }))
    .modelSha256;
}

const GOSS = { data_sample_strategy: "goss" };
/** Parameters set for both models, then those changed for the second. */
const CHANGES: Record<string, [Record<string, unknown>, Record<string, unknown>]> = {
  learningRate: [{}, { learning_rate: 0.2 }],
  numLeaves: [{}, { num_leaves: 4 }],
  maxDepth: [{}, { max_depth: 2 }],
  minDataInLeaf: [{}, { min_data_in_leaf: 40 }],
  minSumHessianInLeaf: [{}, { min_sum_hessian_in_leaf: 8 }],
  lambdaL1: [{}, { lambda_l1: 2 }],
  lambdaL2: [{}, { lambda_l2: 7 }],
  minGainToSplit: [{}, { min_gain_to_split: 5 }],
  maxDeltaStep: [{}, { max_delta_step: 0.3 }],
  featureFraction: [{}, { feature_fraction: 0.5 }],
  featureFractionBynode: [{}, { feature_fraction_bynode: 0.5 }],
  baggingFraction: [{}, { bagging_fraction: 0.5, bagging_freq: 1 }],
  baggingFreq: [{ bagging_fraction: 0.5, bagging_freq: 1 }, { bagging_freq: 3 }],
  posBaggingFraction: [{}, { pos_bagging_fraction: 0.5, bagging_freq: 1 }],
  negBaggingFraction: [{}, { neg_bagging_fraction: 0.5, bagging_freq: 1 }],
  dataSampleStrategy: [{}, GOSS],
  topRate: [GOSS, { top_rate: 0.4 }],
  otherRate: [GOSS, { other_rate: 0.4 }],
  extraTrees: [{}, { extra_trees: true }],
  isUnbalance: [{}, { is_unbalance: true }],
  scalePosWeight: [{}, { scale_pos_weight: 4 }],
  baseScore: [{}, { boost_from_average: false }],
  maxBin: [{}, { max_bin: 5 }],
  monotoneConstraints: [{}, { monotone_constraints: { donor_signal: -1 } }],
  interactionConstraints: [{}, { interaction_constraints: [["donor_signal", "more"], ["acceptor_signal"]] }],
  gradientBits: [{}, { gradient_bits: 4 }],
};

/** Parameters that have tests of their own: of early stopping, of the run, of the device. */
const ELSEWHERE = [
  "nEstimators",
  "seed",
  "device",
  "earlyStoppingRounds",
  "earlyStoppingMinDelta",
  "evalMetric",
];

describe("LightGBM's parameters", () => {
  it("are all named here", () => {
    expect([...Object.keys(CHANGES), ...ELSEWHERE].sort()).toEqual(Object.keys(LIGHTGBM_PARAMETERS).sort());
  });

  for (const [name, [both, changed]] of Object.entries(CHANGES)) {
    it(`${name} changes the model`, async () => {
      expect(await hashOf({ ...both, ...changed })).not.toBe(await hashOf(both));
    });
  }
});

describe("train with lightgbm", () => {
  const settings: TrainSettings = {
    algorithm: "lightgbm",
    nEstimators: 12,
    nFolds: 3,
    holdoutRepeats: 0,
    algorithmParams: { ...BASE, bagging_fraction: 0.8, bagging_freq: 1, feature_fraction: 0.8 },
  };

  it("is learned from, saved and loaded, whatever the threads", async () => {
    const run = await train(data, { ...settings, threads: 1 });
    expect(run.pooled!.macroF1).toBeGreaterThan(0.7);
    expect((await train(data, { ...settings, threads: 3 })).modelSha256).toBe(run.modelSha256);
    const model = readModel(saveModel(run.model));
    expect(model).toMatchObject({
      algorithm: "lightgbm",
      parameters: { numLeaves: 7, lambdaL2: 1, minDataInLeaf: 3, baggingFreq: 1 },
    });
    const trees = model.classifiers.donor;
    for (let t = 0; t < trees.treeCount; t++) {
      expect(trees.tree(t).left.filter((child) => child < 0).length).toBeLessThanOrEqual(7);
    }
  });

  it("stops early by the metric, the patience and the least improvement asked for", async () => {
    const early = { ...settings, nEstimators: 200, earlyStoppingPatience: 3 };
    const run = await train(data, { ...early, threads: 1 });
    expect(Math.max(...Object.values(run.rounds))).toBeLessThan(200);
    for (const other of [{ earlyStoppingMetric: "aucpr" as const }, { earlyStoppingMinDelta: 0.05 }]) {
      expect((await train(data, { ...early, ...other, threads: 1 })).rounds).not.toEqual(run.rounds);
    }
    expect(await hashOf({}, { seed: 1, nEstimators: 3 })).not.toBe(await hashOf({}, { nEstimators: 3 }));
  });

  it("weighs the rarer class by is_unbalance, counted in each lane's training rows", async () => {
    const fake = new FakeEngine();
    await train(data, { ...settings, algorithmParams: { is_unbalance: true }, engine: fake });
    for (const { role, target, weight } of fake.calls.flat()) {
      const sums = [0, 0];
      role.forEach((own, row) => {
        if (own === ROLE_TRAIN) sums[target[row]] += weight![row];
      });
      expect(sums[0]).toBeCloseTo(sums[1], 3);
      expect(Math.min(...weight!)).toBe(1);
    }
  });

  it("is refused on a GPU before any work", async () => {
    const reasonOf = async (device?: "auto" | "cpu") =>
      (await train(data, { ...settings, ...(device && { device }) })).device;
    expect(await reasonOf()).toMatchObject({
      device: "cpu",
      asked: "auto",
      reason: expect.stringMatching(/^lightgbm/),
    });
    expect(await reasonOf("cpu")).toMatchObject({ device: "cpu", asked: "cpu", reason: "as asked for" });
    await expect(train(data, { ...settings, device: "webgpu" })).rejects.toMatchObject({
      kind: "device",
      message: expect.stringContaining("--device cpu"),
    });
  });
});
