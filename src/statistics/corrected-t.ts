/** The corrected resampled t test: folds share training data, so that their differences are not independent. */
import { studentTwoSided } from "./distributions.ts";
import { mean, variance } from "./quantile.ts";

export interface CorrectedT {
  /** Folds with a difference. */
  readonly folds: number;
  readonly mean: number;
  readonly standardError: number;
  readonly t: number;
  readonly df: number;
  /** Two-sided; NaN with fewer than two folds or where all differences are equal. */
  readonly p: number;
}

/**
 * Nadeau and Bengio (Machine Learning 52, 2003): the variance of the mean of J differences is (1/J + test/train) s^2, with J - 1
 * degrees of freedom. `testOverTrain` is the number of test units over that of training units. NaN differences are left out.
 */
export function correctedT(differences: ArrayLike<number>, testOverTrain: number): CorrectedT {
  const defined = Array.from(differences).filter((d) => !Number.isNaN(d));
  const folds = defined.length;
  const standardError = Math.sqrt((1 / folds + testOverTrain) * variance(defined));
  const t = standardError > 0 ? mean(defined) / standardError : NaN;
  const df = folds - 1;
  return { folds, mean: mean(defined), standardError, t, df, p: studentTwoSided(t, df) };
}
