/**
 * Gradient-based one-side sampling (Ke et al., "LightGBM", NIPS 2017, algorithm 2): the rows of the largest |gradient| are kept, of the
 * others some are drawn and amplified, so that sums stay unbiased. Ties go to the lower row. LightGBM ranks by |gradient * hessian|.
 */
import { type Goss, type Lane, ROLE_TRAIN } from "./engine.ts";
import { MAX_GRADIENT_BITS, type WeightGrid, weightGrid } from "./gradient.ts";

/** How many rows GOSS takes. */
export interface GossCounts {
  readonly top: number;
  readonly others: number;
  /** Weight of each of the others. */
  readonly amplification: number;
}

/** Counts for `rows` training rows: LightGBM's, but that one other row is drawn at least where there is one. */
export function gossCounts(rows: number, { topRate, otherRate }: Goss): GossCounts {
  const top = Math.min(rows, Math.max(1, Math.floor(topRate * rows)));
  const rest = rows - top;
  const others = Math.min(rest, Math.max(1, Math.floor(otherRate * rows)));
  return { top, others, amplification: others > 0 ? rest / others : 1 };
}

/** Rounds that train on all rows before GOSS begins: 1 / learning rate, as in LightGBM. */
export function gossWarmUp(learningRate: number): number {
  return Math.floor(1 / learningRate);
}

/** A lane's grids: those of its weights; with GOSS as much coarser at the top, and finer in bits, as amplified rows ask for. */
export function laneGrid({ weight, role, parameters }: Lane): WeightGrid {
  const grid = weightGrid(weight, (row) => role[row] === ROLE_TRAIN, parameters.gradientBits);
  const sampling = parameters.leafwise?.sampling;
  if (sampling?.kind !== "goss") return grid;
  let rows = 0;
  for (const own of role) if (own === ROLE_TRAIN) rows++;
  const { amplification } = gossCounts(rows, sampling);
  let spread = 0;
  while (2 ** spread < amplification) spread++;
  return { exponent: grid.exponent + spread, bits: Math.min(MAX_GRADIENT_BITS, grid.bits + spread) };
}

/**
 * Indices of the `count` lowest keys, ties to the lower index, as marks of 1.
 * @param keys u32 each
 * @param taken 1 where a key takes part
 */
export function markLowest(keys: Uint32Array, taken: Uint8Array, count: number): Uint8Array {
  const marks = new Uint8Array(keys.length);
  if (count <= 0) return marks;
  // The key that the last of them has, sixteen bits at a time.
  const seen = new Uint32Array(65536);
  for (let i = 0; i < keys.length; i++) if (taken[i]) seen[keys[i] >>> 16]++;
  let left = count;
  let high = 0;
  while (high < 65535 && seen[high] < left) left -= seen[high++];
  seen.fill(0);
  for (let i = 0; i < keys.length; i++) if (taken[i] && keys[i] >>> 16 === high) seen[keys[i] & 65535]++;
  let low = 0;
  while (low < 65535 && seen[low] < left) left -= seen[low++];
  const last = high * 65536 + low;
  for (let i = 0; i < keys.length; i++) {
    if (!taken[i] || keys[i] > last) continue;
    if (keys[i] < last) marks[i] = 1;
    else if (left > 0) [marks[i], left] = [1, left - 1];
  }
  return marks;
}
