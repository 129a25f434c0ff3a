/**
 * exp and ln by IEEE basic operations alone: `Math.exp` and `Math.log` differ between JavaScript engines, and a calibrated
 * model must give the same bytes in all of them. Relative errors stay below 1e-15 and a few.
 */

/** ln 2 in two parts: the first has 32 trailing zero bits, so that k * LN2_HIGH is exact. */
const LN2_HIGH = 0.6931471803691238;
const LN2_LOW = 1.9082149292705877e-10;
/** e^-x is 0 beyond. */
const UNDERFLOW = 745;

/** 2^-k, k = 0 .. 1075. */
const HALVES: Float64Array = halves();
/** 1 / k!, k = 13 .. 0. */
const INVERSE_FACTORIALS: Float64Array = inverseFactorials();

const float = new Float64Array(1);
/** The same eight bytes as words, little-endian as on every platform with WebAssembly. */
const words = new Uint32Array(float.buffer);

/** e^-x for x >= 0. */
export function expMinus(x: number): number {
  if (x > UNDERFLOW) return 0;
  const k = Math.floor(x / Math.LN2 + 0.5);
  const r = k * LN2_HIGH - x + k * LN2_LOW; // within +-0.35
  let sum = INVERSE_FACTORIALS[0];
  for (let i = 1; i < INVERSE_FACTORIALS.length; i++) sum = sum * r + INVERSE_FACTORIALS[i];
  return sum * HALVES[k];
}

/** Natural logarithm of a normal x > 0. */
export function ln(x: number): number {
  float[0] = x;
  let exponent = (words[1] >>> 20) - 1023;
  words[1] = (words[1] & 0xfffff) | 0x3ff00000;
  let mantissa = float[0];
  if (mantissa > Math.SQRT2) [mantissa, exponent] = [mantissa / 2, exponent + 1];
  return exponent * LN2_HIGH + (twiceAtanh((mantissa - 1) / (mantissa + 1)) + exponent * LN2_LOW);
}

/** ln(1 + z) for z from 0 to 1. */
export function ln1p(z: number): number {
  return z > 0.4 ? ln(1 + z) : twiceAtanh(z / (2 + z));
}

/** ln(1 + e^x): minus the log-likelihood of a failure at log-odds x; of a success it is softplus(-x). */
export function softplus(x: number): number {
  return Math.max(x, 0) + ln1p(expMinus(Math.abs(x)));
}

/** 1 / (1 + e^-x). */
export function sigmoid(x: number): number {
  const e = expMinus(Math.abs(x));
  return x >= 0 ? 1 / (1 + e) : e / (1 + e);
}

/** Log-odds of a probability strictly between 0 and 1. */
export function logit(p: number): number {
  return ln(p) - ln(1 - p);
}

/** ln((1 + r) / (1 - r)) for |r| <= 0.18. */
function twiceAtanh(r: number): number {
  const square = r * r;
  let sum = 0;
  for (let k = 21; k >= 3; k -= 2) sum = (sum + 1 / k) * square;
  return 2 * (r + r * sum);
}

function halves(): Float64Array {
  const powers = new Float64Array(1076);
  powers[0] = 1;
  for (let k = 1; k < powers.length; k++) powers[k] = powers[k - 1] / 2;
  return powers;
}

function inverseFactorials(): Float64Array {
  const values = new Float64Array(14);
  let factorial = 1;
  for (let k = 0; k <= 13; k++) {
    factorial *= Math.max(k, 1);
    values[13 - k] = 1 / factorial;
  }
  return values;
}
