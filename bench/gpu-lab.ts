/**
 * The kernel lab: what a histogram kernel is made of, measured on the adapter at hand, to choose between variants by:
 *
 *     node bin/deno.mjs run -A bench/gpu-lab.ts [--repeats 7] [--scale 1] [--only atomics,columns,gather,histograms,dispatch,readback]
 *         [--record NAME]
 *
 * (a) atomic additions in workgroup memory: one or two, over few and many bins, even and skewed draws, with copies of counters;
 * (b) plain additions into columns that a thread has for itself; (c) gathers of a row's bytes by ascending and random lists; (d) dispatches;
 * (e) readbacks; and the histogram kernels as they are, and variants, over the same rows. Times are medians from timestamps where the device
 * takes them, else by the clock, less an idle readback. A software adapter gets a 256th of the work (--scale), and is not recorded: its figures
 * are a processor's, and choose nothing.
 */
import { type Bound, type Gpu, type GpuBuffer, openGpu } from "../src/gpu/gpu.ts";
import { PRIVATE_BINS } from "../src/gpu/cell-table.ts";
import { type Frame, frameWords, GROUP_WORDS } from "../src/gpu/records.ts";
import { TREE_KERNELS } from "../src/gpu/tree-kernels.ts";
import { rowDraw } from "../src/numerics/random.ts";
import { LAB_KERNELS } from "./gpu-lab-kernels.ts";
import { median, option, record } from "./process.ts";

const gpu: Gpu = await openGpu();
const timed = gpu.device.features.has("timestamp-query");
const { software } = gpu.facts;
const repeats = Number(option("repeats", "7"));
const scale = Number(option("scale", software ? "0.00390625" : "1"));
const parts = option("only", "readback,dispatch,atomics,columns,gather,histograms").split(",");

/** One line of the table. */
interface Line {
  readonly what: string;
  readonly variant: string;
  readonly ms: number;
  /** Of the work that the line says, a second. */
  readonly rate: number;
  readonly unit: string;
}
const lines: Line[] = [];

function add(what: string, variant: string, ms: number, work: number, unit: string): void {
  const line = { what, variant, ms, rate: work / (ms / 1000), unit };
  lines.push(line);
  console.log(
    `${what.padEnd(12)}${variant.padEnd(76)}${ms.toFixed(3).padStart(10)} ms${
      line.rate.toExponential(2).padStart(11)
    } ${unit}/s`,
  );
}

/** A dispatch to time. */
interface Timed {
  readonly bound: Bound;
  readonly x: number;
  readonly y?: number;
}

/** Milliseconds of each dispatch: medians of some turns, in which they take turns, after one turn that counts for nothing. */
async function time(...all: Timed[]): Promise<number[]> {
  const seen: number[][] = all.map(() => []);
  for (let turn = 0; turn <= repeats; turn++) {
    for (const [i, { bound, x, y = 1 }] of all.entries()) {
      gpu.profile = timed;
      const recorder = gpu.recorder("lab");
      recorder.dispatch(bound, x, y);
      const begun = performance.now();
      recorder.submit();
      gpu.profile = false;
      if (timed) {
        seen[i].push((await gpu.profiled()).reduce((sum, { milliseconds }) => sum + milliseconds, 0));
      } else {
        await gpu.read([{ buffer: result, bytes: 4 }]);
        seen[i].push(Math.max(0, performance.now() - begun - latency));
      }
    }
  }
  await gpu.errors();
  return seen.map((own) => median(own.slice(1)));
}

/** Milliseconds of one readback of 256 bytes from an idle queue, and of ten asked for together. */
async function readbacks(): Promise<[one: number, ten: number]> {
  const once = async (count: number): Promise<number> => {
    const begun = performance.now();
    await Promise.all(Array.from({ length: count }, () => gpu.read([{ buffer: result, bytes: 256 }])));
    return performance.now() - begun;
  };
  const medianOf = async (count: number): Promise<number> => {
    const seen: number[] = [];
    for (let i = 0; i < 20; i++) seen.push(await once(count));
    return median(seen);
  };
  return [await medianOf(1), await medianOf(10)];
}

/** A dispatch of one workgroup: many of them, each after what the one before wrote. */
async function dispatches(indirect: boolean): Promise<[record: number, device: number]> {
  const count = 2000;
  const bound = gpu.bind(await gpu.pipeline(LAB_KERNELS.nothing), "nothing", [result]);
  const args = gpu.buffer("lab arguments", 12, "indirect", Uint32Array.of(1, 1, 1));
  const recording: number[] = [];
  const running: number[] = [];
  for (let i = 0; i <= repeats; i++) {
    const begun = performance.now();
    const recorder = gpu.recorder("lab");
    for (let d = 0; d < count; d++) {
      if (indirect) recorder.dispatchIndirect(bound, args, 0);
      else recorder.dispatch(bound, 1);
    }
    recorder.submit();
    const submitted = performance.now();
    await gpu.read([{ buffer: result, bytes: 4 }]);
    recording.push((submitted - begun) / count);
    running.push(Math.max(0, performance.now() - begun - latency) / count);
  }
  args.destroy();
  return [median(recording.slice(1)), median(running.slice(1))];
}

async function atomics(): Promise<void> {
  const groups = Math.ceil(4096 * scale);
  const turns = 256;
  const additions = groups * 256 * turns * 8;
  const one = async (label: string, constants: Record<string, number>): Promise<void> => {
    const pipeline = await gpu.pipeline(LAB_KERNELS.atomics, { TURNS: turns, ...constants });
    const [ms] = await time({ bound: gpu.bind(pipeline, label, [result]), x: groups });
    add("atomics", label, ms, additions, "additions");
  };
  for (const skew of [0, 1]) {
    for (const bins of [256, 64, 16, 4]) {
      const draws = `${bins} bins, ${skew ? "skewed" : "even"}`;
      await one(`${draws}: one atomic`, { BINS: bins, SKEW: skew });
      await one(`${draws}: two atomics`, { BINS: bins, SKEW: skew, PAIR: 1, COUNTERS: 4096 });
      for (const copies of [4, 16].filter((copies) => copies * bins <= 256)) {
        await one(`${draws}: one atomic, ${copies} copies of a counter`, {
          BINS: bins,
          SKEW: skew,
          COPIES: copies,
        });
      }
      if (skew) await one(`${draws}: one atomic, byte 0 left out`, { BINS: bins, SKEW: 1, SKIP: 1 });
    }
  }
}

async function columns(): Promise<void> {
  const groups = Math.ceil(16384 * scale);
  const turns = 256;
  for (const [bins, cells] of [[64, 1], [16, 4], [4, 8]]) {
    const label = `${bins} bins, ${cells} cells of 64 columns: no atomics`;
    const pipeline = await gpu.pipeline(LAB_KERNELS.columns, { BINS: bins, CELLS: cells, TURNS: turns });
    const [ms] = await time({ bound: gpu.bind(pipeline, label, [result]), x: groups });
    add("columns", label, ms, groups * 64 * turns * 8, "additions");
  }
}

async function gathers(): Promise<void> {
  const rows = Math.ceil(2 ** 24 * scale);
  const listed = Math.floor(rows / 8 / 2048) * 2048;
  const bytes = gpu.buffer("lab rows", rows * 32, "storage");
  const lists: [string, (i: number) => number][] = [
    ["every row", (i) => i],
    ["ascending, one row of 2", (i) => 2 * i + rowDraw(1, 2, i) % 2],
    ["ascending, one row of 8", (i) => 8 * i + rowDraw(1, 2, i) % 8],
    ["random rows", (i) => rowDraw(1, 2, i) % rows],
  ];
  for (const [order, row] of lists) {
    const list = gpu.buffer(
      "lab list",
      listed * 4,
      "storage",
      Uint32Array.from({ length: listed }, (_, i) => row(i)),
    );
    for (const words of [8, 2]) {
      const pipeline = await gpu.pipeline(LAB_KERNELS.gather, { WORDS: words });
      const [ms] = await time({ bound: gpu.bind(pipeline, order, [list, bytes, result]), x: listed / 2048 });
      add("gather", `${order}: ${words * 4} of 32 bytes`, ms, listed * words * 4, "bytes");
    }
    list.destroy();
  }
  bytes.destroy();
}

/** The histogram kernels over one root of `rows` rows, every other row of twice as many; a tile of 32 cells. */
async function histograms(): Promise<void> {
  const rows = Math.ceil(2 ** 23 * scale / 4096) * 4096;
  const bits = 6;
  const blocks = rows / 4096;
  const list = new Uint32Array(rows * 3);
  for (let i = 0; i < rows; i++) {
    const draw = rowDraw(3, 4, i);
    list.set(
      [2 * i + (draw >>> 31), (draw & 1 ? 1 : -1) * (1 + (draw >>> 1) % 2 ** bits), (draw >>> 8) % 17],
      i * 3,
    );
  }
  const state = new Uint32Array(16);
  state.set([1, blocks], 6);
  // Byte 0 is left out of every cell.
  const groups = Uint32Array.from(
    { length: 4 * GROUP_WORDS },
    (_, i) => i % GROUP_WORDS === 0 ? i / GROUP_WORDS : 0,
  );
  const fixed = [
    gpu.buffer("lab state", 64, "storage", state),
    gpu.buffer("lab builds", 16, "storage", Uint32Array.of(0, rows, 0, 0)),
    gpu.buffer("lab groups", groups.byteLength, "storage", groups),
    gpu.buffer("lab list", list.byteLength, "storage", list),
  ];
  const flushRows = Math.floor(65535 / 2 ** bits / 256) * 256;
  const matrices: [string, number, (draw: number) => number][] = [
    ["256 bins, even", 256, (draw) => draw],
    ["32 bins, even", 32, (draw) => draw & 0x1f1f1f1f],
    ["16 bins, even", 16, (draw) => draw & 0x0f0f0f0f],
    [
      "4 bins, 9 of 10 in one",
      4,
      (draw) => (draw & (draw >>> 7) & (draw << 9) & ((draw >>> 16) | (draw << 16))) & 0x03030303,
    ],
  ];
  for (const [draws, bins, word] of matrices) {
    const words = new Uint32Array(rows * 2 * 8);
    for (let i = 0; i < words.length; i++) words[i] = word(rowDraw(5, 6, i));
    const table = new Uint32Array(3 + 32 * 6);
    for (let cell = 0; cell < 32; cell++) table.set([0, 0, bins, cell * bins, 0, 0], 3 + cell * 6);
    const frame = gpu.buffer(
      "lab frame",
      128,
      "uniform",
      frameWords(labFrame(rows * 2, 32 * bins, flushRows)),
    );
    const bytes = gpu.buffer("lab rows", words.byteLength, "storage", words);
    const cells = gpu.buffer("lab cells", table.byteLength, "storage", table);
    const counted = gpu.buffer("lab histograms", 32 * bins * 8, "storage");
    const variants = [
      ["one atomic (histogram-packed)", TREE_KERNELS.histogramPacked, 4],
      ["one atomic, 16 cells a workgroup", LAB_KERNELS.sixteen, 2],
      ["two atomics (histogram-paired)", TREE_KERNELS.histogramPaired, 4],
      ["no atomics (histogram-private)", TREE_KERNELS.histogramPrivate, 4],
      ["no atomics, gradient and hessian in one addition", LAB_KERNELS.privatePacked, 4],
    ] as const;
    const runs: Timed[] = [];
    let expected = "";
    for (const [name, kernel, x] of variants.slice(0, bins <= PRIVATE_BINS ? 5 : 3)) {
      const pipeline = await gpu.pipeline(kernel);
      const bound = gpu.bind(pipeline, `${draws}: ${name}`, [frame, ...fixed, bytes, cells, counted]);
      runs.push({ bound, x, y: blocks });
      expected = await checkSums(runs.at(-1)!, counted, expected);
    }
    (await time(...runs)).forEach((ms, i) =>
      add("histograms", runs[i].bound.label, ms, rows * 32, "additions")
    );
    for (const buffer of [frame, bytes, cells, counted]) buffer.destroy();
  }
  for (const buffer of fixed) buffer.destroy();
}

/** Runs a kernel once on empty histograms; throws unless they come out as those of the kernel before it. */
async function checkSums({ bound, x, y }: Timed, counted: GpuBuffer, expected: string): Promise<string> {
  const recorder = gpu.recorder("lab");
  recorder.clear(counted);
  recorder.dispatch(bound, x, y);
  recorder.submit();
  const [sums] = await gpu.read([{ buffer: counted }]);
  const found = new Int32Array(sums).join();
  if (!expected || found === expected) return found;
  throw new Error(`${bound.label}: its histograms differ from those of the kernel before it`);
}

/** A root of one lane over one tile; what is not named is 0. */
function labFrame(rows: number, chunkBins: number, flushRows: number): Frame {
  const one = {
    lanes: 1,
    maxWidth: 1,
    maxNodes: 1,
    slots: 1,
    batchSize: 1,
    tiles: 1,
    ring: 1,
    chunks: 1,
    levels: 1,
  };
  const cells = { columns: 32, cells: 32, chunkCells: 32, chunkBins };
  const named: Partial<Frame> = { ...one, ...cells, rows, chunkRows: rows, flushRows };
  return named as Frame;
}

const result = gpu.buffer("lab result", 2 ** 16, "storage");
console.log(
  `${gpu.description}; times by ${timed ? "timestamps" : "the clock"}, medians of ${repeats}; load average ${
    Deno.loadavg()[0].toFixed(2)
  }`,
);
const [latency, ten] = await readbacks();
if (parts.includes("readback")) {
  add("readback", "256 bytes from an idle queue", latency, 1, "readbacks");
  add("readback", "ten of them asked for together", ten, 10, "readbacks");
}
if (parts.includes("dispatch")) {
  for (const [name, indirect] of [["direct", false], ["indirect", true]] as const) {
    const [recording, running] = await dispatches(indirect);
    add("dispatch", `${name}, one workgroup: recording and submitting`, recording, 1, "dispatches");
    add("dispatch", `${name}, one workgroup: until it has run`, running, 1, "dispatches");
  }
}
if (parts.includes("atomics")) await atomics();
if (parts.includes("columns")) await columns();
if (parts.includes("gather")) await gathers();
if (parts.includes("histograms")) await histograms();
const { limits } = gpu.facts;
console.log(
  `workgroup memory ${limits.maxComputeWorkgroupStorageSize} bytes, ${limits.maxComputeInvocationsPerWorkgroup} threads, ` +
    `bindings of ${limits.maxStorageBufferBindingSize} bytes; features: ${gpu.facts.features.join(", ")}`,
);
const recordAs = option("record", "");
if (recordAs && software) console.log("not recorded: a software adapter's speed says nothing of a GPU's");
else if (recordAs) {
  await record(recordAs, { adapter: gpu.description, facts: gpu.facts, scale, repeats, lines });
}
gpu.destroy();
