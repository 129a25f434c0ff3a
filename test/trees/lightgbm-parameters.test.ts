import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { SpliceboostError } from "../../src/numerics/errors.ts";
import { growthOf, resolveAlgorithm } from "../../src/trees/algorithms.ts";
import { LIGHTGBM_FIXED } from "../../src/trees/lightgbm-fixed.ts";
import { resolveLightgbm } from "../../src/trees/lightgbm-parameters.ts";
import { LIGHTGBM_PARAMETERS, type LightgbmParameters } from "../../src/trees/lightgbm-table.ts";

const one = (input: Record<string, unknown>): LightgbmParameters => resolveLightgbm(input).parameters;

describe("resolveLightgbm", () => {
  it("has LightGBM's defaults, but for the trees and the seed, which are the guide's", () => {
    expect(resolveLightgbm({})).toEqual({
      notes: [],
      parameters: {
        nEstimators: 800,
        learningRate: 0.1,
        numLeaves: 31,
        maxDepth: -1,
        minDataInLeaf: 20,
        minSumHessianInLeaf: 1e-3,
        lambdaL1: 0,
        lambdaL2: 0,
        minGainToSplit: 0,
        maxDeltaStep: 0,
        featureFraction: 1,
        featureFractionBynode: 1,
        baggingFraction: 1,
        posBaggingFraction: 1,
        negBaggingFraction: 1,
        baggingFreq: 0,
        dataSampleStrategy: "bagging",
        topRate: 0.2,
        otherRate: 0.1,
        extraTrees: false,
        isUnbalance: false,
        scalePosWeight: 1,
        baseScore: null,
        maxBin: 255,
        monotoneConstraints: null,
        interactionConstraints: null,
        earlyStoppingRounds: 0,
        earlyStoppingMinDelta: 0,
        evalMetric: "logloss",
        gradientBits: null,
        seed: 42,
        device: "cpu",
      },
    });
  });

  it.each([
    ["min_child_weight", "minSumHessianInLeaf", 3],
    ["max_leaves", "numLeaves", 7],
    ["reg_lambda", "lambdaL2", 2],
    ["lambda", "lambdaL2", 2],
    ["minChildSamples", "minDataInLeaf", 5],
    ["colsample_bytree", "featureFraction", 0.5],
    ["boost_from_average", "baseScore", false, 0.5],
    ["metric", "evalMetric", "average_precision", "aucpr"],
    ["device_type", "device", "auto", "cpu"],
    ["early_stopping_patience", "earlyStoppingRounds", 5],
  ])("takes %s for %s", (name, key, value, taken: unknown = value) => {
    expect(one({ [name]: value })).toEqual({ ...one({}), [key]: taken });
  });

  it("reads a name by the algorithm's own table first", () => {
    const given = { min_child_weight: 2, max_leaves: 0 };
    expect(resolveAlgorithm("xgboost", given).parameters).toMatchObject({ minChildWeight: 2 });
    expect(() => resolveAlgorithm("lightgbm", given)).toThrow(/"max_leaves": expected a whole number from 2/);
    expect(() => resolveAlgorithm("xgboost", { num_leaves: 7 })).toThrow(/unknown parameter "num_leaves"/);
  });

  it("takes the guide's example as written", () => {
    const guide = { max_depth: 4, num_leaves: 15, feature_fraction: 0.8 };
    expect(resolveLightgbm(guide)).toMatchObject({
      notes: [],
      parameters: { maxDepth: 4, numLeaves: 15, featureFraction: 0.8 },
    });
  });

  it("has no more leaves by default than the depth allows, and says where more were given", () => {
    expect(one({ max_depth: 3 }).numLeaves).toBe(8);
    expect(one({ max_depth: 30 }).numLeaves).toBe(31);
    expect(resolveLightgbm({ max_depth: 3, num_leaves: 31 }).notes).toEqual([
      "num_leaves 31 has no effect beyond the 8 leaves that max_depth 3 allows",
    ]);
  });

  it.each<[Record<string, unknown>, RegExp]>([
    [{ num_leavs: 3 }, /unknown parameter "num_leavs"; did you mean "num_leaves"/],
    [{ num_leaves: 1 }, /from 2 to 131072; found 1/],
    [{ num_leaves: 31, max_leaves: 15 }, /"num_leaves" and "max_leaves" are one and the same.*31 and 15/],
    [{ min_data_in_leaf: -1 }, /found -1/],
    [{ feature_fraction: 0 }, /above 0, at most 1; found 0/],
    [{ bagging_fraction: 0.8 }, /bagging_fraction \(subsample\) has no effect.*bagging_freq/],
    [{ subsample: 0.8 }, /set bagging_freq \(subsample_freq\) 1/],
    [{ pos_bagging_fraction: 0.8 }, /pos_bagging_fraction.*no effect.*bagging_freq is 0/],
    [{ bagging_freq: 1 }, /bagging_freq has no effect while all rows are drawn/],
    [{ bagging_freq: 1, bagging_fraction: 0.5, neg_bagging_fraction: 0.5 }, /take the place of/],
    [{ data_sample_strategy: "goss", bagging_freq: 1, bagging_fraction: 0.5 }, /so does bagging/],
    [
      { data_sample_strategy: "goss", top_rate: 0.7, other_rate: 0.4 },
      /sum of at most 1, found 0\.7 \+ 0\.4/,
    ],
    [{ top_rate: 0.3 }, /top_rate has no effect without goss/],
    [{ is_unbalance: true, scale_pos_weight: 3 }, /both weigh the positive rows/],
    [{ boosting: "dart" }, /dart and rf are not carried out in this version/],
    [{ boosting_type: "goss" }, /data_sample_strategy "goss"/],
    [{ drop_rate: 0.2 }, /dart is not carried out/],
    [{ cat_smooth: 5 }, /categorical splits are not carried out/],
    [{ path_smooth: 1 }, /"path_smooth" 1 is not available: it is not carried out in this version/],
    [{ enable_bundle: true }, /bundling of exclusive features is not carried out/],
    [{ bagging_seed: 7 }, /every draw is a function of seed/],
    [{ num_threads: 4 }, /--threads/],
    [{ objective: "regression" }, /only accepted value is "binary"/],
    [{ device: "cuda" }, /expected auto or cpu; found "cuda"/],
  ])("refuses %j", (input, message) => {
    expect(() => resolveLightgbm(input)).toThrow(message);
    expect(() => resolveLightgbm(input)).toThrow(expect.objectContaining({ kind: "usage" }));
  });

  it("refuses a GPU as a device that is not there", () => {
    const refused = (): unknown => resolveLightgbm({ device: "webgpu" });
    expect(refused).toThrow(/--device cpu/);
    expect(refused).toThrow(expect.objectContaining({ kind: "device" }));
  });

  it("accepts a fixed parameter's only value", () => {
    for (const { name, accepted } of LIGHTGBM_FIXED) {
      if (accepted !== undefined) expect(one({ [name]: accepted })).toEqual(one({}));
    }
  });

  it("has no spelling twice", () => {
    const specs = [...Object.values(LIGHTGBM_PARAMETERS), ...LIGHTGBM_FIXED];
    const names = specs.flatMap(({ name, aliases = [] }) => [name, ...aliases]);
    expect([...new Set(names)]).toEqual(names);
  });

  it("meets any value with parameters or an error of its own", () => {
    const names = Object.values(LIGHTGBM_PARAMETERS).flatMap(({ name, aliases }) => [name, ...aliases]);
    fc.assert(
      fc.property(
        fc.constantFrom(...names),
        fc.anything({ withBigInt: true, withDate: true, withTypedArray: true }),
        (name, value) => {
          try {
            resolveLightgbm({ [name]: value });
          } catch (error) {
            expect(error).toBeInstanceOf(SpliceboostError);
          }
        },
      ),
    );
  });
});

describe("growthOf", () => {
  const growth = (given: Record<string, unknown>) => growthOf(one(given), ["gc", "donor"], 1000);

  it("has the engine's words for LightGBM's", () => {
    const given = {
      num_leaves: 15,
      min_data_in_leaf: 3,
      min_sum_hessian_in_leaf: 0.5,
      lambda_l1: 2,
      lambda_l2: 4,
      min_gain_to_split: 0.25,
      feature_fraction: 0.5,
      feature_fraction_bynode: 0.75,
      extra_trees: true,
      mc: { donor: 1 },
    };
    expect(growth(given)).toMatchObject({
      maxDepth: 14,
      minChildWeight: 0.5,
      gamma: 0.25,
      regAlpha: 2,
      regLambda: 4,
      subsample: 1,
      colsampleBytree: 0.5,
      colsampleBynode: 0.75,
      monotone: Int8Array.of(0, 1),
      leafwise: { maxLeaves: 15, minDataInLeaf: 3, extraTrees: true, sampling: null },
    });
    expect(growth({ max_depth: 4 }).maxDepth).toBe(4);
    expect(growthOf(resolveAlgorithm("xgboost", {}).parameters, [], 10).leafwise).toBeUndefined();
  });

  it("draws rows as asked", () => {
    const sampling = (given: Record<string, unknown>) => growth(given).leafwise!.sampling;
    expect(sampling({ bagging_fraction: 0.5, bagging_freq: 3 }))
      .toEqual({ kind: "bagging", every: 3, negative: 0.5, positive: 0.5 });
    expect(sampling({ neg_bagging_fraction: 0.5, bagging_freq: 1 }))
      .toEqual({ kind: "bagging", every: 1, negative: 0.5, positive: 1 });
    expect(sampling({ data_sample_strategy: "goss", top_rate: 0.3 }))
      .toEqual({ kind: "goss", topRate: 0.3, otherRate: 0.1 });
  });
});
