/** Trains one lane as one member of its team: the program of a worker, and of the caller's thread where there are no workers. */
import { bindKernels, type Kernels } from "./kernels.ts";
import { LaneTrainer, type TrainedLane } from "./lane.ts";
import type { LanePlan } from "./plan.ts";
import { failTeam, Team, TEAM_WORDS } from "./team.ts";

/** A member's outcome: rank 0 reports the trees. */
export interface LaneOutcome extends TrainedLane {
  readonly finished: boolean;
}

/** Kernels bound once a memory. */
export class LaneRunner {
  readonly #kernels: Kernels;
  readonly #memory: WebAssembly.Memory;

  constructor(memory: WebAssembly.Memory, shared: boolean) {
    this.#memory = memory;
    this.#kernels = bindKernels(memory, shared);
  }

  /** Yields after every round, so that a caller without workers can breathe; returns the outcome. */
  *rounds(plan: LanePlan, rank: number): Generator<number, LaneOutcome> {
    // Memory does not grow while lanes train, so one buffer serves the whole lane.
    const buffer = this.#memory.buffer as ArrayBufferLike;
    const control = new Int32Array(buffer, plan.workspace.control, TEAM_WORDS);
    const team = new Team(plan.teamSize, rank, control);
    const abort = new Int32Array(buffer, plan.abortFlag, 1);
    const progress = new Int32Array(buffer, plan.progress, 1);
    const metric = new Float64Array(buffer, plan.progress + 8, 1);
    try {
      const trainer = new LaneTrainer(plan, this.#kernels, team, buffer);
      while (!trainer.done) {
        if (team.agreeToStop(Atomics.load(abort, 0) !== 0)) return { ...trainer.result(), finished: false };
        trainer.round();
        if (rank === 0) {
          metric[0] = trainer.result().history.at(-1) ?? NaN;
          Atomics.store(progress, 0, trainer.rounds);
        }
        yield trainer.rounds;
      }
      return { ...trainer.finish(), finished: true };
    } catch (error) {
      failTeam(control);
      throw error;
    }
  }
}
