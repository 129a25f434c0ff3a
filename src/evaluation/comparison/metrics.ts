/** The metrics compared: how they are called, and which way is better. */
import type { ComparedMetric } from "./types.ts";

export interface MetricFacts {
  readonly metric: ComparedMetric;
  readonly title: string;
  readonly higherIsBetter: boolean;
}

/** In the order of the tables, and of the numbers that `measure` gives. */
export const METRICS: readonly MetricFacts[] = [
  { metric: "macroF1", title: "macro F1", higherIsBetter: true },
  { metric: "f1Donor", title: "donor F1", higherIsBetter: true },
  { metric: "f1Acceptor", title: "acceptor F1", higherIsBetter: true },
  { metric: "f1Splice", title: "splice F1", higherIsBetter: true },
  { metric: "apDonor", title: "donor average precision", higherIsBetter: true },
  { metric: "apAcceptor", title: "acceptor average precision", higherIsBetter: true },
  { metric: "apSplice", title: "splice average precision", higherIsBetter: true },
  { metric: "aucSplice", title: "splice ROC AUC", higherIsBetter: true },
  { metric: "topK", title: "top-k by gene", higherIsBetter: true },
  { metric: "pooledTopKDonor", title: "pooled donor top-k", higherIsBetter: true },
  { metric: "pooledTopKAcceptor", title: "pooled acceptor top-k", higherIsBetter: true },
  { metric: "logLoss", title: "log-loss", higherIsBetter: false },
];

/** Place of a metric in METRICS. */
export function metricIndex(metric: ComparedMetric): number {
  return METRICS.findIndex((facts) => facts.metric === metric);
}
