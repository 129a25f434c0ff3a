/** Gene-aware cross-validation: three lanes a fold, every row predicted by the fold that never saw its gene. */
import { CLASS_NAMES, type Dataset } from "../data/dataset.ts";
import { evaluate, evaluateFold } from "../evaluation/evaluate.ts";
import type { Evaluation, FoldMetrics } from "../evaluation/types.ts";
import type { GrowthParameters } from "../numerics/engine.ts";
import { probability } from "../numerics/sigmoid.ts";
import { type GeneFolds, rolesOfFold } from "./folds.ts";
import type { LaneFactory, PlannedLane, TrainedLane } from "./lanes.ts";
import type { OutOfFold } from "./types.ts";

const CLASSES = CLASS_NAMES.length;

/** The lanes of all folds: fold by fold, classes in order within each. */
export function planFolds(
  data: Dataset,
  folds: GeneFolds,
  factory: LaneFactory,
  growth: GrowthParameters,
): PlannedLane[] {
  return Array.from({ length: folds.nFolds }, (_, fold) =>
    factory.lanes(
      `fold-${fold + 1}`,
      `fold ${fold + 1}/${folds.nFolds}`,
      rolesOfFold(data, folds, fold),
      CLASS_NAMES.map(() => growth),
    )).flat();
}

/** Out-of-fold probabilities from the lanes of `planFolds`, trained. */
export function gatherOutOfFold(data: Dataset, folds: GeneFolds, lanes: readonly TrainedLane[]): OutOfFold {
  const fold = new Uint8Array(data.rows);
  const probabilities = new Float32Array(data.rows * CLASSES);
  data.genes.forEach((_, gene) => {
    fold.fill(folds.foldOf[gene], data.geneStart[gene], data.geneStart[gene + 1]);
  });
  // Margins of a lane are in row order, so one cursor a fold serves its three lanes.
  const cursor = new Uint32Array(folds.nFolds);
  for (let row = 0; row < data.rows; row++) {
    const at = cursor[fold[row]]++;
    for (let c = 0; c < CLASSES; c++) {
      const { asideMargins } = lanes[fold[row] * CLASSES + c];
      probabilities[row * CLASSES + c] = probability(asideMargins[at]);
    }
  }
  return { fold, probabilities };
}

/** Metrics by fold and of all rows together. */
export function judge(
  data: Dataset,
  labels: Uint8Array,
  folds: GeneFolds,
  { probabilities }: OutOfFold,
  thresholds: { readonly threshold: number; readonly baseThresh: number },
): { readonly folds: FoldMetrics[]; readonly pooled: Evaluation } {
  const { threshold, baseThresh } = thresholds;
  const { geneStart, baseScores } = data;
  const input = { labels, probabilities, geneStart, baseScores, threshold, baseThresh };
  const byFold = Array.from({ length: folds.nFolds }, (_, fold) => {
    const genes = data.genes.flatMap((_, gene) => (folds.foldOf[gene] === fold ? [gene] : []));
    return evaluateFold({ ...input, genes, fold });
  });
  return { folds: byFold, pooled: evaluate(input) };
}

/** Rounds of the final model per class: the mean of the folds' tree counts, rounded (they differ with early stopping). */
export function finalRounds(lanes: readonly TrainedLane[]): number[] {
  const nFolds = lanes.length / CLASSES;
  return CLASS_NAMES.map((_, c) => {
    let trees = 0;
    for (let fold = 0; fold < nFolds; fold++) trees += lanes[fold * CLASSES + c].treeCount;
    return Math.max(1, Math.round(trees / nFolds));
  });
}
