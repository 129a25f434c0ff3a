/** The gradient of a row before it goes to the grid, as the kernels gradients and sums take it. */
import { ROLE_TRAIN } from "../../numerics/engine.ts";
import { gradientMagnitude, hessian, weighted } from "../../numerics/gradient.ts";
import { rowDraw } from "../../numerics/random.ts";
import { INFO } from "../records.ts";
import type { LaneRecord } from "./layout.ts";

/** Units of 2^-28 of the weight's grid. */
export interface FineGradient {
  readonly magnitude: number;
  readonly hessian: number;
  /** 1 or -1: of the gradient. */
  readonly sign: number;
}

/**
 * The gradient of a sampled training row; null for any other.
 * @param keys sample key, grid key
 */
export function fineGradient(
  p: LaneRecord,
  keys: Uint32Array,
  row: number,
  info: number,
  margin: number,
): FineGradient | null {
  if (info >>> INFO.roleShift !== ROLE_TRAIN) return null;
  if (!p.allRows && rowDraw(keys[0], keys[1], row) >= p.threshold) return null;
  const target = (info & INFO.target) !== 0 ? 1 : 0;
  const weight = info & (INFO.target - 1);
  return {
    magnitude: weighted(gradientMagnitude(margin, target), weight),
    hessian: weighted(hessian(margin), weight),
    sign: target === 1 ? -1 : 1,
  };
}
