/** The device memory of lanes that are trained together, by the names that the kernels' bindings have. */
import { type GrowthParameters, type Lane, ROLE_VALIDATION } from "../numerics/engine.ts";
import { WEIGHT_BITS } from "../numerics/fixed.ts";
import { fixedWeight, type WeightGrid } from "../numerics/gradient.ts";
import type { BinnedMatrix } from "../numerics/matrix.ts";
import { SIGMOID_TABLE, SOFTPLUS_TABLE } from "../numerics/sigmoid.ts";
import { breather } from "./breathe.ts";
import type { GpuBuffer } from "./buffers.ts";
import { type CellFacts, cellTable } from "./cell-table.ts";
import { type ColumnMasks, interactionWords, perNode } from "./column-masks.ts";
import type { Gpu } from "./gpu.ts";
import type { GroupPlan } from "./group-plan.ts";
import { BIN_BYTES } from "./matrix-chunks.ts";
import {
  ArgumentPlaces,
  BEST_WORDS,
  BUILD_WORDS,
  INFO,
  LANE_WORDS,
  laneWords,
  LIST_WORDS,
  NODE_WORDS,
  RECORD_WORDS,
  STATE,
  TREE_WORDS,
} from "./records.ts";

/** A lane with its grids. */
export interface GriddedLane {
  readonly lane: Lane;
  readonly grid: WeightGrid;
}

/** Buffers that all kernels of a group share. */
export interface LaneBuffers {
  readonly parameters: GpuBuffer;
  readonly state: GpuBuffer;
  readonly keys: GpuBuffer;
  readonly info: GpuBuffer;
  readonly margins: GpuBuffer;
  readonly table: GpuBuffer;
  readonly leaf: GpuBuffer;
  /** Row lists; a level reads one and writes the other. */
  readonly lists: readonly [GpuBuffer, GpuBuffer];
  readonly counts: GpuBuffer;
  readonly nodes: GpuBuffer;
  readonly builds: GpuBuffer;
  readonly tree: GpuBuffer;
  readonly args: GpuBuffer;
  readonly paths: GpuBuffer;
  readonly interactions: GpuBuffer;
  readonly masks: GpuBuffer;
  readonly nodeMasks: GpuBuffer;
  readonly directions: GpuBuffer;
  readonly cells: GpuBuffer;
  readonly best: GpuBuffer;
  readonly sums: GpuBuffer;
  readonly values: GpuBuffer;
  readonly records: GpuBuffer;
  readonly metrics: GpuBuffer;
  /** One a tile range. */
  readonly histograms: readonly GpuBuffer[];
}

/** Allocates and fills the buffers. */
export async function laneBuffers(
  gpu: Gpu,
  matrix: BinnedMatrix,
  facts: CellFacts,
  plan: GroupPlan,
  lanes: readonly GriddedLane[],
  masks: ColumnMasks,
): Promise<LaneBuffers> {
  const count = lanes.length;
  const { rows, cells, columns } = matrix.layout;
  const { maxWidth, maxNodes, maxBlocks, slots, ring, levels, chunks } = plan;
  const words = (label: string, size: number): GpuBuffer =>
    gpu.buffer(label, Math.max(1, size) * 4, "storage");
  const filled = (label: string, contents: ArrayBufferView): GpuBuffer =>
    gpu.buffer(label, Math.max(4, contents.byteLength), "storage", contents);
  const growth = lanes[0].lane.parameters;
  const ownMasks = perNode(growth);
  // Refuses parameters before anything is allocated.
  const parameters = joined(
    lanes.map(({ lane, grid }, i) => laneWords(lane.parameters, grid, lane.seed, masks.setOf[i])),
    LANE_WORDS,
  );
  const table = new Uint32Array(SIGMOID_TABLE.length + SOFTPLUS_TABLE.length);
  table.set(SIGMOID_TABLE);
  table.set(SOFTPLUS_TABLE, SIGMOID_TABLE.length);
  const breath = breather();
  const info = words("info", count * rows);
  const margins = words("margins", count * rows);
  for (const [l, gridded] of lanes.entries()) {
    gpu.write(info, l * rows * 4, infoWords(gridded));
    gpu.write(margins, l * rows * 4, new Int32Array(rows).fill(gridded.lane.baseMargin));
    await breath();
  }
  const pathWords = growth.interactions ? 2 * count * maxWidth * masks.words : 1;
  return {
    parameters: filled("parameters", parameters),
    state: words("state", count * STATE.words),
    keys: words("keys", ring * count * 4),
    info,
    margins,
    table: filled("table", table),
    leaf: words("leaf", count * rows),
    lists: [words("list 0", count * rows * LIST_WORDS), words("list 1", count * rows * LIST_WORDS)],
    counts: words("counts", count * maxBlocks),
    nodes: words("nodes", 2 * count * maxWidth * NODE_WORDS),
    builds: words("builds", count * maxWidth * BUILD_WORDS),
    tree: words("tree", count * maxNodes * TREE_WORDS),
    args: gpu.buffer("args", new ArgumentPlaces(chunks.chunks.length, levels).bytes, "indirect"),
    paths: words("paths", pathWords),
    interactions: filled("interactions", interactionWords(growth, columns.length, masks.words)),
    masks: words("masks", masks.size(ring)),
    nodeMasks: words("node masks", ownMasks ? count * maxWidth * masks.words : 1),
    directions: filled(
      "directions",
      joined(lanes.map((l) => directionWords(l, columns.length)), columns.length),
    ),
    cells: filled("cells", cellTable(matrix.layout, facts, chunks.offsets)),
    best: words("best", count * Math.min(slots, maxWidth) * cells * BEST_WORDS),
    sums: words("sums", count * maxNodes * 4),
    values: words("values", count * maxNodes),
    records: words("records", ring * count * (maxNodes + 1) * RECORD_WORDS),
    metrics: words("metrics", ring * count * 2),
    histograms: chunks.ranges.map(({ bins }, range) =>
      gpu.buffer(`histograms, range ${range}`, slots * count * bins * BIN_BYTES, "storage")
    ),
  };
}

/** Destroys them all. */
export function destroyLaneBuffers(buffers: LaneBuffers): void {
  for (const entry of Object.values(buffers).flat() as GpuBuffer[]) entry.destroy();
}

/** Rows of all lanes behind each other. */
function joined(parts: readonly Uint32Array[], length: number): Uint32Array {
  const all = new Uint32Array(parts.length * length);
  parts.forEach((part, i) => all.set(part, i * length));
  return all;
}

function infoWords({ lane, grid }: GriddedLane): Uint32Array {
  const { role, target, weight } = lane;
  const info = new Uint32Array(role.length);
  for (let row = 0; row < info.length; row++) {
    const own = weight ? fixedWeight(weight[row], grid.exponent) : 2 ** WEIGHT_BITS;
    info[row] = own | (target[row] === 1 ? INFO.target : 0) | (role[row] << INFO.roleShift);
  }
  return info;
}

function directionWords({ lane }: GriddedLane, columns: number): Uint32Array {
  return Uint32Array.from({ length: columns }, (_, feature) => lane.parameters.monotone?.[feature] ?? 0);
}

/** Sum of the validation rows' weights, units of 2^-16. */
export function validationWeight({ lane, grid }: GriddedLane): number {
  let sum = 0;
  for (let row = 0; row < lane.role.length; row++) {
    if (lane.role[row] !== ROLE_VALIDATION) continue;
    sum += lane.weight ? fixedWeight(lane.weight[row], grid.exponent) : 2 ** WEIGHT_BITS;
  }
  return sum;
}

/** What lanes must have in common to be trained together. */
export function companyKey({ parameters: p }: { readonly parameters: GrowthParameters }): string {
  return JSON.stringify([p.colsampleBynode, p.interactions]);
}
