/** The binary question, splice site against neither, and base model and meta-model side by side on it. */
import { rankingMetrics, SPLICE } from "./ranking.ts";
import type { EvaluatedRows } from "./rows.ts";
import type { BaseMetrics, ModelMetrics, SpliceMetrics } from "./types.ts";

/** Binary metrics of a model whose rows at or above `threshold` are called sites. */
export function spliceMetrics(rows: EvaluatedRows, threshold: number): SpliceMetrics {
  const { hits, ...errors } = spliceErrors(rows, threshold);
  return {
    f1: 2 * hits / (2 * hits + errors.falsePositives + errors.falseNegatives),
    ...rankingMetrics(spliceScores(rows), rows.labels, SPLICE),
    ...errors,
  };
}

/** True sites called and missed, and rows of neither that are called, at a threshold. */
export function spliceErrors(
  rows: EvaluatedRows,
  threshold: number,
): { readonly hits: number; readonly falsePositives: number; readonly falseNegatives: number } {
  const called = calledSites(rows, threshold);
  let [hits, falsePositives, falseNegatives] = [0, 0, 0];
  for (let row = 0; row < called.length; row++) {
    if (rows.labels[row] === 0) falsePositives += called[row];
    else if (called[row] === 1) hits++;
    else falseNegatives++;
  }
  return { hits, falsePositives, falseNegatives };
}

/** Errors of the base model that the meta-model does not make on the same row, and the other way round. */
export function rescues(
  base: EvaluatedRows,
  meta: EvaluatedRows,
  thresholds: { readonly baseThresh: number; readonly threshold: number },
): Omit<BaseMetrics, keyof ModelMetrics> {
  const byBase = calledSites(base, thresholds.baseThresh);
  const byMeta = calledSites(meta, thresholds.threshold);
  // rows where only one of the models calls a site: [neither, site]
  const onlyBase = [0, 0];
  const onlyMeta = [0, 0];
  for (let row = 0; row < byMeta.length; row++) {
    const site = meta.labels[row] > 0 ? 1 : 0;
    if (byBase[row] > byMeta[row]) onlyBase[site]++;
    else if (byBase[row] < byMeta[row]) onlyMeta[site]++;
  }
  return {
    falsePositivesRescued: onlyBase[0],
    falsePositivesIntroduced: onlyMeta[0],
    falseNegativesRescued: onlyMeta[1],
    falseNegativesIntroduced: onlyBase[1],
  };
}

/** donor + acceptor of each row, rounded to f32 as the sum of two f32 columns is anywhere else. */
export function spliceScores({ donor, acceptor }: EvaluatedRows): Float32Array {
  return donor.map((score, row) => score + acceptor[row]);
}

/** 1 for each row that is called a site. The threshold is rounded to f32 as the scores are. */
function calledSites(rows: EvaluatedRows, threshold: number): Uint8Array {
  const cut = Math.fround(threshold);
  const scores = spliceScores(rows);
  const called = new Uint8Array(scores.length);
  for (let row = 0; row < scores.length; row++) called[row] = scores[row] >= cut ? 1 : 0;
  return called;
}
