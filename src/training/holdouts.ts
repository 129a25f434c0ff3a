/** Repeated holdouts: fresh models beside the folds, each judged on a fifth of the genes. */
import { csvText } from "../data/csv-text.ts";
import { CLASS_NAMES, type Dataset } from "../data/dataset.ts";
import { applyCalibration, fitCalibration } from "../ensemble/calibration/calibration.ts";
import type { CalibrationRequest } from "../ensemble/calibration/types.ts";
import { evaluate } from "../evaluation/evaluate.ts";
import type { FoldSummary } from "../evaluation/types.ts";
import { summariseValues } from "../evaluation/evaluate.ts";
import { probability } from "../numerics/sigmoid.ts";
import type { HeldOut } from "./folds.ts";
import type { TrainedLane } from "./lanes.ts";
import type { HoldoutSplit } from "./types.ts";

const CLASSES = CLASS_NAMES.length;

/** Share of the genes that a holdout tests on. */
export const HOLDOUT_SHARE = 0.2;

/** What is needed to judge the holdouts. */
export interface HoldoutFacts {
  readonly data: Dataset;
  readonly labels: Uint8Array;
  readonly splits: readonly HeldOut[];
  /** Three a split. */
  readonly lanes: readonly TrainedLane[];
  /** Out-of-fold margins, (rows, 3), and the calibration asked for; null where the model is not calibrated. */
  readonly calibration: { readonly request: CalibrationRequest; readonly margins: Int32Array } | null;
  readonly threshold: number;
  readonly baseThresh: number;
}

/** Judges every holdout; its calibration is fitted on out-of-fold scores of its training genes. */
export function judgeHoldouts(facts: HoldoutFacts): HoldoutSplit[] {
  const { data, labels, splits, lanes, threshold, baseThresh } = facts;
  const { geneStart, baseScores } = data;
  return splits.map(({ test }, split) => {
    const genes = data.genes.flatMap((_, gene) => (test[gene] ? [gene] : []));
    const own = lanes.slice(CLASSES * split, CLASSES * (split + 1));
    const testRows = genes.flatMap((gene) => rowsOf(geneStart, gene));
    const margins = new Int32Array(testRows.length * CLASSES);
    for (let i = 0; i < testRows.length; i++) {
      for (let c = 0; c < CLASSES; c++) margins[CLASSES * i + c] = own[c].asideMargins[i];
    }
    const tested = facts.calibration
      ? applyCalibration(calibrationFor(facts, facts.calibration, test), margins)
      : Float32Array.from(margins, probability);
    const probabilities = new Float32Array(data.rows * CLASSES);
    testRows.forEach((row, i) => {
      for (let c = 0; c < CLASSES; c++) probabilities[CLASSES * row + c] = tested[CLASSES * i + c];
    });
    const input = { labels, probabilities, geneStart, baseScores, threshold, baseThresh };
    return {
      split: split + 1,
      trainGenes: data.genes.length - genes.length,
      trainRows: data.rows - testRows.length,
      evaluation: evaluate({ ...input, genes }),
    };
  });
}

function calibrationFor(
  { data, labels }: HoldoutFacts,
  { request, margins }: NonNullable<HoldoutFacts["calibration"]>,
  test: Uint8Array,
) {
  const rows = data.genes.flatMap((_, gene) => (test[gene] ? [] : rowsOf(data.geneStart, gene)));
  const training = new Int32Array(rows.length * CLASSES);
  rows.forEach((row, i) => {
    for (let c = 0; c < CLASSES; c++) training[CLASSES * i + c] = margins[CLASSES * row + c];
  });
  const own = Uint8Array.from(rows, (row) => labels[row]);
  return fitCalibration({ ...request, margins: training, labels: own }).calibration;
}

function rowsOf(geneStart: Uint32Array, gene: number): number[] {
  return Array.from({ length: geneStart[gene + 1] - geneStart[gene] }, (_, i) => geneStart[gene] + i);
}

/** The guide's columns of holdout_evaluation_results.csv after split, genes and positions. */
const COLUMNS: readonly (readonly [string, (split: HoldoutSplit) => number])[] = [
  ["f1_macro", ({ evaluation }) => evaluation.macroF1],
  ["donor_f1", ({ evaluation }) => evaluation.f1.donor],
  ["acceptor_f1", ({ evaluation }) => evaluation.f1.acceptor],
  ["donor_ap", ({ evaluation }) => evaluation.ap.donor],
  ["acceptor_ap", ({ evaluation }) => evaluation.ap.acceptor],
  ["macro_ap", ({ evaluation }) => evaluation.macroAp],
  ["binary_auc", ({ evaluation }) => evaluation.splice.auc],
  ["binary_ap", ({ evaluation }) => evaluation.splice.ap],
  ["base_f1_macro", ({ evaluation }) => evaluation.base?.macroF1 ?? NaN],
  ["base_macro_ap", ({ evaluation }) => evaluation.base?.macroAp ?? NaN],
];

/** holdout_evaluation_results.csv: a line a split. */
export function holdoutCsv(splits: readonly HoldoutSplit[]): string {
  const sizes = ["split", "train_genes", "test_genes", "train_positions", "test_positions"];
  const header = [...sizes, ...COLUMNS.map(([name]) => name)];
  const lines = splits.map((split) => [
    split.split,
    split.trainGenes,
    split.evaluation.testGenes,
    split.trainRows,
    split.evaluation.testRows,
    ...COLUMNS.map(([, valueOf]) => valueOf(split)),
  ]);
  return csvText([header, ...lines]);
}

/** Mean and standard deviation over the splits, by column. */
export function holdoutSummary(splits: readonly HoldoutSplit[]): Record<string, FoldSummary> {
  return Object.fromEntries(COLUMNS.map(([name, valueOf]) => [name, summariseValues(splits.map(valueOf))]));
}
