/**
 * The canonical gain and leaf value: f64 expressions evaluated in exactly the order written here, on every engine.
 * G and H are exact multiples of a power of two, so scaling them is exact too. Formulas: XGBoost (Chen & Guestrin 2016,
 * eq. 6 and 7, without the factor 1/2), soft threshold by alpha, |weight| limited by max_delta_step.
 */

/** Regularisation of a lane. */
export interface Regularisation {
  readonly lambda: number;
  readonly alpha: number;
  /** 0: no limit. */
  readonly maxDeltaStep: number;
}

/** Splits must reduce the loss by more than this (XGBoost's kRtEps). */
export const MIN_GAIN = 1e-6;

/** sign(G) * max(|G| - alpha, 0). */
export function softThreshold(gradient: number, alpha: number): number {
  if (gradient > alpha) return gradient - alpha;
  if (gradient < -alpha) return gradient + alpha;
  return 0;
}

/** The Newton step of a node, before the learning rate; within [lower, upper] where monotone constraints bound it. */
export function nodeWeight(
  gradient: number,
  hessian: number,
  r: Regularisation,
  lower = -Infinity,
  upper = Infinity,
): number {
  const denominator = hessian + r.lambda;
  if (!(denominator > 0)) return Math.min(Math.max(0, lower), upper);
  let weight = -softThreshold(gradient, r.alpha) / denominator;
  if (r.maxDeltaStep > 0) weight = Math.min(Math.max(weight, -r.maxDeltaStep), r.maxDeltaStep);
  return Math.min(Math.max(weight, lower), upper);
}

/** Twice the loss reduction of a node at its free weight: T(G)^2 / (H + lambda). */
export function freeScore(gradient: number, hessian: number, r: Regularisation): number {
  const denominator = hessian + r.lambda;
  if (!(denominator > 0)) return 0;
  const t = softThreshold(gradient, r.alpha);
  return (t * t) / denominator;
}

/** Twice the loss reduction of a node at a given (limited) weight: -(2 G w + (H + lambda) w^2 + 2 alpha |w|). */
export function scoreAt(weight: number, gradient: number, hessian: number, r: Regularisation): number {
  return -(2 * gradient * weight + (hessian + r.lambda) * weight * weight + 2 * r.alpha * Math.abs(weight));
}

/** Score of a node: free, or at its limited weight where a limit can bind. */
export function nodeScore(
  gradient: number,
  hessian: number,
  r: Regularisation,
  lower = -Infinity,
  upper = Infinity,
): number {
  if (r.maxDeltaStep === 0 && lower === -Infinity && upper === Infinity) {
    return freeScore(gradient, hessian, r);
  }
  return scoreAt(nodeWeight(gradient, hessian, r, lower, upper), gradient, hessian, r);
}

/** Gain of a split: (score(left) + score(right)) - score(node). */
export function splitGain(left: number, right: number, node: number): number {
  return left + right - node;
}

/** Largest least hessian: twice it is still an i32. */
const LARGEST_LEAST = 0x3fffffff;

/** min_child_weight in units of the gradient grid: at least one unit. */
export function leastHessian(minChildWeight: number, quantum: number): number {
  return Math.min(Math.max(1, Math.ceil(minChildWeight / quantum)), LARGEST_LEAST);
}

/**
 * The hessian that a child must have, in grid units, to count as `minData` rows of a node with `rows` rows and that hessian: rows are
 * counted by their share of the hessian and rounded, as LightGBM does (bin by bin), whose histograms hold no counts either.
 */
export function leastForRows(minData: number, rows: number, hessian: number): number {
  return Math.min(Math.ceil((minData - 0.5) * hessian / Math.max(1, rows)), LARGEST_LEAST);
}
