/** Pairs of models for the tests of comparisons. */
import { selectRows } from "../../../src/evaluation/rows.ts";
import type { EvaluatedRows } from "../../../src/evaluation/rows.ts";
import type { GeneFacts } from "../../../src/evaluation/comparison/by-gene.ts";
import type { PairedRows } from "../../../src/evaluation/comparison/tables.ts";
import { PURPOSE, Stream } from "../../../src/numerics/random.ts";
import { makeInputs, type Recipe } from "../inputs.ts";

export const THRESHOLDS = { baseThresh: 0.5, threshold: 0.7 };

/** Both models of a recipe. */
export function pairOfRecipe(recipe: Recipe, thresholds = THRESHOLDS): PairedRows {
  const { meta, base } = selectRows({ ...makeInputs(recipe), ...thresholds });
  return { base: base!, meta, thresholds };
}

/** Whole genes of a pair, each as often and in the order as it is named. */
export function genesOf({ base, meta, thresholds }: PairedRows, genes: readonly number[]): PairedRows {
  const of = (rows: EvaluatedRows): EvaluatedRows => {
    const kept = genes.flatMap((g) =>
      Array.from({ length: rows.geneStart[g + 1] - rows.geneStart[g] }, (_, i) => rows.geneStart[g] + i)
    );
    let end = 0;
    return {
      labels: Uint8Array.from(kept, (row) => rows.labels[row]),
      neither: Float32Array.from(kept, (row) => rows.neither[row]),
      donor: Float32Array.from(kept, (row) => rows.donor[row]),
      acceptor: Float32Array.from(kept, (row) => rows.acceptor[row]),
      geneStart: Uint32Array.from([0, ...genes.map((g) => end += rows.geneStart[g + 1] - rows.geneStart[g])]),
    };
  };
  return { base: of(base), meta: of(meta), thresholds };
}

/** The pair with the models' predictions of the named genes swapped. */
export function swapGenes({ base, meta, thresholds }: PairedRows, swap: ArrayLike<number>): PairedRows {
  const of = (own: EvaluatedRows, other: EvaluatedRows): EvaluatedRows => {
    const swapped = {
      ...own,
      neither: own.neither.slice(),
      donor: own.donor.slice(),
      acceptor: own.acceptor.slice(),
    };
    for (let g = 0; g + 1 < own.geneStart.length; g++) {
      if (swap[g] !== 1) continue;
      for (const column of ["neither", "donor", "acceptor"] as const) {
        swapped[column].set(other[column].subarray(own.geneStart[g], own.geneStart[g + 1]), own.geneStart[g]);
      }
    }
    return swapped;
  };
  return { base: of(base, meta), meta: of(meta, base), thresholds };
}

/** Ids, chromosomes in turn and folds in turn. */
export function factsOf(rows: EvaluatedRows, folds = 5): GeneFacts {
  const genes = Array.from({ length: rows.geneStart.length - 1 }, (_, g) => `gene${g}`);
  return {
    genes,
    chromosomes: genes.map((_, g) => ["chr1", "chrX", "chr10", "", "scaffold_7"][g % 5]),
    foldOfGene: Uint8Array.from(genes, (_, g) => g % folds),
  };
}

/** How well a simulated model tells sites: the distance of its scores for a row's own class from the others, in logits. */
export interface Skill {
  readonly base: number;
  readonly meta: number;
}

/**
 * Simulated genes, 20 to 60 rows each, a fifth of them sites. Rows of a gene share how visible its sites are and how often it is called: they are
 * far from independent, in either model. Models of like skill are exchangeable.
 */
export function simulatePair(seed: number, genes: number, skill: Skill): PairedRows {
  const stream = new Stream(seed, PURPOSE.simulate, genes);
  const starts = [0];
  const labels: number[] = [];
  const scores: Record<keyof Skill, number[]> = { base: [], meta: [] };
  for (let g = 0; g < genes; g++) {
    const rows = 20 + stream.nextInt(41);
    const shared = stream.nextNormal();
    const own = { base: stream.nextNormal(), meta: stream.nextNormal() };
    const from = labels.length;
    for (let i = 0; i < rows; i++) labels.push(stream.nextFloat() < 0.8 ? 0 : 1 + stream.nextInt(2));
    for (const model of ["base", "meta"] as const) {
      for (let row = from; row < labels.length; row++) {
        const logits = [1.5, 0, 0].map((prior) => prior + stream.nextNormal());
        logits[labels[row]] += skill[model] + 0.6 * shared + 0.4 * own[model];
        logits[0] += 0.4 * own[model];
        const weights = logits.map(Math.exp);
        const total = weights[0] + weights[1] + weights[2];
        scores[model].push(...weights.map((weight) => weight / total));
      }
    }
    starts.push(labels.length);
  }
  const of = (model: keyof Skill): EvaluatedRows => ({
    labels: Uint8Array.from(labels),
    neither: Float32Array.from(labels, (_, row) => scores[model][3 * row]),
    donor: Float32Array.from(labels, (_, row) => scores[model][3 * row + 1]),
    acceptor: Float32Array.from(labels, (_, row) => scores[model][3 * row + 2]),
    geneStart: Uint32Array.from(starts),
  });
  return { base: of("base"), meta: of("meta"), thresholds: { baseThresh: 0.5, threshold: 0.5 } };
}
