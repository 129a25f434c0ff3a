/** shaders/verify/f64.wgsl again, by the host's own doubles. */
import { doubleAt, setDouble } from "./layout.ts";

/** What is made of a pair, in order. */
export const RESULTS = [
  "a + b",
  "a - b",
  "a * b",
  "a / b",
  "min",
  "max",
  "a < b, floor",
  "from i64",
  "from i32",
  "a / 2",
] as const;

/** The largest integer that the kernels' floor returns. */
const FLOOR_LIMIT = 2 ** 31 - 1;

/** The results of a pair, two words each: pairs four words, infinite numbers only for what compares. */
export function f64Results(pair: Uint32Array): Uint32Array {
  const results = new Uint32Array(RESULTS.length * 2);
  const a = doubleAt(pair, 0);
  const b = doubleAt(pair, 2);
  [a + b, a - b, a * b, a / (b === 0 ? 2 : b), Math.min(a, b), Math.max(a, b)].forEach((x, i) =>
    setDouble(results, i * 2, x)
  );
  results[12] = a < b ? 1 : 0;
  results[13] = Math.max(-FLOOR_LIMIT, Math.min(FLOOR_LIMIT, Math.floor(a)));
  setDouble(results, 14, Number(BigInt.asIntN(64, (BigInt(pair[0]) << 32n) | BigInt(pair[1]))));
  setDouble(results, 16, pair[0] | 0);
  setDouble(results, 18, a / 2);
  return results;
}

/** Whether the kernels' arithmetic is made for that result of a pair: they add, multiply and divide finite numbers only. */
export function isDefined(result: (typeof RESULTS)[number], a: number, b: number): boolean {
  if (Number.isFinite(a) && Number.isFinite(b)) return true;
  return ["min", "max", "from i64", "from i32"].includes(result);
}
