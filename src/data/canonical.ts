/** Whether a row stands at the dinucleotides of a canonical splice site, by the sequence around it. */
import type { ColumnSource } from "./column-source.ts";
import { findColumn } from "./column-source.ts";
import { LEFT_OUT, type RowOrder } from "./genes.ts";

const SEQUENCE_COLUMN = "sequence";

/** A full window is [position - HALF, position + HALF): the row's own base is its HALF-th, from 0. */
const HALF = 250;

/** Values of `Dataset.canonical()`. */
export const UNKNOWN = 0;
export const CANONICAL = 1;
export const NOT_CANONICAL = 2;

/**
 * Reads the column `sequence` (a 500-nt window around the row's position, in gene orientation, cut off at the gene's ends)
 * file by file. A donor is the last base of its exon, so GT follows it; an acceptor is the first base of its exon, so AG
 * stands before it. Rows of class neither, and all rows without labels, are canonical where they could be either.
 * @param positions Position in the gene per row from 0, which places the row in a window that was cut off; null where
 * there is none or it is genomic: such rows are unknown.
 * @returns One code a row, or null where no file has the column as text.
 */
export async function readCanonical(
  sources: readonly ColumnSource[],
  { rows, rank }: RowOrder,
  labels: Uint8Array | null,
  positions: Float64Array | null,
): Promise<Uint8Array | null> {
  const usable = sources.filter((source) => findColumn(source, SEQUENCE_COLUMN)?.kind === "text");
  if (usable.length === 0) return null;
  const codes = new Uint8Array(rows);
  let start = 0;
  for (const source of sources) {
    const values = usable.includes(source) ? (await source.read([SEQUENCE_COLUMN]))[0] : [];
    for (let i = 0; i < values.length; i++) {
      const row = rank[start + i];
      const text = values[i];
      if (row === LEFT_OUT || typeof text !== "string") continue;
      codes[row] = siteCode(text, positions?.[row] ?? NaN, labels?.[row] ?? 0);
    }
    start += source.rows;
  }
  return codes;
}

/** Code of a row: its window, its position in the gene (NaN where unknown) and its class. */
export function siteCode(window: string, position: number, label: number): number {
  const at = placeInWindow(window.length, position);
  if (at === null) return UNKNOWN;
  const donor = pairCode(window, at + 1, "GT");
  const acceptor = pairCode(window, at - 2, "AG");
  if (label === 1) return donor;
  if (label === 2) return acceptor;
  if (donor === CANONICAL || acceptor === CANONICAL) return CANONICAL;
  return donor === UNKNOWN || acceptor === UNKNOWN ? UNKNOWN : NOT_CANONICAL;
}

/** Place of the row's base in its window: the middle, or nearer the beginning where the gene's start cut it off. */
function placeInWindow(length: number, position: number): number | null {
  if (length >= 2 * HALF) return length >> 1;
  return position >= 0 ? Math.min(position, HALF) : null;
}

function pairCode(window: string, at: number, canonical: string): number {
  const pair = window.substring(at, at + 2).toUpperCase().replaceAll("U", "T");
  if (at < 0 || !/^[ACGT]{2}$/.test(pair)) return UNKNOWN;
  return pair === canonical ? CANONICAL : NOT_CANONICAL;
}
