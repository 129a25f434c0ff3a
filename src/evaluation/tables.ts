/** The metric files of a run directory, by the guide's names. Undefined metrics are empty in CSV and null in JSON. */
import { FILE_METRICS } from "./columns.ts";
import { summarise } from "./evaluate.ts";
import type { Evaluation, FoldMetrics, MetricSummary } from "./types.ts";

/** A text file of the run directory. */
export interface MetricFile {
  readonly path: string;
  readonly text: string;
}

/** Means that metrics_aggregate.json has at its top level, as the guide does. */
const GUIDE_MEANS = [
  "test_macro_f1",
  "test_macro_avg_precision",
  "top_k_accuracy",
  "donor_f1",
  "acceptor_f1",
  "donor_ap",
  "acceptor_ap",
] as const;

/**
 * gene_cv_metrics.csv, metrics_fold{i}.json (i from 1), metrics_aggregate.json and, where there are base scores,
 * compare_base_meta.json. `outOfFold` holds the metrics of all rows together, each predicted by its own fold.
 */
export function metricFiles(folds: readonly FoldMetrics[], outOfFold: Evaluation): MetricFile[] {
  const summary = summarise(folds);
  const files = [
    { path: "gene_cv_metrics.csv", text: foldMetricsCsv(folds) },
    ...folds.map((fold) => ({ path: `metrics_fold${fold.fold + 1}.json`, text: json(foldRecord(fold)) })),
    { path: "metrics_aggregate.json", text: json(aggregateRecord(folds, summary, outOfFold)) },
  ];
  if (outOfFold.base === null) return files;
  return [...files, { path: "compare_base_meta.json", text: json(comparisonRecord(summary)) }];
}

/** gene_cv_metrics.csv: a header, then a line per fold, numbered from 1. */
export function foldMetricsCsv(folds: readonly FoldMetrics[]): string {
  const header = ["fold", ...FILE_METRICS.map(([name]) => name)];
  const lines = folds.map((fold) => [fold.fold + 1, ...FILE_METRICS.map(([, valueOf]) => valueOf(fold))]);
  return [header, ...lines.map((line) => line.map((value) => Number.isNaN(value) ? "" : String(value)))]
    .map((cells) => cells.join(",") + "\n").join("");
}

function foldRecord(fold: FoldMetrics): Record<string, unknown> {
  return { fold: fold.fold + 1, ...evaluationRecord(fold) };
}

function evaluationRecord(evaluation: Evaluation): Record<string, unknown> {
  return {
    ...Object.fromEntries(FILE_METRICS.map(([name, valueOf]) => [name, valueOf(evaluation)])),
    confusion_matrix: evaluation.confusion,
    base_confusion_matrix: evaluation.base?.confusion ?? null,
  };
}

function aggregateRecord(
  folds: readonly FoldMetrics[],
  summary: MetricSummary,
  outOfFold: Evaluation,
): Record<string, unknown> {
  return {
    n_folds: folds.length,
    ...Object.fromEntries(GUIDE_MEANS.map((name) => [name, summary[name].mean])),
    metrics: summary,
    out_of_fold: evaluationRecord(outOfFold),
  };
}

function comparisonRecord(summary: MetricSummary): Record<string, unknown> {
  return {
    base_f1_mean: summary.base_f1.mean,
    meta_f1_mean: summary.meta_f1.mean,
    improvement: summary.meta_f1.mean - summary.base_f1.mean,
    base_auc_mean: summary.auc_base.mean,
    meta_auc_mean: summary.auc_meta.mean,
  };
}

function json(record: Record<string, unknown>): string {
  return JSON.stringify(record, null, 2) + "\n";
}
