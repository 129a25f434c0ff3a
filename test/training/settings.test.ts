import { describe, expect, it } from "vitest";
import { resolveSettings } from "../../src/training/settings.ts";
import type { TrainSettings } from "../../src/training/types.ts";
import { FakeEngine } from "./fake-engine.ts";

describe("resolveSettings", () => {
  it("fills in the guide's defaults", () => {
    const { parameters, nFolds, validSize, baseThresh, threshold, skipEval } = resolveSettings({});
    expect({ nFolds, validSize, baseThresh, threshold, skipEval })
      .toEqual({ nFolds: 5, validSize: null, baseThresh: 0.5, threshold: 0.5, skipEval: false });
    expect(parameters).toMatchObject({
      nEstimators: 800,
      learningRate: 0.1,
      maxDepth: 6,
      seed: 42,
      maxBin: 256,
    });
  });

  it("passes every learner setting on", () => {
    const settings: TrainSettings = {
      nEstimators: 7,
      maxBin: 33,
      earlyStoppingPatience: 3,
      earlyStoppingMinDelta: 0.5,
      earlyStoppingMetric: "aucpr",
      seed: 9,
      device: "cpu",
      algorithmParams: { eta: 0.3 },
    };
    expect(resolveSettings(settings).parameters).toMatchObject({
      nEstimators: 7,
      maxBin: 33,
      earlyStoppingRounds: 3,
      earlyStoppingMinDelta: 0.5,
      evalMetric: "aucpr",
      seed: 9,
      device: "cpu",
      learningRate: 0.3,
    });
  });

  it("resolves parameters in the algorithm's own names", () => {
    const settings: TrainSettings = {
      algorithm: "lightgbm",
      nEstimators: 7,
      maxBin: 33,
      seed: 9,
      earlyStoppingPatience: 3,
      algorithmParams: { max_depth: 4, num_leaves: 15, feature_fraction: 0.8 },
    };
    expect(resolveSettings(settings)).toMatchObject({
      algorithm: "lightgbm",
      parameters: {
        nEstimators: 7,
        maxBin: 33,
        seed: 9,
        earlyStoppingRounds: 3,
        maxDepth: 4,
        numLeaves: 15,
        featureFraction: 0.8,
      },
    });
    expect(resolveSettings({ algorithm: "lightgbm" }).parameters.maxBin).toBe(255);
  });

  it("takes the validation share only with early stopping", () => {
    expect(resolveSettings({ earlyStoppingPatience: 5 }).validSize).toBe(0.1);
    expect(resolveSettings({ algorithmParams: { early_stopping_rounds: 5 }, validSize: 0.2 }).validSize).toBe(
      0.2,
    );
  });

  const refused: [string, Record<string, unknown>, RegExp][] = [
    ["an unknown name, with a suggestion", { nFold: 3 }, /unknown setting "nFold"; did you mean "nFolds"/],
    ["an unknown parameter", { algorithmParams: { max_dept: 3 } }, /did you mean "max_depth"/],
    ["folds out of range", { nFolds: 1 }, /"nFolds": expected a whole number from 2 to 255, found 1/],
    ["a share out of range", { validSize: 1, earlyStoppingPatience: 1 }, /"validSize": expected a share/],
    ["a threshold out of range", { threshold: 1.5 }, /"threshold": expected a number from 0 to 1/],
    ["another algorithm", { algorithm: "catboost" }, /"algorithm": expected "xgboost" or "lightgbm"/],
    [
      "another algorithm's parameter",
      { algorithmParams: { num_leaves: 7 } },
      /unknown parameter "num_leaves"/,
    ],
    [
      "a sampler without effect",
      { algorithm: "lightgbm", algorithmParams: { subsample: 0.5 } },
      /bagging_freq/,
    ],
    ["two values under two names", { nEstimators: 5, algorithmParams: { num_round: 6 } }, /two values/],
    ["two values under one name", { nEstimators: 5, algorithmParams: { nEstimators: 6 } }, /two values/],
    ["validSize without early stopping", { validSize: 0.2 }, /no effect without early stopping/],
    ["nFolds with skipEval", { nFolds: 3, skipEval: true }, /nFolds can have no effect with skipEval/],
    ["early stopping with skipEval", { earlyStoppingPatience: 3, skipEval: true }, /n_estimators/],
    ["threads beside an engine", { threads: 2, engine: new FakeEngine() }, /belong to the engine/],
  ];
  for (const [what, settings, message] of refused) {
    it(`refuses ${what}`, () => {
      expect(() => resolveSettings(settings as TrainSettings)).toThrow(message);
    });
  }
});
