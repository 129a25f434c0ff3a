/**
 * What a column does inside each gene: whether one side of a class holds one value that the other side does not, and whether one side
 * lies wholly above the other. Judged gene by gene, so that neither long genes nor differences between genes speak for it.
 */
import type { CodedColumn } from "./coded-column.ts";
import type { GeneLabels } from "./gene-labels.ts";

/** Sides of a column: 2 c for the rows of class c, 2 c + 1 for all others. */
export const SIDES = 6;

export interface GeneProfile {
  /**
   * For side s of gene g at [SIDES g + s]: the share of the side's rows with the side's most frequent value, the share of the other rows with
   * it, its code and itself. NaN where the side has fewer than two rows or nothing is on the other side. The first share leaves the row it is asked
   * of out, (m - 1) / (n - 1), so that a column of all different values has 0 in genes of any size.
   */
  readonly inHolders: Float64Array;
  readonly inOthers: Float64Array;
  readonly code: Int32Array;
  readonly value: Float64Array;
  /** 1 where all of the side's rows hold the value and none of the others. */
  readonly exact: Uint8Array;
  /** For class c of gene g at [3 g + c]: 1 where its rows lie above all others, -1 below, else 0. Missing goes with the side that has it, and with neither if both do. */
  readonly order: Int8Array;
  /** 1 where all rows of the gene have one value, and that value (NaN: missing). */
  readonly constant: Uint8Array;
  readonly only: Float64Array;
}

/** Profiles a column in all genes of a sample. O(rows). */
export function profileGenes(column: CodedColumn, sample: GeneLabels): GeneProfile {
  const { genes, geneStart } = sample;
  const profile: GeneProfile = {
    inHolders: new Float64Array(SIDES * genes).fill(NaN),
    inOthers: new Float64Array(SIDES * genes).fill(NaN),
    code: new Int32Array(SIDES * genes).fill(-1),
    value: new Float64Array(SIDES * genes).fill(NaN),
    exact: new Uint8Array(SIDES * genes),
    order: new Int8Array(3 * genes),
    constant: new Uint8Array(genes),
    only: new Float64Array(genes).fill(NaN),
  };
  const counts = new Uint32Array(3 * column.values.length);
  for (let gene = 0; gene < genes; gene++) {
    if (geneStart[gene] === geneStart[gene + 1]) continue;
    orderIn(profile, column, sample, gene);
    modesIn(profile, column, sample, gene, counts);
  }
  return profile;
}

/** Most frequent values of the gene's sides. `counts` is all 0 before and after. */
function modesIn(
  profile: GeneProfile,
  { codes, values }: CodedColumn,
  { labels, geneStart, counts: rows }: GeneLabels,
  gene: number,
  counts: Uint32Array,
): void {
  const [first, end] = [geneStart[gene], geneStart[gene + 1]];
  for (let row = first; row < end; row++) counts[3 * codes[row] + labels[row]]++;
  const best = new Uint32Array(SIDES);
  const beside = new Uint32Array(SIDES);
  const at = SIDES * gene;
  for (let row = first; row < end; row++) {
    const code = codes[row];
    const of = 3 * code;
    const total = counts[of] + counts[of + 1] + counts[of + 2];
    if (total === 0) continue; // met before
    for (let c = 0; c < 3; c++) {
      const own = counts[of + c];
      if (own > best[2 * c]) {
        best[2 * c] = own;
        beside[2 * c] = total - own;
        profile.code[at + 2 * c] = code;
      }
      if (total - own > best[2 * c + 1]) {
        best[2 * c + 1] = total - own;
        beside[2 * c + 1] = own;
        profile.code[at + 2 * c + 1] = code;
      }
      counts[of + c] = 0;
    }
  }
  for (let side = 0; side < SIDES; side++) {
    const own = rows[3 * gene + (side >> 1)];
    const [holders, others] = side % 2 === 0 ? [own, end - first - own] : [end - first - own, own];
    if (profile.code[at + side] >= 0) profile.value[at + side] = values[profile.code[at + side]];
    if (holders < 2 || others < 1) continue;
    profile.inHolders[at + side] = (best[side] - 1) / (holders - 1);
    profile.inOthers[at + side] = beside[side] / others;
    profile.exact[at + side] = best[side] === holders && beside[side] === 0 ? 1 : 0;
  }
}

/** Whether classes of the gene lie apart, and whether it has one value. */
function orderIn(
  profile: GeneProfile,
  { codes, missing, values }: CodedColumn,
  { labels, geneStart }: GeneLabels,
  gene: number,
): void {
  const least = [Infinity, Infinity, Infinity];
  const most = [-1, -1, -1];
  const rows = [0, 0, 0];
  const without = [0, 0, 0];
  for (let row = geneStart[gene]; row < geneStart[gene + 1]; row++) {
    const [code, label] = [codes[row], labels[row]];
    rows[label]++;
    if (code === missing) without[label]++;
    else {
      if (code < least[label]) least[label] = code;
      if (code > most[label]) most[label] = code;
    }
  }
  const noValue = without[0] + without[1] + without[2];
  const highest = Math.max(...most);
  if (highest < 0 || (noValue === 0 && Math.min(...least) === highest)) {
    profile.constant[gene] = 1;
    profile.only[gene] = highest < 0 ? NaN : values[highest];
  }
  for (let c = 0; c < 3; c++) {
    const [d, e] = [(c + 1) % 3, (c + 2) % 3];
    if (rows[c] === 0 || rows[d] + rows[e] === 0) continue;
    if (without[c] > 0 && noValue > without[c]) continue;
    if (least[c] > Math.max(most[d], most[e])) profile.order[3 * gene + c] = 1;
    if (most[c] < Math.min(least[d], least[e])) profile.order[3 * gene + c] = -1;
  }
}
