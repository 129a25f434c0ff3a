/** The numbers of a run on permuted labels under weightings of its genes: a task for a thread. */
import { type BootstrapPlan, geneWeights } from "../bootstrap.ts";
import { type UnitRanking, weightedRanking } from "../comparison/weighted-ranking.ts";

export interface ShuffledRange {
  readonly plan: BootstrapPlan;
  /** Weightings from .. to - 1. */
  readonly from: number;
  readonly to: number;
}

/** AUC and average precision of each class (rankings in class order): six numbers a weighting. */
export function shuffledLabels(
  { plan, from, to }: ShuffledRange,
  rankings: readonly UnitRanking[],
): Float64Array {
  const numbers = new Float64Array(6 * (to - from));
  for (let weighting = from; weighting < to; weighting++) {
    const weights = geneWeights(plan, weighting);
    rankings.forEach((ranking, c) => {
      const { auc, ap } = weightedRanking(ranking, weights);
      numbers.set([auc, ap], 6 * (weighting - from) + 2 * c);
    });
  }
  return numbers;
}
