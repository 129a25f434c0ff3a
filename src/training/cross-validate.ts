/** Gene-aware cross-validation: three lanes a fold, every row predicted by the fold that never saw its gene. */
import { CLASS_NAMES, type Dataset } from "../data/dataset.ts";
import { evaluate, evaluateFold } from "../evaluation/evaluate.ts";
import type { Evaluation, FoldMetrics } from "../evaluation/types.ts";
import type { GrowthParameters } from "../numerics/engine.ts";
import { type GeneFolds, type HeldOut, rolesOf } from "./folds.ts";
import type { LaneFactory, PlannedLane, TrainedLane } from "./lanes.ts";

const CLASSES = CLASS_NAMES.length;

/** A group of three lanes: what it holds out, and which columns it may split on (null: all). */
export interface PlannedSplit {
  /** Start of the lanes' keys, e.g. "fold-2". */
  readonly key: string;
  /** Start of the lanes' names, e.g. "fold 2/5". */
  readonly title: string;
  readonly heldOut: HeldOut;
  readonly columns: Uint8Array | null;
}

/** The lanes of folds or holdouts: one after another, classes in order within each. */
export function planSplits(
  data: Dataset,
  splits: readonly PlannedSplit[],
  factory: LaneFactory,
  growth: GrowthParameters,
): PlannedLane[] {
  return splits.flatMap(({ key, title, heldOut, columns }) =>
    factory.lanes(key, title, rolesOf(data, heldOut), CLASS_NAMES.map(() => growth), columns)
  );
}

/** Fold of every row. */
export function foldOfRows(data: Dataset, folds: GeneFolds): Uint8Array {
  const fold = new Uint8Array(data.rows);
  data.genes.forEach((_, gene) => {
    fold.fill(folds.foldOf[gene], data.geneStart[gene], data.geneStart[gene + 1]);
  });
  return fold;
}

/** Out-of-fold margins, (rows, 3), from the trained lanes of all folds. */
export function gatherMargins(fold: Uint8Array, lanes: readonly TrainedLane[]): Int32Array {
  const margins = new Int32Array(fold.length * CLASSES);
  // Margins of a lane are in row order, so one cursor a fold serves its three lanes.
  const cursor = new Uint32Array(lanes.length / CLASSES);
  for (let row = 0; row < fold.length; row++) {
    const at = cursor[fold[row]]++;
    for (let c = 0; c < CLASSES; c++) {
      margins[row * CLASSES + c] = lanes[fold[row] * CLASSES + c].asideMargins[at];
    }
  }
  return margins;
}

/** Metrics by fold and of all rows together. */
export function judge(
  data: Dataset,
  labels: Uint8Array,
  folds: GeneFolds,
  probabilities: Float32Array,
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
