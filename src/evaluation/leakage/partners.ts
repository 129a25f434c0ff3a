/** Which features share a leak: the same rows hold their values, or their own value in each gene is another feature's. */
import { rowDraw } from "../../numerics/random.ts";
import type { CodedColumn } from "./coded-column.ts";
import type { GeneLabels } from "./gene-labels.ts";
import { type GeneProfile, SIDES } from "./gene-profile.ts";

/** Share of the holders' rows on which two columns must be equal, and of the others' at most. */
const ALIKE = 0.99;
const ELSEWHERE = 0.5;
/** Unequal rows after which a column is no longer looked at, where it began with them. */
const FIRST_ROWS = 64;

/** The rows of the genes that hold the side's value, and those that do not. */
export function holdersOf(
  { codes }: CodedColumn,
  { code }: GeneProfile,
  { geneStart }: GeneLabels,
  genes: Uint32Array,
  side: number,
): { readonly holding: Uint32Array; readonly not: Uint32Array } {
  const holding: number[] = [];
  const not: number[] = [];
  for (const gene of genes) {
    for (let row = geneStart[gene]; row < geneStart[gene + 1]; row++) {
      (codes[row] === code[SIDES * gene + side] ? holding : not).push(row);
    }
  }
  return { holding: Uint32Array.from(holding), not: Uint32Array.from(not) };
}

/** A name for a set of rows; sets that differ get different names but by a chance of about 2^-60. */
export function rowsName(rows: Uint32Array): string {
  let [a, b] = [0, 0];
  for (const row of rows) {
    a = (a + rowDraw(1, 2, row)) >>> 0;
    b = (b + rowDraw(3, 4, row)) >>> 0;
  }
  return `${rows.length} ${a} ${b}`;
}

/** Whether two columns are equal where the value is held and not elsewhere. */
export function equalOnHolders(
  x: Float32Array,
  y: Float32Array,
  { holding, not }: { readonly holding: Uint32Array; readonly not: Uint32Array },
): boolean {
  const first = holding.subarray(0, FIRST_ROWS);
  if (equalShare(x, y, first) < ALIKE - 0.1) return false;
  return equalShare(x, y, holding) >= ALIKE && equalShare(x, y, not) <= ELSEWHERE;
}

function equalShare(x: Float32Array, y: Float32Array, rows: Uint32Array): number {
  let equal = 0;
  for (const row of rows) if (x[row] === y[row]) equal++;
  return rows.length === 0 ? 0 : equal / rows.length;
}
