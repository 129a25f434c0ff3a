/** A 128-bit hash for telling contents apart: MurmurHash3 x86_128 over 32-bit words. Not for secrets. */

export type Hash128 = readonly [number, number, number, number];

const rotate = (x: number, bits: number): number => (x << bits) | (x >>> (32 - bits));

function finish(h: number): number {
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}

/** Hash of words; equal words give equal hashes, others differ but for one chance in about 2^128. */
export function hashWords(words: Uint32Array, seed = 0): Hash128 {
  const c1 = 0x239b961b, c2 = 0xab0e9789, c3 = 0x38b34ae5, c4 = 0xa1e38b93;
  let h1 = seed, h2 = seed, h3 = seed, h4 = seed;
  for (let i = 0; i < words.length; i += 4) {
    // Past the end a word reads as undefined, which the multiplication takes for 0; the length goes in below.
    h1 ^= Math.imul(rotate(Math.imul(words[i], c1), 15), c2);
    h1 = (Math.imul((rotate(h1, 19) + h2) | 0, 5) + 0x561ccd1b) | 0;
    h2 ^= Math.imul(rotate(Math.imul(words[i + 1], c2), 16), c3);
    h2 = (Math.imul((rotate(h2, 17) + h3) | 0, 5) + 0x0bcaa747) | 0;
    h3 ^= Math.imul(rotate(Math.imul(words[i + 2], c3), 17), c4);
    h3 = (Math.imul((rotate(h3, 15) + h4) | 0, 5) + 0x96cd1c35) | 0;
    h4 ^= Math.imul(rotate(Math.imul(words[i + 3], c4), 18), c1);
    h4 = (Math.imul((rotate(h4, 13) + h1) | 0, 5) + 0x32ac3b17) | 0;
  }
  h1 ^= words.length;
  h2 ^= words.length;
  h3 ^= words.length;
  h4 ^= words.length;
  h1 = (h1 + h2 + h3 + h4) | 0;
  h2 = (h2 + h1) | 0;
  h3 = (h3 + h1) | 0;
  h4 = (h4 + h1) | 0;
  h1 = finish(h1);
  h2 = finish(h2);
  h3 = finish(h3);
  h4 = finish(h4);
  h1 = (h1 + h2 + h3 + h4) | 0;
  return [h1 >>> 0, (h2 + h1) >>> 0, (h3 + h1) >>> 0, (h4 + h1) >>> 0];
}

/** Hash of a text's UTF-16 code units. */
export function hashText(text: string, seed = 0): Hash128 {
  const words = new Uint32Array(text.length);
  for (let i = 0; i < text.length; i++) words[i] = text.charCodeAt(i);
  return hashWords(words, seed);
}
