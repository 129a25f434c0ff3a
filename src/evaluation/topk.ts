/** Top-k accuracy: of the k rows ranked first, how many are true sites, where k is the number of true sites. */
import { ACCEPTOR, DONOR, type PositiveLabels, rankedKeys } from "./ranking.ts";
import type { EvaluatedRows } from "./rows.ts";
import type { ModelMetrics } from "./types.ts";

type TopKMetrics = Pick<
  ModelMetrics,
  "topKDonor" | "topKAcceptor" | "topK" | "topKGenes" | "pooledTopKDonor" | "pooledTopKAcceptor"
>;

/**
 * Top-k by gene and over all rows pooled. Rows that tie for the last places count their expected share: what a
 * random order among them would give on average. NaN where no gene has a site of the type.
 */
export function topKMetrics(rows: EvaluatedRows): TopKMetrics {
  const topKDonor = meanOverGenes(rows, rows.donor, DONOR);
  const topKAcceptor = meanOverGenes(rows, rows.acceptor, ACCEPTOR);
  const defined = [topKDonor, topKAcceptor].filter((share) => !Number.isNaN(share));
  return {
    topKDonor,
    topKAcceptor,
    topK: defined.reduce((sum, share) => sum + share, 0) / defined.length,
    topKGenes: genesWithSites(rows),
    pooledTopKDonor: topKShare(rows.donor, rows.labels, DONOR),
    pooledTopKAcceptor: topKShare(rows.acceptor, rows.labels, ACCEPTOR),
  };
}

/**
 * Expected share of the positive rows among the k rows of highest score (finite, not negative), k = their number;
 * ties at the k-th place are shared. NaN without positive rows.
 */
export function topKShare(scores: Float32Array, labels: Uint8Array, isPositive: PositiveLabels): number {
  const keys = rankedKeys(scores, labels, isPositive);
  let k = 0;
  for (let at = 0; at < keys.length; at++) k += keys[at] & 1;
  let hits = 0;
  let open = k; // places among the k not taken yet
  for (let at = keys.length - 1; open > 0;) {
    const score = keys[at] >>> 1;
    const end = at;
    let tiedPositives = 0;
    for (; at >= 0 && keys[at] >>> 1 === score; at--) tiedPositives += keys[at] & 1;
    const tied = end - at;
    const places = Math.min(open, tied);
    hits += (places * tiedPositives) / tied;
    open -= places;
  }
  return hits / k;
}

function meanOverGenes(
  { labels, geneStart }: EvaluatedRows,
  scores: Float32Array,
  isPositive: PositiveLabels,
): number {
  let sum = 0;
  let genes = 0;
  for (let g = 0; g < geneStart.length - 1; g++) {
    const [start, end] = [geneStart[g], geneStart[g + 1]];
    const share = topKShare(scores.subarray(start, end), labels.subarray(start, end), isPositive);
    if (Number.isNaN(share)) continue;
    sum += share;
    genes++;
  }
  return sum / genes;
}

function genesWithSites({ labels, geneStart }: EvaluatedRows): number {
  let genes = 0;
  for (let g = 0; g < geneStart.length - 1; g++) {
    if (labels.subarray(geneStart[g], geneStart[g + 1]).some((label) => label > 0)) genes++;
  }
  return genes;
}
