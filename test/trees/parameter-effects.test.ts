/** Every parameter reaches the trees: changing it alone changes the model. What it means is held by test/cpu/reference-trainer.ts. */
import { afterAll, describe, expect, it } from "vitest";
import { createCpuEngine } from "../../src/cpu/engine.ts";
import { Stream } from "../../src/numerics/random.ts";
import { GradientBoostedTrees } from "../../src/trees/gradient-boosted-trees.ts";
import { PARAMETERS } from "../../src/trees/parameter-table.ts";

const engine = createCpuEngine({ threads: 1 });
afterAll(() => engine.close());

const stream = new Stream(12, 96);
const ROWS = 500;
const COLUMNS = 6;
const X = Array.from({ length: ROWS }, () => Array.from({ length: COLUMNS }, () => stream.nextFloat()));
const y = X.map((row) => (row[0] + row[1] * row[2] + 0.5 * stream.nextNormal() > 0.9 ? 1 : 0));

/** Few rounds that stop early by too fine a patience to miss a change of the metric or its least improvement. */
const STOPPING = { n_estimators: 40, learning_rate: 0.4, early_stopping_rounds: 3 };

/** Parameters set for both fits, then those changed for the second. */
const CHANGES: Record<string, [Record<string, unknown>, Record<string, unknown>]> = {
  nEstimators: [{}, { n_estimators: 7 }],
  learningRate: [{}, { learning_rate: 0.2 }],
  maxDepth: [{}, { max_depth: 3 }],
  minChildWeight: [{}, { min_child_weight: 9 }],
  gamma: [{}, { gamma: 3 }],
  regLambda: [{}, { reg_lambda: 7 }],
  regAlpha: [{}, { reg_alpha: 2 }],
  maxDeltaStep: [{}, { max_delta_step: 0.3 }],
  subsample: [{}, { subsample: 0.5 }],
  colsampleBytree: [{}, { colsample_bytree: 0.5 }],
  colsampleBylevel: [{}, { colsample_bylevel: 0.5 }],
  colsampleBynode: [{}, { colsample_bynode: 0.5 }],
  maxBin: [{}, { max_bin: 5 }],
  scalePosWeight: [{}, { scale_pos_weight: 4 }],
  baseScore: [{}, { base_score: 0.1 }],
  monotoneConstraints: [{}, { monotone_constraints: [-1, 0, 0, 0, 0, 0] }],
  interactionConstraints: [{}, { interaction_constraints: [[0, 3], [1, 4], [2, 5]] }],
  earlyStoppingRounds: [{ n_estimators: 40, learning_rate: 0.4 }, { early_stopping_rounds: 3 }],
  earlyStoppingMinDelta: [STOPPING, { early_stopping_min_delta: 0.05 }],
  evalMetric: [STOPPING, { eval_metric: "aucpr" }],
  gradientBits: [{}, { gradient_bits: 4 }],
  seed: [{}, { seed: 1 }],
};

/** Parameters that say where or how to train, and must not change a model. */
const WITHOUT_EFFECT = ["treeMethod", "device"];

async function trees(parameters: Record<string, unknown>): Promise<unknown> {
  const model = new GradientBoostedTrees({
    n_estimators: 6,
    learning_rate: 0.3,
    max_depth: 5,
    ...parameters,
  });
  await model.fit(X, y, { engine });
  const { baseMargin, packed } = model.models_[0];
  return { baseMargin, column: packed.column, threshold: packed.threshold, value: packed.value };
}

describe("parameters", () => {
  it("are all named here", () => {
    expect([...Object.keys(CHANGES), ...WITHOUT_EFFECT].sort()).toEqual(Object.keys(PARAMETERS).sort());
  });

  for (const [name, [both, changed]] of Object.entries(CHANGES)) {
    it(`${name} changes the trees`, async () => {
      const before = await trees(both);
      expect(await trees(both)).toEqual(before);
      expect(await trees({ ...both, ...changed })).not.toEqual(before);
    });
  }
});
