/** Bases as codes 0..3 in the order A, C, G, T; 4 is N, anything that is none of them. */

export const A = 0;
export const C = 1;
export const G = 2;
export const T = 3;
export const N = 4;

export const BASES = "ACGT";

const CODES = new Uint8Array(256).fill(N);
for (const [code, base] of [...BASES].entries()) {
  CODES[base.charCodeAt(0)] = code;
  CODES[base.toLowerCase().charCodeAt(0)] = code;
}
CODES["U".charCodeAt(0)] = T;
CODES["u".charCodeAt(0)] = T;

/** Codes of a sequence of letters, either case; U is T, every other letter is N. */
export function encodeBases(letters: string): Uint8Array {
  const codes = new Uint8Array(letters.length);
  for (let i = 0; i < codes.length; i++) {
    const letter = letters.charCodeAt(i);
    codes[i] = letter < 256 ? CODES[letter] : N;
  }
  return codes;
}

/** The other strand, read in its own direction; N stays N. */
export function reverseComplement(codes: Uint8Array): Uint8Array {
  const other = new Uint8Array(codes.length);
  for (let i = 0; i < codes.length; i++) {
    const code = codes[codes.length - 1 - i];
    other[i] = code > T ? N : T - code;
  }
  return other;
}
