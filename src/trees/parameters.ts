/** XGBoost's parameters: from what a user gives to what an engine grows trees by. */
import type { EarlyStopping, GrowthParameters } from "../numerics/engine.ts";
import { defaultGradientBits } from "../numerics/gradient.ts";
import { resolveInteractions, resolveMonotone } from "./constraints.ts";
import { FIXED_PARAMETERS } from "./fixed-parameters.ts";
import { PARAMETERS, type TreeParameters } from "./parameter-table.ts";
import { ParameterResolver, show } from "./parameter-resolver.ts";

export { MAX_DEPTH, type TreeParameters } from "./parameter-table.ts";

export interface ResolvedParameters<P = TreeParameters> {
  readonly parameters: P;
  /** Remarks about what was given: taken as something else, or without effect. */
  readonly notes: readonly string[];
}

const RESOLVER = new ParameterResolver<TreeParameters>(PARAMETERS, FIXED_PARAMETERS);

/**
 * Checks parameters against the table and fills in defaults. null and undefined mean the default, as in XGBoost's
 * scikit-learn interface.
 * @throws SpliceboostError (usage) for an unknown name, a value out of range, or one parameter given two values.
 */
export function resolveParameters(input: Readonly<Record<string, unknown>>): ResolvedParameters {
  const { parameters, given } = RESOLVER.resolve(input);
  const notes: string[] = [];
  const method = given.get("treeMethod");
  if (method && method.raw !== method.value) {
    notes.push(`${method.name} ${show(method.raw)} is trained as "hist"`);
  }
  for (const key of ["earlyStoppingMinDelta", "evalMetric"] as const) {
    const entry = given.get(key);
    if (entry && entry.value !== PARAMETERS[key].default && parameters.earlyStoppingRounds === 0) {
      notes.push(
        `${entry.name} has no effect on the model while ${PARAMETERS.earlyStoppingRounds.name} is 0`,
      );
    }
  }
  return { parameters, notes };
}

/** Early stopping as an engine is told of it. */
export function earlyStoppingOf(
  { earlyStoppingRounds, earlyStoppingMinDelta, evalMetric }: Pick<
    TreeParameters,
    "earlyStoppingRounds" | "earlyStoppingMinDelta" | "evalMetric"
  >,
): EarlyStopping | null {
  if (earlyStoppingRounds === 0) return null;
  return { patience: earlyStoppingRounds, minDelta: earlyStoppingMinDelta, metric: evalMetric };
}

/**
 * What an engine needs of the parameters, with features named in constraints found among `featureNames`.
 * @param rows of the matrix: the gradient grid's default width goes by them.
 * @throws SpliceboostError (usage) where a constraint names an unknown feature or has the wrong length.
 */
export function toGrowth(
  parameters: TreeParameters,
  featureNames: readonly string[],
  rows: number,
): GrowthParameters {
  return {
    rounds: parameters.nEstimators,
    learningRate: parameters.learningRate,
    maxDepth: parameters.maxDepth,
    minChildWeight: parameters.minChildWeight,
    gamma: parameters.gamma,
    regLambda: parameters.regLambda,
    regAlpha: parameters.regAlpha,
    maxDeltaStep: parameters.maxDeltaStep,
    subsample: parameters.subsample,
    colsampleBytree: parameters.colsampleBytree,
    colsampleBylevel: parameters.colsampleBylevel,
    colsampleBynode: parameters.colsampleBynode,
    monotone: resolveMonotone(parameters, featureNames),
    interactions: resolveInteractions(parameters, featureNames),
    gradientBits: parameters.gradientBits ?? defaultGradientBits(rows),
    earlyStopping: earlyStoppingOf(parameters),
  };
}
