/** The CPU engine: lanes trained by teams of threads over one WebAssembly memory. The bytes do not depend on their number. */
import type { Engine, Lane, LaneListener, TrainOptions } from "../numerics/engine.ts";
import { SpliceboostError, usageError } from "../numerics/errors.ts";
import type { WeightGrid } from "../numerics/gradient.ts";
import type { BinnedMatrix, TileAllocator } from "../numerics/matrix.ts";
import { SIGMOID_TABLE, SOFTPLUS_TABLE } from "../numerics/sigmoid.ts";
import { Arena, sharedMemoryAllowed } from "./arena.ts";
import { checkLane } from "../numerics/check-lane.ts";
import { type PlacedMatrix, placeMatrix } from "./layout.ts";
import { type LanePlan, planLane, type Workspace } from "./plan.ts";
import type { LaneOutcome } from "./run-lane.ts";
import { failTeam, TEAM_WORDS } from "./team.ts";
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
  readonly #tables: { readonly sigmoid: number; readonly softplus: number };
  #busy = false;

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
    const grids = lanes.map((lane) => checkLane(lane, matrix.layout, { leafwise: true }));
    if (this.#busy) throw usageError("this engine is training already: wait for it, or make another one");
    this.#busy = true;
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
      await this.#runTeams(placed, lanes, grids, workspaces, teamSize, control, onLane, options);
    } finally {
      this.#busy = false;
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
    grids: readonly WeightGrid[],
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
    let listenerError: { readonly error: unknown } | null = null;
    const timer = setInterval(() => {
      try {
        report();
      } catch (error) {
        // A listener that throws ends the training, as it would from anywhere else.
        listenerError ??= { error };
        onAbort();
      }
    }, PROGRESS_INTERVAL);
    let next = 0;
    let interrupted = false;
    const trainNext = async (team: number): Promise<void> => {
      while (next < lanes.length) {
        const index = next++;
        const plan = planLane(buffer, lanes[index], {
          matrix: placed,
          workspace: workspaces[team],
          teamSize,
          grid: grids[index],
          sigmoidTable: this.#tables.sigmoid,
          softplusTable: this.#tables.softplus,
          abortFlag,
          progress: control + PROGRESS_BYTES * index,
        });
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
    if (listenerError) throw (listenerError as { error: unknown }).error;
    if (interrupted) throw new SpliceboostError("interrupted", "training was interrupted");
  }

  async #runLane(plan: LanePlan, firstThread: number): Promise<LaneOutcome> {
    const control = new Int32Array(
      this.#arena.memory.buffer as ArrayBufferLike,
      plan.workspace.control,
      TEAM_WORDS,
    );
    const members = Array.from(
      { length: plan.teamSize },
      (_, rank) =>
        this.#thread(firstThread + rank).run(plan, rank).catch((error) => {
          failTeam(control);
          throw error;
        }),
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
