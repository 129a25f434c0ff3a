/** The memory plan of lanes that are trained together, made before anything is allocated. */
import type { GrowthParameters } from "../numerics/engine.ts";
import { SpliceboostError, usageError } from "../numerics/errors.ts";
import type { MatrixLayout } from "../numerics/matrix.ts";
import { sizeText } from "./buffers.ts";
import { BIN_BYTES, type ChunkPlan, planChunks, widestTile } from "./matrix-chunks.ts";
import { MAX_WORKGROUPS } from "./recorder.ts";
import {
  BEST_WORDS,
  BUILD_WORDS,
  LIST_WORDS,
  NODE_WORDS,
  RECORD_WORDS,
  ROW_BLOCK,
  TREE_WORDS,
} from "./records.ts";

/** What an adapter allows. */
export interface AdapterRoom {
  readonly maxBinding: number;
  readonly software: boolean;
}

/** Histograms of all lanes take at most this much; beyond, fewer lanes train together, then fewer histograms are kept. */
const HISTOGRAM_BYTES = { hardware: 2 ** 31, software: 2 ** 28 };
/** Cells times lanes that one dispatch goes over at most, so that it stays within some 50 ms on the hardware we count on. */
const CELLS_A_DISPATCH = { hardware: 2 ** 33, software: 2 ** 26 };
/** Trees of a batch of rounds wait in this much memory to be read back. */
const RECORD_BYTES = 2 ** 24;
const MAX_RING = 64;
/** Nodes of a level at most: workgroups of a dispatch go to 65,535. */
const MAX_WIDTH = 32768;

/** Groups of columns that shaders/trees/columns.wgsl has room for. */
const MAX_INTERACTIONS = 2048;

/** A buffer of the plan. */
export interface PlannedBytes {
  readonly what: string;
  readonly bytes: number;
}

export interface GroupPlan {
  /** Lanes trained together. */
  readonly lanes: number;
  readonly levels: number;
  readonly maxWidth: number;
  readonly maxNodes: number;
  readonly maxBlocks: number;
  /** Histograms of a lane. */
  readonly slots: number;
  /** Rounds between two readbacks at most. */
  readonly ring: number;
  readonly chunks: ChunkPlan;
  /** Needs by purpose. */
  readonly needs: readonly PlannedBytes[];
  readonly total: number;
}

/**
 * Plans the training of `lanes` lanes over a matrix of that layout.
 * @param bins bins of each cell
 * @throws SpliceboostError (memory) where even one lane does not fit, naming need, limit and way out
 */
export function planGroup(
  layout: MatrixLayout,
  bins: Uint32Array,
  lanes: number,
  growth: readonly GrowthParameters[],
  room: AdapterRoom,
): GroupPlan {
  const { rows, cells, columns } = layout;
  const kind = room.software ? "software" : "hardware";
  checkCounts(layout, growth);
  // Every split parts rows, so no path of n rows has n edges.
  const levels = Math.max(1, Math.min(rows - 1, Math.max(...growth.map((p) => p.maxDepth))));
  const maxWidth = Math.max(1, Math.min(2 ** (levels - 1), Math.floor(rows / 2)));
  if (maxWidth > MAX_WIDTH) {
    throw usageError(
      `max_depth ${levels} over ${rows} rows: WebGPU expects at most ${MAX_WIDTH} nodes a level (max_depth 16); ` +
        "lower max_depth, or train on the CPU engine (--device cpu)",
    );
  }
  const maxNodes = Math.min(2 ** (levels + 1) - 1, Math.max(1, 2 * rows - 1));
  const maxBlocks = Math.ceil(rows / ROW_BLOCK) + maxWidth + 2;
  if (maxBlocks > MAX_WORKGROUPS) {
    throw usageError(
      `${rows} rows: WebGPU expects at most ${(MAX_WORKGROUPS - maxWidth - 2) * ROW_BLOCK} at this depth; ` +
        "train on fewer rows (--sample-genes N), or on the CPU engine (--device cpu)",
    );
  }
  const totalBins = bins.reduce((sum, own) => sum + own, 0);
  const widest = widestTile(layout, bins);
  const maskWords = Math.ceil(columns.length / 32);

  // What a lane binds at once, whatever the number of its histograms.
  const fixed: PlannedBytes[] = [
    { what: `the row list of one lane over ${rows} rows`, bytes: rows * LIST_WORDS * 4 },
    { what: `one tree of ${maxNodes} nodes`, bytes: (maxNodes + 1) * TREE_WORDS * 4 },
    { what: `${maxWidth} nodes of a level`, bytes: 2 * maxWidth * Math.max(NODE_WORDS, maskWords) * 4 },
    { what: `the samples of ${columns.length} columns`, bytes: levels * maskWords * 4 },
  ];
  const largest = fixed.reduce((a, b) => (b.bytes > a.bytes ? b : a));
  if (largest.bytes > room.maxBinding) throw tooLarge(largest.what, largest.bytes, room.maxBinding);
  let together = Math.max(
    1,
    Math.min(
      lanes,
      Math.floor(room.maxBinding / largest.bytes),
      Math.floor(CELLS_A_DISPATCH[kind] / Math.max(1, rows * cells)),
    ),
  );
  let slots = 2 ** Math.ceil(Math.log2(maxWidth));
  const bestBytes = (): number => Math.min(slots, maxWidth) * cells * BEST_WORDS * 4;
  const fits = (): boolean =>
    together * slots * totalBins * BIN_BYTES <= HISTOGRAM_BYTES[kind] &&
    together * Math.max(slots * widest * BIN_BYTES, bestBytes()) <= room.maxBinding;
  while (!fits()) {
    if (together > 3) together = Math.ceil(together / 2);
    else if (slots > 1) slots /= 2;
    else if (together > 1) together--;
    else throw tooLarge("one histogram", Math.max(widest * BIN_BYTES, bestBytes()), room.maxBinding);
  }
  const chunks = planChunks(layout, bins, together * slots, room.maxBinding);
  const recordBytes = together * (maxNodes + 1) * RECORD_WORDS * 4;
  const roundBytes = Math.max(recordBytes, together * levels * maskWords * 4);
  const ring = Math.max(
    1,
    Math.min(MAX_RING, Math.floor(Math.min(RECORD_BYTES, room.maxBinding) / roundBytes)),
  );
  const perLane = (bytes: number): number => together * bytes;
  const needs = [
    { what: "the binned matrix", bytes: layout.tiles * rows * 32 },
    { what: "rows of the lanes (margins, targets, weights, leaves)", bytes: perLane(rows * 12) },
    { what: "row lists, twice", bytes: perLane(rows * LIST_WORDS * 4 * 2) },
    { what: "histograms", bytes: perLane(slots * totalBins * BIN_BYTES) },
    {
      what: "nodes and trees",
      bytes: perLane(
        (maxWidth * (2 * NODE_WORDS + BUILD_WORDS) + maxNodes * (TREE_WORDS + 5) + maxBlocks +
          Math.min(slots, maxWidth) * cells * BEST_WORDS) * 4,
      ),
    },
    { what: "trees to read back", bytes: ring * recordBytes },
  ];
  const total = needs.reduce((sum, { bytes }) => sum + bytes, 0);
  return { lanes: together, levels, maxWidth, maxNodes, maxBlocks, slots, ring, chunks, needs, total };
}

/** Refuses what the kernels have no room for, whatever the adapter. */
function checkCounts({ cells, columns }: MatrixLayout, growth: readonly GrowthParameters[]): void {
  const groups = Math.max(...growth.map((p) => p.interactions?.length ?? 0));
  const counts = [
    { what: "features", found: Math.max(cells, columns.length), most: MAX_WORKGROUPS },
    { what: "groups in interaction_constraints", found: groups, most: MAX_INTERACTIONS },
  ];
  for (const { what, found, most } of counts) {
    if (found <= most) continue;
    throw usageError(
      `${found} ${what}: WebGPU expects at most ${most}; use fewer, or train on the CPU engine (--device cpu)`,
    );
  }
}

function tooLarge(what: string, bytes: number, limit: number): SpliceboostError {
  return new SpliceboostError(
    "memory",
    `${what} needs ${sizeText(bytes)}, a binding of this adapter holds ${sizeText(limit)}; ` +
      "train on fewer rows (--sample-genes N), on fewer bins (--max-bin N), less deep (max_depth), " +
      "or on the CPU engine (--device cpu)",
  );
}

/** The plan as lines, for doctor and for messages. */
export function planText({ needs, total, lanes, slots }: GroupPlan): string {
  const lines = needs.map(({ what, bytes }) => `  ${what}: ${sizeText(bytes)}`);
  return `${sizeText(total)} for ${lanes} lane${lanes === 1 ? "" : "s"} together, ` +
    `${slots} histogram${slots === 1 ? "" : "s"} each:\n${lines.join("\n")}`;
}
