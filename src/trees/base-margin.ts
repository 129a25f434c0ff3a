/** Where a classifier starts. */
import { ROLE_TRAIN } from "../numerics/engine.ts";
import { dataError } from "../numerics/errors.ts";
import { logitMargin } from "../numerics/fixed.ts";

/**
 * Base margin of a lane, fixed point: the log-odds of `baseScore` where it is given, else of the weighted share of
 * positives among the training rows, as XGBoost since 2.0 estimates it for binary:logistic.
 *
 * @param target 0 or 1 per row
 * @param role ROLE_* per row
 * @param weight per row, or null for 1
 * @throws SpliceboostError (data) when the training rows carry weight for one class only
 */
export function baseMarginOf(
  target: Uint8Array,
  role: Uint8Array,
  weight: Float32Array | null,
  baseScore: number | null,
): number {
  if (baseScore !== null) return logitMargin(baseScore);
  const sums = [0, 0];
  for (let row = 0; row < target.length; row++) {
    if (role[row] === ROLE_TRAIN) sums[target[row]] += weight ? weight[row] : 1;
  }
  const [negative, positive] = sums;
  if (!(negative > 0 && positive > 0)) {
    throw dataError(
      `expected training rows of weight above 0 in both classes, found a weight of ${positive} in the positive and ` +
        `${negative} in the negative class`,
    );
  }
  return logitMargin(positive / (positive + negative));
}
