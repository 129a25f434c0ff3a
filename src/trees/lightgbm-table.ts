/** The table of LightGBM's parameters, in its own names and with its defaults, but for the number of trees and the seed, which are the guide's. */
import * as v from "valibot";
import { DEVICES } from "./devices.ts";
import type { ParameterTable } from "./parameter-resolver.ts";
import {
  above0To1,
  AT_LEAST_0,
  atLeast0,
  integer,
  type LearnerParameters,
  PARAMETERS,
  SHARE,
} from "./parameter-table.ts";

/** All parameters of LightGBM's manner, resolved. */
export interface LightgbmParameters extends LearnerParameters {
  readonly numLeaves: number;
  /** Edges from root to leaf; 0 or less: no limit. */
  readonly maxDepth: number;
  readonly minDataInLeaf: number;
  readonly minSumHessianInLeaf: number;
  readonly lambdaL1: number;
  readonly lambdaL2: number;
  readonly minGainToSplit: number;
  readonly maxDeltaStep: number;
  readonly featureFraction: number;
  readonly featureFractionBynode: number;
  readonly baggingFraction: number;
  readonly posBaggingFraction: number;
  readonly negBaggingFraction: number;
  readonly baggingFreq: number;
  readonly dataSampleStrategy: "bagging" | "goss";
  readonly topRate: number;
  readonly otherRate: number;
  readonly extraTrees: boolean;
  readonly isUnbalance: boolean;
}

const LOG_LOSS = ["logloss", "binary_logloss"];
const count = (low: number, high: number): string => `a whole number from ${low} to ${high}`;
const YES_NO = "true or false";

export const LIGHTGBM_PARAMETERS: ParameterTable<LightgbmParameters> = {
  nEstimators: {
    ...PARAMETERS.nEstimators,
    name: "num_iterations",
    aliases: [
      "num_iteration",
      "n_iter",
      "num_tree",
      "num_trees",
      "num_round",
      "num_rounds",
      "nrounds",
      "num_boost_round",
      "n_estimators",
      "max_iter",
    ],
  },
  learningRate: { ...PARAMETERS.learningRate, aliases: ["shrinkage_rate", "eta"] },
  numLeaves: {
    name: "num_leaves",
    aliases: ["num_leaf", "max_leaves", "max_leaf", "max_leaf_nodes"],
    schema: integer(2, 131_072),
    range: count(2, 131_072),
    default: 31,
    doc: "Most leaves of a tree. Where max_depth is given and this is not, at most 2^max_depth.",
  },
  maxDepth: {
    name: "max_depth",
    aliases: [],
    schema: integer(-1, 131_072),
    range: `${count(-1, 131_072)} (-1 and 0: no limit)`,
    default: -1,
    doc: "Edges from root to leaf.",
  },
  minDataInLeaf: {
    name: "min_data_in_leaf",
    aliases: ["min_data_per_leaf", "min_data", "min_child_samples", "min_samples_leaf"],
    schema: integer(0, 1_000_000_000),
    range: count(0, 1_000_000_000),
    default: 20,
    doc: "Least rows of a child, counted by its share of the node's hessian, as LightGBM counts them.",
  },
  minSumHessianInLeaf: {
    name: "min_sum_hessian_in_leaf",
    aliases: ["min_sum_hessian_per_leaf", "min_sum_hessian", "min_hessian", "min_child_weight"],
    schema: atLeast0,
    range: AT_LEAST_0,
    default: 1e-3,
    doc: "Least sum of hessians of a child.",
  },
  lambdaL1: {
    name: "lambda_l1",
    aliases: ["reg_alpha", "l1_regularization"],
    schema: atLeast0,
    range: AT_LEAST_0,
    default: 0,
    doc: "L1 penalty on leaf values.",
  },
  lambdaL2: {
    name: "lambda_l2",
    aliases: ["reg_lambda", "lambda", "l2_regularization"],
    schema: atLeast0,
    range: AT_LEAST_0,
    default: 0,
    doc: "L2 penalty on leaf values.",
  },
  minGainToSplit: {
    name: "min_gain_to_split",
    aliases: ["min_split_gain"],
    schema: atLeast0,
    range: AT_LEAST_0,
    default: 0,
    doc: "Least loss reduction of a split.",
  },
  maxDeltaStep: { ...PARAMETERS.maxDeltaStep, aliases: ["max_tree_output", "max_leaf_output"] },
  featureFraction: {
    name: "feature_fraction",
    aliases: ["sub_feature", "colsample_bytree"],
    schema: above0To1,
    range: SHARE,
    default: 1,
    doc: "Share of features drawn for each tree.",
  },
  featureFractionBynode: {
    name: "feature_fraction_bynode",
    aliases: ["sub_feature_bynode", "colsample_bynode"],
    schema: above0To1,
    range: SHARE,
    default: 1,
    doc: "Share of the tree's features drawn for each node.",
  },
  baggingFraction: {
    name: "bagging_fraction",
    aliases: ["sub_row", "subsample", "bagging"],
    schema: above0To1,
    range: SHARE,
    default: 1,
    doc: "Share of rows drawn, every bagging_freq trees anew.",
  },
  posBaggingFraction: {
    name: "pos_bagging_fraction",
    aliases: ["pos_sub_row", "pos_subsample", "pos_bagging"],
    schema: above0To1,
    range: SHARE,
    default: 1,
    doc: "Share of positive rows drawn, in place of bagging_fraction.",
  },
  negBaggingFraction: {
    name: "neg_bagging_fraction",
    aliases: ["neg_sub_row", "neg_subsample", "neg_bagging"],
    schema: above0To1,
    range: SHARE,
    default: 1,
    doc: "Share of negative rows drawn, in place of bagging_fraction.",
  },
  baggingFreq: {
    name: "bagging_freq",
    aliases: ["subsample_freq"],
    schema: integer(0, 1_000_000),
    range: count(0, 1_000_000),
    default: 0,
    doc: "Trees after which rows are drawn anew; 0: every tree has all rows.",
  },
  dataSampleStrategy: {
    name: "data_sample_strategy",
    aliases: [],
    schema: v.picklist(["bagging", "goss"]),
    range: "bagging or goss",
    default: "bagging",
    doc: "How rows are drawn; goss: those of large gradients, and some of the others, amplified.",
  },
  topRate: {
    name: "top_rate",
    aliases: [],
    schema: above0To1,
    range: SHARE,
    default: 0.2,
    doc: "With goss: share of rows that are kept for their gradients.",
  },
  otherRate: {
    name: "other_rate",
    aliases: [],
    schema: above0To1,
    range: SHARE,
    default: 0.1,
    doc: "With goss: share of rows that are drawn from the others.",
  },
  extraTrees: {
    name: "extra_trees",
    aliases: ["extra_tree"],
    schema: v.boolean(),
    range: YES_NO,
    default: false,
    doc: "Whether a node tries one cut a feature, drawn by the seed.",
  },
  isUnbalance: {
    name: "is_unbalance",
    aliases: ["unbalance", "unbalanced_sets"],
    schema: v.boolean(),
    range: YES_NO,
    default: false,
    doc:
      "Whether the rows of the rarer class weigh as much more as they are fewer, in each classifier's training rows.",
  },
  scalePosWeight: PARAMETERS.scalePosWeight,
  baseScore: {
    name: "boost_from_average",
    aliases: [],
    schema: v.pipe(v.boolean(), v.transform((average) => (average ? null : 0.5))),
    range: YES_NO,
    default: null,
    doc: "Whether to start from the weighted share of positive rows (true, without it) or from one half.",
  },
  maxBin: { ...PARAMETERS.maxBin, aliases: ["max_bins"], default: 255 },
  monotoneConstraints: {
    ...PARAMETERS.monotoneConstraints,
    aliases: ["mc", "monotone_constraint", "monotonic_cst"],
  },
  interactionConstraints: PARAMETERS.interactionConstraints,
  earlyStoppingRounds: {
    ...PARAMETERS.earlyStoppingRounds,
    name: "early_stopping_round",
    aliases: ["early_stopping_rounds", "early_stopping", "n_iter_no_change", "early_stopping_patience"],
  },
  earlyStoppingMinDelta: PARAMETERS.earlyStoppingMinDelta,
  evalMetric: {
    name: "metric",
    aliases: ["metrics", "metric_types", "eval_metric", "early_stopping_metric"],
    schema: v.pipe(
      v.picklist([...LOG_LOSS, "aucpr", "average_precision"]),
      v.transform((name): "logloss" | "aucpr" => (LOG_LOSS.includes(name) ? "logloss" : "aucpr")),
    ),
    range: "logloss (binary_logloss) or aucpr (average_precision)",
    default: "logloss",
    doc: PARAMETERS.evalMetric.doc,
  },
  gradientBits: {
    ...PARAMETERS.gradientBits,
    doc:
      "Gradients are rounded stochastically to multiples of 2^-gradient_bits for the choice of splits; without it, as many as " +
      "for xgboost (docs/numerics.md). Not a parameter of LightGBM.",
  },
  seed: { ...PARAMETERS.seed, aliases: ["random_seed", "random_state"] },
  device: {
    name: "device",
    aliases: ["device_type"],
    schema: v.picklist(DEVICES),
    range: "auto or cpu",
    default: "cpu",
    doc: "Where to train: the CPU, which auto takes too; leaf-wise growth is not on GPUs in this version.",
  },
};
