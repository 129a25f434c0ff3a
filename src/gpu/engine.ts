/** The WebGPU engine: lanes trained together on one device, to the bytes of the CPU engine. */
import type { Engine, Lane, LaneListener, LaneResult, TrainOptions } from "../numerics/engine.ts";
import { checkLane } from "../numerics/check-lane.ts";
import { type ErrorKind, SpliceboostError, usageError } from "../numerics/errors.ts";
import type { BinnedMatrix, TileAllocator } from "../numerics/matrix.ts";
import { breather } from "./breathe.ts";
import { type CellFacts, cellFacts } from "./cell-table.ts";
import { type Gpu, type GpuOptions, type KernelTime, openGpu } from "./gpu.ts";
import { planGroup, planText } from "./group-plan.ts";
import { companyKey, type GriddedLane } from "./lane-buffers.ts";
import { type LaneGroup, openLaneGroup } from "./lane-group.ts";
import type { LaneProgress } from "./lane-progress.ts";
import { kernelsOf, selfCheck, USUAL_KERNELS } from "./self-check.ts";

/** How to open the engine. */
export interface GpuEngineOptions extends GpuOptions {
  /** Whether kernels are compared with their twins before they train on an adapter that is new to the process; default true. */
  readonly selfCheck?: boolean;
}

/** An engine on a GPU. */
export interface GpuEngine extends Engine {
  readonly kind: "webgpu";
  /** The device in use. */
  readonly gpu: Gpu;
  /** Milliseconds by kernel since the last call; empty unless `gpu.profile` is set. */
  profiled(): Promise<KernelTime[]>;
}

/**
 * Opens a device and makes an engine on it. A device that is lost while it trains is opened anew, and the lanes go on from their last
 * finished rounds.
 * @throws SpliceboostError (device) where there is no usable adapter, or a kernel that most trainings run miscomputes on it; `train`
 * rejects likewise for kernels that few do
 */
export async function createGpuEngine(options: GpuEngineOptions = {}): Promise<GpuEngine> {
  const gpu = await openGpu(options);
  try {
    if (options.selfCheck !== false) await selfCheck(gpu, USUAL_KERNELS);
  } catch (error) {
    gpu.destroy();
    throw error;
  }
  return new WebGpuEngine(options, gpu);
}

/** A lane, where it stands among all, and its grids. */
interface OpenLane extends GriddedLane {
  readonly index: number;
}

class WebGpuEngine implements GpuEngine {
  readonly kind = "webgpu";
  readonly #options: GpuEngineOptions;
  #gpu: Gpu;
  #busy = false;
  #closed = false;

  constructor(options: GpuEngineOptions, gpu: Gpu) {
    this.#options = options;
    this.#gpu = gpu;
  }

  get gpu(): Gpu {
    return this.#gpu;
  }

  get description(): string {
    return this.#gpu.description;
  }

  allocator(): TileAllocator {
    return (bytes) => new Uint8Array(bytes);
  }

  profiled(): Promise<KernelTime[]> {
    return this.#gpu.profiled();
  }

  async train(
    matrix: BinnedMatrix,
    lanes: readonly Lane[],
    onLane: LaneListener,
    options: TrainOptions = {},
  ): Promise<void> {
    if (lanes.length === 0) return;
    if (this.#busy) throw usageError("this engine is training already: wait for it, or make another one");
    if (this.#closed) throw closed();
    this.#busy = true;
    try {
      const open: OpenLane[] = [];
      const breath = breather();
      for (const [index, lane] of lanes.entries()) {
        open.push({ index, lane, grid: checkLane(lane, matrix.layout) });
        await breath();
      }
      if (this.#gpu.isLost) await this.#reopen();
      const facts = cellFacts(matrix);
      for (const company of companies(open)) {
        await this.#trainCompany(matrix, facts, company, onLane, options);
      }
    } finally {
      this.#busy = false;
    }
  }

  close(): Promise<void> {
    this.#closed = true;
    this.#gpu.destroy();
    return Promise.resolve();
  }

  /** Trains lanes that may share dispatches, as many at a time as the plan allows. */
  async #trainCompany(
    matrix: BinnedMatrix,
    facts: CellFacts,
    company: readonly OpenLane[],
    onLane: LaneListener,
    options: TrainOptions,
  ): Promise<void> {
    const growth = company.map(({ lane }) => lane.parameters);
    const room = { maxBinding: this.#gpu.maxBinding, software: this.#gpu.facts.software };
    const { lanes: together } = planGroup(matrix.layout, facts.bins, company.length, growth, room);
    // Groups of about equal size: the last of them would run near empty otherwise.
    const groups = Math.ceil(company.length / together);
    for (let g = 0; g < groups; g++) {
      const first = Math.floor(company.length * g / groups);
      const last = Math.floor(company.length * (g + 1) / groups);
      await this.#trainGroup(matrix, facts, company.slice(first, last), onLane, options);
    }
  }

  async #trainGroup(
    matrix: BinnedMatrix,
    facts: CellFacts,
    members: readonly OpenLane[],
    onLane: LaneListener,
    options: TrainOptions,
  ): Promise<void> {
    const outcomes = await this.#outcomes(matrix, facts, members, options);
    for (const [l, { result, finished }] of outcomes.entries()) {
      await onLane(members[l].index, result, finished);
    }
    if (outcomes.some(({ finished }) => !finished)) {
      throw new SpliceboostError("interrupted", "training was interrupted");
    }
  }

  /** What the lanes come to by their end or the signal's, over as many devices as are lost on the way. */
  async #outcomes(
    matrix: BinnedMatrix,
    facts: CellFacts,
    members: readonly OpenLane[],
    { signal, onRound }: TrainOptions,
  ): Promise<{ result: LaneResult; finished: boolean }[]> {
    let lanes = members;
    // Rounds when the device was last lost; -1: before the first.
    let before = -2;
    for (;;) {
      let group: LaneGroup | null = null;
      try {
        group = await this.#openGroup(matrix, facts, lanes);
        await group.boost(
          () => signal?.aborted ?? false,
          (l, round, metric) => onRound?.(lanes[l].index, round, metric),
        );
        const finished = group.lanes.map((lane) => lane.done);
        return (await group.results()).map((result, l) => ({ result, finished: finished[l] }));
      } catch (error) {
        if (this.#closed) throw closed();
        const fatal = error instanceof SpliceboostError && FATAL.has(error.kind);
        if (!fatal) throw error;
        if (!this.#gpu.isLost) {
          // A device that erred once says nothing true of what follows: the next training begins on a fresh one.
          this.#gpu.destroy();
          throw error;
        }
        const rounds = group ? group.lanes.reduce((sum, lane) => sum + lane.rounds, 0) : -1;
        if (group) lanes = lanes.map((lane, l) => goingOn(lane, group!.lanes[l]));
        if (rounds <= before) throw lostForGood(this.#gpu.description, error);
        before = rounds;
        await this.#reopen();
      } finally {
        group?.destroy();
      }
    }
  }

  /** A device in place of one that is gone. */
  async #reopen(): Promise<void> {
    if (this.#closed) throw closed();
    const { profile } = this.#gpu;
    this.#gpu.destroy();
    this.#gpu = await openGpu(this.#options);
    this.#gpu.profile = profile;
    if (!this.#closed) return;
    this.#gpu.destroy();
    throw closed();
  }

  async #openGroup(matrix: BinnedMatrix, facts: CellFacts, lanes: readonly OpenLane[]): Promise<LaneGroup> {
    const growth = lanes.map(({ lane }) => lane.parameters);
    const room = { maxBinding: this.#gpu.maxBinding, software: this.#gpu.facts.software };
    const plan = planGroup(matrix.layout, facts.bins, lanes.length, growth, room);
    try {
      const group = await openLaneGroup(this.#gpu, matrix, facts, plan, lanes);
      try {
        if (this.#options.selfCheck !== false) await selfCheck(this.#gpu, kernelsOf(group.steps.round));
      } catch (error) {
        group.destroy();
        throw error;
      }
      return group;
    } catch (error) {
      if (!(error instanceof SpliceboostError) || error.kind !== "memory") throw error;
      throw new SpliceboostError(
        "memory",
        `${error.message}\nThe plan was ${planText(plan)}\n` +
          "Train on fewer rows (--sample-genes N), fewer bins (--max-bin N), or on the CPU engine (--device cpu).",
        { cause: error },
      );
    }
  }
}

/** Kinds of errors after which a device is not used again. */
const FATAL: ReadonlySet<ErrorKind> = new Set(["device", "memory"]);

/** The lane from where it has come. */
function goingOn(open: OpenLane, { grown, rounds }: LaneProgress): OpenLane {
  return { ...open, lane: { ...open.lane, resume: grown.slice(0, rounds) } };
}

function closed(): SpliceboostError {
  return usageError("this WebGPU engine is closed: make another one");
}

/** Lanes by what they must have in common to be trained together. */
function companies(lanes: readonly OpenLane[]): OpenLane[][] {
  const byKey = new Map<string, OpenLane[]>();
  for (const lane of lanes) {
    const key = companyKey(lane.lane);
    const company = byKey.get(key);
    if (company) company.push(lane);
    else byKey.set(key, [lane]);
  }
  return [...byKey.values()];
}

function lostForGood(description: string, cause: unknown): SpliceboostError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new SpliceboostError(
    "lost",
    `${description} was lost twice without a round in between (${reason}); the checkpoint holds what was trained: ` +
      "start the same command again, or go on with --device cpu",
    { cause },
  );
}
