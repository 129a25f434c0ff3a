/**
 * The one table of the learner's parameters: names and aliases, what is accepted, defaults, meaning. It drives
 * checking and docs/parameters.md. Names and meanings are XGBoost's; defaults are the guide's, else XGBoost's.
 */
import type { GrowthParameters } from "../numerics/engine.ts";
import * as v from "valibot";
import { MAX_GRADIENT_BITS } from "../numerics/gradient.ts";
import { type Device, DEVICES } from "./devices.ts";

/** Deepest tree, in edges from root to leaf. */
export const MAX_DEPTH = 30;

/** -1, 0 or 1 per feature: in feature order, or by name. */
export type MonotoneConstraints = readonly number[] | Readonly<Record<string, number>>;
/** Groups of features, by name or index, that may meet on a path. */
export type InteractionConstraints = readonly (readonly (string | number)[])[];

/** Parameters that growth takes as they are. */
type GrowthNumbers = Pick<
  GrowthParameters,
  | "learningRate"
  | "maxDepth"
  | "minChildWeight"
  | "gamma"
  | "regLambda"
  | "regAlpha"
  | "maxDeltaStep"
  | "subsample"
  | "colsampleBytree"
  | "colsampleBylevel"
  | "colsampleBynode"
>;

/** What the parameters of every algorithm of boosted trees say, whatever its own names for it. */
export interface LearnerParameters {
  readonly nEstimators: number;
  readonly learningRate: number;
  readonly maxBin: number;
  readonly scalePosWeight: number;
  /** Whether the classes weigh the same in sum (LightGBM's is_unbalance); then scalePosWeight is 1. */
  readonly isUnbalance?: boolean;
  /** Starting probability; null: the weighted share of positives. */
  readonly baseScore: number | null;
  readonly monotoneConstraints: MonotoneConstraints | null;
  readonly interactionConstraints: InteractionConstraints | null;
  readonly earlyStoppingRounds: number;
  readonly earlyStoppingMinDelta: number;
  readonly evalMetric: "logloss" | "aucpr";
  /** Null: by the number of rows, see defaultGradientBits. */
  readonly gradientBits: number | null;
  readonly seed: number;
  readonly device: Device;
}

/** All parameters of XGBoost's manner, resolved. */
export interface TreeParameters extends GrowthNumbers, Omit<LearnerParameters, "isUnbalance"> {
  readonly treeMethod: "hist";
}

export interface ParameterSpec<T> {
  /** Snake case; the camel case spelling is accepted of every name and alias. */
  readonly name: string;
  readonly aliases: readonly string[];
  /** Checks and converts what was given. */
  readonly schema: v.GenericSchema<unknown, T>;
  /** What is accepted, in words: the second half of "expected ...". */
  readonly range: string;
  readonly default: T;
  readonly doc: string;
}

export const integer = (low: number, high: number) =>
  v.pipe(v.number(), v.safeInteger(), v.minValue(low), v.maxValue(high));
export const atLeast0 = v.pipe(v.number(), v.finite(), v.minValue(0));
export const above0To1 = v.pipe(v.number(), v.gtValue(0), v.maxValue(1));

export const SHARE = "a number above 0, at most 1";
export const AT_LEAST_0 = "a number of at least 0";

const Sign = v.picklist([-1, 0, 1]);
const SignList = v.pipe(
  v.string(),
  v.regex(/^\(\s*[+-]?[01](\s*,\s*[+-]?[01])*\s*,?\s*\)$/),
  v.transform((text) => [...text.matchAll(/[+-]?[01]/g)].map(([sign]) => Number(sign))),
);

export const PARAMETERS: { readonly [K in keyof TreeParameters]: ParameterSpec<TreeParameters[K]> } = {
  nEstimators: {
    name: "n_estimators",
    aliases: ["num_boost_round", "num_round"],
    schema: integer(1, 1_000_000),
    range: "a whole number from 1 to 1000000",
    default: 800,
    doc: "Boosting rounds: trees per classifier, unless early stopping ends sooner.",
  },
  learningRate: {
    name: "learning_rate",
    aliases: ["eta"],
    schema: above0To1,
    range: SHARE,
    default: 0.1,
    doc: "Shrinks every leaf value.",
  },
  maxDepth: {
    name: "max_depth",
    aliases: [],
    schema: integer(1, MAX_DEPTH),
    range:
      `a whole number from 1 to ${MAX_DEPTH} (XGBoost's 0, no limit, is not available: give ${MAX_DEPTH})`,
    default: 6,
    doc: "Edges from root to leaf.",
  },
  minChildWeight: {
    name: "min_child_weight",
    aliases: [],
    schema: atLeast0,
    range: AT_LEAST_0,
    default: 1,
    doc: "Least sum of hessians of a child.",
  },
  gamma: {
    name: "gamma",
    aliases: ["min_split_loss"],
    schema: atLeast0,
    range: AT_LEAST_0,
    default: 0,
    doc: "Least loss reduction of a split.",
  },
  regLambda: {
    name: "reg_lambda",
    aliases: ["lambda"],
    schema: atLeast0,
    range: AT_LEAST_0,
    default: 1,
    doc: "L2 penalty on leaf values.",
  },
  regAlpha: {
    name: "reg_alpha",
    aliases: ["alpha"],
    schema: atLeast0,
    range: AT_LEAST_0,
    default: 0,
    doc: "L1 penalty on leaf values.",
  },
  maxDeltaStep: {
    name: "max_delta_step",
    aliases: [],
    schema: atLeast0,
    range: AT_LEAST_0,
    default: 0,
    doc: "Largest leaf value before the learning rate; 0: no limit.",
  },
  subsample: {
    name: "subsample",
    aliases: [],
    schema: above0To1,
    range: SHARE,
    default: 0.8,
    doc: "Share of rows drawn for each tree.",
  },
  colsampleBytree: {
    name: "colsample_bytree",
    aliases: [],
    schema: above0To1,
    range: SHARE,
    default: 0.8,
    doc: "Share of features drawn for each tree.",
  },
  colsampleBylevel: {
    name: "colsample_bylevel",
    aliases: [],
    schema: above0To1,
    range: SHARE,
    default: 1,
    doc: "Share of the tree's features drawn for each depth.",
  },
  colsampleBynode: {
    name: "colsample_bynode",
    aliases: [],
    schema: above0To1,
    range: SHARE,
    default: 1,
    doc: "Share of the level's features drawn for each node.",
  },
  maxBin: {
    name: "max_bin",
    aliases: [],
    schema: integer(2, 256),
    range: "a whole number from 2 to 256",
    default: 256,
    doc: "Largest number of bins of a feature, the bin of missing values included.",
  },
  scalePosWeight: {
    name: "scale_pos_weight",
    aliases: [],
    schema: v.pipe(v.number(), v.finite(), v.gtValue(0)),
    range: "a number above 0",
    default: 1,
    doc: "Multiplies the weight of positive rows.",
  },
  baseScore: {
    name: "base_score",
    aliases: [],
    schema: v.pipe(v.number(), v.gtValue(0), v.ltValue(1)),
    range: "a probability strictly between 0 and 1",
    default: null,
    doc: "Probability to start from; without it, the weighted share of positive rows.",
  },
  monotoneConstraints: {
    name: "monotone_constraints",
    aliases: [],
    schema: v.union([v.array(Sign), SignList, v.record(v.string(), Sign)]),
    range: '-1, 0 or 1 per feature: [1, 0, -1], "(1,0,-1)" or {"feature": 1}',
    default: null,
    doc: "Whether the margin must rise (1) or fall (-1) with a feature.",
  },
  interactionConstraints: {
    name: "interaction_constraints",
    aliases: [],
    schema: v.pipe(
      v.array(v.pipe(v.array(v.union([v.string(), integer(0, 2 ** 31 - 1)])), v.minLength(1))),
      v.minLength(1),
    ),
    range: 'lists of feature names or indices, as [["a", "b"], ["c", "d"]]',
    default: null,
    doc: "Groups of features that may meet on a path from root to leaf.",
  },
  earlyStoppingRounds: {
    name: "early_stopping_rounds",
    aliases: ["early_stopping_patience"],
    schema: integer(0, 1_000_000),
    range: "a whole number from 0 to 1000000",
    default: 0,
    doc:
      "Rounds without improvement on the validation rows after which training stops; 0: trains all rounds.",
  },
  earlyStoppingMinDelta: {
    name: "early_stopping_min_delta",
    aliases: [],
    schema: atLeast0,
    range: AT_LEAST_0,
    default: 0,
    doc: "Least improvement that early stopping counts.",
  },
  evalMetric: {
    name: "eval_metric",
    aliases: ["early_stopping_metric"],
    schema: v.picklist(["logloss", "aucpr"]),
    range: "logloss or aucpr",
    default: "logloss",
    doc: "What is measured on the validation rows after each round.",
  },
  gradientBits: {
    name: "gradient_bits",
    aliases: [],
    schema: integer(1, MAX_GRADIENT_BITS),
    range: `a whole number from 1 to ${MAX_GRADIENT_BITS}`,
    default: null,
    doc:
      "Gradients are rounded stochastically to multiples of 2^-gradient_bits for the choice of splits; without it, 6 from " +
      "65,537 rows, one more for every halving of the rows, at most 14 (docs/numerics.md). Not a parameter of XGBoost.",
  },
  seed: {
    name: "seed",
    aliases: ["random_state"],
    schema: integer(0, Number.MAX_SAFE_INTEGER),
    range: "a whole number from 0 to 2^53 - 1",
    default: 42,
    doc: "Every random draw is a function of it.",
  },
  treeMethod: {
    name: "tree_method",
    aliases: [],
    schema: v.pipe(v.picklist(["hist", "auto", "gpu_hist", "approx"]), v.transform(() => "hist" as const)),
    range: "hist (also taken, and trained as hist: auto, gpu_hist, approx)",
    default: "hist",
    doc: "Trees are grown on histograms of bins.",
  },
  device: {
    name: "device",
    aliases: [],
    schema: v.picklist(DEVICES),
    range: "auto, webgpu or cpu (webgpu where XGBoost says cuda)",
    default: "auto",
    doc:
      "Where to train: auto takes a hardware GPU where there is one, else the CPU; webgpu takes any adapter, never the CPU instead. " +
      "The model does not depend on it.",
  },
};
