import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { SpliceboostError } from "../../src/numerics/errors.ts";
import { FIXED_PARAMETERS } from "../../src/trees/fixed-parameters.ts";
import { PARAMETERS } from "../../src/trees/parameter-table.ts";
import { MAX_DEPTH, resolveParameters, toGrowth, type TreeParameters } from "../../src/trees/parameters.ts";

const one = (input: Record<string, unknown>): TreeParameters => resolveParameters(input).parameters;

describe("resolveParameters", () => {
  it("has the guide's defaults, then XGBoost's", () => {
    expect(resolveParameters({})).toEqual({
      notes: [],
      parameters: {
        nEstimators: 800,
        learningRate: 0.1,
        maxDepth: 6,
        minChildWeight: 1,
        gamma: 0,
        regLambda: 1,
        regAlpha: 0,
        maxDeltaStep: 0,
        subsample: 0.8,
        colsampleBytree: 0.8,
        colsampleBylevel: 1,
        colsampleBynode: 1,
        maxBin: 256,
        scalePosWeight: 1,
        baseScore: null,
        monotoneConstraints: null,
        interactionConstraints: null,
        earlyStoppingRounds: 0,
        earlyStoppingMinDelta: 0,
        evalMetric: "logloss",
        gradientBits: null,
        seed: 42,
        treeMethod: "hist",
        device: "auto",
      },
    });
  });

  it.each([
    ["eta", "learningRate", 0.3],
    ["learningRate", "learningRate", 0.3],
    ["num_boost_round", "nEstimators", 7],
    ["numRound", "nEstimators", 7],
    ["lambda", "regLambda", 2],
    ["reg_lambda", "regLambda", 2],
    ["alpha", "regAlpha", 2],
    ["min_split_loss", "gamma", 2],
    ["random_state", "seed", 2],
    ["colsampleBytree", "colsampleBytree", 0.5],
    ["max_depth", "maxDepth", MAX_DEPTH],
    ["early_stopping_patience", "earlyStoppingRounds", 5],
    ["base_score", "baseScore", 0.5],
    ["monotone_constraints", "monotoneConstraints", { a: -1 }],
  ])("takes %s for %s", (name, key, value) => {
    expect(one({ [name]: value })).toEqual({ ...one({}), [key]: value });
  });

  it("accepts its own output", () => {
    const parameters = one({
      eta: 0.2,
      monotone_constraints: "(1, 0,-1)",
      interaction_constraints: [["a", 2]],
    });
    expect(parameters.monotoneConstraints).toEqual([1, 0, -1]);
    expect(resolveParameters({ ...parameters })).toEqual({ parameters, notes: [] });
  });

  it("takes null and undefined for the default", () => {
    expect(one({ max_depth: null, base_score: null, seed: undefined })).toEqual(one({}));
  });

  it.each<[Record<string, unknown>, RegExp]>([
    [{ max_dept: 3 }, /unknown parameter "max_dept"; did you mean "max_depth"/],
    [{ l2_leaf_reg: 3 }, /unknown parameter "l2_leaf_reg"; known parameters: n_estimators/],
    [{ eta: 0.1, learning_rate: 0.2 }, /"eta" and "learning_rate" are one and the same.*0\.1 and 0\.2/],
    [{ eta: 0 }, /"eta": expected a number above 0, at most 1; found 0/],
    [{ subsample: 1.5 }, /at most 1; found 1\.5/],
    [{ subsample: NaN }, /found NaN/],
    [{ gamma: Infinity }, /found Infinity/],
    [{ gamma: -1 }, /at least 0; found -1/],
    [{ max_depth: 0 }, /XGBoost's 0, no limit, is not available: give 30/],
    [{ max_depth: 31 }, /from 1 to 30/],
    [{ max_depth: 2.5 }, /found 2\.5/],
    [{ max_depth: "6" }, /found "6"/],
    [{ n_estimators: true }, /found true/],
    [{ max_bin: 257 }, /from 2 to 256; found 257/],
    [{ base_score: 1 }, /strictly between 0 and 1; found 1/],
    [{ seed: -1 }, /found -1/],
    [{ scale_pos_weight: 0 }, /above 0; found 0/],
    [{ eval_metric: "auc" }, /logloss or aucpr; found "auc"/],
    [{ tree_method: "exact" }, /expected hist.*found "exact"/],
    [{ device: "cuda" }, /auto, webgpu or cpu \(webgpu where XGBoost says cuda\); found "cuda"/],
    [{ monotone_constraints: [2] }, /-1, 0 or 1 per feature.*found \[2\]/],
    [{ monotone_constraints: "(1,2)" }, /found "\(1,2\)"/],
    [{ monotone_constraints: { a: "up" } }, /found \{"a":"up"\}/],
    [{ interaction_constraints: ["a"] }, /lists of feature names/],
    [{ interaction_constraints: [[]] }, /lists of feature names/],
    [{ booster: "dart" }, /"booster" "dart" is not available.*only accepted value is "gbtree"/],
    [{ growPolicy: "lossguide" }, /only accepted value is "depthwise"/],
    [{ max_leaves: 31 }, /only accepted value is 0/],
    [{ nthread: 4 }, /--threads.*leave it out/],
  ])("refuses %j", (input, message) => {
    expect(() => resolveParameters(input)).toThrow(message);
    expect(() => resolveParameters(input)).toThrow(SpliceboostError);
  });

  it("lets one parameter come by two names with one value", () => {
    expect(one({ eta: 0.2, learning_rate: 0.2 }).learningRate).toBe(0.2);
  });

  it("accepts a fixed parameter's only value", () => {
    for (const { name, accepted } of FIXED_PARAMETERS) {
      if (accepted !== undefined) expect(one({ [name]: accepted })).toEqual(one({}));
    }
  });

  it("says what it takes for something else, and what has no effect", () => {
    expect(resolveParameters({ tree_method: "gpu_hist" }).notes).toEqual([
      'tree_method "gpu_hist" is trained as "hist"',
    ]);
    expect(resolveParameters({ eval_metric: "aucpr" }).notes).toHaveLength(1);
    expect(resolveParameters({ eval_metric: "aucpr", early_stopping_rounds: 5 }).notes).toEqual([]);
  });

  it("meets any value with parameters or a usage error", () => {
    const names = Object.values(PARAMETERS).flatMap(({ name, aliases }) => [name, ...aliases]);
    fc.assert(
      fc.property(
        fc.constantFrom(...names),
        fc.anything({ withBigInt: true, withDate: true, withTypedArray: true }),
        (name, value) => {
          try {
            resolveParameters({ [name]: value });
          } catch (error) {
            expect(error).toBeInstanceOf(SpliceboostError);
          }
        },
      ),
    );
  });
});

describe("toGrowth", () => {
  const features = ["gc", "donor", "acceptor"];

  it("finds features by name and by index", () => {
    const growth = toGrowth(
      one({
        monotone_constraints: { donor: 1 },
        interaction_constraints: [["acceptor", "gc", 0], [1]],
        early_stopping_rounds: 4,
        eval_metric: "aucpr",
        n_estimators: 9,
      }),
      features,
      100,
    );
    expect(growth.monotone).toEqual(Int8Array.of(0, 1, 0));
    expect(growth.interactions).toEqual([[0, 2], [1]]);
    expect(growth.earlyStopping).toEqual({ patience: 4, minDelta: 0, metric: "aucpr" });
    expect(growth.rounds).toBe(9);
  });

  it("takes a finer gradient grid for fewer rows, unless one is given", () => {
    const bits = (rows: number, given = {}): number => toGrowth(one(given), features, rows).gradientBits;
    expect([1, 512, 513, 32768, 65536, 65537, 3_700_000].map((rows) => bits(rows))).toEqual([
      14,
      14,
      13,
      8,
      7,
      6,
      6,
    ]);
    expect(bits(100, { gradient_bits: 4 })).toBe(4);
  });

  it("has no constraints where none bind", () => {
    const growth = toGrowth(one({ monotone_constraints: [0, 0, 0] }), features, 100);
    expect([growth.monotone, growth.interactions, growth.earlyStopping]).toEqual([null, null, null]);
  });

  it.each<[Record<string, unknown>, RegExp]>([
    [{ monotone_constraints: [1, 0] }, /each of the 3 features, found 2/],
    [{ monotone_constraints: { doner: 1 } }, /no feature "doner"; did you mean "donor"/],
    [{ interaction_constraints: [[3]] }, /feature 3 is out of range; there are 3/],
    [{ interaction_constraints: [["accepter"]] }, /did you mean "acceptor"/],
  ])("refuses %j", (input, message) => {
    expect(() => toGrowth(one(input), features, 100)).toThrow(message);
  });
});
