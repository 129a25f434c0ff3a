/** Which other feature a feature's SHAP values depend on most. */
import { pearson } from "../../statistics/correlation.ts";
import { midranks } from "../../statistics/ranks.ts";
import type { Explained } from "./summary.ts";

const GROUPS = 10;
/** Rows of a group, at least: correlations of fewer are high by chance. */
const GROUP_ROWS = 10;

/**
 * Groups of up to a tenth of the sampled rows of like value of the feature (equal values stay together; missing is a group of its own), and in each
 * the absolute correlation of its SHAP values with the values of every candidate: what is left to vary there comes from other features. The
 * mean over groups, by their rows, is the strength; a candidate that does not vary in a group has 0 there. The idea is that of
 * shap.approximate_interactions (Lundberg and Lee), whose groups are runs of the sorted rows, equal values or not.
 */
export function strongestInteraction(
  { phi, rows, sample }: Explained,
  columns: readonly Float32Array[],
  feature: number,
  candidates: readonly number[],
): { readonly interacts: number | null; readonly strength: number | null } {
  const groups = groupsOf(columns[feature], sample).filter((group) => group.length >= GROUP_ROWS);
  const inOrder = Uint32Array.from(groups.flat());
  const own = new Float32Array(inOrder.length);
  gather(phi.subarray(feature * rows, (feature + 1) * rows), inOrder, own);
  const theirs = new Float32Array(inOrder.length);
  let [interacts, strength]: [number | null, number] = [null, 0];
  for (const other of candidates) {
    if (other === feature) continue;
    gather(columns[other], inOrder, theirs);
    let [sum, begin] = [0, 0];
    for (const { length } of groups) {
      const r = pearson(own.subarray(begin, begin + length), theirs.subarray(begin, begin + length));
      if (Number.isFinite(r)) sum += Math.abs(r) * length;
      begin += length;
    }
    if (sum / inOrder.length > strength) [interacts, strength] = [other, sum / inOrder.length];
  }
  return interacts === null ? { interacts: null, strength: null } : { interacts, strength };
}

function gather(values: Float32Array, rows: Uint32Array, to: Float32Array): void {
  for (let i = 0; i < rows.length; i++) to[i] = values[rows[i]];
}

function groupsOf(values: Float32Array, sample: Uint32Array): number[][] {
  const { ranks } = midranks(Float32Array.from(sample, (row) => values[row]));
  const present = ranks.reduce((count, rank) => count + (Number.isNaN(rank) ? 0 : 1), 0);
  const groups: number[][] = Array.from({ length: GROUPS + 1 }, () => []);
  ranks.forEach((rank, i) => {
    const group = Number.isNaN(rank)
      ? GROUPS
      : Math.min(GROUPS - 1, Math.floor(GROUPS * (rank - 0.5) / present));
    groups[group].push(sample[i]);
  });
  return groups;
}
