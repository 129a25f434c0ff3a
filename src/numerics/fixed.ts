/** Fixed-point grids of the contract. */
import { SpliceboostError } from "./errors.ts";

/** Margins and leaf values are i32 multiples of 2^-20. */
export const MARGIN_BITS = 20;
export const MARGIN_ONE = 2 ** MARGIN_BITS;
/** Largest |margin| that a model may reach, as a fixed-point integer: the i32 range. */
export const MARGIN_LIMIT = 2 ** 31 - 1;

/** Probabilities, gradients and hessians are multiples of 2^-28 before they go to the gradient grid. */
export const PROBABILITY_BITS = 28;
export const PROBABILITY_ONE = 2 ** PROBABILITY_BITS;

/** Weights are multiples of 2^-16 of the power of two at or above the largest weight. */
export const WEIGHT_BITS = 16;

/** Nearest fixed-point margin, halves upwards; an error outside the i32 range. */
export function toMargin(x: number): number {
  const fixed = Math.floor(x * MARGIN_ONE + 0.5);
  if (!(Math.abs(fixed) <= MARGIN_LIMIT)) {
    throw new SpliceboostError(
      "runtime",
      `a margin of ${x} lies outside the fixed-point range of +-2047; ` +
        "lower learning_rate, raise reg_lambda or min_child_weight, or set max_delta_step",
    );
  }
  return fixed;
}

/** The real number a fixed-point margin stands for; exact. */
export function fromMargin(fixed: number): number {
  return fixed / MARGIN_ONE;
}

/** Natural logarithm by IEEE basic operations alone: Math.log differs between JavaScript engines. x > 0, normal. */
function ln(x: number): number {
  let exponent = 0;
  while (x >= 1.5) [x, exponent] = [x / 2, exponent + 1];
  while (x < 0.75) [x, exponent] = [x * 2, exponent - 1];
  const r = (x - 1) / (x + 1);
  const square = r * r;
  let power = r;
  let sum = 0;
  for (let k = 1; k < 40; k += 2) {
    sum += power / k;
    power *= square;
  }
  return exponent * Math.LN2 + 2 * sum;
}

/** The log odds ln(p / (1 - p)) as a fixed-point margin; p strictly between 0 and 1. */
export function logitMargin(p: number): number {
  return toMargin(ln(p) - ln(1 - p));
}
