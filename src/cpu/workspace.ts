/** Memory that a team needs for lanes of given growth, and its size. */
import type { GrowthParameters } from "../numerics/engine.ts";
import type { Arena } from "./arena.ts";
import {
  NODE_BYTES,
  PAIR_WORDS,
  type PlacedMatrix,
  ROUTE_BYTES,
  SCRATCH_BYTES,
  SIDES_BYTES,
} from "./layout.ts";
import type { Workspace } from "./plan.ts";
import { TEAM_WORDS } from "./team.ts";

/** Histograms kept for subtraction take at most this much a team; beyond, children are built from their rows. */
const HISTOGRAM_BYTES = 256 * 2 ** 20;

/** What a team must hold, over all lanes it may train. */
export interface WorkspaceNeeds {
  readonly maxDepth: number;
  readonly weights: boolean;
  /** Whether columns are sampled, or constrained, node by node. */
  readonly perNode: boolean;
  readonly monotone: boolean;
}

/** The needs of a lane's parameters. */
export function needsOf(parameters: readonly GrowthParameters[], weights: boolean): WorkspaceNeeds {
  return {
    maxDepth: Math.max(...parameters.map((p) => p.maxDepth)),
    weights,
    perNode: parameters.some((p) => p.colsampleBynode < 1 || p.interactions !== null),
    monotone: parameters.some((p) => p.monotone !== null),
  };
}

/** Allocates a workspace; `release` gives all of it back. */
export function allocateWorkspace(
  arena: Arena,
  matrix: PlacedMatrix,
  teamSize: number,
  needs: WorkspaceNeeds,
): { workspace: Workspace; release: () => void } {
  const pointers: number[] = [];
  const release = (): void => pointers.forEach((pointer) => arena.release(pointer));
  const take = (bytes: number, what: string): number => {
    try {
      const pointer = arena.allocate(bytes, what);
      pointers.push(pointer);
      return pointer;
    } catch (error) {
      release();
      throw error;
    }
  };
  const rows = matrix.rows;
  const columns = matrix.columns.length;
  const maxNodes = Math.min(2 ** (needs.maxDepth + 1) - 1, Math.max(1, 2 * rows - 1));
  const maxWidth = Math.max(1, Math.min(2 ** (needs.maxDepth - 1), rows));
  const histogramBytes = matrix.totalBins * 8;
  const slotsWanted = needs.maxDepth < 2 ? 0 : Math.min(2 ** (needs.maxDepth - 2), rows);
  const slotsAfforded = Math.max(1, Math.floor(HISTOGRAM_BYTES / Math.max(1, histogramBytes)));
  const histogramSlots = Math.min(slotsWanted, slotsAfforded);
  const perRank = (bytes: number, what: string): number[] =>
    Array.from({ length: teamSize }, () => take(bytes, what));
  const scratch = perRank(SCRATCH_BYTES, "histogram scratch");
  for (const pointer of scratch) new Uint8Array(arena.memory.buffer, pointer, SCRATCH_BYTES).fill(0);
  const control = take(TEAM_WORDS * 4, "team control");
  new Int32Array(arena.memory.buffer, control, TEAM_WORDS).fill(0);
  const workspace: Workspace = {
    margin: take(rows * 4, "margins"),
    fine: take(rows * 8, "gradients"),
    leaf: take(rows * 4, "leaves of rows"),
    role: take(rows, "roles of rows"),
    target: take(rows, "targets"),
    weight: needs.weights ? take(rows * 4, "weights") : 0,
    rows: take(rows * 4, "row lists"),
    gh: take(rows * 8, "row gradients"),
    spareRows: take(rows * 4, "row lists"),
    spareGh: take(rows * 8, "row gradients"),
    histograms: histogramSlots > 0 ? take(histogramSlots * histogramBytes, "histograms") : 0,
    histogramSlots,
    allowed: take((needs.perNode ? maxWidth : 1) * columns, "column samples"),
    monotone: needs.monotone ? take(columns, "monotone directions") : 0,
    routes: take(maxNodes * ROUTE_BYTES, "tree records"),
    sides: take(maxNodes * SIDES_BYTES, "split sides"),
    maxWidth,
    exchange: take(maxWidth * 4, "partition counts"),
    scratch,
    nodes: perRank(maxWidth * NODE_BYTES, "node records"),
    pairs: perRank(maxWidth * PAIR_WORDS * 4, "pair records"),
    sums: perRank(Math.max(maxNodes * 16, teamSize * 16), "leaf sums"),
    values: perRank(maxNodes * 4, "leaf values"),
    laneRecord: perRank(64, "lane record"),
    control,
  };
  return { workspace, release };
}
