/**
 * Rounds of boosting on the GPU at hand: time, work, bytes, kernels; and XGBoost on the same GPU and rows, where PYTHON has it with CUDA:
 *
 *     node bin/deno.mjs run -A bench/gpu.ts --preset headline|gene-sample|kmers|smoke [--rows N[,N...]] [--features N] [--bins N]
 *         [--sparse 0|1] [--lanes N] [--depth N] [--rounds N] [--subsample X] [--colsample X] [--gradient-bits N] [--cpu 0|1] [--seed N]
 *         [--software-kernels 0|1] [--python PYTHON] [--peer-cpu] [--threads N] [--work FOLDER] [--record NAME]
 *
 * The rows are simulated as bins (bench/gpu-data.ts). XGBoost reads the bin numbers as f32, four bytes a cell, from a file in FOLDER (default:
 * the system's for temporary files). Each size is trained twice: timed, through the engine; then round by round, with every dispatch timed
 * and the rows counted that each level builds histograms from. --cpu 1 also trains on the CPU engine and compares the trees; --peer-cpu has
 * XGBoost train on the CPU where there is no CUDA. A software adapter runs a GPU's kernels, unless --software-kernels 1 gives it those that
 * training would take there; only counts are recorded of it.
 */
import { createCpuEngine } from "../src/cpu/engine.ts";
import { cellFacts } from "../src/gpu/cell-table.ts";
import { createGpuEngine, type GpuEngine } from "../src/gpu/engine.ts";
import { planText } from "../src/gpu/group-plan.ts";
import { type GrowthParameters, type Lane, type LaneResult, ROLE_TRAIN } from "../src/numerics/engine.ts";
import { MARGIN_ONE } from "../src/numerics/fixed.ts";
import { defaultGradientBits } from "../src/numerics/gradient.ts";
import type { BinnedMatrix } from "../src/numerics/matrix.ts";
import { logLoss } from "../src/numerics/sigmoid.ts";
import { lanesOver, simulateRows } from "./gpu-data.ts";
import { findPeer, type Peer, runPeer } from "./gpu-peer.ts";
import { below, type Counts, countsOf, kernelShares } from "./gpu-report.ts";
import { printCounts, printKernels, printPeer, printTargets, printTime, say } from "./gpu-report.ts";
import { countedRun, plannedGroups, type TimedRun, timedRun } from "./gpu-run.ts";
import { option, record, root } from "./process.ts";

const HEADLINE = {
  rows: "10000000",
  features: "130",
  bins: "256",
  sparse: "0",
  lanes: "3",
  depth: "6",
  rounds: "50",
  subsample: "1",
  colsample: "1",
  /** 0: as many as the number of rows gives. */
  "gradient-bits": "0",
  cpu: "0",
  "software-kernels": "0",
};
type Settings = typeof HEADLINE;

const SAMPLED = { subsample: "0.8", colsample: "0.8" };
const PRESETS: Readonly<Record<string, Partial<Settings>>> = {
  headline: {},
  "gene-sample": { ...SAMPLED, rows: "30000,150000,600000", lanes: "15", rounds: "400" },
  kmers: { ...SAMPLED, rows: "1000000", features: "1024", bins: "4", sparse: "1" },
  smoke: {
    ...SAMPLED,
    rows: "4000",
    features: "40",
    bins: "64",
    rounds: "8",
    "gradient-bits": "6",
    cpu: "1",
  },
};
/** Rows that log-loss is told of, as in bench/peers/gpu_peer.py. */
const JUDGED = 200_000;

const preset = option("preset", "headline");
if (!Object.hasOwn(PRESETS, preset)) {
  console.error(`--preset: expected one of ${Object.keys(PRESETS).join(", ")}, found "${preset}"`);
  Deno.exit(2);
}
const setting = (name: keyof Settings): string => option(name, PRESETS[preset][name] ?? HEADLINE[name]);
const number = (name: keyof Settings): number => Number(setting(name));
const seed = Number(option("seed", "42"));
const threads = Number(option("threads", String(navigator.hardwareConcurrency)));

function parametersFor(rows: number): GrowthParameters {
  return {
    rounds: number("rounds"),
    learningRate: 0.1,
    maxDepth: number("depth"),
    minChildWeight: 1,
    gamma: 0,
    regLambda: 1,
    regAlpha: 0,
    maxDeltaStep: 0,
    subsample: number("subsample"),
    colsampleBytree: number("colsample"),
    colsampleBylevel: 1,
    colsampleBynode: 1,
    monotone: null,
    interactions: null,
    gradientBits: number("gradient-bits") || defaultGradientBits(rows),
    earlyStopping: null,
  };
}

/** All there is to know of one size. */
interface SizeReport {
  readonly rows: number;
  readonly parameters: GrowthParameters;
  readonly counts: Counts;
  /** What depends on the clock. */
  readonly speed: Record<string, unknown>;
}

async function runSize(engine: GpuEngine, rows: number, peer: Peer): Promise<SizeReport> {
  const { gpu } = engine;
  const begun = performance.now();
  const shape = {
    rows,
    features: number("features"),
    bins: number("bins"),
    sparse: setting("sparse") === "1",
    seed,
  };
  const data = simulateRows(shape);
  const { matrix } = data;
  const parameters = parametersFor(rows);
  const lanes = lanesOver(data, number("lanes"), seed, parameters);
  console.log(
    `\n${rows} rows x ${shape.features} features of ${shape.bins} bins (${matrix.layout.cells} cells), ${lanes.length} lanes, ` +
      `depth ${parameters.maxDepth}, ${parameters.rounds} rounds, ${parameters.gradientBits} gradient bits; ` +
      `simulated in ${((performance.now() - begun) / 1000).toFixed(1)} s`,
  );
  const facts = cellFacts(matrix);
  const groups = plannedGroups(gpu, matrix, facts.bins, lanes);
  say("memory", below(groups.map(({ plan }) => planText(plan)).join("\n")));

  const { submits, readbacks, readBytes, uploadedBytes } = gpu.counters;
  const timed = await timedRun(engine, matrix, groups.map((group) => group.lanes));
  const used = {
    submits: gpu.counters.submits - submits,
    readbacks: gpu.counters.readbacks - readbacks,
    readBytes: gpu.counters.readBytes - readBytes,
    uploadedBytes: gpu.counters.uploadedBytes - uploadedBytes,
  };
  const counted = await countedRun(gpu, matrix, facts, groups);
  const counts = countsOf(counted, used);
  const kernels = kernelShares(counted, counts);
  printTime(timed, counted);
  printCounts(counts, timed, counted);
  printKernels(kernels);
  if (setting("cpu") === "1") await compareWithCpu(matrix, lanes, timed);

  const losses = lanes.slice(0, 3).map((lane, l) => lossOf(lane, timed.results[l]));
  const theirs = "absent" in peer ? null : await runPeer(peer, data, {
    lanes: lanes.length,
    rounds: parameters.rounds,
    depth: parameters.maxDepth,
    bins: shape.bins,
    eta: parameters.learningRate,
    subsample: parameters.subsample,
    colsample: parameters.colsampleBytree,
    seed,
    threads,
  });
  const comparison = printPeer(peer, theirs, timed, lanes.length, losses);
  printTargets(preset === "headline", lanes.length, timed, comparison);
  const { results: _, ...times } = timed;
  const speed = { ...times, opening: counted.opening, kernels, losses, xgboost: theirs ?? peer, comparison };
  return { rows, parameters, counts, speed };
}

/** Mean log-loss over the first training rows of a lane. */
function lossOf({ role, target }: Lane, { margins }: LaneResult): number {
  let sum = 0;
  let count = 0;
  for (let row = 0; row < role.length && count < JUDGED; row++) {
    if (role[row] !== ROLE_TRAIN) continue;
    sum += logLoss(margins[row], target[row]);
    count++;
  }
  return sum / count / MARGIN_ONE;
}

/** The CPU engine on the same lanes: its time, and whether its trees are the same. */
async function compareWithCpu(matrix: BinnedMatrix, lanes: readonly Lane[], timed: TimedRun): Promise<void> {
  const cpu = createCpuEngine({ threads });
  const { seconds, results } = await timedRun(cpu, matrix, [lanes]);
  await cpu.close();
  const ratio = (timed.seconds / seconds).toFixed(2);
  const warm = (timed.round * number("rounds") / 1000 / seconds).toFixed(2);
  say(
    "CPU engine",
    `${
      seconds.toFixed(2)
    } s on ${threads} threads; the GPU takes ${ratio} times as long, ${warm} without its cold start`,
  );
  const same = results.every(({ trees }, l) => treeWords(trees) === treeWords(timed.results[l].trees));
  say("same trees", same ? "yes" : "NO");
  if (!same) Deno.exitCode = 1;
}

function treeWords(trees: LaneResult["trees"]): string {
  return trees.map(({ column, bin, left, value, gain, cover }) =>
    [column, bin, left, value, gain, cover].map((words) => words.join()).join(";")
  ).join("\n");
}

/** The first line that a command prints, or an empty text where it cannot be run. */
function firstLine(command: string, ...args: string[]): string {
  try {
    const { stdout } = new Deno.Command(command, { args, cwd: root, stderr: "null" }).outputSync();
    return new TextDecoder().decode(stdout).trim().split("\n")[0];
  } catch {
    return "";
  }
}

const engine = await createGpuEngine({ softwareKernels: setting("software-kernels") === "1" });
const { description, facts, facts: { software } } = engine.gpu;
console.log(`${description}; load average ${Deno.loadavg()[0].toFixed(2)}`);
if (software) console.log("a software adapter: its times are a processor's and say nothing of a GPU's");
const peer = await findPeer(option("python", "python3"), Deno.args.includes("--peer-cpu"));
const sizes: SizeReport[] = [];
for (const rows of setting("rows").split(",")) sizes.push(await runSize(engine, Number(rows), peer));
await engine.close();
const recordAs = option("record", "");
if (recordAs) {
  if (software) console.log("recorded without times: a software adapter's speed says nothing of a GPU's");
  await record(recordAs, {
    preset,
    adapter: description,
    software,
    adapterFacts: facts,
    driver: firstLine("nvidia-smi", "--query-gpu=name,driver_version", "--format=csv,noheader"),
    commit: firstLine("git", "describe", "--always", "--dirty"),
    measured: software ? "counts only: this adapter computes on the CPU" : "counts and speed",
    sizes: software ? sizes.map(({ speed: _, ...size }) => size) : sizes,
  });
}
