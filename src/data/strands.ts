/** Strand of every gene, read where the files have a column of it. */
import type { ColumnSource } from "./column-source.ts";
import { findColumn } from "./column-source.ts";
import { LEFT_OUT, type RowOrder } from "./genes.ts";

const STRAND_COLUMN = "strand";

/** Code of each spelling met; 0 is unknown. */
const CODES = new Map<string, number>([["+", 1], ["1", 1], ["+1", 1], ["-", 2], ["-1", 2], ["−", 2]]);
const NAMES = ["", "+", "-"] as const;

/**
 * Strand of every gene, "+", "-" or "" where unknown: that of its first row. 1 and -1 are read as + and -.
 * @returns Strands per gene, and what to tell the user: files without the column, values that are no strand, genes
 * with rows of several strands.
 */
export async function readStrands(
  sources: readonly ColumnSource[],
  { rows, genes, geneStart, rank }: RowOrder,
): Promise<{ strands: string[]; notes: string[] }> {
  const usable = sources.filter((source) => {
    const kind = findColumn(source, STRAND_COLUMN)?.kind;
    return kind === "text" || kind === "number";
  });
  if (usable.length === 0) return { strands: genes.map(() => ""), notes: [] };
  const notes: string[] = [];
  if (usable.length < sources.length) {
    notes.push(
      `Column "${STRAND_COLUMN}" is in ${usable.length} of ${sources.length} files; elsewhere the strand is unknown.`,
    );
  }
  const ofRow = new Uint8Array(rows);
  let odd = 0;
  let firstOdd = "";
  let start = 0;
  for (const source of sources) {
    const values = usable.includes(source) ? (await source.read([STRAND_COLUMN]))[0] : [];
    for (let i = 0; i < values.length; i++) {
      const row = rank[start + i];
      const value = values[i];
      if (row === LEFT_OUT || value === null || value === "" || Number.isNaN(value)) continue;
      const code = CODES.get(String(value));
      if (code !== undefined) ofRow[row] = code;
      else if (odd++ === 0) firstOdd = String(value);
    }
    start += source.rows;
  }
  if (odd > 0) notes.push(`${odd} rows have a strand that is none (first: "${firstOdd}"): taken as unknown.`);
  let mixed = 0;
  const strands = genes.map((_, g) => {
    const first = ofRow[geneStart[g]];
    if (ofRow.subarray(geneStart[g], geneStart[g + 1]).some((code) => code !== first)) mixed++;
    return NAMES[first];
  });
  if (mixed > 0) notes.push(`${mixed} genes have rows of several strands; the first row's is taken.`);
  return { strands, notes };
}
