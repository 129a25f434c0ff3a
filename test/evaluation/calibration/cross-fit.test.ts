import { describe, expect, it } from "vitest";
import { applyCalibration, fitCalibration } from "../../../src/ensemble/calibration/calibration.ts";
import {
  CALIBRATION_METHODS,
  CALIBRATION_MODES,
  type CalibrationRequest,
} from "../../../src/ensemble/calibration/types.ts";
import { crossFitCalibration } from "../../../src/evaluation/calibration/cross-fit.ts";
import { knownRows } from "../../ensemble/calibration/inputs.ts";

const GENES = 20;
const ROWS = 40;
const FOLDS = 4;
const { margins, labels, geneStart } = knownRows(11, GENES, ROWS);
const foldOfGene = Uint8Array.from({ length: GENES }, (_, gene) => (gene * 7) % FOLDS);
const KINDS = CALIBRATION_MODES.flatMap((mode) => CALIBRATION_METHODS.map((method) => ({ mode, method })));
const request: CalibrationRequest = { mode: "per-class", method: "platt", prior: null };

/** Probabilities of the rows of a fold, or of all others. */
function ofFold(probabilities: Float32Array, fold: number, inside: boolean): number[] {
  return [...probabilities].filter((_, i) => (foldOfGene[Math.floor(i / (3 * ROWS))] === fold) === inside);
}

describe("calibration out of fold", () => {
  it.each(KINDS)("never sees the labels of the fold it is applied to: $mode, $method", (kind) => {
    const rows = { ...kind, prior: null, margins, geneStart, foldOfGene, nFolds: FOLDS };
    const before = crossFitCalibration({ ...rows, labels });
    for (let fold = 0; fold < FOLDS; fold++) {
      const lied = labels.map((label, row) =>
        foldOfGene[Math.floor(row / ROWS)] === fold ? (label + 1) % 3 : label
      );
      const after = crossFitCalibration({ ...rows, labels: lied });
      expect(ofFold(after.probabilities, fold, true)).toEqual(ofFold(before.probabilities, fold, true));
      expect(ofFold(after.probabilities, fold, false)).not.toEqual(ofFold(before.probabilities, fold, false));
      expect(after.calibration).not.toEqual(before.calibration);
    }
  });

  it("is fitted on the rows of all other folds, and last on all", () => {
    const { probabilities, calibration, notes } = crossFitCalibration({
      ...{ ...request, margins, labels, geneStart, foldOfGene, nFolds: FOLDS },
    });
    expect(notes).toEqual([]);
    expect(calibration).toEqual(fitCalibration({ ...request, margins, labels }).calibration);
    for (let fold = 0; fold < FOLDS; fold++) {
      const rows = [...labels.keys()].filter((row) => foldOfGene[Math.floor(row / ROWS)] !== fold);
      const others = fitCalibration({
        ...request,
        margins: Float64Array.from(rows.flatMap((row) => [...margins.subarray(3 * row, 3 * row + 3)])),
        labels: Uint8Array.from(rows, (row) => labels[row]),
      });
      const expected = applyCalibration(others.calibration, margins);
      expect(ofFold(probabilities, fold, true)).toEqual(ofFold(expected, fold, true));
    }
  });

  it("says which fold lacks a class, and goes on", () => {
    const onlyInFirst = labels.map((label, row) =>
      label === 1 && foldOfGene[Math.floor(row / ROWS)] !== 0 ? 0 : label
    );
    const { probabilities, notes } = crossFitCalibration({
      ...{ ...request, margins, labels: onlyInFirst, geneStart, foldOfGene, nFolds: FOLDS },
    });
    expect(notes).toHaveLength(1);
    expect(notes[0]).toMatch(/^Fold 1: calibration of donor: it was fitted on no rows of its class/);
    expect(probabilities.every((p) => p >= 0 && p <= 1)).toBe(true);
  });

  it("needs two folds, and genes that end with the rows", () => {
    const rows = { ...request, margins, labels, geneStart, foldOfGene, nFolds: FOLDS };
    expect(() => crossFitCalibration({ ...rows, nFolds: 1 })).toThrow(/at least two folds/);
    expect(() => crossFitCalibration({ ...rows, foldOfGene: new Uint8Array(GENES) })).toThrow(/two folds/);
    expect(() => crossFitCalibration({ ...rows, geneStart: geneStart.subarray(1) })).toThrow(/20 genes/);
    expect(() => crossFitCalibration({ ...rows, labels: labels.subarray(1) })).toThrow(/end at row 799/);
  });
});
