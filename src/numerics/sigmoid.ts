/**
 * Integer sigmoid and log-loss: tables over [0, 16] in steps of 1/128 with linear interpolation in u32, the same in
 * TypeScript, WebAssembly and WGSL. The tables are built from additions, multiplications and divisions only, which
 * IEEE 754 fixes to the bit; `Math.exp` differs between JavaScript engines.
 *
 * Error of the sigmoid: at most 7.4e-7 absolute (interpolation) for |margin| <= 16; beyond, the value at 16 (1.1e-7) is
 * kept. Tested over the whole range.
 */
import { MARGIN_BITS, PROBABILITY_ONE } from "./fixed.ts";

/** Table steps per unit of margin. */
const STEP_BITS = 7;
const RANGE = 16;
const STEPS = RANGE << STEP_BITS;
/** Margin bits below a table step. */
export const FRACTION_BITS = MARGIN_BITS - STEP_BITS;
const FRACTION_MASK = (1 << FRACTION_BITS) - 1;
const HALF = 1 << (FRACTION_BITS - 1);
/** Largest |margin| that is told apart; one below 16 so that index + 1 stays in the table. */
export const MARGIN_CLAMP = (RANGE << MARGIN_BITS) - 1;

/** e^-x for x in [0, 16], by IEEE basic operations alone: Taylor series of x/1024, squared ten times. */
function expMinus(x: number): number {
  const y = x / 1024;
  let term = 1;
  let sum = 1;
  for (let k = 1; k <= 12; k++) {
    term = (term * -y) / k;
    sum += term;
  }
  for (let k = 0; k < 10; k++) sum *= sum;
  return sum;
}

/** ln(1 + z) for z in [0, 1] by the series of atanh. */
function log1p(z: number): number {
  const r = z / (2 + z);
  const square = r * r;
  let power = r;
  let sum = 0;
  for (let k = 1; k < 60; k += 2) {
    sum += power / k;
    power *= square;
  }
  return 2 * sum;
}

function table(one: number, f: (x: number) => number): Uint32Array {
  const values = new Uint32Array(STEPS + 1);
  for (let i = 0; i <= STEPS; i++) values[i] = Math.floor(f(i / (1 << STEP_BITS)) * one + 0.5);
  return values;
}

/** sigmoid(-i/128) in units of 2^-28, i = 0 .. 2048. */
export const SIGMOID_TABLE: Uint32Array = table(PROBABILITY_ONE, (x) => {
  const e = expMinus(x);
  return e / (1 + e);
});

/** Units of the log-loss table: coarser than probabilities, because its steps are twice as steep. */
const LOSS_BITS = 26;

/** ln(1 + exp(-i/128)) in units of 2^-26, i = 0 .. 2048. */
export const SOFTPLUS_TABLE: Uint32Array = table(2 ** LOSS_BITS, (x) => log1p(expMinus(x)));

function interpolate(values: Uint32Array, x: number): number {
  const index = x >>> FRACTION_BITS;
  const fraction = x & FRACTION_MASK;
  const low = values[index + 1];
  const high = values[index];
  // (high - low) < 2^19 and fraction < 2^13: the product stays below 2^32.
  return high - ((((high - low) * fraction + HALF) >>> FRACTION_BITS) >>> 0);
}

/** sigmoid(-|margin|) in units of 2^-28; margin fixed-point i32. */
export function sigmoidTail(margin: number): number {
  const x = Math.min(Math.abs(margin), MARGIN_CLAMP);
  return interpolate(SIGMOID_TABLE, x);
}

/** sigmoid(margin) in units of 2^-28, 0 .. 2^28; margin fixed-point i32. */
export function sigmoid(margin: number): number {
  const tail = sigmoidTail(margin);
  return margin < 0 ? tail : PROBABILITY_ONE - tail;
}

/** sigmoid(margin) as a real number; exact conversion of the integer one. */
export function probability(margin: number): number {
  return sigmoid(margin) / PROBABILITY_ONE;
}

/** Logistic loss of a row in units of 2^-20: ln(1 + exp(-margin)) for target 1, ln(1 + exp(margin)) for target 0. */
export function logLoss(margin: number, target: number): number {
  const x = Math.min(Math.abs(margin), MARGIN_CLAMP);
  const tail = interpolate(SOFTPLUS_TABLE, x) >>> (LOSS_BITS - MARGIN_BITS);
  const wrong = target === 1 ? margin < 0 : margin > 0;
  return wrong ? tail + Math.abs(margin) : tail;
}
