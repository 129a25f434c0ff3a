/** Calibration that is judged on genes it never saw. */
import {
  applyCalibration,
  type CalibrationRows,
  fitCalibration,
  type Margins,
} from "../../ensemble/calibration/calibration.ts";
import type { Calibration } from "../../ensemble/calibration/types.ts";
import { usageError } from "../../numerics/errors.ts";

export interface CrossFitRows extends CalibrationRows {
  /** Rows of gene g are geneStart[g] .. geneStart[g+1]-1; `margins` are out of fold. */
  readonly geneStart: Uint32Array;
  /** Fold (0-based) that held the gene out, per gene. */
  readonly foldOfGene: Uint8Array;
  readonly nFolds: number;
}

export interface CrossFit {
  /** (n, 3) row-major; the rows of each fold calibrated by what was fitted on the out-of-fold margins of all other folds. */
  readonly probabilities: Float32Array;
  /** Fitted on the out-of-fold margins of all rows: what goes with the final model. */
  readonly calibration: Calibration;
  /** Sentences on what was degenerate, and in which fold. */
  readonly notes: readonly string[];
}

const CLASSES = 3;

/**
 * Fits one calibration a fold on the other folds' genes and applies it to the fold, then one on all. A class without rows in the
 * other folds is no error but a note: its calibrator is a constant then.
 * @throws SpliceboostError as of `fitCalibration`; (usage) for arrays of unlike sizes or fewer than two folds with rows
 */
export function crossFitCalibration(
  { geneStart, foldOfGene, nFolds, ...rows }: CrossFitRows,
): CrossFit {
  const { margins, labels, ...request } = rows;
  const fold = foldOfRows(geneStart, foldOfGene, labels.length);
  if (!(nFolds >= 2) || fold.every((one) => one === fold[0])) {
    throw usageError("calibration out of fold needs rows in at least two folds: take more folds or genes");
  }
  const notes: string[] = [];
  const probabilities = new Float32Array(margins.length);
  for (let held = 0; held < nFolds; held++) {
    const own = rowsWhere(fold, (one) => one === held);
    if (own.length === 0) continue;
    const others = rowsWhere(fold, (one) => one !== held);
    const fitted = fitCalibration({
      ...request,
      margins: marginsOf(margins, others),
      labels: labels.filter((_, row) => fold[row] !== held),
    });
    notes.push(...fitted.notes.map((note) => `Fold ${held + 1}: ${note}.`));
    const calibrated = applyCalibration(fitted.calibration, marginsOf(margins, own));
    own.forEach((row, i) => {
      probabilities.set(calibrated.subarray(CLASSES * i, CLASSES * (i + 1)), CLASSES * row);
    });
  }
  const { calibration, notes: last } = fitCalibration(rows);
  notes.push(...last.map((note) => `Final model: ${note}.`));
  return { probabilities, calibration, notes };
}

function foldOfRows(geneStart: Uint32Array, foldOfGene: Uint8Array, rows: number): Uint8Array {
  if (geneStart.length !== foldOfGene.length + 1 || geneStart[foldOfGene.length] !== rows) {
    throw usageError(
      `expected starts of ${foldOfGene.length} genes that end at row ${rows}, found ${geneStart.length} ` +
        `that end at ${geneStart[geneStart.length - 1]}`,
    );
  }
  const fold = new Uint8Array(rows);
  foldOfGene.forEach((one, gene) => fold.fill(one, geneStart[gene], geneStart[gene + 1]));
  return fold;
}

function rowsWhere(fold: Uint8Array, wanted: (fold: number) => boolean): Uint32Array {
  const rows = new Uint32Array(fold.length);
  let count = 0;
  for (let row = 0; row < fold.length; row++) if (wanted(fold[row])) rows[count++] = row;
  return rows.subarray(0, count);
}

function marginsOf(margins: Margins, rows: Uint32Array): Margins {
  const picked = margins instanceof Int32Array
    ? new Int32Array(rows.length * CLASSES)
    : new Float64Array(rows.length * CLASSES);
  for (let i = 0; i < rows.length; i++) {
    for (let c = 0; c < CLASSES; c++) picked[CLASSES * i + c] = margins[CLASSES * rows[i] + c];
  }
  return picked;
}
