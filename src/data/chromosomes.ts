/** Chromosome names as numbers, for those who ask for `chrom` as a feature. */

const NAMED = new Map([["X", 23], ["Y", 24], ["MT", 25], ["M", 25]]);

/** Numbers that other names are spread over; exact in f32. */
const OTHERS = 1_000_000;

/**
 * Code of every distinct name: 1..22 as they are, X 23, Y 24, MT 25, others from 101 by a hash of the name, so that training and prediction
 * data agree on it; a leading "chr" and case do not matter; "" (unknown) has none.
 */
export function chromosomeCodes(names: Iterable<string>): Map<string, number> {
  const codes = new Map<string, number>();
  for (const name of new Set(names)) {
    const bare = name.replace(/^chr/i, "").toUpperCase();
    if (bare === "") continue;
    const number = /^\d{1,2}$/.test(bare) ? Number(bare) : NaN;
    const known = number >= 1 && number <= 22 ? number : NAMED.get(bare);
    codes.set(name, known ?? 101 + fnv1a(bare) % OTHERS);
  }
  return codes;
}

/** FNV-1a over UTF-16 code units. */
function fnv1a(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash >>> 0;
}
