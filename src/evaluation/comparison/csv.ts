/** Base against meta as tables. Undefined numbers are empty. */
import { csvText } from "../../data/csv-text.ts";
import type { Estimate } from "../analysis.ts";
import type { Comparison, GeneEffect } from "./types.ts";

/** base_meta_significance.csv: a line a metric, with intervals over genes and p-values. */
export function significanceCsv({ metrics }: Comparison): string {
  const estimate = ({ value, low, high }: Estimate) => [value, low, high];
  const bounds = (name: string) => [name, `${name}_low`, `${name}_high`];
  const header = [
    ...["metric", "higher_is_better"],
    ...bounds("base"),
    ...bounds("meta"),
    ...bounds("difference"),
    ...["p", "p_holm", "finding", "fold_difference", "fold_se", "fold_t", "fold_df", "fold_p"],
  ];
  const lines = metrics.map((metric) => [
    metric.metric,
    metric.higherIsBetter ? "yes" : "no",
    ...estimate(metric.base),
    ...estimate(metric.meta),
    ...estimate(metric.difference),
    ...[metric.p, metric.pHolm, metric.finding],
    ...[metric.folds.mean, metric.folds.standardError, metric.folds.t, metric.folds.df, metric.folds.p],
  ]);
  return csvText([header, ...lines]);
}

const GENE_COLUMNS: readonly (readonly [string, (gene: GeneEffect) => string | number | null])[] = [
  ["gene_id", (g) => g.gene],
  ["chrom", (g) => g.chromosome],
  ["fold", (g) => g.fold === null ? null : g.fold + 1],
  ["rows", (g) => g.rows],
  ["donors", (g) => g.donors],
  ["acceptors", (g) => g.acceptors],
  ["base_macro_f1", (g) => g.baseMacroF1],
  ["meta_macro_f1", (g) => g.metaMacroF1],
  ["base_f1", (g) => g.baseF1],
  ["meta_f1", (g) => g.metaF1],
  ["base_ap", (g) => g.baseAp],
  ["meta_ap", (g) => g.metaAp],
  ["base_log_loss", (g) => g.baseLogLoss],
  ["meta_log_loss", (g) => g.metaLogLoss],
  ["delta_log_loss", (g) => g.deltaLogLoss],
  ["base_fp", (g) => g.baseFalsePositives],
  ["meta_fp", (g) => g.metaFalsePositives],
  ["base_fn", (g) => g.baseFalseNegatives],
  ["meta_fn", (g) => g.metaFalseNegatives],
  ["fp_rescued", (g) => g.falsePositivesRescued],
  ["fp_introduced", (g) => g.falsePositivesIntroduced],
  ["fn_rescued", (g) => g.falseNegativesRescued],
  ["fn_introduced", (g) => g.falseNegativesIntroduced],
];

/** gene_effects.csv: a line a gene. */
export function geneEffectsCsv({ byGene }: Comparison): string {
  return csvText([
    GENE_COLUMNS.map(([name]) => name),
    ...byGene.map((gene) => GENE_COLUMNS.map(([, valueOf]) => valueOf(gene))),
  ]);
}
