/**
 * The base model read anew: its scores, calibrated out of fold by the labels of the other folds' genes. A meta-model sees those labels too, so
 * this is what it has to beat: whatever it gains over the scores as they are and not over this, it gains by reading them better, not by
 * knowing more.
 */
import { dataError } from "../../numerics/errors.ts";
import type { JudgedRows } from "../analysis.ts";
import { crossFitCalibration } from "../calibration/cross-fit.ts";
import type { EvaluatedRows } from "../rows.ts";

/** Scores are taken into [EDGE, 1 - EDGE] before the logarithm: those of f32 cannot tell more apart. */
const EDGE = 2 ** -24;

/**
 * Probabilities of the base model after isotonic regression of each class on its score, fitted on the other folds, divided by their sum.
 * @throws SpliceboostError (data) without base scores; (usage) with fewer than two folds
 */
export function recalibratedBase({ base, foldOfGene }: JudgedRows): EvaluatedRows {
  if (base === null) {
    throw dataError(
      "Expected base-model scores, found none: the data has no donor_score and acceptor_score.",
    );
  }
  const { labels, geneStart } = base;
  const logits = new Float64Array(3 * labels.length);
  [base.neither, base.donor, base.acceptor].forEach((scores, c) =>
    scores.forEach((score, row) => {
      const p = Math.min(Math.max(score, EDGE), 1 - EDGE);
      logits[3 * row + c] = Math.log(p / (1 - p));
    })
  );
  const { probabilities } = crossFitCalibration({
    ...{ margins: logits, labels, geneStart, foldOfGene },
    ...{ mode: "per-class", method: "isotonic", prior: null, nFolds: Math.max(...foldOfGene) + 1 },
  });
  const column = (c: number) => Float32Array.from(labels, (_, row) => probabilities[3 * row + c]);
  return { labels, geneStart, neither: column(0), donor: column(1), acceptor: column(2) };
}
