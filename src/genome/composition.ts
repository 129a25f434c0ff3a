/** Base composition of the window around a position. */
import { C, G } from "./nucleotides.ts";

export interface Composition {
  /** Share of G and C among the known bases; 0 where none is known. */
  readonly gcContent: number;
  /** Nucleotides, N included. */
  readonly sequenceLength: number;
  /** Shannon entropy of the known bases, bits (0..2). */
  readonly sequenceComplexity: number;
}

/** Composition of sequence[start, end). */
export function composition(sequence: Uint8Array, start: number, end: number): Composition {
  const counts = [0, 0, 0, 0, 0];
  for (let i = start; i < end; i++) counts[sequence[i]]++;
  const known = end - start - counts[4];
  let entropy = 0;
  for (let code = 0; code < 4; code++) {
    const share = counts[code] / known;
    if (counts[code] > 0) entropy -= share * Math.log2(share);
  }
  return {
    gcContent: known > 0 ? (counts[G] + counts[C]) / known : 0,
    sequenceLength: end - start,
    sequenceComplexity: entropy,
  };
}
