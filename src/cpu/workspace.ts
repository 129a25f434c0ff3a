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
  /** How the lanes grow their trees. */
  readonly growth: readonly Pick<GrowthParameters, "maxDepth" | "leafwise">[];
  readonly weights: boolean;
  /** Whether columns are sampled, or constrained, node by node. */
  readonly perNode: boolean;
  readonly monotone: boolean;
  /** Whether rows are counted, as leaf-wise growth does, and drawn by class or gradient. */
  readonly idle: boolean;
  readonly sampled: boolean;
}

/** Most nodes of a tree, nodes searched at a time and histograms that are worth keeping, over a number of rows. */
function treeNeeds(
  { maxDepth, leafwise }: Pick<GrowthParameters, "maxDepth" | "leafwise">,
  rows: number,
): { readonly nodes: number; readonly width: number; readonly slots: number } {
  if (leafwise) {
    const leaves = Math.min(leafwise.maxLeaves, Math.max(2, rows));
    // A batch searches the children of at most half the leaves that are missing; every leaf that may split keeps its histogram.
    return { nodes: 2 * leaves - 1, width: leaves + 1, slots: leaves < 3 ? 0 : 2 * leaves };
  }
  return {
    nodes: Math.min(2 ** (maxDepth + 1) - 1, Math.max(1, 2 * rows - 1)),
    width: Math.max(1, Math.min(2 ** (maxDepth - 1), rows)),
    slots: maxDepth < 2 ? 0 : Math.min(2 ** (maxDepth - 2), rows),
  };
}

/** The needs of a lane's parameters. */
export function needsOf(parameters: readonly GrowthParameters[], weights: boolean): WorkspaceNeeds {
  return {
    growth: parameters,
    weights,
    perNode: parameters.some((p) => p.colsampleBynode < 1 || p.interactions !== null),
    monotone: parameters.some((p) => p.monotone !== null),
    idle: parameters.some((p) => p.leafwise !== undefined),
    sampled: parameters.some((p) => p.leafwise?.sampling),
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
  const trees = needs.growth.map((growth) => treeNeeds(growth, rows));
  const maxNodes = Math.max(...trees.map(({ nodes }) => nodes));
  const maxWidth = Math.max(...trees.map(({ width }) => width));
  const slotsWanted = Math.max(...trees.map(({ slots }) => slots));
  const histogramBytes = matrix.totalBins * 8;
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
    idle: needs.idle ? take(rows * 4, "row lists") : 0,
    sampledRole: needs.sampled ? take(rows, "row samples") : 0,
    sampledWeight: needs.sampled ? take(rows * 4, "row samples") : 0,
    histograms: histogramSlots > 0 ? take(histogramSlots * histogramBytes, "histograms") : 0,
    histogramSlots,
    allowed: take((needs.perNode ? maxWidth : 1) * columns, "column samples"),
    monotone: needs.monotone ? take(columns, "monotone directions") : 0,
    routes: take(maxNodes * ROUTE_BYTES, "tree records"),
    sides: take(maxNodes * SIDES_BYTES, "split sides"),
    maxWidth,
    exchange: take(maxWidth * 8, "partition counts"),
    scratch,
    nodes: perRank(maxWidth * NODE_BYTES, "node records"),
    pairs: perRank(maxWidth * PAIR_WORDS * 4, "pair records"),
    sums: perRank(Math.max(maxNodes * 16, teamSize * 24), "leaf sums"),
    values: perRank(maxNodes * 4, "leaf values"),
    laneRecord: perRank(64, "lane record"),
    control,
  };
  return { workspace, release };
}
