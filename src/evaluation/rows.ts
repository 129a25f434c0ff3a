/** The rows that are measured, gathered column by column and checked once. */
import { dataError, usageError } from "../numerics/errors.ts";
import type { EvaluationInput } from "./types.ts";

/** Rows of whole genes, in canonical order. Every score is finite and not negative. */
export interface EvaluatedRows {
  /** Class code per row. */
  readonly labels: Uint8Array;
  readonly neither: Float32Array;
  readonly donor: Float32Array;
  readonly acceptor: Float32Array;
  /** Rows of the g-th gene measured are geneStart[g] .. geneStart[g+1]-1. */
  readonly geneStart: Uint32Array;
}

/** Scores may exceed 1 by this much: sums of rounded probabilities do. */
const ABOVE_ONE = 1e-5;

/** The measured rows with the meta-model's probabilities, and the same rows with the base model's (null without). */
export function selectRows(
  input: EvaluationInput,
): { readonly meta: EvaluatedRows; readonly base: EvaluatedRows | null } {
  checkShapes(input);
  const { labels, probabilities, geneStart, baseScores } = input;
  const genes = input.genes ?? Array.from({ length: geneStart.length - 1 }, (_, g) => g);
  const starts = selectedStarts(genes, geneStart);
  const rows = starts[genes.length];
  const selected = {
    labels: new Uint8Array(rows),
    neither: new Float32Array(rows),
    donor: new Float32Array(rows),
    acceptor: new Float32Array(rows),
    geneStart: starts,
  };
  const base = baseScores && {
    ...selected,
    neither: new Float32Array(rows),
    donor: new Float32Array(rows),
    acceptor: new Float32Array(rows),
  };
  let to = 0;
  for (let g = 0; g < genes.length; g++) {
    const end = geneStart[genes[g] + 1];
    for (let from = geneStart[genes[g]]; from < end; from++, to++) {
      if (labels[from] > 2) throw badLabel(labels[from], from);
      selected.labels[to] = labels[from];
      selected.neither[to] = checked(probabilities[3 * from], "neither probability", from);
      selected.donor[to] = checked(probabilities[3 * from + 1], "donor probability", from);
      selected.acceptor[to] = checked(probabilities[3 * from + 2], "acceptor probability", from);
      if (base === null || baseScores === null) continue;
      const donor = checked(baseScores.donor[from], "base donor score", from);
      const acceptor = checked(baseScores.acceptor[from], "base acceptor score", from);
      base.donor[to] = donor;
      base.acceptor[to] = acceptor;
      base.neither[to] = Math.max(0, 1 - donor - acceptor);
    }
  }
  return { meta: selected, base };
}

/**
 * Checks base-model scores as `evaluate` will: call it before hours of training, not after.
 * @throws SpliceboostError "data" naming the first row whose score is missing or not from 0 to 1.
 */
export function checkBaseScores(scores: NonNullable<EvaluationInput["baseScores"]>): void {
  for (const site of ["donor", "acceptor"] as const) {
    for (let row = 0; row < scores[site].length; row++) checked(scores[site][row], `base ${site} score`, row);
  }
}

function checkShapes(
  { labels, probabilities, geneStart, baseScores, threshold, baseThresh }: EvaluationInput,
) {
  const rows = labels.length;
  const sized: [string, number, number][] = [
    ["probabilities", probabilities.length, 3 * rows],
    ["base donor scores", baseScores?.donor.length ?? rows, rows],
    ["base acceptor scores", baseScores?.acceptor.length ?? rows, rows],
    ["rows up to the end of the last gene", geneStart[geneStart.length - 1] ?? -1, rows],
  ];
  for (const [what, found, expected] of sized) {
    if (found !== expected) {
      throw usageError(
        `Expected ${expected} ${what} for ${rows} labels, found ${found}: pass arrays of the same rows.`,
      );
    }
  }
  for (const [name, value] of Object.entries({ threshold, baseThresh })) {
    if (!Number.isFinite(value)) {
      throw usageError(`Expected a finite ${name}, found ${value}: pass a number from 0 to 1.`);
    }
  }
}

function selectedStarts(genes: ArrayLike<number>, geneStart: Uint32Array): Uint32Array {
  const starts = new Uint32Array(genes.length + 1);
  const seen = new Uint8Array(geneStart.length);
  for (let i = 0; i < genes.length; i++) {
    const gene = genes[i];
    const rows = geneStart[gene + 1] - geneStart[gene];
    if (!(rows >= 0)) {
      throw usageError(
        `Expected gene indices from 0 to ${geneStart.length - 2}, found ${gene} at place ${i}.`,
      );
    }
    if (seen[gene]++ > 0) {
      throw usageError(`Expected every gene once, found gene index ${gene} again at place ${i}.`);
    }
    starts[i + 1] = starts[i] + rows;
  }
  return starts;
}

function checked(score: number, what: string, row: number): number {
  if (!(score >= 0 && score <= 1 + ABOVE_ONE)) {
    throw dataError(
      `Expected a ${what} from 0 to 1, found ${score} in row ${row} (counted from 0 in canonical row order): ` +
        "correct or leave out the row.",
    );
  }
  return score;
}

function badLabel(label: number, row: number) {
  return dataError(
    `Expected class codes 0, 1, 2, found ${label} in row ${row} (counted from 0): map the labels first.`,
  );
}
