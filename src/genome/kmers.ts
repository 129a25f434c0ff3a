/** k-mer counts of the window around a position. */
import { usageError } from "../numerics/errors.ts";
import { BASES, T } from "./nucleotides.ts";

/** Nucleotides on either side: the window of position p is [p - 250, p + 250), clipped at the ends of the sequence. */
export const WINDOW_HALF = 250;

/** Longest k-mer counted: 4,096 columns. */
export const LARGEST_K = 6;

/**
 * Column names of all k-mers in alphabetical order, e.g. `3mer_GTA`.
 * @throws SpliceboostError (usage) for k outside 1..6.
 */
export function kmerNames(k: number): string[] {
  checkKmerSize(k);
  let words = [""];
  for (let i = 0; i < k; i++) words = words.flatMap((word) => [...BASES].map((base) => word + base));
  return words.map((word) => `${k}mer_${word}`);
}

/** @throws SpliceboostError (usage) for k outside 1..6. */
export function checkKmerSize(k: number): void {
  if (!Number.isInteger(k) || k < 1 || k > LARGEST_K) {
    throw usageError(`k-mer size: expected an integer from 1 to ${LARGEST_K}, found ${k}.`);
  }
}

/**
 * Adds the k-mers of sequence[start, end) to counts[at .. at + 4^k), in the order of `kmerNames`. k-mers with an N are
 * not counted.
 * @param sequence Base codes (see nucleotides.ts).
 */
export function countKmers(
  sequence: Uint8Array,
  start: number,
  end: number,
  k: number,
  counts: Float64Array,
  at = 0,
): void {
  const mask = 4 ** k - 1;
  let word = 0;
  let known = 0;
  for (let i = start; i < end; i++) {
    const code = sequence[i];
    if (code > T) {
      known = 0;
      continue;
    }
    word = ((word << 2) | code) & mask;
    if (++known >= k) counts[at + word]++;
  }
}
