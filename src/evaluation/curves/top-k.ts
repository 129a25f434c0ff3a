/** Top-k at several multiples of the number of sites. */
import { bcaEstimate, type BootstrapPlan } from "../bootstrap.ts";
import type { EvaluatedRows } from "../rows.ts";
import { compactRanking } from "./compact.ts";
import { measure, recordLayout, TOP_K_MULTIPLES } from "./measure.ts";
import { rankClass } from "./ranked.ts";
import type { TopKCurve, TopKPoint } from "./types.ts";

export type Site = "donor" | "acceptor";

/**
 * A model's top-k of one type of site (Jaganathan et al. 2019: hits among the k best over min(k, sites)), over all rows
 * together and within genes.
 * @param shares What `sharesByGene` gives.
 * @param pooled The pooled share under every weighting of the plan, a column a multiple.
 * @param means The mean of the genes' shares under every weighting, a column a multiple.
 */
export function topKCurve(
  { labels }: EvaluatedRows,
  site: Site,
  model: "meta" | "base",
  shares: readonly Float64Array[],
  { plan, pooled, means }: {
    readonly plan: BootstrapPlan;
    readonly pooled: readonly Float64Array[];
    readonly means: readonly Float64Array[];
  },
): TopKCurve {
  const code = site === "donor" ? 1 : 2;
  const sites = labels.reduce((sum, label) => sum + (label === code ? 1 : 0), 0);
  const points = TOP_K_MULTIPLES.map((multiple, m): TopKPoint => ({
    multiple,
    pooled: bcaEstimate(plan, pooled[m]),
    pooledK: sites === 0 ? null : Math.floor(multiple * sites),
    byGene: bcaEstimate(plan, means[m]),
    genes: shares[m].reduce((sum, share) => sum + (Number.isNaN(share) ? 0 : 1), 0),
  }));
  return { site, model, sites, points };
}

/** Top-k of each gene for each multiple; NaN where k is 0: the gene has no site, or too few for the multiple. */
export function sharesByGene(rows: EvaluatedRows, site: Site): Float64Array[] {
  const genes = rows.geneStart.length - 1;
  const shares = TOP_K_MULTIPLES.map(() => new Float64Array(genes));
  const layout = recordLayout(2);
  const record = new Float64Array(layout.length);
  const once = Uint16Array.of(1);
  for (let g = 0; g < genes; g++) {
    const [start, end] = [rows.geneStart[g], rows.geneStart[g + 1]];
    const own = {
      labels: rows.labels.subarray(start, end),
      neither: rows.neither.subarray(start, end),
      donor: rows.donor.subarray(start, end),
      acceptor: rows.acceptor.subarray(start, end),
      geneStart: Uint32Array.of(0, end - start),
    };
    measure(compactRanking(rankClass(own, site)), once, 2, record);
    shares.forEach((column, m) => column[g] = record[layout.topK + m]);
  }
  return shares;
}
