/** Columns that count the labels of their gene: one value a gene, a straight line of the gene's number or share of sites. */
import type { GeneLabels } from "./gene-labels.ts";
import type { GeneProfile } from "./gene-profile.ts";
import type { LeakPattern } from "./types.ts";

/** A line through fewer genes, or fewer different values, is no evidence. */
const LEAST_GENES = 10;
const LEAST_DISTINCT = 5;
/** Pairs of genes tried as the ends of the line. */
const TRIES = 10;
/** f32 rounding of values and shares. */
const TOLERANCE = 1e-5;

/** Which genes follow a line of what is counted; `counted` says what. */
export interface LabelCount {
  readonly pattern: LeakPattern;
  readonly counted: string;
}

const SITES: readonly (readonly [string, readonly [number, number]])[] = [
  ["sites", [1, 1]],
  ["donors", [1, 0]],
  ["acceptors", [0, 1]],
];

/** The line that most genes follow, or null where the column varies within genes or there are too few genes. */
export function labelCount(
  { constant, only }: GeneProfile,
  { counts }: GeneLabels,
  genes: Uint32Array,
): LabelCount | null {
  const kept = [...genes].filter((gene) => constant[gene] === 1 && Number.isFinite(only[gene]));
  if (kept.length < LEAST_GENES || kept.length < genes.length) return null;
  const y = kept.map((gene) => only[gene]);
  if (new Set(y).size < LEAST_DISTINCT) return null;
  let best: LabelCount | null = null;
  for (const [what, weights] of SITES) {
    for (const share of [false, true]) {
      const x = kept.map((gene) => {
        const [neither, donors, acceptors] = counts.subarray(3 * gene, 3 * gene + 3);
        const sites = weights[0] * donors + weights[1] * acceptors;
        return share ? sites / (neither + donors + acceptors) : sites;
      });
      if (new Set(x).size < LEAST_DISTINCT) continue;
      const exactGenes = onLine(x, y);
      if (best !== null && exactGenes <= best.pattern.exactGenes) continue;
      const none = { class: null, holders: null, value: null, inHolders: null, inOthers: null };
      best = {
        counted: share ? `the share of ${what}` : `the number of ${what}`,
        pattern: {
          kind: "label count",
          ...none,
          strength: exactGenes / kept.length,
          genes: kept.length,
          exactGenes,
        },
      };
    }
  }
  return best;
}

/** How many points lie on the best of a few lines that are not level. */
function onLine(x: readonly number[], y: readonly number[]): number {
  const order = x.map((_, i) => i).sort((a, b) => x[a] - x[b] || a - b);
  let most = 0;
  for (let i = 0; i < Math.min(TRIES, order.length / 2); i++) {
    const [low, high] = [order[i], order[order.length - 1 - i]];
    const slope = (y[high] - y[low]) / (x[high] - x[low]);
    if (!Number.isFinite(slope) || slope === 0) continue;
    let on = 0;
    for (let k = 0; k < x.length; k++) {
      const line = y[low] + slope * (x[k] - x[low]);
      if (Math.abs(y[k] - line) <= TOLERANCE * Math.max(Math.abs(y[k]), Math.abs(line))) on++;
    }
    most = Math.max(most, on);
  }
  return most;
}
