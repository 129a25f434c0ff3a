/** A small model made by hand: donor where `donor_score` is high, acceptor where `acceptor_score` is, else neither. */
import { type EnsembleParts, SigmoidEnsemble, type TrainingFacts } from "../../src/ensemble/sigmoid.ts";
import type { Tree } from "../../src/numerics/engine.ts";
import { toMargin } from "../../src/numerics/fixed.ts";
import { TreeModel } from "../../src/trees/tree-model.ts";

export const featureNames = ["donor_score", "acceptor_score", "gc_content"];
export const cuts = [Float32Array.of(0.25, 0.5), Float32Array.of(0.5), Float32Array.of()];

export const training: TrainingFacts = {
  rows: 5,
  genes: 2,
  geneListSha256: "a".repeat(64),
  inputsSha256: "b".repeat(64),
  seed: 42,
  libraryVersion: "0.1.0",
};

/** A tree of one split: margin `below` under the cut point, `above` from it on; missing goes left. */
export function stump(column: number, bin: number, below: number, above: number): Tree {
  return {
    column: Int32Array.of(column, -1, -1),
    bin: Int16Array.of(bin, 0, 0),
    threshold: Float32Array.of(cuts[column][bin], 0, 0),
    missingLeft: Uint8Array.of(1, 0, 0),
    left: Int32Array.of(1, -1, -1),
    value: Int32Array.of(0, toMargin(below), toMargin(above)),
    gain: Float64Array.of(8, 0, 0),
    cover: Float64Array.of(5, 3, 2),
  };
}

export const parts: EnsembleParts = {
  algorithm: "xgboost",
  parameters: { nEstimators: 2, learningRate: 0.1, monotoneConstraints: null, device: "cpu" },
  cuts,
  training,
  classifiers: {
    neither: TreeModel.fromTrees(featureNames, toMargin(0.5), [stump(0, 1, 1, -2), stump(1, 0, 1, -2)]),
    donor: TreeModel.fromTrees(featureNames, toMargin(-1), [stump(0, 1, -1, 3)]),
    acceptor: TreeModel.fromTrees(featureNames, toMargin(-1), [stump(1, 0, -1, 3)]),
  },
};

export const ensemble = new SigmoidEnsemble(parts);

/** Rows neither, donor, acceptor, and one with missing scores. */
export const table = {
  donor_score: [0.1, 0.5, 0.25, null],
  acceptor_score: [0.1, 0.2, 0.75, NaN],
  gc_content: [0.4, 0.5, 0.6, 0.5],
};
