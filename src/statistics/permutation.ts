/** Permutation tests of paired units: under no difference the sign of each unit's difference is a coin's. */
import { PURPOSE, Stream } from "../numerics/random.ts";

/** A coin (0 or 1) per unit for one permutation: a function of the arguments alone. */
export function coins(seed: number, permutation: number, units: number): Uint8Array {
  const stream = new Stream(seed, PURPOSE.permutation, permutation);
  const flips = new Uint8Array(units);
  let bits = 0;
  for (let i = 0; i < units; i++) {
    if (i % 32 === 0) bits = stream.nextU32();
    flips[i] = (bits >>> (i % 32)) & 1;
  }
  return flips;
}

/**
 * The two-sided p-value of an observed statistic among those of permutations: (1 + hits) / (1 + permutations), a hit being at least as far from
 * 0 (Phipson and Smyth 2010). What differs by rounding alone counts as equal. NaN where the observed one is undefined; a permutation without
 * a value counts as a hit.
 */
export function permutationP(observed: number, permuted: ArrayLike<number>): number {
  if (Number.isNaN(observed)) return NaN;
  const bar = Math.abs(observed) * (1 - 1e-12);
  let hits = 0;
  for (let i = 0; i < permuted.length; i++) if (!(Math.abs(permuted[i]) < bar)) hits++;
  return (1 + hits) / (1 + permuted.length);
}

/** The sign-flip test. */
export interface SignFlip {
  /** Units with a difference that is not NaN. */
  readonly units: number;
  readonly mean: number;
  /** Two-sided, for a mean of 0; NaN without units. */
  readonly p: number;
  /** Whether all sign patterns were counted, because there are no more than `permutations`. */
  readonly exact: boolean;
}

/** Tests whether differences of independent units (genes, not rows) have mean 0; NaN differences are left out. */
export function signFlip(differences: ArrayLike<number>, seed: number, permutations = 9999): SignFlip {
  const defined = Float64Array.from(Array.from(differences).filter((d) => !Number.isNaN(d)));
  const units = defined.length;
  if (units === 0) return { units, mean: NaN, p: NaN, exact: false };
  const sum = (flips: (i: number) => number): number => {
    let total = 0;
    for (let i = 0; i < units; i++) total += flips(i) === 1 ? -defined[i] : defined[i];
    return total;
  };
  const observed = sum(() => 0);
  const mean = observed / units;
  if (2 ** units <= permutations) {
    // The pattern without a flip is among them, so nothing is added.
    const patterns = Float64Array.from(
      { length: 2 ** units },
      (_, pattern) => sum((i) => (pattern >>> i) & 1),
    );
    const hits = permutationP(observed, patterns) * (1 + patterns.length) - 1;
    return { units, mean, p: Math.round(hits) / patterns.length, exact: true };
  }
  const permuted = Float64Array.from({ length: permutations }, (_, b) => {
    const flips = coins(seed, b, units);
    return sum((i) => flips[i]);
  });
  return { units, mean, p: permutationP(observed, permuted), exact: false };
}
