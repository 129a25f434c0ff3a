/** Every gene on its own, and how many gain or lose. */
import type { Maybe } from "../analysis.ts";
import { rankingMetrics, SPLICE } from "../ranking.ts";
import type { EvaluatedRows } from "../rows.ts";
import { spliceScores } from "../splice.ts";
import { maybe } from "./estimates.ts";
import { errorCounts, measureGene, MODEL_NUMBERS } from "./measure.ts";
import { metricIndex } from "./metrics.ts";
import { geneRows, type PairedRows, type PairedTables } from "./tables.ts";
import type { ComparedMetric, GeneEffect, GeneTally } from "./types.ts";

/** What is known of the genes of the rows. */
export interface GeneFacts {
  readonly genes: readonly string[];
  /** "" where unknown. */
  readonly chromosomes: readonly string[];
  /** Fold (0-based) that held the gene out; null where folds are unknown. */
  readonly foldOfGene: Uint8Array | null;
}

/** The table of genes, in canonical order. */
export function geneEffects(rows: PairedRows, tables: PairedTables, facts: GeneFacts): GeneEffect[] {
  return facts.genes.map((gene, g): GeneEffect => {
    const numbers = measureGene(tables, g);
    const base = (metric: ComparedMetric): Maybe => maybe(numbers[metricIndex(metric)]);
    const meta = (metric: ComparedMetric): Maybe => maybe(numbers[MODEL_NUMBERS + metricIndex(metric)]);
    const { labels } = geneRows(rows.base, g);
    return {
      gene,
      chromosome: facts.chromosomes[g],
      fold: facts.foldOfGene === null ? null : facts.foldOfGene[g],
      rows: labels.length,
      donors: count(labels, 1),
      acceptors: count(labels, 2),
      baseMacroF1: base("macroF1"),
      metaMacroF1: meta("macroF1"),
      baseF1: base("f1Splice"),
      metaF1: meta("f1Splice"),
      baseAp: averagePrecision(geneRows(rows.base, g)),
      metaAp: averagePrecision(geneRows(rows.meta, g)),
      baseLogLoss: base("logLoss"),
      metaLogLoss: meta("logLoss"),
      deltaLogLoss: difference(base("logLoss"), meta("logLoss")),
      ...errorCounts(numbers),
    };
  });
}

/** In how many genes the meta-model's number is better, equal or worse, where both are defined. */
export function tally(
  genes: readonly GeneEffect[],
  base: (gene: GeneEffect) => Maybe,
  meta: (gene: GeneEffect) => Maybe,
  sign: 1 | -1,
): GeneTally {
  const gains = genes.flatMap((gene) => {
    const gain = difference(base(gene), meta(gene));
    return gain === null ? [] : [sign * gain];
  });
  return {
    better: gains.filter((gain) => gain > 0).length,
    equal: gains.filter((gain) => gain === 0).length,
    worse: gains.filter((gain) => gain < 0).length,
  };
}

/** Rows of a class. */
export function count(labels: Uint8Array, code: number): number {
  return labels.reduce((sum, label) => sum + Number(label === code), 0);
}

function averagePrecision(rows: EvaluatedRows): Maybe {
  return maybe(rankingMetrics(spliceScores(rows), rows.labels, SPLICE).ap);
}

function difference(base: Maybe, meta: Maybe): Maybe {
  return base === null || meta === null ? null : meta - base;
}
