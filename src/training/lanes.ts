/** The one-vs-rest classifiers of a fold, or of the final model, as lanes of an engine. */
import { CLASS_NAMES } from "../data/dataset.ts";
import type { GrowthParameters, Lane, Tree } from "../numerics/engine.ts";
import { baseMarginOf } from "../trees/base-margin.ts";
import { balancedWeights } from "../trees/balanced-weights.ts";

/** A lane and its names: `key` for files, `lane.name` for people. */
export interface PlannedLane {
  /** E.g. "fold-2-donor", "final-donor". */
  readonly key: string;
  readonly lane: Lane;
}

/** What is kept of a trained lane. */
export interface TrainedLane {
  /** Trees of the model kept; of a fold's classifier only their number is wanted once its rows are predicted. */
  readonly treeCount: number;
  readonly trees: readonly Tree[] | null;
  /** Validation metric by round, empty without validation rows. */
  readonly history: Float64Array;
  /** Fixed-point margins of the rows set aside, in row order. */
  readonly asideMargins: Int32Array;
}

/** What all lanes of a run share. */
export interface LaneBasis {
  /** Class code per row. */
  readonly labels: Uint8Array;
  readonly seed: number;
  /** Starting probability, or null for the positive share of each lane's training rows. */
  readonly baseScore: number | null;
  /** Weight of positive rows; 1 for none. */
  readonly scalePosWeight: number;
  /** Whether the rows of the rarer class weigh as much more as they are fewer, in each lane's training rows. */
  readonly isUnbalance?: boolean;
}

/** Builds lanes; targets and weights are made once and shared by all of them. */
export class LaneFactory {
  readonly #basis: LaneBasis;
  readonly #targets: readonly Uint8Array[];
  readonly #weights: readonly (Float32Array | null)[];

  constructor(basis: LaneBasis) {
    this.#basis = basis;
    const { labels, scalePosWeight } = basis;
    this.#targets = CLASS_NAMES.map((_, c) => labels.map((label) => (label === c ? 1 : 0)));
    this.#weights = this.#targets.map((target) =>
      scalePosWeight === 1 ? null : Float32Array.from(target, (positive) => (positive ? scalePosWeight : 1))
    );
  }

  /**
   * The three lanes (neither, donor, acceptor) over rows of the given roles. All have the run's seed, so that a round
   * samples the same rows and columns in every lane and an engine can share the pass over them.
   *
   * @param key start of the lanes' keys, e.g. "fold-2"
   * @param title start of the lanes' names, e.g. "fold 2/5"
   * @param parameters per class, in class order
   * @param columns 1 per column of the matrix to split on, or null for all
   */
  lanes(
    key: string,
    title: string,
    role: Uint8Array,
    parameters: readonly GrowthParameters[],
    columns: Uint8Array | null = null,
  ): PlannedLane[] {
    return CLASS_NAMES.map((className, c) => {
      const target = this.#targets[c];
      const weight = this.#basis.isUnbalance ? balancedWeights(target, role) : this.#weights[c];
      const lane: Lane = {
        name: `${title} ${className}`,
        target,
        role,
        weight,
        baseMargin: baseMarginOf(target, role, weight, this.#basis.baseScore),
        seed: this.#basis.seed,
        parameters: parameters[c],
        ...(columns && { columns }),
      };
      return { key: `${key}-${className}`, lane };
    });
  }
}
