/** The plan of a training run, before any of it is done. */
import type { Dataset } from "../data/dataset.ts";
import { resolveSettings } from "../training/settings.ts";
import type { TrainSettings } from "../training/types.ts";
import { formatBytes, formatInteger } from "./format.ts";

/** What `--dry-run` prints. */
export interface TrainingPlan {
  readonly genes: number;
  readonly rows: number;
  readonly features: number;
  readonly excluded: number;
  /** 0 without cross-validation. */
  readonly folds: number;
  /** Most trees that will be grown; early stopping grows fewer. */
  readonly trees: number;
  /** Upper estimate of the memory while training, bytes. */
  readonly memory_bytes: number;
}

/** Bytes a row that a lane keeps: margin, gradient, row index, target, role. */
const LANE_ROW_BYTES = 16;
/** The program and its buffers. */
const BASE_BYTES = 250 * 1024 * 1024;

/** Sizes up a run. */
export function trainingPlan(data: Dataset, settings: TrainSettings): TrainingPlan {
  const { skipEval, nFolds, parameters } = resolveSettings(settings);
  const folds = skipEval ? 0 : Math.min(nFolds, data.genes.length);
  const lanes = Math.max(3, 3 * folds);
  // A byte a cell at most; two columns of floats are held while reading.
  const matrix = data.rows * (data.features.length + 8);
  return {
    genes: data.genes.length,
    rows: data.rows,
    features: data.features.length,
    excluded: data.excluded.length,
    folds,
    trees: 3 * parameters.nEstimators * (folds + 1),
    memory_bytes: BASE_BYTES + matrix + lanes * data.rows * LANE_ROW_BYTES,
  };
}

/** The plan for people. */
export function planLines(plan: TrainingPlan): string[] {
  const folds = plan.folds === 0 ? "no cross-validation" : `${plan.folds} folds`;
  return [
    `genes     ${formatInteger(plan.genes)}`,
    `rows      ${formatInteger(plan.rows)}`,
    `features  ${formatInteger(plan.features)} (${plan.excluded} other columns)`,
    `folds     ${folds}`,
    `trees     at most ${formatInteger(plan.trees)}`,
    `memory    about ${formatBytes(plan.memory_bytes)} at most`,
    "Nothing was trained or written (--dry-run).",
  ];
}
