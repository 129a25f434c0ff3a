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
import { type Gpu, openGpu } from "../src/gpu/gpu.ts";
import { rowDraw } from "../src/numerics/random.ts";
import { Lab } from "./gpu-lab-clock.ts";
import { histograms } from "./gpu-lab-histograms.ts";
import { LAB_KERNELS } from "./gpu-lab-kernels.ts";
import { median, option, record } from "./process.ts";

const gpu: Gpu = await openGpu();
const { software } = gpu.facts;
const scale = Number(option("scale", software ? "0.00390625" : "1"));
const lab = new Lab(gpu, Number(option("repeats", "7")));
const { result } = lab;

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
  for (let i = 0; i <= lab.repeats; i++) {
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
    running.push(Math.max(0, performance.now() - begun - lab.latency) / count);
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
    const [ms] = await lab.time({ bound: gpu.bind(pipeline, label, [result]), x: groups });
    lab.add("atomics", label, ms, additions, "additions");
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
    const [ms] = await lab.time({ bound: gpu.bind(pipeline, label, [result]), x: groups });
    lab.add("columns", label, ms, groups * 64 * turns * 8, "additions");
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
      const [ms] = await lab.time({
        bound: gpu.bind(pipeline, order, [list, bytes, result]),
        x: listed / 2048,
      });
      lab.add("gather", `${order}: ${words * 4} of 32 bytes`, ms, listed * words * 4, "bytes");
    }
    list.destroy();
  }
  bytes.destroy();
}

const clock = lab.hasStamps ? "timestamps" : "the clock";
const load = Deno.loadavg()[0].toFixed(2);
console.log(`${gpu.description}; times by ${clock}, medians of ${lab.repeats}; load average ${load}`);
const [one, ten] = await readbacks();
lab.latency = one;
const parts = option("only", "readback,dispatch,atomics,columns,gather,histograms").split(",");
if (parts.includes("readback")) {
  lab.add("readback", "256 bytes from an idle queue", one, 1, "readbacks");
  lab.add("readback", "ten of them asked for together", ten, 10, "readbacks");
}
if (parts.includes("dispatch")) {
  for (const [name, indirect] of [["direct", false], ["indirect", true]] as const) {
    const [recording, running] = await dispatches(indirect);
    lab.add("dispatch", `${name}, one workgroup: recording and submitting`, recording, 1, "dispatches");
    lab.add("dispatch", `${name}, one workgroup: until it has run`, running, 1, "dispatches");
  }
}
if (parts.includes("atomics")) await atomics();
if (parts.includes("columns")) await columns();
if (parts.includes("gather")) await gathers();
if (parts.includes("histograms")) await histograms(lab, scale);
const { limits } = gpu.facts;
console.log(
  `workgroup memory ${limits.maxComputeWorkgroupStorageSize} bytes, ${limits.maxComputeInvocationsPerWorkgroup} threads, ` +
    `bindings of ${limits.maxStorageBufferBindingSize} bytes; features: ${gpu.facts.features.join(", ")}`,
);
const recordAs = option("record", "");
if (recordAs && software) console.log("not recorded: a software adapter's speed says nothing of a GPU's");
else if (recordAs) {
  await record(recordAs, {
    adapter: gpu.description,
    facts: gpu.facts,
    scale,
    repeats: lab.repeats,
    lines: lab.lines,
  });
}
gpu.destroy();
