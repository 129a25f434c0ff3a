/** The two runs of bench/gpu.ts: timed, through the engine as a user has it; and counted and profiled, step by step. */
import type { Engine, Lane, LaneResult } from "../src/numerics/engine.ts";
import { checkLane } from "../src/numerics/check-lane.ts";
import { sampleColumns } from "../src/numerics/column-sample.ts";
import type { BinnedMatrix } from "../src/numerics/matrix.ts";
import type { CellFacts } from "../src/gpu/cell-table.ts";
import type { Gpu, GpuBuffer, KernelTime } from "../src/gpu/gpu.ts";
import { type GroupPlan, planGroup } from "../src/gpu/group-plan.ts";
import { openLaneGroup } from "../src/gpu/lane-group.ts";
import { BUILD_WORDS, STATE } from "../src/gpu/records.ts";
import { recordSteps, type Step } from "../src/gpu/round-steps.ts";
import { countedKernels, roundBytes } from "../src/gpu/round-bytes.ts";
import { median } from "./process.ts";

/** Lanes that one plan trains together. */
export interface PlannedGroup {
  readonly plan: GroupPlan;
  readonly lanes: readonly Lane[];
}

/** The groups that the engine makes of lanes alike. */
export function plannedGroups(
  gpu: Gpu,
  { layout }: BinnedMatrix,
  bins: Uint32Array,
  lanes: readonly Lane[],
): PlannedGroup[] {
  const room = { maxBinding: gpu.maxBinding, software: gpu.facts.software };
  const planOf = (own: readonly Lane[]): GroupPlan =>
    planGroup(layout, bins, own.length, own.map(({ parameters }) => parameters), room);
  const groups = Math.ceil(lanes.length / planOf(lanes).lanes);
  return Array.from({ length: groups }, (_, g) => {
    const own = lanes.slice(
      Math.floor(lanes.length * g / groups),
      Math.floor(lanes.length * (g + 1) / groups),
    );
    return { plan: planOf(own), lanes: own };
  });
}

/** Rounds of a group that were waited for together. */
interface Batch {
  readonly group: number;
  readonly rounds: number;
  readonly ms: number;
}

/** A timed training. Milliseconds, unless they are named otherwise. */
export interface TimedRun {
  /** From the call to the end of the first rounds: the matrix is read and uploaded, the kernels are compiled. */
  readonly cold: Batch;
  /** A round of all lanes, without the cold ones: the mean, and over batches the median, least and most; NaN where there are none. */
  readonly round: number;
  readonly median: number;
  readonly least: number;
  readonly most: number;
  readonly warm: readonly Batch[];
  readonly seconds: number;
  readonly results: readonly LaneResult[];
}

/** Trains all lanes. Only of an engine that trains the lanes of a group side by side do the batches tell. */
export async function timedRun(
  engine: Engine,
  matrix: BinnedMatrix,
  groups: readonly (readonly Lane[])[],
): Promise<TimedRun> {
  const groupOf = groups.flatMap((lanes, g) => lanes.map(() => g));
  const heard: { rounds: number; ms: number }[][] = groups.map(() => []);
  const done = groups.map(() => 0);
  const results: LaneResult[] = [];
  const begun = performance.now();
  let since = begun;
  const onRound = (lane: number, round: number): void => {
    const group = groupOf[lane];
    if (round <= done[group]) return;
    const now = performance.now();
    heard[group].push({ rounds: round - done[group], ms: now - since });
    done[group] = round;
    since = now;
  };
  await engine.train(matrix, groups.flat(), (lane, result) => void (results[lane] = result), { onRound });
  const seconds = (performance.now() - begun) / 1000;
  const batches = heard.map(batchesOf);
  const warm = batches.map((own) => own.slice(1));
  const sum = (of: (own: readonly Batch[]) => number): number =>
    warm.reduce((total, own) => total + of(own), 0);
  const each = (own: readonly Batch[]): number[] => own.map(({ rounds, ms }) => ms / rounds);
  return {
    cold: batches[0][0],
    round: sum((own) =>
      own.reduce((ms, batch) => ms + batch.ms, 0) / own.reduce((n, { rounds }) => n + rounds, 0)
    ),
    median: sum((own) => median(each(own))),
    least: sum((own) => Math.min(...each(own))),
    most: sum((own) => Math.max(...each(own))),
    warm: warm.flat(),
    seconds,
    results,
  };
}

/**
 * What was waited for when. The engine has two batches under way, and Deno answers when the device is idle: the answer to the first comes
 * when the second is done as well, and so on; to the last one there is nothing left to wait for.
 */
function batchesOf(heard: readonly { rounds: number; ms: number }[], group: number): Batch[] {
  const [first, second, ...later] = heard;
  const cold = { group, rounds: first.rounds + (second?.rounds ?? 0), ms: first.ms };
  return [cold, ...later.map(({ rounds }, i) => ({ group, rounds, ms: heard[i + 1].ms }))];
}

/** What the rounds of a training came to: sums over its lanes and rounds. */
export interface CountedRun {
  readonly rounds: number;
  /** Dispatches of a round, all groups together. */
  readonly dispatches: number;
  /** Rows with a gradient. */
  readonly listed: number;
  /** Rows that histograms were built from, by level. */
  readonly built: readonly number[];
  /** Rows times features that a tree could split on: additions that the trees needed. */
  readonly updates: number;
  /** Bytes by kernel as roundBytes counts them, and its floor. */
  readonly bytes: Readonly<Record<string, number>>;
  readonly floor: number;
  /** Milliseconds from opening a group, with its kernels compiled, to its first round. */
  readonly opening: number;
  /** Empty where the device takes no timestamps. */
  readonly times: readonly KernelTime[];
}

/** Trains the same lanes again round by round: counts what every level built, and has every dispatch timed. */
export async function countedRun(
  gpu: Gpu,
  matrix: BinnedMatrix,
  facts: CellFacts,
  groups: readonly PlannedGroup[],
): Promise<CountedRun> {
  const { rounds, maxDepth: levels } = groups[0].lanes[0].parameters;
  const built: number[] = new Array(levels).fill(0);
  const bytes: Record<string, number> = {};
  const totals = { dispatches: 0, listed: 0, updates: 0, floor: 0, opening: 0 };
  const all = matrix.layout.columns.map((_, column) => column);
  const profile = gpu.device.features.has("timestamp-query");
  for (const { plan, lanes } of groups) {
    const begun = performance.now();
    const gridded = lanes.map((lane) => ({ lane, grid: checkLane(lane, matrix.layout) }));
    const group = await openLaneGroup(gpu, matrix, facts, plan, gridded);
    totals.opening += performance.now() - begun;
    const log = new LevelLog(gpu, group.buffers, levels);
    for (let round = 0; round < rounds; round++) {
      const steps = group.nextRound() ?? [];
      gpu.profile = profile;
      const before = gpu.counters.dispatches;
      log.record(steps, group.buffers.args);
      if (round === 0) totals.dispatches += gpu.counters.dispatches - before;
      gpu.profile = false;
      const { listed, rows } = await log.read(lanes.length, plan.maxWidth);
      const { colsampleBytree, colsampleBylevel } = lanes[0].parameters;
      const tree = sampleColumns(all, colsampleBytree, lanes[0].seed, round, 0, 0);
      rows.forEach((own, level) => {
        built[level] += own;
        totals.updates += own *
          sampleColumns(tree, colsampleBylevel, lanes[0].seed, round, level + 1, 0).length;
      });
      totals.listed += listed;
      const ran = new Set(
        steps.flatMap((step) => ("kernel" in step ? [step.bound.pipeline.kernel.name] : [])),
      );
      const kernels = countedKernels((kernel) => ran.has(kernel));
      const mean = listed / lanes.length;
      const counted = roundBytes(plan, matrix.layout, facts.bins, lanes.length, mean, kernels, rows);
      for (const [kernel, own] of Object.entries(counted.kernels)) bytes[kernel] = (bytes[kernel] ?? 0) + own;
      totals.floor += counted.floor;
    }
    log.destroy();
    group.destroy();
  }
  await gpu.errors();
  return { rounds, built, bytes, ...totals, times: await gpu.profiled() };
}

/** Copies of what every level of a round is to build, taken as the round goes. */
class LevelLog {
  readonly #gpu: Gpu;
  readonly #state: GpuBuffer;
  readonly #builds: GpuBuffer;
  readonly #log: GpuBuffer;
  readonly #levels: number;

  constructor(
    gpu: Gpu,
    { state, builds }: { readonly state: GpuBuffer; readonly builds: GpuBuffer },
    levels: number,
  ) {
    this.#gpu = gpu;
    this.#state = state;
    this.#builds = builds;
    this.#levels = levels;
    this.#log = gpu.buffer("bench log", levels * (state.bytes + builds.bytes), "storage");
  }

  /** Submits a round; root tells of the first level, grow of the one after its own. */
  record(steps: readonly Step[], args: GpuBuffer): void {
    const recorder = this.#gpu.recorder("counted round");
    for (const step of steps) {
      recordSteps(recorder, [step], args);
      if ("clear" in step) continue;
      const { kernel, frame } = step;
      const level = kernel === "root" ? 0 : kernel === "grow" && frame.last === 0 ? frame.level + 1 : -1;
      if (level < 0) continue;
      const at = level * (this.#state.bytes + this.#builds.bytes);
      recorder.copy(this.#state, 0, this.#log, at, this.#state.bytes);
      recorder.copy(this.#builds, 0, this.#log, at + this.#state.bytes, this.#builds.bytes);
    }
    recorder.submit();
  }

  /** Rows with gradients, and rows built from by level, of the round before. */
  async read(lanes: number, maxWidth: number): Promise<{ listed: number; rows: number[] }> {
    const [bytes] = await this.#gpu.read([{ buffer: this.#log }]);
    const words = new Uint32Array(bytes);
    const stride = words.length / this.#levels;
    let listed = 0;
    const rows = Array.from({ length: this.#levels }, (_, level) => {
      let sum = 0;
      for (let lane = 0; lane < lanes; lane++) {
        const state = level * stride + lane * STATE.words;
        if (level === 0) listed += words[state + STATE.listed];
        const builds = level * stride + this.#state.bytes / 4 + lane * maxWidth * BUILD_WORDS;
        for (let b = 0; b < words[state + STATE.builds]; b++) sum += words[builds + b * BUILD_WORDS + 1];
      }
      return sum;
    });
    return { listed, rows };
  }

  destroy(): void {
    this.#log.destroy();
  }
}
