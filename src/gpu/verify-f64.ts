/** The kernels' double precision in integers against the host's. */
import f64 from "../../shaders/verify/f64.wgsl" with { type: "text" };
import { rowDraw } from "../numerics/random.ts";
import type { Gpu } from "./gpu.ts";
import type { Kernel } from "./kernel.ts";
import { doubleWords } from "./records.ts";
import { f64Results, isDefined, RESULTS } from "./twins/f64.ts";
import { doubleAt } from "./twins/layout.ts";

/** The kernel that applies every operation of shaders/shared/f64.wgsl. */
export const F64: Kernel = { name: "f64", source: f64, bindings: ["read", "write"] };

const WORDS = 4;
const RESULT_WORDS = RESULTS.length * 2;
const KEY = 0x5eed;
/** Exponents of random numbers: what is made of two of them is neither subnormal nor infinite. */
const LARGEST_EXPONENT = 400;

/** Numbers at the edges of what the kernels compute with. */
const EDGES: readonly number[] = [
  0,
  1,
  0.5,
  2,
  1 + 2 ** -52,
  1 - 2 ** -53,
  1 / 3,
  2 ** 31 - 1,
  2 ** 31 - 0.5,
  2 ** 31,
  2 ** 52,
  2 ** 52 + 0.5,
  2 ** 53 - 1,
  2 ** 53,
  2 ** 63,
  1e-30,
  1e30,
  2 ** LARGEST_EXPONENT,
  2 ** -LARGEST_EXPONENT,
  Infinity,
].flatMap((x) => [x, -x]);

/** Pairs of doubles, four words each: all pairs of edges, then random ones of several kinds. */
export function f64Pairs(count: number): Uint32Array {
  const words = new Uint32Array(count * WORDS);
  const draw = (i: number, k: number): number => rowDraw(KEY, k, i);
  for (let i = 0; i < count; i++) {
    const edge = i < EDGES.length ** 2;
    const pair = edge
      ? [EDGES[i % EDGES.length], EDGES[Math.floor(i / EDGES.length)]].flatMap(doubleWords)
      : randomPair((k) => draw(i, k), i % 4);
    words.set(pair, i * WORDS);
  }
  return words;
}

function randomPair(draw: (k: number) => number, kind: number): number[] {
  const random = (k: number, mask: number): number[] => {
    const exponent = 1023 - LARGEST_EXPONENT + draw(k) % (2 * LARGEST_EXPONENT + 1);
    return [(draw(k + 1) & 0x800fffff & ~mask) >>> 0 | exponent << 20, mask ? 0 : draw(k + 2)];
  };
  const a = random(0, 0);
  switch (kind) {
    case 0:
      return [...a, ...random(3, 0)];
    case 1: // Next to each other, of either sign: cancellation.
      return [...a, (a[0] ^ (draw(6) & 0x80000000)) + (draw(7) % 3 << 20), a[1] ^ draw(8) >>> draw(9) % 32];
    case 2: // Few bits: exact results, ties.
      return [...random(0, 0xfffff >>> draw(6) % 20), ...random(3, 0xfffff >>> draw(7) % 20)];
    default: // Integers and their quotients by powers of two, as sums of gradients are.
      return [(draw(0) | 0) / 2 ** (draw(1) % 30), (draw(2) | 0) / 2 ** (draw(3) % 30)].flatMap(doubleWords);
  }
}

/**
 * Compares all operations over so many pairs.
 * @returns the first difference, or null
 */
export async function verifyF64(gpu: Gpu, count: number): Promise<string | null> {
  const pairs = f64Pairs(count);
  const input = gpu.buffer("pairs", pairs.byteLength, "storage", pairs);
  const output = gpu.buffer("results", count * RESULT_WORDS * 4, "storage");
  try {
    const recorder = gpu.recorder("f64");
    const bound = gpu.bind(await gpu.pipeline(F64), "f64", [input, output]);
    recorder.dispatch(bound, Math.ceil(count / 64));
    recorder.submit();
    const [bytes] = await gpu.read([{ buffer: output }]);
    await gpu.errors();
    const found = new Uint32Array(bytes);
    for (let i = 0; i < count; i++) {
      const pair = pairs.subarray(i * WORDS, (i + 1) * WORDS);
      const difference = compare(pair, found.subarray(i * RESULT_WORDS, (i + 1) * RESULT_WORDS));
      if (difference) return difference;
    }
    return null;
  } finally {
    input.destroy();
    output.destroy();
  }
}

function compare(pair: Uint32Array, found: Uint32Array): string | null {
  const expected = f64Results(pair);
  const [a, b] = [doubleAt(pair, 0), doubleAt(pair, 2)];
  for (const [i, result] of RESULTS.entries()) {
    const same = found[i * 2] === expected[i * 2] && found[i * 2 + 1] === expected[i * 2 + 1];
    if (same || !isDefined(result, a, b)) continue;
    const text = (words: Uint32Array): string =>
      Array.from(words.subarray(i * 2, i * 2 + 2), (word) => word.toString(16).padStart(8, "0")).join(" ");
    return `${result} of a = ${a}, b = ${b}: expected ${text(expected)}, found ${text(found)}`;
  }
  return null;
}
