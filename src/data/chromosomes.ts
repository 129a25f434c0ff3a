/** Chromosome names as numbers, for those who ask for `chrom` as a feature. */

const NAMED = new Map([["X", 23], ["Y", 24], ["MT", 25], ["M", 25]]);

/**
 * Code of every distinct name: 1..22 as they are, X 23, Y 24, MT 25, others from 101 in name order; a leading "chr" and
 * case do not matter; "" (unknown) has none.
 */
export function chromosomeCodes(names: Iterable<string>): Map<string, number> {
  const codes = new Map<string, number>();
  const others = new Map<string, string[]>();
  for (const name of new Set(names)) {
    const bare = name.replace(/^chr/i, "").toUpperCase();
    const number = /^\d{1,2}$/.test(bare) ? Number(bare) : NaN;
    const code = number >= 1 && number <= 22 ? number : NAMED.get(bare);
    if (code !== undefined) codes.set(name, code);
    else if (bare !== "") others.set(bare, [...(others.get(bare) ?? []), name]);
  }
  [...others.keys()].sort().forEach((bare, i) => {
    for (const name of others.get(bare) ?? []) codes.set(name, 101 + i);
  });
  return codes;
}
