/**
 * Integer gradients of the logistic loss. Everything is in units of 2^-28 until `gridUnits` rounds it stochastically
 * to the gradient grid; one draw a row serves gradient and hessian (and every lane of the same seed), so that rows whose
 * gradient rounds to zero have a zero hessian too and drop out of the histograms altogether.
 */
import { PROBABILITY_BITS, PROBABILITY_ONE, WEIGHT_BITS } from "./fixed.ts";
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

/** The power of two at or above the largest weight, as an exponent; 0 without weights or with all weights zero. */
export function weightExponent(weights: Float32Array | null): number {
  if (!weights) return 0;
  let largest = 0;
  for (const weight of weights) if (weight > largest) largest = weight;
  if (largest === 0) return 0;
  let exponent = 0;
  while (2 ** exponent < largest) exponent++;
  while (2 ** (exponent - 1) >= largest) exponent--;
  return exponent;
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
  return Math.min(14, Math.max(6, 23 - log2));
}
