/** The threshold that meets a goal on weighted genes. */
import { type CompactRanking, weighted } from "../curves/compact.ts";
import type { ThresholdGoals } from "./types.ts";

/** Room for the rounding of a target times a count. */
const SLACK = 1 - 1e-12;

/** Steps of the ranking (see CompactRanking) after which to stop calling; -1 where the goal cannot be met. */
export interface ChosenSteps {
  readonly "best-f1": number;
  readonly precision: number;
  readonly recall: number;
  /** Highest precision of any step, NaN without positives: the reason where the precision goal cannot be met. */
  readonly bestPrecision: number;
}

/**
 * Chooses for all goals in one pass. best-f1: the highest F1; precision: the most recall among the steps of at least that precision;
 * recall: the most precision among the steps of at least that recall. Ties go to the higher threshold. A threshold within a run of
 * negatives is never better than the one above it, so only steps count.
 */
export function chooseSteps(
  ranking: CompactRanking,
  weights: Uint16Array,
  goals: ThresholdGoals,
): ChosenSteps {
  const { gene, positives, negatives, runEnd, groupEnd } = ranking;
  const P = weighted(ranking.genePositives, weights);
  const enough = goals.recall * P * SLACK;
  const precision = goals.precision * SLACK;
  let [bestF1, bestF1Step] = [0, -1];
  let [precisionAtRecall, recallStep] = [0, -1];
  let precisionStep = -1;
  let bestPrecision = NaN;
  let [tp, fp, at] = [0, 0, 0];
  for (let step = 0; step < groupEnd.length; step++) {
    for (const end = runEnd[step]; at < end; at++) fp += weights[gene[at]] * negatives[at];
    const before = tp;
    for (const end = groupEnd[step]; at < end; at++) {
      tp += weights[gene[at]] * positives[at];
      fp += weights[gene[at]] * negatives[at];
    }
    if (tp === before) continue;
    const f1 = tp / (tp + fp + P); // half of it
    if (f1 > bestF1) [bestF1, bestF1Step] = [f1, step];
    const share = tp / (tp + fp);
    if (!(share <= bestPrecision)) bestPrecision = share;
    if (share >= precision) precisionStep = step;
    if (tp >= enough && share > precisionAtRecall) [precisionAtRecall, recallStep] = [share, step];
  }
  return { "best-f1": bestF1Step, precision: precisionStep, recall: recallStep, bestPrecision };
}

/**
 * A threshold that calls scores from `score` up and none from `below` down, both rounded to f32: the shortest decimal between
 * them, nearest to their middle; 0 where nothing is below (NaN).
 */
export function thresholdBetween(below: number, score: number): number {
  if (Number.isNaN(below)) return 0;
  const middle = (below + score) / 2;
  for (let digits = 1; digits <= 12; digits++) {
    const candidate = Number(middle.toFixed(digits));
    const rounded = Math.fround(candidate);
    if (rounded > below && rounded <= score) return candidate;
  }
  return score;
}
