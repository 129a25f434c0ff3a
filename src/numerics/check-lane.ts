/** What a lane must satisfy before anything is allocated for it. */
import { type Lane, ROLE_TRAIN, ROLE_VALIDATION } from "./engine.ts";
import { SpliceboostError, usageError } from "./errors.ts";
import { laneGrid } from "./goss.ts";
import { MAX_GRADIENT_BITS, type WeightGrid } from "./gradient.ts";
import type { MatrixLayout } from "./matrix.ts";

/** What a lane must fit; a layout of a binned matrix is one. */
export type LaneShape = Pick<MatrixLayout, "rows"> & { readonly columns: { readonly length: number } };

/** Sums of a histogram bin are i32, for gradients and for hessians. */
const SUM_LIMIT = 2 ** 31 - 1;

/** What an engine has beyond depthwise growth. */
export interface EngineManners {
  readonly leafwise?: boolean;
}

/**
 * Checks a lane over a matrix of that many rows and columns and returns its grids.
 * @throws SpliceboostError naming the lane: "usage", or "device" where the engine has no such growth
 */
export function checkLane(lane: Lane, { rows, columns }: LaneShape, manners: EngineManners = {}): WeightGrid {
  const { name, target, role, weight, parameters: p } = lane;
  if (p.leafwise && !manners.leafwise) {
    throw new SpliceboostError(
      "device",
      `${name}: this device grows trees level by level only, leaf-wise growth (lightgbm) is the CPU's: use --device cpu`,
    );
  }
  if (target.length !== rows || role.length !== rows || (weight && weight.length !== rows)) {
    throw usageError(`${name}: targets, roles and weights must have one entry for each of the ${rows} rows`);
  }
  checkColumns(lane, columns.length);
  if (p.gradientBits < 1 || p.gradientBits > MAX_GRADIENT_BITS) {
    throw usageError(`gradient_bits must be from 1 to ${MAX_GRADIENT_BITS}, got ${p.gradientBits}`);
  }
  if (p.earlyStopping) checkValidation(lane, p.earlyStopping.metric);
  const grid = laneGrid(lane);
  const sampling = p.leafwise?.sampling;
  let total = 0;
  for (let row = 0; row < rows; row++) {
    // With GOSS any row may come to weigh as much as the grid has room for.
    if (role[row] !== ROLE_TRAIN) continue;
    total += sampling?.kind === "goss" ? 1 : weight ? weight[row] / 2 ** grid.exponent : 1;
  }
  // A gradient is at most its row's weight, rounded up by less than a unit.
  const widest = Math.floor(Math.log2(SUM_LIMIT / Math.max(1, total))) - (grid.bits - p.gradientBits);
  if (p.gradientBits > widest) {
    throw usageError(
      `${name}: gradient_bits ${p.gradientBits} overflows 32-bit sums over ${rows} rows; at most ${widest} fits this data`,
    );
  }
  return grid;
}

/** A lane splits on something, if it is told on what. */
function checkColumns({ name, columns }: Lane, count: number): void {
  if (!columns) return;
  if (columns.length !== count || columns.some((mark) => mark > 1)) {
    throw usageError(
      `${name}: expected a mark of 0 or 1 for each of the ${count} columns, found ${columns.length} marks` +
        `${
          columns.length === count ? ", some above 1" : ""
        }; mark with 1 the columns that the lane may split on`,
    );
  }
  if (!columns.includes(1)) {
    throw usageError(
      `${name}: none of the ${count} columns may be split on; leave at least one feature in`,
    );
  }
}

/** Early stopping needs rows to judge by; average precision needs both classes among them. */
function checkValidation({ name, target, role, weight }: Lane, metric: "logloss" | "aucpr"): void {
  const sums = [0, 0];
  for (let row = 0; row < role.length; row++) {
    if (role[row] === ROLE_VALIDATION) sums[target[row]] += weight ? weight[row] : 1;
  }
  const [negative, positive] = sums;
  const enough = metric === "logloss" ? negative + positive > 0 : negative > 0 && positive > 0;
  if (enough) return;
  throw usageError(
    `${name}: early stopping by ${metric} expects validation rows of weight above 0${
      metric === "aucpr" ? " in both classes" : ""
    }, found a weight of ${positive} in the positive and ${negative} in the negative class; ` +
      "validate by more rows or groups, or turn early stopping off",
  );
}
