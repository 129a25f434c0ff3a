/**
 * Integer gradients of the logistic loss. Everything is in units of 2^-28 until `gridUnits` rounds it stochastically
 * to the gradient grid; one draw a row serves gradient and hessian (and every lane of the same seed), so that rows whose
 * gradient rounds to zero have a zero hessian too and drop out of the histograms altogether.
 */
import { PROBABILITY_BITS, PROBABILITY_ONE, WEIGHT_BITS } from "./fixed.ts";
import { usageError } from "./errors.ts";
import { sigmoidTail } from "./sigmoid.ts";

/** Widest gradient grid: 2^-20. */
export const MAX_GRADIENT_BITS = 20;

/** |dL/dmargin| of a row in units of 2^-28; its sign is minus for target 1, plus for target 0. */
export function gradientMagnitude(margin: number, target: number): number {
  const tail = sigmoidTail(margin);
  return margin < 0 === (target === 1) ? PROBABILITY_ONE - tail : tail;
}

/** d2L/dmargin2 = p (1 - p) in units of 2^-28. */
export function hessian(margin: number): number {
  const tail = sigmoidTail(margin);
  const half = tail >>> 12;
  return tail - ((half * half) >>> 4);
}

/** x * weight, rounded down; x in units of 2^-28, weight in units of 2^-16, at most one. */
export function weighted(x: number, weight: number): number {
  return Math.floor((x * weight) / (1 << WEIGHT_BITS));
}

/** x (units of 2^-28) rounded stochastically to multiples of 2^-bits, by the row's draw. */
export function gridUnits(x: number, draw: number, bits: number): number {
  const shift = PROBABILITY_BITS - bits;
  return (x + (draw >>> (32 - shift))) >>> shift;
}

/** Bits that rows of mean weight keep at least, whatever the largest weight is. */
const LEAST_BITS = 6;

/** The least exponent whose power of two is at or above x > 0. */
function exponentOf(x: number): number {
  let exponent = 0;
  while (2 ** exponent < x) exponent++;
  while (2 ** (exponent - 1) >= x) exponent--;
  return exponent;
}

/** How a lane's weights set its grids. */
export interface WeightGrid {
  /** Weights are multiples of 2^(exponent - 16); 2^exponent is at or above the largest. */
  readonly exponent: number;
  /** Gradients in histograms are multiples of 2^(exponent - bits). */
  readonly bits: number;
}

/**
 * The grids of a lane. `gradientBits` count from the power of two at or above the mean weight of the training rows, so that a few heavy rows
 * do not coarsen the grid for all others, up to 20 bits of the largest.
 * @param weights finite and non-negative, or null for 1
 * @param used whether a row is trained on
 * @throws SpliceboostError (usage) where weights are too uneven for the grids
 */
export function weightGrid(
  weights: Float32Array | null,
  used: (row: number) => boolean,
  gradientBits: number,
): WeightGrid {
  if (!weights) return { exponent: 0, bits: gradientBits };
  let largest = 0;
  let least = Infinity;
  let sum = 0;
  let count = 0;
  for (let row = 0; row < weights.length; row++) {
    const weight = weights[row];
    if (weight === 0) continue;
    largest = Math.max(largest, weight);
    least = Math.min(least, weight);
    if (!used(row)) continue;
    sum += weight;
    count++;
  }
  if (count === 0) return { exponent: largest > 0 ? exponentOf(largest) : 0, bits: gradientBits };
  const exponent = exponentOf(largest);
  const spread = exponent - exponentOf(sum / count);
  const bits = Math.min(MAX_GRADIENT_BITS, gradientBits + spread);
  const wanted = Math.min(gradientBits, LEAST_BITS);
  if (bits - spread < wanted || fixedWeight(least, exponent) === 0) {
    throw usageError(
      `weights are too uneven: they range from ${least} to ${largest} with a mean of ${sum / count}; ` +
        `expected none above ${
          2 ** (MAX_GRADIENT_BITS - wanted)
        } times the mean and none below 1/131072 of the largest ` +
        "(weight 0 leaves a row out)",
    );
  }
  return { exponent, bits };
}

/** A weight in units of 2^(exponent-16), to nearest. */
export function fixedWeight(weight: number, exponent: number): number {
  return Math.floor(weight * 2 ** (WEIGHT_BITS - exponent) + 0.5);
}

/**
 * Width of the gradient grid for a number of rows where none is given: 6 bits from 65,537 rows (measured, docs/numerics.md), one more for every
 * halving, at most 14. On less data the exactness is worth more and costs little.
 */
export function defaultGradientBits(rows: number): number {
  const log2 = 32 - Math.clz32(Math.max(1, rows) - 1);
  return Math.min(14, Math.max(LEAST_BITS, 23 - log2));
}
