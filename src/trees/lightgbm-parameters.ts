/** LightGBM's parameters: from what a user gives to what an engine grows trees by. */
import type { GrowthParameters, LeafwiseGrowth } from "../numerics/engine.ts";
import { SpliceboostError, usageError } from "../numerics/errors.ts";
import { defaultGradientBits } from "../numerics/gradient.ts";
import { resolveInteractions, resolveMonotone } from "./constraints.ts";
import { LIGHTGBM_FIXED } from "./lightgbm-fixed.ts";
import { LIGHTGBM_PARAMETERS, type LightgbmParameters } from "./lightgbm-table.ts";
import { ParameterResolver } from "./parameter-resolver.ts";
import { earlyStoppingOf, type ResolvedParameters } from "./parameters.ts";

const RESOLVER = new ParameterResolver<LightgbmParameters>(LIGHTGBM_PARAMETERS, LIGHTGBM_FIXED);

type Key = keyof LightgbmParameters;

/**
 * Checks parameters against LightGBM's table and fills in defaults; null and undefined mean the default.
 * @throws SpliceboostError: "usage" for an unknown name, a value out of range, one parameter given two values and parameters that
 * contradict each other or could have no effect; "device" where a GPU is asked for
 */
export function resolveLightgbm(
  input: Readonly<Record<string, unknown>>,
): ResolvedParameters<LightgbmParameters> {
  const { parameters, given } = RESOLVER.resolve(input);
  const has = (key: Key): boolean => given.has(key);
  if (parameters.device === "webgpu") {
    throw new SpliceboostError(
      "device",
      "lightgbm grows trees leaf by leaf, which is not on GPUs in this version: use --device cpu",
    );
  }
  checkSampling(parameters, has);
  if (parameters.isUnbalance && parameters.scalePosWeight !== 1) {
    throw usageError(
      "is_unbalance and scale_pos_weight both weigh the positive rows: leave out one of them",
    );
  }
  const notes: string[] = [];
  const { maxDepth } = parameters;
  let { numLeaves } = parameters;
  const most = maxDepth > 0 ? 2 ** maxDepth : Infinity;
  if (numLeaves > most && !has("numLeaves")) numLeaves = most;
  if (numLeaves > most) {
    notes.push(
      `num_leaves ${numLeaves} has no effect beyond the ${most} leaves that max_depth ${maxDepth} allows`,
    );
  }
  for (const key of ["earlyStoppingMinDelta", "evalMetric"] as const) {
    const entry = given.get(key);
    if (entry && entry.value !== LIGHTGBM_PARAMETERS[key].default && parameters.earlyStoppingRounds === 0) {
      notes.push(`${entry.name} has no effect on the model while early_stopping_round is 0`);
    }
  }
  return { parameters: { ...parameters, numLeaves, device: "cpu" }, notes };
}

/** Refuses samplers that exclude each other, and settings of one that is not in use. */
function checkSampling(p: LightgbmParameters, has: (key: Key) => boolean): void {
  const byClass = p.posBaggingFraction < 1 || p.negBaggingFraction < 1;
  const bags = p.baggingFraction < 1 || byClass;
  if (p.dataSampleStrategy === "goss") {
    if (bags || p.baggingFreq > 0) {
      throw usageError(
        "data_sample_strategy goss draws the rows, and so does bagging: leave out bagging_fraction (subsample) and bagging_freq",
      );
    }
    if (p.topRate + p.otherRate > 1) {
      throw usageError(
        `top_rate and other_rate are shares of all rows: expected a sum of at most 1, found ${p.topRate} + ${p.otherRate}`,
      );
    }
    return;
  }
  for (const [key, name] of [["topRate", "top_rate"], ["otherRate", "other_rate"]] as const) {
    if (has(key)) {
      throw usageError(
        `${name} has no effect without goss: set data_sample_strategy "goss", or leave it out`,
      );
    }
  }
  if (bags && p.baggingFreq === 0) {
    throw usageError(
      `${
        byClass ? "pos_bagging_fraction and neg_bagging_fraction have" : "bagging_fraction (subsample) has"
      } no effect ` +
        "in LightGBM while bagging_freq is 0: set bagging_freq (subsample_freq) 1 to draw rows for every tree, or leave it out",
    );
  }
  if (!bags && p.baggingFreq > 0) {
    throw usageError(
      "bagging_freq has no effect while all rows are drawn: set bagging_fraction below 1, or leave it out",
    );
  }
  if (byClass && p.baggingFraction < 1) {
    throw usageError(
      "pos_bagging_fraction and neg_bagging_fraction take the place of bagging_fraction: leave out one or the other",
    );
  }
}

/**
 * What an engine needs of the parameters.
 * @param featureNames where features named in constraints are found
 * @param rows of the matrix: the gradient grid's default width goes by them
 * @throws SpliceboostError (usage) where a constraint names an unknown feature or has the wrong length
 */
export function lightgbmGrowth(
  p: LightgbmParameters,
  featureNames: readonly string[],
  rows: number,
): GrowthParameters {
  return {
    rounds: p.nEstimators,
    learningRate: p.learningRate,
    // A tree of so many leaves cannot be deeper.
    maxDepth: Math.min(p.maxDepth > 0 ? p.maxDepth : Infinity, p.numLeaves - 1),
    minChildWeight: p.minSumHessianInLeaf,
    gamma: p.minGainToSplit,
    regLambda: p.lambdaL2,
    regAlpha: p.lambdaL1,
    maxDeltaStep: p.maxDeltaStep,
    subsample: 1,
    colsampleBytree: p.featureFraction,
    colsampleBylevel: 1,
    colsampleBynode: p.featureFractionBynode,
    monotone: resolveMonotone(p, featureNames),
    interactions: resolveInteractions(p, featureNames),
    gradientBits: p.gradientBits ?? defaultGradientBits(rows),
    earlyStopping: earlyStoppingOf(p),
    leafwise: {
      maxLeaves: p.numLeaves,
      minDataInLeaf: p.minDataInLeaf,
      extraTrees: p.extraTrees,
      sampling: samplingOf(p),
    },
  };
}

function samplingOf(p: LightgbmParameters): LeafwiseGrowth["sampling"] {
  if (p.dataSampleStrategy === "goss") return { kind: "goss", topRate: p.topRate, otherRate: p.otherRate };
  if (p.baggingFreq === 0) return null;
  const { baggingFraction: both, baggingFreq: every } = p;
  const byClass = p.posBaggingFraction < 1 || p.negBaggingFraction < 1;
  return {
    kind: "bagging",
    every,
    negative: byClass ? p.negBaggingFraction : both,
    positive: byClass ? p.posBaggingFraction : both,
  };
}
