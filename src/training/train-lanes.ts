/** Trains planned lanes on an engine, with progress, interruption and checkpoints. */
import {
  type Engine,
  type Lane,
  type LaneListener,
  type LaneResult,
  ROLE_ASIDE,
} from "../numerics/engine.ts";
import type { BinnedMatrix } from "../numerics/matrix.ts";
import { SpliceboostError } from "../numerics/errors.ts";
import type { Checkpoint } from "./checkpoint.ts";
import type { PlannedLane, TrainedLane } from "./lanes.ts";

export interface TrainLanesOptions {
  /** Whether the trees themselves are wanted: those of fifteen fold classifiers are the larger part of a run's memory. */
  readonly keepTrees: boolean;
  readonly signal?: AbortSignal;
  readonly checkpoint: Checkpoint | null;
  /** Trees done and in all, over all lanes; `lane` is the one that moved, "" at the beginning. */
  readonly onProgress: (done: number, total: number, lane: string, metric?: number) => void;
}

/**
 * Trains the lanes and returns them in order. Lanes that the checkpoint holds finished are not trained again, unfinished
 * ones go on from their trees; lanes are saved as they finish and, on abort, as far as they came.
 *
 * @throws SpliceboostError (interrupted) on abort
 */
export async function trainLanes(
  engine: Engine,
  matrix: BinnedMatrix,
  plan: readonly PlannedLane[],
  options: TrainLanesOptions,
): Promise<TrainedLane[]> {
  const { signal, checkpoint } = options;
  throwIfAborted(signal);
  const trained = new Array<TrainedLane | undefined>(plan.length);
  const open: { index: number; lane: Lane }[] = [];
  const progress = new LaneProgress(plan, options.onProgress);
  for (const [index, planned] of plan.entries()) {
    const { lane } = planned;
    const saved = await checkpoint?.load(planned, matrix.layout);
    if (saved?.finished) {
      trained[index] = withoutTrees(saved, options);
      progress.start(index, lane.parameters.rounds);
    } else {
      open.push({ index, lane: saved?.trees ? { ...lane, resume: saved.trees } : lane });
      progress.start(index, saved?.treeCount ?? 0);
    }
  }
  progress.begin();
  if (open.length > 0) {
    const onLane: LaneListener = async (i, result, finished) => {
      const { index, lane } = open[i];
      const kept = keep(lane, result);
      await checkpoint?.save(plan[index].key, { ...kept, finished });
      if (!finished) return;
      trained[index] = withoutTrees(kept, options);
      progress.finish(index);
    };
    await engine.train(matrix, open.map(({ lane }) => lane), onLane, {
      signal,
      onRound: (i, round, metric) => progress.move(open[i].index, round, metric ?? undefined),
    });
  }
  return plan.map(({ lane }, index) => {
    const result = trained[index];
    if (!result) throw new SpliceboostError("runtime", `the engine ended without ${lane.name}`);
    return result;
  });
}

/** Throws the "interrupted" error when the signal is aborted. */
export function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw new SpliceboostError("interrupted", "training was interrupted");
}

function withoutTrees(lane: TrainedLane, { keepTrees }: TrainLanesOptions): TrainedLane {
  return keepTrees ? lane : { ...lane, trees: null };
}

function keep(lane: Lane, result: LaneResult) {
  // Margins of the other rows are never asked for again, and would fill memory and disk.
  return {
    treeCount: result.trees.length,
    trees: result.trees,
    history: result.history,
    asideMargins: result.margins.filter((_, row) => lane.role[row] === ROLE_ASIDE),
  };
}

/** Counts trees over lanes; a lane that stopped early counts as all its rounds. */
class LaneProgress {
  readonly #plan: readonly PlannedLane[];
  readonly #report: TrainLanesOptions["onProgress"];
  readonly #done: number[];
  readonly #total: number;

  constructor(plan: readonly PlannedLane[], report: TrainLanesOptions["onProgress"]) {
    this.#plan = plan;
    this.#report = report;
    this.#done = plan.map(() => 0);
    this.#total = plan.reduce((sum, { lane }) => sum + lane.parameters.rounds, 0);
  }

  /** Trees that a lane begins with. */
  start(index: number, trees: number): void {
    this.#done[index] = trees;
  }

  /** Says what there is before any tree grows, so that speed is counted from here. */
  begin(): void {
    this.#send("");
  }

  /** `trees`: grown so far; an engine may report several rounds at once. */
  move(index: number, trees: number, metric?: number): void {
    this.#done[index] = trees;
    this.#send(this.#plan[index].lane.name, metric);
  }

  finish(index: number): void {
    const { rounds } = this.#plan[index].lane.parameters;
    if (this.#done[index] < rounds) this.move(index, rounds);
  }

  #send(lane: string, metric?: number): void {
    const done = this.#done.reduce((sum, trees) => sum + trees, 0);
    this.#report(done, this.#total, lane, metric);
  }
}
