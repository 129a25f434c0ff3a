/** Metrics of three probabilities a row: what is called, how rows are ranked, how good the probabilities are. */
import { spliceMetrics } from "./splice.ts";
import { ACCEPTOR, DONOR, NEITHER, rankingMetrics } from "./ranking.ts";
import type { EvaluatedRows } from "./rows.ts";
import { topKMetrics } from "./topk.ts";
import type { ModelMetrics, PerClass } from "./types.ts";

/** Log-loss clips the probability of the true class to [CLIP, 1 - CLIP]: scikit-learn's clip for f64. */
export const CLIP = 2 ** -52;

/** Every metric of one model on the given rows; `threshold` is for the binary calls. */
export function modelMetrics(rows: EvaluatedRows, threshold: number): ModelMetrics {
  const donor = rankingMetrics(rows.donor, rows.labels, DONOR);
  const acceptor = rankingMetrics(rows.acceptor, rows.labels, ACCEPTOR);
  const neither = rankingMetrics(rows.neither, rows.labels, NEITHER);
  return {
    ...confusionMetrics(confusionMatrix(rows)),
    ap: { neither: neither.ap, donor: donor.ap, acceptor: acceptor.ap },
    auc: { neither: neither.auc, donor: donor.auc, acceptor: acceptor.auc },
    macroAp: (donor.ap + acceptor.ap) / 2,
    ...probabilityMetrics(rows),
    ...topKMetrics(rows),
    splice: spliceMetrics(rows, threshold),
  };
}

/** counts[true][predicted]; the class of highest probability is predicted, ties go to the lowest class code. */
export function confusionMatrix({ labels, neither, donor, acceptor }: EvaluatedRows): number[][] {
  const counts = [[0, 0, 0], [0, 0, 0], [0, 0, 0]];
  for (let row = 0; row < labels.length; row++) {
    let predicted = donor[row] > neither[row] ? 1 : 0;
    if (acceptor[row] > (predicted === 1 ? donor[row] : neither[row])) predicted = 2;
    counts[labels[row]][predicted]++;
  }
  return counts;
}

type ConfusionMetrics = Pick<
  ModelMetrics,
  "accuracy" | "macroF1" | "f1" | "precision" | "recall" | "confusion"
>;

/**
 * Metrics of a (3, 3) confusion matrix. Precision is NaN for a class never predicted, recall for a class without rows,
 * F1 for one with neither; macro F1 is the mean of the F1 that are defined.
 */
export function confusionMetrics(confusion: readonly (readonly number[])[]): ConfusionMetrics {
  const hits = [0, 1, 2].map((c) => confusion[c][c]);
  const actual = [0, 1, 2].map((c) => sum(confusion[c]));
  const predicted = [0, 1, 2].map((c) => sum(confusion.map((row) => row[c])));
  const f1 = perClass((c) => 2 * hits[c] / (actual[c] + predicted[c]));
  const defined = [f1.neither, f1.donor, f1.acceptor].filter((value) => !Number.isNaN(value));
  return {
    accuracy: sum(hits) / sum(actual),
    macroF1: sum(defined) / defined.length,
    f1,
    precision: perClass((c) => hits[c] / predicted[c]),
    recall: perClass((c) => hits[c] / actual[c]),
    confusion,
  };
}

/**
 * Mean log-loss and mean Brier score of the probabilities divided by their sum; a row whose three probabilities are
 * all zero says nothing and counts as a third each. NaN without rows.
 */
export function probabilityMetrics(
  { labels, neither, donor, acceptor }: EvaluatedRows,
): Pick<ModelMetrics, "logLoss" | "brier"> {
  let logLoss = 0;
  let brier = 0;
  for (let row = 0; row < labels.length; row++) {
    const total = neither[row] + donor[row] + acceptor[row];
    const n = total > 0 ? neither[row] / total : 1 / 3;
    const d = total > 0 ? donor[row] / total : 1 / 3;
    const a = total > 0 ? acceptor[row] / total : 1 / 3;
    const own = labels[row] === 0 ? n : labels[row] === 1 ? d : a;
    logLoss -= Math.log(Math.min(Math.max(own, CLIP), 1 - CLIP));
    brier += n * n + d * d + a * a + 1 - 2 * own; // sum over classes of (p - y)^2
  }
  return { logLoss: logLoss / labels.length, brier: brier / labels.length };
}

function perClass(value: (code: number) => number): PerClass {
  return { neither: value(0), donor: value(1), acceptor: value(2) };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
