/**
 * Bytes that the kernels of a round ask of device memory, counted from what they do, not measured: caches serve some of them. Where the
 * trees decide, the most is counted: full levels, and half of the rows in the smaller children. Words that all rows share (tables, keys,
 * states) count nothing.
 */
import { type MatrixLayout, TILE_CELLS } from "../numerics/matrix.ts";
import { PRIVATE_BINS } from "./cell-table.ts";
import type { GroupPlan } from "./group-plan.ts";
import { BIN_BYTES } from "./matrix-chunks.ts";
import { BEST_WORDS, BUILD_BLOCK, LIST_WORDS, RECORD_WORDS, TREE_WORDS } from "./records.ts";

/** What a round of lanes trained together asks of memory. */
export interface RoundBytes {
  /** Bytes read and written by kernel, by the names that profiles have; "clear" is the zeroing of histograms, which is no kernel. */
  readonly kernels: Readonly<Record<string, number>>;
  readonly total: number;
  /** Each binned byte of every listed row read once a level: what a round without subtraction and caches could not do without. */
  readonly floor: number;
}

/** The kernels that count and search, where there are several; names as profiles have them. */
export interface CountedKernels {
  /** Of groups of many bins; "histogram-serial" takes those of few bins too. */
  readonly histogram: "histogram-packed" | "histogram-paired" | "histogram-serial";
  readonly search: "search" | "search-exact" | "search-serial";
}

/** Those among the kernels that ran; the paired histogram where no kernel of many bins did. */
export function countedKernels(ran: (kernel: string) => boolean): CountedKernels {
  return {
    histogram: (["histogram-serial", "histogram-packed"] as const).find(ran) ?? "histogram-paired",
    search: (["search-serial", "search-exact"] as const).find(ran) ?? "search",
  };
}

/** Cells that a histogram kernel counts at a time (round-steps.ts). */
const GROUP_CELLS = 8;
const LIST_BYTES = LIST_WORDS * 4;
/** Pairs of cells that histogram-private goes over its rows for. */
const PRIVATE_PASSES = GROUP_CELLS / 2;

/**
 * Counts a round.
 * @param bins bins of each cell
 * @param lanes lanes that take part
 * @param listed rows of a lane with a gradient other than zero: the mean over its lanes
 * @param counted the kernels that count and search
 * @param built rows that each level built histograms from, all lanes together, where they were counted
 */
export function roundBytes(
  plan: GroupPlan,
  { rows, cells }: MatrixLayout,
  bins: Uint32Array,
  lanes: number,
  listed: number,
  { histogram, search }: CountedKernels,
  built: readonly number[] | null = null,
): RoundBytes {
  const { levels, slots, maxWidth, chunks } = plan;
  const totalBins = bins.reduce((sum, own) => sum + own, 0);
  const serial = histogram === "histogram-serial";
  const groups = cellGroups(plan, bins, serial ? 0 : PRIVATE_BINS);
  const all = lanes * rows;
  const list = lanes * listed;
  const kernels: Record<string, number> = {
    // Info and margin in, the row's entry of the list out.
    gradients: all * 8 + list * LIST_BYTES,
    compact: 2 * list * LIST_BYTES,
    clear: 0,
    [histogram]: 0,
    "histogram-private": 0,
    [search]: 0,
    settle: 0,
    choose: 0,
    sides: 0,
    scatter: 0,
    // A word of the matrix a level, and the leaf.
    route: all * (levels + 1) * 4,
    // Info, margin, leaf.
    sums: all * 12,
    leaves: lanes * Math.min(2 ** (levels + 1) - 1, plan.maxNodes) * (TREE_WORDS + RECORD_WORDS + 9) * 4,
    // Leaf, info, margin in and out.
    margins: all * 16,
  };
  const add = (kernel: string, bytes: number): void => void (kernels[kernel] += bytes);
  for (let level = 0; level < levels; level++) {
    const nodes = lanes * Math.min(2 ** level, maxWidth);
    const subtracts = level > 0 && 2 ** level <= slots;
    const keeps = level + 1 < levels && 2 ** (level + 1) <= slots;
    const builds = subtracts ? nodes / 2 : nodes;
    const builtRows = built?.[level] ?? (subtracts ? list / 2 : list);
    add("clear", builds * totalBins * BIN_BYTES);
    // Every group reads the row's entry and its own eight bytes, or each of its cells the entry and a word; with rows in several chunks,
    // the row's number in each of them.
    const own = LIST_BYTES + (rowChunks(plan) - 1) * 4;
    const entry = serial ? GROUP_CELLS * (own + 4) : own + GROUP_CELLS;
    // Sums leave a workgroup after its block of rows, at most one a bin.
    const blocks = builtRows / BUILD_BLOCK + builds;
    add(histogram, groups.wide * builtRows * entry + blocks * groups.wideBins * BIN_BYTES);
    add(
      "histogram-private",
      groups.private * builtRows * entry * PRIVATE_PASSES +
        blocks * (totalBins - groups.wideBins) * BIN_BYTES,
    );
    // A histogram built is read; one got by subtraction is read twice, and written where the next level subtracts again. A thread that
    // takes a cell by itself goes over it once more, subtracting again where nothing was written.
    const again = search === "search-serial" ? 1 : 0;
    const subtracted = keeps ? 3 + again : 2 + 2 * again;
    add(search, (builds * (1 + again) + (nodes - builds) * subtracted) * totalBins * BIN_BYTES);
    add(search, nodes * cells * BEST_WORDS * 4);
    // The sieve's bound of each cell; it rarely finds one to judge.
    if (search !== "search-exact") add("settle", nodes * cells * 4);
    add("choose", nodes * cells * BEST_WORDS * 4);
    if (level === levels - 1) continue;
    // The row's number in, with its side out; a word of the matrix.
    add("sides", list * (4 * chunks.chunks.length + 8));
    add("scatter", 2 * list * LIST_BYTES);
  }
  for (const kernel of Object.keys(kernels)) if (kernels[kernel] === 0) delete kernels[kernel];
  const total = Object.values(kernels).reduce((sum, bytes) => sum + bytes, 0);
  return { kernels, total, floor: levels * cells * list };
}

/** Groups of cells counted with atomics and without, and the bins of the former. */
function cellGroups({ chunks }: GroupPlan, bins: Uint32Array, privateBins: number) {
  const found = { wide: 0, private: 0, wideBins: 0 };
  for (const { firstTile, cells } of chunks.ranges) {
    const first = firstTile * TILE_CELLS;
    for (let at = first; at < first + cells; at += GROUP_CELLS) {
      const own = bins.subarray(at, at + GROUP_CELLS);
      if (own.every((count) => count <= privateBins)) found.private++;
      else {
        found.wide++;
        found.wideBins += own.reduce((sum, count) => sum + count, 0);
      }
    }
  }
  return found;
}

/** Chunks that the rows of a tile range are cut into. */
function rowChunks({ chunks }: GroupPlan): number {
  return chunks.chunks.length / Math.max(1, chunks.ranges.length);
}
