/** The CPU engine: lanes trained by teams of threads over one WebAssembly memory. The bytes do not depend on their number. */
import {
  type Engine,
  type Lane,
  type LaneListener,
  ROLE_VALIDATION,
  type TrainOptions,
} from "../numerics/engine.ts";
import { SpliceboostError, usageError } from "../numerics/errors.ts";
import { WEIGHT_BITS } from "../numerics/fixed.ts";
import { fixedWeight, MAX_GRADIENT_BITS, weightExponent } from "../numerics/gradient.ts";
import type { BinnedMatrix, TileAllocator } from "../numerics/matrix.ts";
import { SIGMOID_TABLE, SOFTPLUS_TABLE } from "../numerics/sigmoid.ts";
import { Arena, sharedMemoryAllowed } from "./arena.ts";
import { type PlacedMatrix, placeMatrix } from "./layout.ts";
import type { LanePlan, Workspace } from "./plan.ts";
import type { LaneOutcome } from "./run-lane.ts";
import { ownThread, startWorker, type Thread } from "./threads.ts";
import { allocateWorkspace, needsOf } from "./workspace.ts";

/** How often progress is read from the threads' memory, ms. */
const PROGRESS_INTERVAL = 50;
const PROGRESS_BYTES = 16;

export interface CpuEngineOptions {
  /** Threads, at least 1; default: all cores. */
  readonly threads?: number;
}

/**
 * An engine with that many threads: workers over shared memory, or, where a page may not share memory or there are no
 * workers, the caller's own thread in slices of a few milliseconds.
 */
export function createCpuEngine(options: CpuEngineOptions = {}): Engine {
  const wanted = options.threads ?? globalThis.navigator?.hardwareConcurrency ?? 1;
  if (!Number.isInteger(wanted) || wanted < 1 || wanted > 1024) {
    throw usageError(`threads must be a whole number from 1 to 1024, got ${wanted}`);
  }
  return new CpuEngine(wanted);
}

/** Members of each team: the split of the threads that finishes the lanes soonest, if every further member costs the team a tenth. */
export function teamSizeFor(lanes: number, threads: number): number {
  let best = 1;
  let bestCost = Infinity;
  for (let size = 1; size <= threads; size++) {
    const cost = Math.ceil(lanes / Math.floor(threads / size)) * (1 + 0.1 * (size - 1)) / size;
    if (cost < bestCost) [best, bestCost] = [size, cost];
  }
  return best;
}

class CpuEngine implements Engine {
  readonly kind = "cpu";
  readonly description: string;
  readonly #arena: Arena;
  readonly #threads: number;
  readonly #workers: Thread[] = [];
  readonly #tilePointers = new WeakMap<Uint8Array, number>();
  readonly #tables: { sigmoid: number; softplus: number };

  constructor(threads: number) {
    const workers = typeof Worker !== "undefined" && sharedMemoryAllowed();
    this.#arena = new Arena(workers);
    this.#threads = workers ? threads : 1;
    this.description = workers
      ? `CPU, ${threads} thread${threads === 1 ? "" : "s"}`
      : "CPU, one thread (no shared memory here)";
    this.#tables = { sigmoid: this.#place(SIGMOID_TABLE), softplus: this.#place(SOFTPLUS_TABLE) };
  }

  #place(words: Uint32Array): number {
    const pointer = this.#arena.allocate(words.byteLength, "tables");
    new Uint32Array(this.#arena.memory.buffer, pointer, words.length).set(words);
    return pointer;
  }

  allocator(): TileAllocator {
    // Views of plain memory die when it grows, so there the matrix is copied in when training starts.
    if (!this.#arena.shared) return (bytes) => new Uint8Array(bytes);
    return (bytes) => {
      const pointer = this.#arena.allocate(bytes, "the binned matrix");
      const view = new Uint8Array(this.#arena.memory.buffer, pointer, bytes).fill(0);
      this.#tilePointers.set(view, pointer);
      return view;
    };
  }

  async train(
    matrix: BinnedMatrix,
    lanes: readonly Lane[],
    onLane: LaneListener,
    options: TrainOptions = {},
  ): Promise<void> {
    if (lanes.length === 0) return;
    for (const lane of lanes) checkLane(lane, matrix.layout.rows);
    const copies: number[] = [];
    const releases: (() => void)[] = [() => copies.forEach((pointer) => this.#arena.release(pointer))];
    try {
      const placed = this.#placeTiles(matrix, copies);
      const teamSize = teamSizeFor(lanes.length, this.#threads);
      const teams = Math.min(Math.floor(this.#threads / teamSize), lanes.length);
      const needs = needsOf(lanes.map((lane) => lane.parameters), lanes.some((lane) => lane.weight !== null));
      const workspaces = Array.from({ length: teams }, () => {
        const { workspace, release } = allocateWorkspace(this.#arena, placed, teamSize, needs);
        releases.push(release);
        return workspace;
      });
      const control = this.#arena.allocate(PROGRESS_BYTES * (lanes.length + 1), "progress");
      releases.push(() => this.#arena.release(control));
      await this.#runTeams(placed, lanes, workspaces, teamSize, control, onLane, options);
    } finally {
      releases.forEach((release) => release());
    }
  }

  #placeTiles(matrix: BinnedMatrix, copies: number[]): PlacedMatrix {
    const pointers = matrix.tiles.map((tile) => {
      const own = this.#tilePointers.get(tile);
      if (own !== undefined) return own;
      const pointer = this.#arena.allocate(tile.length, "a copy of the binned matrix");
      copies.push(pointer);
      new Uint8Array(this.#arena.memory.buffer, pointer, tile.length).set(tile);
      return pointer;
    });
    const placed = placeMatrix(this.#arena, matrix.layout, pointers);
    copies.push(placed.groupRecords, placed.columnRecords, placed.cellMajor);
    return placed;
  }

  async #runTeams(
    placed: PlacedMatrix,
    lanes: readonly Lane[],
    workspaces: Workspace[],
    teamSize: number,
    control: number,
    onLane: LaneListener,
    options: TrainOptions,
  ): Promise<void> {
    const buffer = this.#arena.memory.buffer as ArrayBufferLike;
    new Uint8Array(buffer, control, PROGRESS_BYTES * (lanes.length + 1)).fill(0);
    const abortFlag = control + PROGRESS_BYTES * lanes.length;
    const abort = new Int32Array(buffer, abortFlag, 1);
    const onAbort = (): void => void Atomics.store(abort, 0, 1);
    if (options.signal?.aborted) onAbort();
    options.signal?.addEventListener("abort", onAbort);
    const report = this.#progressReporter(buffer, control, lanes.length, options);
    const timer = setInterval(report, PROGRESS_INTERVAL);
    let next = 0;
    let interrupted = false;
    const trainNext = async (team: number): Promise<void> => {
      while (next < lanes.length) {
        const index = next++;
        const plan = planLane(
          buffer,
          placed,
          lanes[index],
          index,
          workspaces[team],
          teamSize,
          this.#tables,
          abortFlag,
          control + PROGRESS_BYTES * index,
        );
        const outcome = await this.#runLane(plan, team * teamSize);
        const margins = new Int32Array(buffer, plan.workspace.margin, placed.rows).slice();
        interrupted ||= !outcome.finished;
        report();
        const result = { trees: outcome.trees, margins, history: Float64Array.from(outcome.history) };
        await onLane(index, result, outcome.finished);
      }
    };
    try {
      const settled = await Promise.allSettled(workspaces.map((_, team) =>
        trainNext(team).catch((error) => {
          onAbort();
          next = lanes.length;
          throw error;
        })
      ));
      const failure = settled.find((outcome) => outcome.status === "rejected");
      if (failure) throw failure.reason;
    } finally {
      clearInterval(timer);
      options.signal?.removeEventListener("abort", onAbort);
    }
    if (interrupted) throw new SpliceboostError("interrupted", "training was interrupted");
  }

  async #runLane(plan: LanePlan, firstThread: number): Promise<LaneOutcome> {
    const members = Array.from(
      { length: plan.teamSize },
      (_, rank) => this.#thread(firstThread + rank).run(plan, rank),
    );
    const settled = await Promise.allSettled(members);
    const failure = settled.find((outcome) => outcome.status === "rejected");
    if (failure) throw failure.reason;
    return (settled[0] as PromiseFulfilledResult<LaneOutcome>).value;
  }

  #thread(index: number): Thread {
    return this.#workers[index] ??= this.#arena.shared
      ? startWorker(this.#arena.memory)
      : ownThread(this.#arena.memory, false);
  }

  /** A function that passes on the rounds done since it was last called. */
  #progressReporter(
    buffer: ArrayBufferLike,
    control: number,
    lanes: number,
    options: TrainOptions,
  ): () => void {
    const seen = new Int32Array(lanes);
    return () => {
      if (!options.onRound) return;
      for (let lane = 0; lane < lanes; lane++) {
        const at = control + PROGRESS_BYTES * lane;
        const rounds = Atomics.load(new Int32Array(buffer, at, 1), 0);
        if (rounds === seen[lane]) continue;
        seen[lane] = rounds;
        const metric = new Float64Array(buffer, at + 8, 1)[0];
        options.onRound(lane, rounds, Number.isNaN(metric) ? null : metric);
      }
    };
  }

  close(): Promise<void> {
    for (const worker of this.#workers) worker?.close();
    this.#workers.length = 0;
    return Promise.resolve();
  }
}

function checkLane(lane: Lane, rows: number): void {
  const p = lane.parameters;
  if (
    lane.target.length !== rows || lane.role.length !== rows || (lane.weight && lane.weight.length !== rows)
  ) {
    throw usageError(
      `${lane.name}: targets, roles and weights must have one entry for each of the ${rows} rows`,
    );
  }
  if (p.gradientBits < 1 || p.gradientBits > MAX_GRADIENT_BITS) {
    throw usageError(`gradient_bits must be from 1 to ${MAX_GRADIENT_BITS}, got ${p.gradientBits}`);
  }
  // Sums of a histogram bin are i32 for gradients and for hessians.
  const widest = Math.floor(Math.log2((2 ** 31 - 1) / Math.max(1, rows)));
  if (p.gradientBits > widest) {
    throw usageError(
      `gradient_bits ${p.gradientBits} overflows 32-bit sums over ${rows} rows; at most ${widest} fits this data`,
    );
  }
}

function planLane(
  buffer: ArrayBufferLike,
  matrix: PlacedMatrix,
  lane: Lane,
  index: number,
  workspace: Workspace,
  teamSize: number,
  tables: { sigmoid: number; softplus: number },
  abortFlag: number,
  progress: number,
): LanePlan {
  const rows = matrix.rows;
  new Uint8Array(buffer, workspace.role, rows).set(lane.role);
  new Uint8Array(buffer, workspace.target, rows).set(lane.target);
  const exponent = weightExponent(lane.weight);
  if (lane.weight) {
    const fixed = new Uint32Array(buffer, workspace.weight, rows);
    for (let row = 0; row < rows; row++) fixed[row] = fixedWeight(lane.weight[row], exponent);
  }
  const { monotone } = lane.parameters;
  if (workspace.monotone) {
    new Int8Array(buffer, workspace.monotone, matrix.columns.length).set(
      monotone ?? new Int8Array(matrix.columns.length),
    );
  }
  let validationWeight = 0;
  for (let row = 0; row < rows; row++) {
    if (lane.role[row] !== ROLE_VALIDATION) continue;
    validationWeight += lane.weight ? fixedWeight(lane.weight[row], exponent) : 2 ** WEIGHT_BITS;
  }
  return {
    lane: index,
    name: lane.name,
    matrix,
    workspace,
    teamSize,
    parameters: lane.parameters,
    seed: lane.seed,
    baseMargin: lane.baseMargin,
    weightExponent: exponent,
    hasWeights: lane.weight !== null,
    hasValidation: validationWeight > 0,
    validationWeight,
    resume: lane.resume ?? [],
    sigmoidTable: tables.sigmoid,
    softplusTable: tables.softplus,
    abortFlag,
    progress,
  };
}
