/**
 * What is minimised, over standardised coefficients w and the intercept b:
 *
 *     F(w, b) = sum_i s_i log(1 + exp(-y_i z_i)) / S + strength (ratio |w|_1 + (1 - ratio) / 2 |w|_2^2),  strength = 1 / (C S)
 *
 * with y = -1 or 1, z = X w + b, s the row's weight times that of its class and S the sum of them: scikit-learn's objective divided by
 * C S. So the optimality below is in units of the mean loss, whatever the number of rows.
 */

export interface Penalty {
  /** Factor of the l1 norm in F; 0 without. */
  readonly l1: number;
  /** Factor of half the squared l2 norm in F; 0 without. */
  readonly l2: number;
}

/** Labels and weights of a binary problem. */
export interface Problem {
  /** 1 for positive rows, else 0. */
  readonly target: Uint8Array;
  /** Weights that sum to 1. */
  readonly weight: Float64Array;
}

/** Mean loss of margins z. */
export function meanLoss({ target, weight }: Problem, z: Float64Array): number {
  let loss = 0;
  for (let i = 0; i < z.length; i++) {
    const against = target[i] ? -z[i] : z[i];
    loss += weight[i] * (Math.max(against, 0) + Math.log1p(Math.exp(-Math.abs(against))));
  }
  return loss;
}

/**
 * Derivatives of the mean loss by the margins: first into `residual`, second into `curvature`. Computed from the side of the label,
 * so that a row that is nearly sure keeps its digits.
 *
 * @returns the least margin on the side of the label: above 0, the rows are separated
 */
export function derivatives(
  { target, weight }: Problem,
  z: Float64Array,
  residual: Float64Array,
  curvature: Float64Array,
): number {
  let least = Infinity;
  for (let i = 0; i < z.length; i++) {
    const against = target[i] ? -z[i] : z[i];
    const e = Math.exp(-Math.abs(against));
    const wrong = against > 0 ? 1 / (1 + e) : e / (1 + e);
    residual[i] = (target[i] ? -wrong : wrong) * weight[i];
    curvature[i] = e / ((1 + e) * (1 + e)) * weight[i];
    if (-against < least) least = -against;
  }
  return least;
}

/** The penalty on w; the last entry, the intercept, is free. */
export function penaltyOf({ l1, l2 }: Penalty, w: Float64Array): number {
  let [absolute, squares] = [0, 0];
  for (let c = 0; c + 1 < w.length; c++) {
    absolute += Math.abs(w[c]);
    squares += w[c] * w[c];
  }
  return l1 * absolute + l2 / 2 * squares;
}

/**
 * How far from optimal one coefficient is: the least absolute value in its subdifferential.
 * @param gradient of the smooth part of F (loss and l2)
 */
export function violation(gradient: number, w: number, l1: number): number {
  if (w !== 0) return Math.abs(gradient + Math.sign(w) * l1);
  return Math.max(0, Math.abs(gradient) - l1);
}

/** The largest violation, 0 at the optimum. Adds the gradient of the l2 penalty to `gradient`. */
export function optimalityOf(gradient: Float64Array, w: Float64Array, { l1, l2 }: Penalty): number {
  const last = w.length - 1;
  let worst = Math.abs(gradient[last]);
  for (let c = 0; c < last; c++) {
    gradient[c] += l2 * w[c];
    worst = Math.max(worst, violation(gradient[c], w[c], l1));
  }
  return worst;
}
