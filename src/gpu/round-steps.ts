/** A boosting round as a list of steps on the device: the same for every round of a training, so it is made once. */
import type { BinnedMatrix } from "../numerics/matrix.ts";
import { TILE_CELLS } from "../numerics/matrix.ts";
import type { Bound } from "./bound.ts";
import type { BufferRange } from "./bound.ts";
import type { GpuBuffer } from "./buffers.ts";
import { type CellFacts, PRIVATE_BINS } from "./cell-table.ts";
import { type ColumnMasks, interactionGroups, perNode } from "./column-masks.ts";
import type { Gpu } from "./gpu.ts";
import type { GroupPlan } from "./group-plan.ts";
import type { GriddedLane, LaneBuffers } from "./lane-buffers.ts";
import { BIN_BYTES } from "./matrix-chunks.ts";
import type { Recorder } from "./recorder.ts";
import {
  ArgumentPlaces,
  type Frame,
  FRAME_BYTES,
  frameWords,
  GROUP_WORDS,
  needsExactSearch,
  ROW_BLOCK,
} from "./records.ts";
import { SOFTWARE_KERNELS, TREE_KERNELS, type TreeKernel } from "./tree-kernels.ts";

/** One dispatch. */
export interface DispatchStep {
  readonly kernel: TreeKernel;
  readonly frame: Frame;
  /** What the kernel's bindings after the frame are bound to. */
  readonly buffers: readonly GpuBuffer[];
  readonly bound: Bound;
  /** Workgroups, or where in the indirect arguments they stand (bytes). */
  readonly groups: readonly [number, number, number] | number;
}

/** Zeroes part of a buffer, bytes. */
export interface ClearStep {
  readonly clear: GpuBuffer;
  readonly offset: number;
  readonly bytes: number;
}

export type Step = DispatchStep | ClearStep;

/** Cells that a histogram kernel counts at a time. */
const GROUP_CELLS = 8;
/** Uniform bindings start at multiples of this many bytes. */
const FRAME_STRIDE = 256;
/** Most gradient bits for packed counters: 17 bits hold the sums of 255 rows, next to a row a thread. */
const PACKED_BITS = 8;

/** The steps of a round, and those that add a given tree to the margins. */
export interface RoundSteps {
  /** Growing a tree of every lane and adding it to the margins. */
  readonly round: readonly Step[];
  /** Sending all rows down the trees at hand and adding their leaf values, times each lane's sign. */
  readonly addTree: readonly Step[];
  readonly args: ArgumentPlaces;
  /** Workgroup counts that never change, to be written into `args` once. */
  readonly fixedArguments: Uint32Array;
  destroy(): void;
}

/** Records steps one after another. */
export function recordSteps(recorder: Recorder, steps: readonly Step[], args: GpuBuffer): void {
  for (const step of steps) {
    if ("clear" in step) recorder.clear(step.clear, step.offset, step.bytes);
    else if (typeof step.groups === "number") recorder.dispatchIndirect(step.bound, args, step.groups);
    else recorder.dispatch(step.bound, ...step.groups);
  }
}

/** Makes the steps; pipelines are compiled on the way. */
export async function roundSteps(
  gpu: Gpu,
  matrix: BinnedMatrix,
  facts: CellFacts,
  plan: GroupPlan,
  lanes: readonly GriddedLane[],
  masks: ColumnMasks,
  bytes: readonly GpuBuffer[],
  buffers: LaneBuffers,
): Promise<RoundSteps> {
  const maker = new StepMaker(gpu, matrix, facts, plan, lanes, masks, bytes, buffers);
  await maker.compile();
  return maker.steps();
}

/** Rows that packed counters hold: sums of gradients stay below 2^16, those of hessians below 2^15. */
function flushRows(bits: number): number {
  const rows = Math.floor(65535 / 2 ** bits);
  return rows < 256 ? Math.max(1, rows) : Math.floor(rows / 256) * 256;
}

/** Groups of cells by the kernel that counts them. */
interface CellGroups {
  readonly buffer: GpuBuffer;
  readonly first: number;
  readonly count: number;
}

class StepMaker {
  readonly #gpu: Gpu;
  readonly #plan: GroupPlan;
  readonly #lanes: number;
  readonly #b: LaneBuffers;
  readonly #bytes: readonly GpuBuffer[];
  readonly #facts: CellFacts;
  readonly #base: Frame;
  readonly #kernels = new Map<TreeKernel, Awaited<ReturnType<Gpu["pipeline"]>>>();
  readonly #histogramKernel: "histogramPacked" | "histogramPaired";
  readonly #searchKernel: "search" | "searchExact";
  readonly #ownMasks: boolean;
  readonly #frames: Frame[] = [];
  readonly #pending: ((frames: GpuBuffer) => Step)[] = [];
  readonly #owned: GpuBuffer[] = [];

  constructor(
    gpu: Gpu,
    { layout }: BinnedMatrix,
    facts: CellFacts,
    plan: GroupPlan,
    lanes: readonly GriddedLane[],
    masks: ColumnMasks,
    bytes: readonly GpuBuffer[],
    buffers: LaneBuffers,
  ) {
    this.#gpu = gpu;
    this.#plan = plan;
    this.#facts = facts;
    this.#lanes = lanes.length;
    this.#bytes = bytes;
    this.#b = buffers;
    const bits = Math.max(...lanes.map(({ grid }) => grid.bits));
    this.#histogramKernel = bits <= PACKED_BITS ? "histogramPacked" : "histogramPaired";
    this.#searchKernel = lanes.some(({ lane, grid }) => needsExactSearch(lane.parameters, grid))
      ? "searchExact"
      : "search";
    const growth = lanes[0].lane.parameters;
    this.#ownMasks = perNode(growth);
    this.#base = {
      rows: layout.rows,
      lanes: lanes.length,
      columns: layout.columns.length,
      cells: layout.cells,
      level: 0,
      last: 0,
      maxWidth: plan.maxWidth,
      maxNodes: plan.maxNodes,
      maxBlocks: plan.maxBlocks,
      slots: plan.slots,
      subtractNext: 0,
      batchFirst: 0,
      batchSize: Math.min(plan.slots, plan.maxWidth),
      chunk: 0,
      firstTile: 0,
      tiles: 0,
      firstRow: 0,
      chunkRows: 0,
      firstCell: 0,
      chunkCells: 0,
      chunkBins: 0,
      firstGroup: 0,
      flushRows: flushRows(bits),
      ring: plan.ring,
      maskWords: masks.words,
      maskRound: masks.strides.round,
      maskSet: masks.strides.set,
      maskLevel: masks.strides.level,
      nodeMasks: this.#ownMasks ? 1 : 0,
      groups: interactionGroups(growth).length,
      chunks: plan.chunks.chunks.length,
      levels: plan.levels,
    };
  }

  async compile(): Promise<void> {
    const names = this.#wanted();
    const kernels = { ...TREE_KERNELS, ...(this.#gpu.softwareKernels ? SOFTWARE_KERNELS : {}) };
    const pipelines = await Promise.all(names.map((name) => this.#gpu.pipeline(kernels[name])));
    names.forEach((name, i) => this.#kernels.set(name, pipelines[i]));
  }

  /** Kernels that this training runs. */
  #wanted(): TreeKernel[] {
    const hasFew = this.#facts.bins.some((bins) => bins <= PRIVATE_BINS);
    return (Object.keys(TREE_KERNELS) as TreeKernel[]).filter((name) => {
      if (name === "columns") return this.#ownMasks;
      if (name === "histogramPrivate") return hasFew;
      if (name.startsWith("histogram")) return name === this.#histogramKernel;
      if (name === "settle") return this.#searchKernel === "search";
      return !name.startsWith("search") || name === this.#searchKernel;
    });
  }

  steps(): RoundSteps {
    const args = new ArgumentPlaces(this.#base.chunks, this.#base.levels);
    const fixedArguments = new Uint32Array(args.bytes / 4);
    this.#round(args, fixedArguments);
    const roundCount = this.#pending.length;
    this.#addTree();
    const frames = this.#frameBuffer();
    const all = this.#pending.map((make) => make(frames));
    return {
      round: all.slice(0, roundCount),
      addTree: all.slice(roundCount),
      args,
      fixedArguments,
      destroy: () => this.#owned.forEach((buffer) => buffer.destroy()),
    };
  }

  #frameBuffer(): GpuBuffer {
    const words = new Uint32Array(this.#frames.length * FRAME_STRIDE / 4);
    this.#frames.forEach((frame, i) => words.set(frameWords(frame), i * FRAME_STRIDE / 4));
    const buffer = this.#gpu.buffer("frames", words.byteLength, "uniform", words);
    this.#owned.push(buffer);
    return buffer;
  }

  #dispatch(
    kernel: TreeKernel,
    groups: readonly [number, number, number] | number,
    buffers: readonly GpuBuffer[],
    changes: Partial<Frame> = {},
  ): void {
    const frame = { ...this.#base, ...changes };
    const place = this.#frames.push(frame) - 1;
    this.#pending.push((frames) => {
      const own: BufferRange = { buffer: frames, offset: place * FRAME_STRIDE, size: FRAME_BYTES };
      const label = `${kernel}, level ${frame.level}`;
      const bound = this.#gpu.bind(this.#kernels.get(kernel)!, label, [own, ...buffers]);
      return { kernel, frame, buffers, bound, groups };
    });
  }

  #clear(buffer: GpuBuffer, offset: number, bytes: number): void {
    this.#pending.push(() => ({ clear: buffer, offset, bytes }));
  }

  #round(args: ArgumentPlaces, fixed: Uint32Array): void {
    const b = this.#b;
    const lanes = this.#lanes;
    const rowBlocks = Math.ceil(this.#base.rows / ROW_BLOCK);
    const cellGroups = this.#cellGroups();
    this.#dispatch("gradients", [rowBlocks, lanes, 1], [
      b.parameters,
      b.state,
      b.keys,
      b.info,
      b.margins,
      b.table,
      b.lists[1],
      b.counts,
    ]);
    this.#dispatch("root", [1, lanes, 1], [
      b.state,
      b.counts,
      b.nodes,
      b.builds,
      b.tree,
      b.args,
      b.paths,
    ]);
    this.#dispatch("compact", [rowBlocks, lanes, 1], [b.counts, b.lists[1], b.lists[0]]);
    for (let level = 0; level < this.#plan.levels; level++) this.#level(level, cellGroups, args, fixed);
    this.#route();
    this.#dispatch("sums", [rowBlocks, lanes, 1], [
      b.parameters,
      b.state,
      b.keys,
      b.info,
      b.margins,
      b.table,
      b.leaf,
      b.sums,
    ]);
    this.#dispatch("leaves", [1, lanes, 1], [
      b.parameters,
      b.state,
      b.tree,
      b.sums,
      b.values,
      b.records,
      b.args,
    ]);
    this.#margins(rowBlocks);
  }

  #addTree(): void {
    this.#route();
    this.#margins(Math.ceil(this.#base.rows / ROW_BLOCK));
  }

  #margins(rowBlocks: number): void {
    const b = this.#b;
    this.#dispatch("margins", [rowBlocks, this.#lanes, 1], [
      b.state,
      b.info,
      b.leaf,
      b.values,
      b.table,
      b.margins,
      b.metrics,
    ]);
  }

  /** Width of a level at most. */
  #width(level: number): number {
    return Math.min(2 ** level, this.#plan.maxWidth);
  }

  /** Whether histograms of a level's parents are kept, so that siblings can be got by subtraction. */
  #subtracts(level: number): boolean {
    return level > 0 && level < this.#plan.levels && 2 ** level <= this.#plan.slots;
  }

  #level(
    level: number,
    cellGroups: readonly CellGroups[][],
    args: ArgumentPlaces,
    fixed: Uint32Array,
  ): void {
    const b = this.#b;
    const lanes = this.#lanes;
    const last = level === this.#plan.levels - 1;
    const own = {
      level,
      last: last ? 1 : 0,
      subtractNext: this.#subtracts(level + 1) ? 1 : 0,
    };
    fixed.set([0, lanes, 1], args.choose(level) / 4);
    fixed.set([0, lanes, 1], args.partition(level) / 4);
    const { ranges } = this.#plan.chunks;
    this.#plan.chunks.chunks.forEach(({ range }, chunk) => {
      const [atomic, alone] = cellGroups[range];
      fixed.set([atomic.count, 0, lanes], args.histogram(level, chunk) / 4);
      fixed.set([alone.count, 0, lanes], args.private(level, chunk) / 4);
      fixed.set([ranges[range].cells, 0, lanes], args.search(level, chunk) / 4);
    });
    if (this.#ownMasks) {
      this.#dispatch("columns", args.choose(level), [
        b.parameters,
        b.state,
        b.masks,
        b.interactions,
        b.paths,
        b.nodeMasks,
      ], own);
    }
    const slots = this.#plan.slots;
    if (this.#width(level) <= slots) {
      // Of siblings one takes the parent's slot; the other's is that of the parent's index, above them all.
      const subtracts = this.#subtracts(level);
      const first = subtracts ? 2 ** (level - 1) : 0;
      const fresh = this.#width(subtracts ? level - 1 : level);
      this.#searchBatch({ ...own, batchFirst: 0 }, first, fresh, cellGroups, args, null);
    } else {
      for (let batch = 0; batch < this.#width(level); batch += slots) {
        this.#searchBatch(
          { ...own, batchFirst: batch },
          0,
          slots,
          cellGroups,
          args,
          Math.min(slots, this.#width(level) - batch),
        );
      }
    }
    if (!last) {
      this.#plan.chunks.chunks.forEach((_, chunk) =>
        this.#dispatch("sides", args.partition(level), [
          b.state,
          b.nodes,
          b.tree,
          this.#bytes[chunk],
          b.lists[level & 1],
          b.counts,
        ], { ...own, ...this.#chunkFrame(chunk) })
      );
    }
    this.#dispatch("grow", [1, lanes, 1], [
      b.parameters,
      b.state,
      b.counts,
      b.nodes,
      b.builds,
      b.tree,
      b.args,
      b.paths,
    ], own);
    if (!last) {
      this.#dispatch("scatter", args.partition(level), [
        b.state,
        b.nodes,
        b.counts,
        b.lists[level & 1],
        b.lists[1 - (level & 1)],
      ], own);
    }
  }

  /** Builds histograms and searches nodes: those of a level, or, where not all fit, so many of them. */
  #searchBatch(
    own: Partial<Frame> & { readonly level: number },
    firstSlot: number,
    freshSlots: number,
    cellGroups: readonly CellGroups[][],
    args: ArgumentPlaces,
    nodes: number | null,
  ): void {
    const b = this.#b;
    const lanes = this.#lanes;
    const { ranges, chunks } = this.#plan.chunks;
    ranges.forEach(({ bins }, range) => {
      const slotBytes = lanes * bins * BIN_BYTES;
      this.#clear(b.histograms[range], firstSlot * slotBytes, freshSlots * slotBytes);
    });
    chunks.forEach(({ range }, chunk) => {
      const kernels = [this.#histogramKernel, "histogramPrivate"] as const;
      const places = [args.histogram(own.level, chunk), args.private(own.level, chunk)];
      cellGroups[range].forEach(({ buffer, first, count }, i) => {
        if (count === 0) return;
        this.#dispatch(kernels[i], places[i], [
          b.state,
          b.builds,
          buffer,
          b.lists[own.level & 1],
          this.#bytes[chunk],
          b.cells,
          b.histograms[range],
        ], { ...own, ...this.#chunkFrame(chunk), firstGroup: first });
      });
    });
    ranges.forEach(({ cells }, range) => {
      const chunk = chunks.findIndex((c) => c.range === range);
      this.#dispatch(
        this.#searchKernel,
        nodes === null ? args.search(own.level, chunk) : [cells, nodes, lanes],
        [
          b.parameters,
          b.state,
          b.nodes,
          b.cells,
          b.histograms[range],
          this.#ownMasks ? b.nodeMasks : b.masks,
          ...(this.#searchKernel === "searchExact" ? [b.directions] : []),
          b.best,
        ],
        { ...own, ...this.#chunkFrame(chunk) },
      );
    });
    if (this.#searchKernel === "search") {
      ranges.forEach((_, range) => {
        const chunk = chunks.findIndex((c) => c.range === range);
        this.#dispatch("settle", nodes === null ? args.choose(own.level) : [nodes, lanes, 1], [
          b.parameters,
          b.state,
          b.nodes,
          b.cells,
          b.histograms[range],
          this.#ownMasks ? b.nodeMasks : b.masks,
          b.best,
        ], { ...own, ...this.#chunkFrame(chunk) });
      });
    }
    this.#dispatch("choose", nodes === null ? args.choose(own.level) : [nodes, lanes, 1], [
      b.parameters,
      b.state,
      b.cells,
      b.best,
      b.directions,
      b.nodes,
      b.tree,
    ], own);
  }

  /** Where there are several tile ranges, rows wait at nodes whose column lies in another one: a pass a level brings all down. */
  #route(): void {
    const { ranges, chunks } = this.#plan.chunks;
    const passes = ranges.length === 1 ? 1 : this.#plan.levels;
    for (let pass = 0; pass < passes; pass++) {
      chunks.forEach((_, chunk) => {
        const frame = this.#chunkFrame(chunk);
        this.#dispatch("route", [Math.ceil(frame.chunkRows / ROW_BLOCK), this.#lanes, 1], [
          this.#b.state,
          this.#b.tree,
          this.#bytes[chunk],
          this.#b.leaf,
        ], { ...frame, batchFirst: pass === 0 && frame.firstTile === 0 ? 1 : 0 });
      });
    }
  }

  #chunkFrame(
    chunk: number,
  ): Pick<
    Frame,
    "chunk" | "firstTile" | "tiles" | "firstRow" | "chunkRows" | "firstCell" | "chunkCells" | "chunkBins"
  > {
    const { range, firstRow, rows } = this.#plan.chunks.chunks[chunk];
    const { firstTile, tiles, firstCell, cells, bins } = this.#plan.chunks.ranges[range];
    return {
      chunk,
      firstTile,
      tiles,
      firstRow,
      chunkRows: rows,
      firstCell,
      chunkCells: cells,
      chunkBins: bins,
    };
  }

  /** For each tile range, its groups of cells with atomics and those without. */
  #cellGroups(): CellGroups[][] {
    const words: number[] = [];
    const places = this.#plan.chunks.ranges.map(({ firstTile, cells }) => {
      const groups = Array.from({ length: Math.ceil(cells / GROUP_CELLS) }, (_, group) => group);
      const alone = groups.filter((group) => {
        const first = firstTile * TILE_CELLS + group * GROUP_CELLS;
        return this.#facts.bins.subarray(first, first + GROUP_CELLS).every((bins) => bins <= PRIVATE_BINS);
      });
      return [groups.filter((group) => !alone.includes(group)), alone].map((own) => {
        const first = words.length / GROUP_WORDS;
        for (const group of own) {
          words.push(group, ...this.#leftOut(firstTile * TILE_CELLS + group * GROUP_CELLS));
        }
        return { first, count: own.length };
      });
    });
    const buffer = this.#gpu.buffer("groups", words.length * 4, "storage", Uint32Array.from(words));
    this.#owned.push(buffer);
    return places.map((pair) => pair.map((place) => ({ buffer, ...place })));
  }

  /** The bytes of eight cells that histograms leave out, packed as a row's. */
  #leftOut(firstCell: number): number[] {
    const bytes = new Uint8Array(GROUP_CELLS);
    bytes.set(this.#facts.mostFrequent.subarray(firstCell, firstCell + GROUP_CELLS));
    const view = new DataView(bytes.buffer);
    return [view.getUint32(0, true), view.getUint32(4, true)];
  }
}
