/**
 * What speaks for an honest feature although one value all but gives the class away. The table's making leaves a value behind without regard
 * to anything measured; a score rounded to 0.00, or a call made from scores, errs where the scores do.
 */
import { rankSum } from "../../statistics/ranks.ts";
import type { CodedColumn } from "./coded-column.ts";
import type { GeneLabels } from "./gene-labels.ts";
import { type GeneProfile, SIDES } from "./gene-profile.ts";

/** Rows a side for grades to be seen, and the AUC from which they are. */
const GRADED_ROWS = 10;
const GRADED_AUC = 0.75;
/** Exceptions of a side to follow another feature by, and the AUC from which they do. */
const FOLLOWED_ROWS = 5;
const FOLLOWED_AUC = 0.9;
/** A feature with fewer values does not grade exceptions. */
const FOLLOWED_VALUES = 32;

/**
 * Whether, among the rows that do not hold the side's value, value or distance from it tells the side's rows from the others: then the value is
 * the end, or the middle, of a scale.
 */
export function isGraded(
  { codes, values, missing }: CodedColumn,
  { code }: GeneProfile,
  { labels, geneStart }: GeneLabels,
  genes: Uint32Array,
  side: number,
): boolean {
  const plain: number[] = [];
  const distance: number[] = [];
  const inside: number[] = [];
  for (const gene of genes) {
    const held = code[SIDES * gene + side];
    for (let row = geneStart[gene]; row < geneStart[gene + 1]; row++) {
      if (codes[row] === held || codes[row] === missing) continue;
      plain.push(values[codes[row]]);
      distance.push(held < 0 || held === missing ? NaN : Math.abs(values[codes[row]] - values[held]));
      inside.push(onSide(labels[row], side) ? 1 : 0);
    }
  }
  return [plain, distance].some((numbers) => {
    const { first, second, auc } = rankSum(Float64Array.from(numbers), inside);
    return Math.min(first, second) >= GRADED_ROWS && Math.max(auc, 1 - auc) >= GRADED_AUC;
  });
}

/** Rows of each side apart by whether they hold the side's value; those of few exceptions are left out. */
export interface Exceptions {
  /** Rows that hold the value and that do not, of the side and of the others. */
  readonly groups: readonly { readonly holding: Uint32Array; readonly not: Uint32Array }[];
}

/** The exceptions to a pattern: rows of a side without the value and others with it; null where there are too few to follow anything. */
export function exceptionsOf(
  { codes }: CodedColumn,
  { code }: GeneProfile,
  { labels, geneStart }: GeneLabels,
  genes: Uint32Array,
  side: number,
): Exceptions | null {
  const rows: number[][] = [[], [], [], []];
  for (const gene of genes) {
    const held = code[SIDES * gene + side];
    for (let row = geneStart[gene]; row < geneStart[gene + 1]; row++) {
      rows[(onSide(labels[row], side) ? 0 : 2) + (codes[row] === held ? 0 : 1)].push(row);
    }
  }
  const groups = [0, 2].map((at) => ({
    holding: Uint32Array.from(rows[at]),
    not: Uint32Array.from(rows[at + 1]),
  })).filter(({ holding, not }) => Math.min(holding.length, not.length) >= FOLLOWED_ROWS);
  return groups.length > 0 ? { groups } : null;
}

/** Whether the rows that hold the value and those that do not, of one class alike, lie apart in this other column. */
export function follow({ groups }: Exceptions, column: Float32Array): boolean {
  let direction = 0;
  for (const { holding, not } of groups) {
    const fewer = holding.length < not.length ? holding : not;
    const sorted = Float32Array.from(fewer, (row) => column[row]).filter((value) => !Number.isNaN(value))
      .sort();
    if (sorted.length < FOLLOWED_ROWS) return false;
    const auc = aucAgainst(sorted, column, fewer === holding ? not : holding);
    const above = fewer === holding ? auc : 1 - auc;
    if (!(Math.max(above, 1 - above) >= FOLLOWED_AUC)) return false;
    const own = above > 0.5 ? 1 : -1;
    if (direction !== 0 && own !== direction) return false;
    direction = own;
  }
  return distinctAtLeast(column, FOLLOWED_VALUES);
}

/** Chance that one of the sorted values exceeds a row's, a tie counting half; missing rows are left out. */
function aucAgainst(sorted: Float32Array, column: Float32Array, rows: Uint32Array): number {
  let [ordered, valued] = [0, 0];
  for (const row of rows) {
    const value = column[row];
    if (Number.isNaN(value)) continue;
    valued++;
    ordered += 2 * sorted.length - lowerBound(sorted, value, true) - lowerBound(sorted, value, false);
  }
  return ordered / (2 * sorted.length * valued);
}

/** How many of the sorted values are below, or, `orEqual`, not above. */
function lowerBound(sorted: Float32Array, value: number, orEqual: boolean): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle] < value || (orEqual && sorted[middle] === value)) low = middle + 1;
    else high = middle;
  }
  return low;
}

function distinctAtLeast(column: Float32Array, least: number): boolean {
  const seen = new Set<number>();
  for (const value of column) {
    seen.add(value);
    if (seen.size >= least) return true;
  }
  return false;
}

function onSide(label: number, side: number): boolean {
  return (label === side >> 1) === (side % 2 === 0);
}
