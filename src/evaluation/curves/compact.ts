/**
 * A ranking without what no curve needs: between two scores that gain positives, only the number of negatives of each gene matters. On real
 * rankings of splice sites that is a fifth of the rows, and passes over it are what the bootstrap consists of.
 */
import { ENDS_TIE, GENE_SHIFT, POSITIVE, type RankedRows } from "./ranked.ts";

/**
 * Steps down the ranking, one a score with positives. Step s counts the entries groupEnd[s-1] .. runEnd[s]-1 (negatives that score
 * between it and the step before), then runEnd[s] .. groupEnd[s]-1 (the rows of its score). Structured-cloneable.
 */
export interface CompactRanking {
  /** Gene of an entry, and its rows of both kinds; one entry a gene in each part of a step. */
  readonly gene: Uint32Array;
  readonly positives: Uint32Array;
  readonly negatives: Uint32Array;
  readonly runEnd: Uint32Array;
  readonly groupEnd: Uint32Array;
  /** Score of each step, descending. */
  readonly score: Float32Array;
  /** The next lower score of any row; NaN below the last. */
  readonly below: Float32Array;
  /** All rows of each gene, those after the last step too. */
  readonly genePositives: Uint32Array;
  readonly geneNegatives: Uint32Array;
}

/** Puts a ranking together by steps. */
export function compactRanking(ranked: RankedRows): CompactRanking {
  const { codes, scores, genes } = ranked;
  const entries = new Entries(codes.length, genes);
  const runEnd: number[] = [];
  const groupEnd: number[] = [];
  const score: number[] = [];
  const below: number[] = [];
  let start = 0;
  for (let i = 0; i < codes.length; i++) {
    if ((codes[i] & ENDS_TIE) === 0) continue;
    const end = i + 1;
    const hasPositives = codes.subarray(start, end).some((code) => (code & POSITIVE) !== 0);
    if (hasPositives) runEnd.push(entries.endPart());
    for (let at = start; at < end; at++) entries.add(codes[at] >>> GENE_SHIFT, (codes[at] & POSITIVE) !== 0);
    if (hasPositives) {
      groupEnd.push(entries.endPart());
      score.push(scores[i]);
      below.push(end < codes.length ? scores[end] : NaN);
    }
    start = end;
  }
  const used = groupEnd[groupEnd.length - 1] ?? 0;
  return {
    gene: entries.gene.slice(0, used),
    positives: entries.positives.slice(0, used),
    negatives: entries.negatives.slice(0, used),
    runEnd: Uint32Array.from(runEnd),
    groupEnd: Uint32Array.from(groupEnd),
    score: Float32Array.from(score),
    below: Float32Array.from(below),
    genePositives: ranked.positives,
    geneNegatives: ranked.negatives,
  };
}

/** Entries as they are counted, one a gene and part. */
class Entries {
  readonly gene: Uint32Array;
  readonly positives: Uint32Array;
  readonly negatives: Uint32Array;
  /** Entry of a gene plus 1, of this part where it is beyond `#partStart`. */
  readonly #entryOf: Uint32Array;
  #partStart = 0;
  #count = 0;

  constructor(rows: number, genes: number) {
    this.gene = new Uint32Array(rows);
    this.positives = new Uint32Array(rows);
    this.negatives = new Uint32Array(rows);
    this.#entryOf = new Uint32Array(genes);
  }

  add(gene: number, positive: boolean): void {
    let entry = this.#entryOf[gene] - 1;
    if (entry < this.#partStart) {
      entry = this.#count++;
      this.#entryOf[gene] = entry + 1;
      this.gene[entry] = gene;
    }
    if (positive) this.positives[entry]++;
    else this.negatives[entry]++;
  }

  /** Number of entries so far; further rows get new ones. */
  endPart(): number {
    return this.#partStart = this.#count;
  }
}

/** Sum of a count per gene under weights of the genes. */
export function weighted(counts: Uint32Array, weights: Uint16Array): number {
  let sum = 0;
  for (let g = 0; g < counts.length; g++) sum += counts[g] * weights[g];
  return sum;
}
