/** Rows in order of score with the gene of each: what curves, thresholds and their resamples pass over. */
import { argsort } from "../../statistics/argsort.ts";
import type { PositiveLabels } from "../ranking.ts";
import { ACCEPTOR, DONOR, NEITHER, SPLICE } from "../ranking.ts";
import type { EvaluatedRows } from "../rows.ts";
import { spliceScores } from "../splice.ts";
import type { CurveClass } from "./types.ts";

/** One ranking, highest score first; structured-cloneable. */
export interface RankedRows {
  /** gene << 2 | 2 for the last of rows of equal score | 1 for a positive, a row. */
  readonly codes: Uint32Array;
  /** Score a row, descending. */
  readonly scores: Float32Array;
  readonly genes: number;
  /** Positive and negative rows per gene. */
  readonly positives: Uint32Array;
  readonly negatives: Uint32Array;
}

/** Bits of `RankedRows.codes`. */
export const POSITIVE = 1;
export const ENDS_TIE = 2;
export const GENE_SHIFT = 2;

/** Ranks rows by score against a class. Scores are finite. */
export function rankRows(
  scores: Float32Array,
  labels: Uint8Array,
  geneStart: Uint32Array,
  isPositive: PositiveLabels,
): RankedRows {
  const genes = geneStart.length - 1;
  const geneOf = new Uint32Array(scores.length);
  const positives = new Uint32Array(genes);
  const negatives = new Uint32Array(genes);
  for (let g = 0; g < genes; g++) {
    for (let row = geneStart[g]; row < geneStart[g + 1]; row++) {
      geneOf[row] = g;
      if (isPositive[labels[row]]) positives[g]++;
      else negatives[g]++;
    }
  }
  const order = argsort(scores).reverse();
  const sorted = Float32Array.from(order, (row) => scores[row]);
  const codes = Uint32Array.from(order, (row, i) => {
    const ends = i + 1 === order.length || sorted[i + 1] !== sorted[i];
    return (geneOf[row] << GENE_SHIFT) | (ends ? ENDS_TIE : 0) | (isPositive[labels[row]] ? POSITIVE : 0);
  });
  return { codes, scores: sorted, genes, positives, negatives };
}

/** The ranking of a class by a model's probabilities. */
export function rankClass(rows: EvaluatedRows, className: CurveClass): RankedRows {
  const { labels, geneStart } = rows;
  switch (className) {
    case "neither":
      return rankRows(rows.neither, labels, geneStart, NEITHER);
    case "donor":
      return rankRows(rows.donor, labels, geneStart, DONOR);
    case "acceptor":
      return rankRows(rows.acceptor, labels, geneStart, ACCEPTOR);
    case "splice":
      return rankRows(spliceScores(rows), labels, geneStart, SPLICE);
  }
}
