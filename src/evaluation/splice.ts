/** The binary question, splice site against neither, and base model and meta-model side by side on it. */
import { rankingMetrics, SPLICE } from "./ranking.ts";
import type { EvaluatedRows } from "./rows.ts";
import type { BaseMetrics, ModelMetrics, SpliceMetrics } from "./types.ts";

/** donor + acceptor of each row, rounded to f32 as the sum of two f32 columns is anywhere else. */
export function spliceScores({ donor, acceptor }: EvaluatedRows): Float32Array {
  return donor.map((score, row) => score + acceptor[row]);
}

/** Binary metrics of a model whose rows at or above `threshold` are called sites. */
export function spliceMetrics(rows: EvaluatedRows, threshold: number): SpliceMetrics {
  const scores = spliceScores(rows);
  const cut = Math.fround(threshold);
  let [hits, falsePositives, falseNegatives] = [0, 0, 0];
  for (let row = 0; row < scores.length; row++) {
    const called = scores[row] >= cut;
    if (rows.labels[row] > 0) {
      if (called) hits++;
      else falseNegatives++;
    } else if (called) falsePositives++;
  }
  return {
    f1: 2 * hits / (2 * hits + falsePositives + falseNegatives),
    ...rankingMetrics(scores, rows.labels, SPLICE),
    falsePositives,
    falseNegatives,
  };
}

type Rescues = Omit<BaseMetrics, keyof ModelMetrics>;

/** Errors of the base model that the meta-model does not make on the same row, and the other way round. */
export function rescues(
  base: EvaluatedRows,
  meta: EvaluatedRows,
  thresholds: { readonly baseThresh: number; readonly threshold: number },
): Rescues {
  const [baseScores, metaScores] = [spliceScores(base), spliceScores(meta)];
  const [baseCut, metaCut] = [Math.fround(thresholds.baseThresh), Math.fround(thresholds.threshold)];
  // rows where only the base model, or only the meta-model, calls a site: [neither, site]
  const onlyBase = [0, 0];
  const onlyMeta = [0, 0];
  for (let row = 0; row < meta.labels.length; row++) {
    const baseCalls = baseScores[row] >= baseCut;
    const metaCalls = metaScores[row] >= metaCut;
    if (baseCalls !== metaCalls) (baseCalls ? onlyBase : onlyMeta)[meta.labels[row] > 0 ? 1 : 0]++;
  }
  return {
    falsePositivesRescued: onlyBase[0],
    falsePositivesIntroduced: onlyMeta[0],
    falseNegativesRescued: onlyMeta[1],
    falseNegativesIntroduced: onlyBase[1],
  };
}
