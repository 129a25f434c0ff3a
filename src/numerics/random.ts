/**
 * The counter-based generator: every draw is a function of (seed, purpose, counters), so none depends on order.
 * `philox` is Philox4x32-10 (Salmon et al., SC 2011). `rowDraw` is the cheap per-row hash that every engine evaluates once
 * a row and round; its keys come from Philox, its two rounds are the 32-bit finaliser with the lowest known bias
 * (multipliers found by C. Wellons' hash prospector).
 */

/** What a draw is for: part of the key, so that purposes never share draws. */
export const PURPOSE = {
  gradient: 1,
  rowSample: 2,
  columnSample: 3,
  folds: 4,
  geneSample: 5,
  validation: 6,
  simulate: 7,
  bootstrap: 8,
  permutation: 9,
  shuffleLabels: 10,
  diagnosticSample: 11,
  shapSample: 12,
  neighbourSample: 13,
  splits: 14,
  extraTrees: 15,
  goss: 16,
} as const;

const M0 = 0xd2511f53;
const M1 = 0xcd9e8d57;
const W0 = 0x9e3779b9;
const W1 = 0xbb67ae85;

/** High and low 32 bits of a 32 x 32 product. */
function multiply(a: number, b: number): [number, number] {
  const low = Math.imul(a, b) >>> 0;
  const aLow = a & 0xffff;
  const aHigh = a >>> 16;
  const bLow = b & 0xffff;
  const bHigh = b >>> 16;
  const middle = aHigh * bLow + ((aLow * bLow) >>> 16);
  const high = aHigh * bHigh + Math.floor((aLow * bHigh + middle) / 0x10000);
  return [high >>> 0, low];
}

/** Philox4x32-10: four u32 for a 64-bit key (two u32) and a 128-bit counter (four u32). */
export function philox(
  key0: number,
  key1: number,
  counter: readonly [number, number, number, number],
): [number, number, number, number] {
  let [c0, c1, c2, c3] = [counter[0] >>> 0, counter[1] >>> 0, counter[2] >>> 0, counter[3] >>> 0];
  let k0 = key0 >>> 0;
  let k1 = key1 >>> 0;
  for (let round = 0; round < 10; round++) {
    const [high0, low0] = multiply(M0, c0);
    const [high1, low1] = multiply(M1, c2);
    [c0, c1, c2, c3] = [(high1 ^ c1 ^ k0) >>> 0, low1, (high0 ^ c3 ^ k1) >>> 0, low0];
    k0 = (k0 + W0) >>> 0;
    k1 = (k1 + W1) >>> 0;
  }
  return [c0, c1, c2, c3];
}

/** The two key words of a seed: any non-negative safe integer. */
export function seedKey(seed: number): [number, number] {
  return [seed >>> 0, Math.floor(seed / 0x100000000) >>> 0];
}

/** Key of the draws of one purpose and round (and, for column samples, level and node), for `rowDraw`. */
export function rowKey(seed: number, purpose: number, round: number, level = 0, node = 0): [number, number] {
  const [key0, key1] = seedKey(seed);
  const [a, b] = philox(key0, key1, [purpose, round, (level << 24) ^ node, 0]);
  return [a, b];
}

function mix(x: number): number {
  x = Math.imul(x ^ (x >>> 16), 0x21f0aaad);
  x = Math.imul(x ^ (x >>> 15), 0xd35a2d97);
  return (x ^ (x >>> 15)) >>> 0;
}

/** The u32 drawn for a row under a key. */
export function rowDraw(key0: number, key1: number, row: number): number {
  return mix((mix(row ^ key0) + key1) | 0);
}

/**
 * A sequence of draws under one key, for host code that wants many: `new Stream(seed, purpose, a, b)` is a function
 * of its arguments alone.
 */
export class Stream {
  readonly #key: [number, number];
  readonly #counter: [number, number, number, number];
  #block: readonly number[] = [];
  #at = 4;
  #spare: number | null = null;

  constructor(seed: number, purpose: number, a = 0, b = 0) {
    this.#key = seedKey(seed);
    this.#counter = [purpose, a, b, 0x80000000];
  }

  /** Uniform u32. */
  nextU32(): number {
    if (this.#at === 4) {
      this.#block = philox(this.#key[0], this.#key[1], this.#counter);
      // The top bit keeps streams apart from rowKey's counters, whose last word is 0.
      this.#counter[3] = (this.#counter[3] + 1) >>> 0;
      this.#at = 0;
    }
    return this.#block[this.#at++];
  }

  /** Uniform in [0, 1), 53 bits. */
  nextFloat(): number {
    const high = this.nextU32() >>> 5;
    const low = this.nextU32() >>> 6;
    return (high * 67108864 + low) / 9007199254740992;
  }

  /** Uniform integer in [0, n), 1 <= n <= 2^32, without modulo bias. */
  nextInt(n: number): number {
    const limit = 0x100000000 - (0x100000000 % n);
    let draw = this.nextU32();
    while (draw >= limit) draw = this.nextU32();
    return draw % n;
  }

  /** Standard normal (Marsaglia's polar method). */
  nextNormal(): number {
    if (this.#spare !== null) {
      const spare = this.#spare;
      this.#spare = null;
      return spare;
    }
    for (;;) {
      const u = 2 * this.nextFloat() - 1;
      const v = 2 * this.nextFloat() - 1;
      const s = u * u + v * v;
      if (s > 0 && s < 1) {
        const scale = Math.sqrt((-2 * Math.log(s)) / s);
        this.#spare = v * scale;
        return u * scale;
      }
    }
  }

  /** Shuffles in place (Fisher-Yates) and returns its argument. */
  shuffle<T extends { length: number; [index: number]: unknown }>(items: T): T {
    for (let i = items.length - 1; i > 0; i--) {
      const j = this.nextInt(i + 1);
      [items[i], items[j]] = [items[j], items[i]];
    }
    return items;
  }
}
