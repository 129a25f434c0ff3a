/** Thresholds chosen on the genes of the other folds and judged on the fold. */
import type { Maybe } from "../analysis.ts";
import type { CompactRanking } from "../curves/compact.ts";
import { GENE_SHIFT, POSITIVE, type RankedRows } from "../curves/ranked.ts";
import { chooseSteps, thresholdBetween } from "./choose.ts";
import type { GeneCalls } from "./resample.ts";
import type { GoalName, ThresholdGoals } from "./types.ts";

export interface NestedCalls {
  /** One a fold, in the order of `foldsOf`. */
  readonly thresholds: Maybe[];
  /** Calls of the genes whose fold has a threshold. */
  readonly calls: GeneCalls;
  readonly reason: string | null;
}

/** The folds that hold out a gene, ascending. */
export function foldsOf(foldOfGene: Uint8Array): number[] {
  return [...new Set(foldOfGene)].sort((a, b) => a - b);
}

/** Chooses a threshold for each fold on the other folds' rows alone, and calls the fold's rows by it. */
export function nestedThresholds(
  ranked: RankedRows,
  compact: CompactRanking,
  foldOfGene: Uint8Array,
  folds: readonly number[],
  goal: GoalName,
  goals: ThresholdGoals,
): NestedCalls {
  const thresholds = folds.map((fold): Maybe => {
    const step = chooseSteps(
      compact,
      Uint16Array.from(foldOfGene, (own) => own === fold ? 0 : 1),
      goals,
    )[goal];
    if (step < 0) return null;
    return thresholdBetween(nextBelow(ranked, compact.score[step], foldOfGene, fold), compact.score[step]);
  });
  const place = new Map(folds.map((fold, i) => [fold, i]));
  const unmet = folds.filter((_, i) => thresholds[i] === null);
  return {
    thresholds,
    calls: callGenes(ranked, (gene) => thresholds[place.get(foldOfGene[gene])!]),
    reason: unmet.length === 0
      ? null
      : `On the genes outside fold ${unmet.map((fold) => fold + 1).join(", ")} the goal cannot be met.`,
  };
}

/** The highest score below `score` among the rows of other folds; NaN where there is none. */
function nextBelow(
  { codes, scores }: RankedRows,
  score: number,
  foldOfGene: Uint8Array,
  fold: number,
): number {
  let [low, high] = [0, scores.length]; // the first place whose score is lower lies in low .. high
  while (low < high) {
    const middle = (low + high) >> 1;
    if (scores[middle] < score) high = middle;
    else low = middle + 1;
  }
  while (low < scores.length && foldOfGene[codes[low] >>> GENE_SHIFT] === fold) low++;
  return low < scores.length ? scores[low] : NaN;
}

/** Calls of each gene at its threshold (rounded to f32); genes without one are not counted. */
export function callGenes(
  { codes, scores, genes }: RankedRows,
  thresholdOf: (gene: number) => Maybe,
): GeneCalls {
  const calls = noCalls(genes);
  const cuts = Float32Array.from({ length: genes }, (_, gene) => thresholdOf(gene) ?? NaN);
  for (let i = 0; i < codes.length; i++) {
    const gene = codes[i] >>> GENE_SHIFT;
    const cut = cuts[gene];
    if (Number.isNaN(cut)) continue;
    const positive = codes[i] & POSITIVE;
    calls.sites[gene] += positive;
    if (scores[i] < cut) continue;
    calls.called[gene]++;
    calls.hits[gene] += positive;
  }
  return calls;
}

export function noCalls(genes: number): GeneCalls {
  return { hits: new Uint32Array(genes), called: new Uint32Array(genes), sites: new Uint32Array(genes) };
}
