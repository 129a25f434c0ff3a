/** Thresholds and what they achieve under the weightings of the bootstrap. */
import { type BootstrapPlan, geneWeights } from "../bootstrap.ts";
import type { CompactRanking } from "../curves/compact.ts";
import { chooseSteps, thresholdBetween } from "./choose.ts";
import { GOAL_NAMES, type ThresholdGoals } from "./types.ts";

/** Calls of each gene at a threshold. */
export interface GeneCalls {
  readonly hits: Uint32Array;
  readonly called: Uint32Array;
  readonly sites: Uint32Array;
}

/** What the task "thresholds" shares between its payloads. */
export interface ThresholdTask {
  readonly rankings: readonly CompactRanking[];
  readonly goals: ThresholdGoals;
  readonly calls: readonly GeneCalls[];
  readonly plan: BootstrapPlan;
}

/**
 * For each weighting from .. to-1: the threshold chosen on it for each ranking and goal (GOAL_NAMES within a ranking), NaN where the goal
 * cannot be met; then precision, recall and F1 of each of `calls`, whose thresholds stand.
 */
export function resampleThresholds(
  { from, to }: { readonly from: number; readonly to: number },
  { rankings, goals, calls, plan }: ThresholdTask,
): Float64Array {
  const numbers = new Float64Array((to - from) * (rankings.length * GOAL_NAMES.length + 3 * calls.length));
  let at = 0;
  for (let weighting = from; weighting < to; weighting++) {
    const weights = geneWeights(plan, weighting);
    for (const ranking of rankings) {
      const steps = chooseSteps(ranking, weights, goals);
      for (const goal of GOAL_NAMES) {
        const step = steps[goal];
        numbers[at++] = step < 0 ? NaN : thresholdBetween(ranking.below[step], ranking.score[step]);
      }
    }
    for (const own of calls) {
      let [hits, called, sites] = [0, 0, 0];
      for (let g = 0; g < weights.length; g++) {
        hits += weights[g] * own.hits[g];
        called += weights[g] * own.called[g];
        sites += weights[g] * own.sites[g];
      }
      numbers[at++] = hits / called;
      numbers[at++] = hits / sites;
      numbers[at++] = (2 * hits) / (called + sites);
    }
  }
  return numbers;
}
