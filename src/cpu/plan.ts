/** What a team's members are told of a lane: plain data, so that it can be posted to a worker. Pointers are into the engine's memory. */
import type { GrowthParameters, Tree } from "../numerics/engine.ts";
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
  /** Histograms of nodes whose children want them. */
  readonly histograms: number;
  readonly histogramSlots: number;
  /** A byte per column for each distinct sample of a level. */
  readonly allowed: number;
  readonly allowedSlots: number;
  /** i8 per column, or 0. */
  readonly monotone: number;
  /** Route records and split sides, a node each. */
  readonly routes: number;
  readonly sides: number;
  readonly maxNodes: number;
  /** Most nodes searched at one level. */
  readonly maxWidth: number;
  /** u32 per rank and per searched node: exchange between members. */
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
  readonly lane: number;
  readonly name: string;
  readonly matrix: PlacedMatrix;
  readonly workspace: Workspace;
  readonly teamSize: number;
  readonly parameters: GrowthParameters;
  readonly seed: number;
  readonly baseMargin: number;
  /** Exponent of the weights' power of two. */
  readonly weightExponent: number;
  readonly hasWeights: boolean;
  readonly hasValidation: boolean;
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
