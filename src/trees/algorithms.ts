/** The algorithms of boosted trees, each with parameters in its own names: the same name can mean another default, or another thing. */
import type { GrowthParameters } from "../numerics/engine.ts";
import { lightgbmGrowth, resolveLightgbm } from "./lightgbm-parameters.ts";
import type { LightgbmParameters } from "./lightgbm-table.ts";
import { type ResolvedParameters, resolveParameters, toGrowth, type TreeParameters } from "./parameters.ts";

export const ALGORITHMS = ["xgboost", "lightgbm"] as const;
export type Algorithm = (typeof ALGORITHMS)[number];

/** Resolved parameters of any of them. */
export type AlgorithmParameters = TreeParameters | LightgbmParameters;

/**
 * Resolves what was given in the algorithm's own table of names and aliases.
 * @throws SpliceboostError as `resolveParameters` and `resolveLightgbm` do
 */
export function resolveAlgorithm(
  algorithm: Algorithm,
  given: Readonly<Record<string, unknown>>,
): ResolvedParameters<AlgorithmParameters> {
  return algorithm === "lightgbm" ? resolveLightgbm(given) : resolveParameters(given);
}

/** What an engine needs of resolved parameters: see `toGrowth` and `lightgbmGrowth`. */
export function growthOf(
  parameters: AlgorithmParameters,
  featureNames: readonly string[],
  rows: number,
): GrowthParameters {
  return "numLeaves" in parameters
    ? lightgbmGrowth(parameters, featureNames, rows)
    : toGrowth(parameters, featureNames, rows);
}
