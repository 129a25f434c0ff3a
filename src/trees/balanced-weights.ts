/** Weights that make the classes weigh the same. */
import { ROLE_TRAIN } from "../numerics/engine.ts";

/**
 * Weights per row as of LightGBM's is_unbalance: 1 for the more frequent class among the training rows, for the other as much more as its rows
 * are fewer; null where they are as many, or one class is not there.
 * @param target 0 or 1 per row
 * @param role ROLE_* per row
 */
export function balancedWeights(target: Uint8Array, role: Uint8Array): Float32Array | null {
  const counts = [0, 0];
  for (let row = 0; row < target.length; row++) if (role[row] === ROLE_TRAIN) counts[target[row]]++;
  const [negative, positive] = counts;
  if (negative === positive || negative === 0 || positive === 0) return null;
  const most = Math.max(negative, positive);
  return Float32Array.from(target, (own) => most / counts[own]);
}
