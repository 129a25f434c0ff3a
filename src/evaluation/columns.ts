/** The scalar metrics in the files: names and order, those of the guide's gene_cv_metrics.csv first. */
import type { BaseMetrics, Evaluation } from "./types.ts";

/** Name in the files, and its value for a fold (NaN where undefined or where there are no base scores). */
export type FileMetric = readonly [name: string, valueOf: (fold: Evaluation) => number];

const base = (value: (base: BaseMetrics, meta: Evaluation) => number) => (fold: Evaluation): number =>
  fold.base === null ? NaN : value(fold.base, fold);

/**
 * Columns of gene_cv_metrics.csv after `fold`. Where the guide's columns were something else in disguise they hold
 * here what they are named for: top-k is top-k (it was F1), and splice_macro_f1 is the mean of donor and acceptor F1
 * (it repeated test_macro_f1). delta_fp and delta_fn are base less meta, so that more is better.
 */
export const FILE_METRICS: readonly FileMetric[] = [
  ["test_rows", (m) => m.testRows],
  ["test_macro_f1", (m) => m.macroF1],
  ["test_macro_avg_precision", (m) => m.macroAp],
  ["splice_macro_f1", (m) => (m.f1.donor + m.f1.acceptor) / 2],
  ["top_k_accuracy", (m) => m.topK],
  ["top_k_donor", (m) => m.topKDonor],
  ["top_k_acceptor", (m) => m.topKAcceptor],
  ["top_k_n_genes", (m) => m.topKGenes],
  ["donor_f1", (m) => m.f1.donor],
  ["acceptor_f1", (m) => m.f1.acceptor],
  ["donor_ap", (m) => m.ap.donor],
  ["acceptor_ap", (m) => m.ap.acceptor],
  ["base_f1", base((b) => b.splice.f1)],
  ["meta_f1", (m) => m.splice.f1],
  ["base_topk", base((b) => b.topK)],
  ["meta_topk", (m) => m.topK],
  ["delta_fp", base((b, m) => b.splice.falsePositives - m.splice.falsePositives)],
  ["delta_fn", base((b, m) => b.splice.falseNegatives - m.splice.falseNegatives)],
  ["auc_base", base((b) => b.splice.auc)],
  ["auc_meta", (m) => m.splice.auc],
  ["ap_base", base((b) => b.splice.ap)],
  ["ap_meta", (m) => m.splice.ap],
  // ours
  ["test_genes", (m) => m.testGenes],
  ["accuracy", (m) => m.accuracy],
  ["log_loss", (m) => m.logLoss],
  ["brier", (m) => m.brier],
  ["neither_f1", (m) => m.f1.neither],
  ["neither_precision", (m) => m.precision.neither],
  ["donor_precision", (m) => m.precision.donor],
  ["acceptor_precision", (m) => m.precision.acceptor],
  ["neither_recall", (m) => m.recall.neither],
  ["donor_recall", (m) => m.recall.donor],
  ["acceptor_recall", (m) => m.recall.acceptor],
  ["neither_ap", (m) => m.ap.neither],
  ["neither_auc", (m) => m.auc.neither],
  ["donor_auc", (m) => m.auc.donor],
  ["acceptor_auc", (m) => m.auc.acceptor],
  ["pooled_top_k_donor", (m) => m.pooledTopKDonor],
  ["pooled_top_k_acceptor", (m) => m.pooledTopKAcceptor],
  ["base_fp", base((b) => b.splice.falsePositives)],
  ["meta_fp", (m) => m.splice.falsePositives],
  ["base_fn", base((b) => b.splice.falseNegatives)],
  ["meta_fn", (m) => m.splice.falseNegatives],
  ["fp_rescued", base((b) => b.falsePositivesRescued)],
  ["fp_introduced", base((b) => b.falsePositivesIntroduced)],
  ["fn_rescued", base((b) => b.falseNegativesRescued)],
  ["fn_introduced", base((b) => b.falseNegativesIntroduced)],
  ["base_accuracy", base((b) => b.accuracy)],
  ["base_macro_f1", base((b) => b.macroF1)],
  ["base_macro_avg_precision", base((b) => b.macroAp)],
  ["base_log_loss", base((b) => b.logLoss)],
  ["base_brier", base((b) => b.brier)],
  ["base_donor_f1", base((b) => b.f1.donor)],
  ["base_acceptor_f1", base((b) => b.f1.acceptor)],
  ["base_donor_ap", base((b) => b.ap.donor)],
  ["base_acceptor_ap", base((b) => b.ap.acceptor)],
  ["base_top_k_donor", base((b) => b.topKDonor)],
  ["base_top_k_acceptor", base((b) => b.topKAcceptor)],
];
