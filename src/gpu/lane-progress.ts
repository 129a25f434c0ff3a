/** How far a lane has come: its trees, its metric, when it is done, and what of it is kept. */
import type { Lane, Tree } from "../numerics/engine.ts";
import { SpliceboostError } from "../numerics/errors.ts";
import { MARGIN_LIMIT } from "../numerics/fixed.ts";
import { averagePrecision, StoppingRule } from "../numerics/stopping.ts";
import { fixedWeight } from "../numerics/gradient.ts";
import type { BinnedColumn } from "../numerics/matrix.ts";
import { type GriddedLane, validationWeight } from "./lane-buffers.ts";
import { TreeReader } from "./tree-reader.ts";

export class LaneProgress {
  readonly lane: Lane;
  readonly reader: TreeReader;
  /** Trees whose leaf values are in the device's margins, those past the end of the lane included. */
  readonly grown: Tree[] = [];
  readonly history: number[] = [];
  readonly #stopping: StoppingRule | null;
  readonly #validationWeight: number;
  readonly #weights: Uint32Array | null;
  /** Trees up to the round in which the lane was done. */
  #counted = 0;
  /** Sum over trees of the largest |leaf value|: no margin can exceed it. */
  #marginBound: number;

  constructor(gridded: GriddedLane, columns: readonly BinnedColumn[]) {
    const { lane, grid } = gridded;
    this.lane = lane;
    this.reader = new TreeReader(columns, lane.parameters, grid);
    const rule = lane.parameters.earlyStopping;
    this.#stopping = rule && new StoppingRule(rule);
    this.#validationWeight = rule ? validationWeight(gridded) : 0;
    this.#weights = rule?.metric === "aucpr" && lane.weight
      ? Uint32Array.from(lane.weight, (weight) => fixedWeight(weight, grid.exponent))
      : null;
    this.#marginBound = Math.abs(lane.baseMargin);
  }

  /** Whether all rounds are done or early stopping has ended the lane. */
  get done(): boolean {
    return this.#counted >= this.lane.parameters.rounds || (this.#stopping?.stopped ?? false);
  }

  /** Trees of the lane so far. */
  get rounds(): number {
    return this.#counted;
  }

  /** Whether the metric wants the margins of every round. */
  get wantsMargins(): boolean {
    return this.#stopping?.metric === "aucpr";
  }

  /**
   * Takes the tree of the next round; one past the end of the lane is only remembered, to be taken back.
   * @param loss sum of loss times weight over the validation rows, units of 2^-36
   * @param margins of all rows after this tree, where they are wanted
   */
  add(tree: Tree, loss: bigint, margins: Int32Array | null): void {
    this.grown.push(tree);
    if (this.done) return;
    this.#counted++;
    this.#addBound(tree);
    if (!this.#stopping) return;
    const metric = margins
      ? averagePrecision(margins, this.lane.target, this.lane.role, this.#weights)
      : Number(loss) / this.#validationWeight / 2 ** 20;
    this.history.push(this.#stopping.add(metric));
  }

  /** Trees of the model kept; a lane that is not done keeps all it counted. */
  get kept(): number {
    return this.done ? this.#stopping?.bestRounds ?? this.#counted : this.#counted;
  }

  #addBound(tree: Tree): void {
    let largest = 0;
    for (const value of tree.value) largest = Math.max(largest, Math.abs(value));
    this.#marginBound += largest;
    if (this.#marginBound <= MARGIN_LIMIT) return;
    throw new SpliceboostError(
      "runtime",
      `${this.lane.name}: after round ${this.#counted} the leaf values add up to more than 2047, the range of a margin; ` +
        "lower learning_rate, raise reg_lambda or min_child_weight, or set max_delta_step",
    );
  }
}
