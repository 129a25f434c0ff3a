/** The histogram kernels of shaders/trees and those of the lab, over the same rows. */
import { PRIVATE_BINS } from "../src/gpu/cell-table.ts";
import type { GpuBuffer } from "../src/gpu/gpu.ts";
import type { Kernel } from "../src/gpu/kernel.ts";
import {
  BUILD_BLOCK,
  BUILD_WORDS,
  type Frame,
  frameWords,
  GROUP_WORDS,
  LIST_WORDS,
  STATE,
} from "../src/gpu/records.ts";
import { TREE_KERNELS } from "../src/gpu/tree-kernels.ts";
import { rowDraw } from "../src/numerics/random.ts";
import type { Lab, Timed } from "./gpu-lab-clock.ts";
import { LAB_KERNELS } from "./gpu-lab-kernels.ts";

const CELLS = 32;
const GROUPS = 4;
const BITS = 6;
/** Histograms that small builds go to in turn. */
const SLOTS = 32;
const SMALL_ROWS = 16;

/** A kernel, its name in the table, the cells' groups a workgroup takes. */
type Variant = readonly [name: string, kernel: Kernel, groups: number];

const PACKED: Variant = ["one atomic (histogram-packed)", TREE_KERNELS.histogramPacked, 1];
const PAIRED: Variant = ["two atomics (histogram-paired)", TREE_KERNELS.histogramPaired, 1];
const PRIVATE: Variant = ["no atomics (histogram-private)", TREE_KERNELS.histogramPrivate, 1];
const SIXTEEN: Variant = ["one atomic, 16 cells a workgroup", LAB_KERNELS.sixteen, 2];
const PRIVATE_PACKED: Variant = [
  "no atomics, gradient and hessian in one addition",
  LAB_KERNELS.privatePacked,
  1,
];
const DIRECT: Variant = ["two atomics in device memory, no counters", LAB_KERNELS.direct, 1];

/** Kinds of columns: bins, and four bytes from a draw. */
const COLUMNS: readonly [draws: string, bins: number, word: (draw: number) => number][] = [
  ["256 bins, even", 256, (draw) => draw],
  ["32 bins, even", 32, (draw) => draw & 0x1f1f1f1f],
  ["16 bins, even", 16, (draw) => draw & 0x0f0f0f0f],
  ["4 bins, 9 of 10 in one", 4, (draw) => rare(draw) & 0x03030303],
];

/** Sets a bit with probability 1/16. */
function rare(draw: number): number {
  return draw & (draw >>> 7) & (draw << 9) & ((draw >>> 16) | (draw << 16));
}

/** One root of 2^23 rows at scale 1, every other row of twice as many; then builds of 16 rows. A tile of 32 cells; byte 0 is left out. */
export async function histograms(lab: Lab, scale: number): Promise<void> {
  const rows = Math.ceil(2 ** 23 * scale / BUILD_BLOCK) * BUILD_BLOCK;
  const list = new Uint32Array(rows * LIST_WORDS);
  for (let i = 0; i < rows; i++) {
    const draw = rowDraw(3, 4, i);
    const g = (draw & 1 ? 1 : -1) * (1 + (draw >>> 1) % 2 ** BITS);
    list.set([2 * i + (draw >>> 31), g, (draw >>> 8) % 17], i * LIST_WORDS);
  }
  const listBuffer = lab.gpu.buffer("lab list", list.byteLength, "storage", list);
  const few = Math.ceil(rows / 256);
  const small = Uint32Array.from({ length: few * BUILD_WORDS }, (_, word) => {
    const build = Math.floor(word / BUILD_WORDS);
    return [build * SMALL_ROWS, SMALL_ROWS, build % SLOTS, build][word % BUILD_WORDS];
  });
  for (const [draws, bins, word] of COLUMNS) {
    const bytes = new Uint32Array(rows * 2 * CELLS / 4);
    for (let i = 0; i < bytes.length; i++) bytes[i] = word(rowDraw(5, 6, i));
    const bytesBuffer = lab.gpu.buffer("lab rows", bytes.byteLength, "storage", bytes);
    const run = (
      what: string,
      builds: Uint32Array,
      blocks: number,
      variants: readonly Variant[],
    ): Promise<void> =>
      compare(lab, `${draws}, ${what}`, { bins, rows, builds, blocks }, listBuffer, bytesBuffer, variants);
    const alone = bins <= PRIVATE_BINS ? [PRIVATE, PRIVATE_PACKED] : [];
    await run("one root", Uint32Array.of(0, rows, 0, 0), rows / BUILD_BLOCK, [
      PACKED,
      SIXTEEN,
      PAIRED,
      ...alone,
    ]);
    if (bins === 256) await run(`builds of ${SMALL_ROWS} rows`, small, few, [PACKED, PAIRED, DIRECT]);
    bytesBuffer.destroy();
  }
  listBuffer.destroy();
}

/** What is built. */
interface Work {
  readonly bins: number;
  readonly rows: number;
  readonly builds: Uint32Array;
  readonly blocks: number;
}

/** Times variants over the same builds; throws where their histograms differ. */
async function compare(
  lab: Lab,
  title: string,
  { bins, rows, builds, blocks }: Work,
  list: GpuBuffer,
  bytes: GpuBuffer,
  variants: readonly Variant[],
): Promise<void> {
  const { gpu } = lab;
  const count = builds.length / BUILD_WORDS;
  const state = new Uint32Array(STATE.words);
  state[STATE.builds] = count;
  state[STATE.buildBlocks] = blocks;
  const groups = Uint32Array.from(
    { length: GROUPS * GROUP_WORDS },
    (_, i) => i % GROUP_WORDS === 0 ? i / GROUP_WORDS : 0,
  );
  const table = new Uint32Array(3 + CELLS * 6);
  for (let cell = 0; cell < CELLS; cell++) table.set([0, 0, bins, cell * bins], 3 + cell * 6);
  const frame = gpu.buffer("lab frame", 128, "uniform", frameWords(labFrame(rows * 2, bins, count)));
  const own = [state, builds, groups].map((words) =>
    gpu.buffer("lab records", words.byteLength, "storage", words)
  );
  const cells = gpu.buffer("lab cells", table.byteLength, "storage", table);
  const sums = gpu.buffer("lab histograms", SLOTS * CELLS * bins * 8, "storage");
  const runs: Timed[] = [];
  let expected = "";
  for (const [name, kernel, taken] of variants) {
    const buffers = [frame, ...own, list, bytes, cells, sums];
    const run = {
      bound: gpu.bind(await gpu.pipeline(kernel), `${title}: ${name}`, buffers),
      x: GROUPS / taken,
      y: blocks,
    };
    const found = await sumsOf(lab, run, sums);
    if (expected && found !== expected) {
      throw new Error(`${run.bound.label}: its histograms differ from those of ${variants[0][0]}`);
    }
    expected = found;
    runs.push(run);
  }
  const additions = CELLS * builds.reduce((sum, word, i) => sum + (i % BUILD_WORDS === 1 ? word : 0), 0);
  (await lab.time(...runs)).forEach((ms, i) =>
    lab.add("histograms", runs[i].bound.label, ms, additions, "additions")
  );
  for (const buffer of [frame, ...own, cells, sums]) buffer.destroy();
}

/** The histograms that a kernel makes of empty ones. */
async function sumsOf({ gpu }: Lab, { bound, x, y }: Timed, sums: GpuBuffer): Promise<string> {
  const recorder = gpu.recorder("lab");
  recorder.clear(sums);
  recorder.dispatch(bound, x, y);
  recorder.submit();
  const [found] = await gpu.read([{ buffer: sums }]);
  return new Int32Array(found).join();
}

/** One lane over one tile; what is not named is 0. */
function labFrame(rows: number, bins: number, builds: number): Frame {
  const one = { lanes: 1, maxNodes: 1, slots: 1, tiles: 1, ring: 1, chunks: 1, levels: 1 };
  const cells = { columns: CELLS, cells: CELLS, chunkCells: CELLS, chunkBins: CELLS * bins };
  const flushRows = Math.floor(65535 / 2 ** BITS / 256) * 256;
  const named: Partial<Frame> = {
    ...one,
    ...cells,
    rows,
    chunkRows: rows,
    flushRows,
    maxWidth: builds,
    batchSize: builds,
  };
  return named as Frame;
}
