/** How models use their features: sums over the splits, in the delivered model and over the folds. */
import type { ClassName } from "../../data/dataset.ts";
import { mean, variance } from "../../statistics/quantile.ts";
import { midranks } from "../../statistics/ranks.ts";
import { pearson } from "../../statistics/correlation.ts";
import type { TreeModel } from "../../trees/tree-model.ts";
import { featureSums } from "../../trees/tree-summary.ts";
import type { ModelUse, RankStability, Spread } from "./types.ts";

/** The three classifiers of a fold, or of the final model. */
export interface Classifiers {
  readonly classifiers: Readonly<Record<ClassName, TreeModel>>;
}

/**
 * Use of each named feature by the classifier of one class. Features that a model does not know count as not split on.
 * @param final null where there is no delivered model: its numbers are 0 or null then
 */
export function modelUse(
  names: readonly string[],
  final: TreeModel | null,
  folds: readonly TreeModel[],
): { readonly use: ModelUse[]; readonly stability: RankStability } {
  const own = final && sumsByName(names, final);
  const foldGains = folds.map((model) => sumsByName(names, model).gain);
  const foldShares = foldGains.map(sharesOf);
  const foldRanks = foldGains.map((gain) => midranks(gain.map((value) => -value)).ranks);
  const share = own && sharesOf(own.gain);
  const use = names.map((_, f): ModelUse => {
    const weight = own ? own.weight[f] : 0;
    const totalGain = own ? own.gain[f] : 0;
    const totalCover = own ? own.cover[f] : 0;
    return {
      weight,
      totalGain,
      meanGain: weight > 0 ? totalGain / weight : null,
      totalCover,
      meanCover: weight > 0 ? totalCover / weight : null,
      gainShare: share && share[f],
      foldGainShare: spreadOf(foldShares.flatMap((shares) => shares ? [shares[f]] : [])),
      // A model without splits ranks nothing.
      foldRank: spreadOf(foldRanks.flatMap((ranks, fold) => foldShares[fold] ? [ranks[f]] : [])),
    };
  });
  return { use, stability: stabilityOf(foldRanks) };
}

/** Mean and sample standard deviation; null where undefined. */
export function spreadOf(values: readonly number[]): Spread {
  return {
    mean: values.length > 0 ? mean(values) : null,
    sd: values.length > 1 ? Math.sqrt(variance(values)) : null,
  };
}

function sumsByName(names: readonly string[], model: TreeModel) {
  const { weight, gain, cover } = featureSums(model);
  const at = new Map(model.featureNames.map((name, f) => [name, f]));
  const take = (values: ArrayLike<number>): Float64Array =>
    Float64Array.from(names, (name) => values[at.get(name) ?? -1] ?? 0);
  return { weight: take(weight), gain: take(gain), cover: take(cover) };
}

/** Null where no split gains anything. */
function sharesOf(gain: Float64Array): Float64Array | null {
  const total = gain.reduce((sum, value) => sum + value, 0);
  return total > 0 ? gain.map((value) => value / total) : null;
}

function stabilityOf(ranks: readonly Float64Array[]): RankStability {
  const correlations: number[] = [];
  for (let a = 0; a < ranks.length; a++) {
    for (let b = 0; b < a; b++) correlations.push(pearson(ranks[a], ranks[b]));
  }
  const defined = correlations.filter((value) => !Number.isNaN(value));
  if (defined.length === 0) return { meanSpearman: null, lowestSpearman: null };
  return { meanSpearman: mean(defined), lowestSpearman: Math.min(...defined) };
}
