/** What a team's members are told of a lane: plain data, so that it can be posted to a worker. Pointers are into the engine's memory. */
import { type GrowthParameters, type Lane, ROLE_VALIDATION, type Tree } from "../numerics/engine.ts";
import { WEIGHT_BITS } from "../numerics/fixed.ts";
import { fixedWeight, type WeightGrid } from "../numerics/gradient.ts";
import type { PlacedMatrix } from "./layout.ts";

/** Memory of a team, reused from lane to lane. */
export interface Workspace {
  /** Per row: margin i32, fine gradients 2 x i32, leaf u32, role u8, target u8, weight u32 (0: none). */
  readonly margin: number;
  readonly fine: number;
  readonly leaf: number;
  readonly role: number;
  readonly target: number;
  readonly weight: number;
  /** Rows with gradients, u32 and packed i64, and spare arrays of the same size. */
  readonly rows: number;
  readonly gh: number;
  readonly spareRows: number;
  readonly spareGh: number;
  /** Leaf-wise growth: sampled rows without gradients, u32; or 0. */
  readonly idle: number;
  /** Where rows are drawn by class or gradient: role u8 and weight u32 of the round's sample; or 0. */
  readonly sampledRole: number;
  readonly sampledWeight: number;
  /** Histograms of nodes whose children want them. */
  readonly histograms: number;
  readonly histogramSlots: number;
  /** A byte per column for each distinct sample of a level. */
  readonly allowed: number;
  /** i8 per column, or 0. */
  readonly monotone: number;
  /** Route records and split sides, a node each. */
  readonly routes: number;
  readonly sides: number;
  /** Most nodes searched at one time. */
  readonly maxWidth: number;
  /** Two u32 per searched node: exchange between members. */
  readonly exchange: number;
  /** Per rank: scratch of the histogram kernel, node records, pair records, leaf sums, leaf values, lane record. */
  readonly scratch: readonly number[];
  readonly nodes: readonly number[];
  readonly pairs: readonly number[];
  readonly sums: readonly number[];
  readonly values: readonly number[];
  readonly laneRecord: readonly number[];
  /** Control block of the team's barrier. */
  readonly control: number;
}

/** A lane as its team sees it. */
export interface LanePlan {
  readonly name: string;
  readonly matrix: PlacedMatrix;
  readonly workspace: Workspace;
  readonly teamSize: number;
  readonly parameters: GrowthParameters;
  readonly seed: number;
  /** As the lane's. */
  readonly columns: Uint8Array | undefined;
  readonly baseMargin: number;
  /** Grids of weights and gradients. */
  readonly grid: WeightGrid;
  readonly hasWeights: boolean;
  /** Sum of the validation rows' weights in units of 2^-16 (65536 a row without weights). */
  readonly validationWeight: number;
  readonly resume: readonly Tree[];
  readonly sigmoidTable: number;
  readonly softplusTable: number;
  /** u32: set to stop after the current round. */
  readonly abortFlag: number;
  /** u32: rounds done, for the progress display. */
  readonly progress: number;
}

/** What the engine adds to a lane to make its plan. */
export type PlanFrame = Pick<
  LanePlan,
  | "matrix"
  | "workspace"
  | "teamSize"
  | "grid"
  | "sigmoidTable"
  | "softplusTable"
  | "abortFlag"
  | "progress"
>;

/** Copies a lane's rows into its team's workspace and says the rest in a plan. */
export function planLane(buffer: ArrayBufferLike, lane: Lane, frame: PlanFrame): LanePlan {
  const { matrix, workspace, grid } = frame;
  const { rows } = matrix;
  const { role, target, weight, parameters } = lane;
  new Uint8Array(buffer, workspace.role, rows).set(role);
  new Uint8Array(buffer, workspace.target, rows).set(target);
  if (weight) {
    const fixed = new Uint32Array(buffer, workspace.weight, rows);
    for (let row = 0; row < rows; row++) fixed[row] = fixedWeight(weight[row], grid.exponent);
  }
  if (workspace.monotone) {
    const directions = new Int8Array(buffer, workspace.monotone, matrix.columns.length);
    directions.set(parameters.monotone ?? new Int8Array(matrix.columns.length));
  }
  let validationWeight = 0;
  for (let row = 0; row < rows; row++) {
    if (role[row] !== ROLE_VALIDATION) continue;
    validationWeight += weight ? fixedWeight(weight[row], grid.exponent) : 2 ** WEIGHT_BITS;
  }
  return {
    ...frame,
    name: lane.name,
    parameters,
    seed: lane.seed,
    columns: lane.columns,
    baseMargin: lane.baseMargin,
    hasWeights: weight !== null,
    validationWeight,
    resume: lane.resume ?? [],
  };
}
