/** Which rows a round trains on and what they weigh: what the gradient kernel is given. */
import { type Bagging, ROLE_ASIDE, ROLE_TRAIN } from "../numerics/engine.ts";
import { fixedWeight } from "../numerics/gradient.ts";
import { gossCounts, gossWarmUp, markLowest } from "../numerics/goss.ts";
import { PURPOSE, rowDraw, rowKey } from "../numerics/random.ts";
import type { LanePlan } from "./plan.ts";
import type { Team } from "./team.ts";

/** The rows of a round in the workspace, as growth is told of them. */
export interface RoundRows {
  /** Rows with gradients. */
  readonly count: number;
  /** Sampled rows whose gradients the grid rounded away. */
  readonly idle: number;
  /** Sums in grid units. */
  readonly gradient: number;
  readonly hessian: number;
}

/** Arguments of the gradient kernel. Pointers to u8 roles and u32 weights (0: all 1), key and threshold of the row sample. */
export interface RowSample {
  readonly role: number;
  readonly weight: number;
  readonly key: readonly [number, number];
  readonly threshold: bigint;
}

const ALL_ROWS = 2n ** 32n;

/** Probability as a threshold of u32 draws. */
const thresholdOf = (share: number): number => Math.floor(share * 2 ** 32);

/** Draws the rows of each round; one per member, which writes its own range of rows. */
export class RowSampler {
  readonly #plan: LanePlan;
  readonly #team: Team;
  readonly #buffer: ArrayBufferLike;
  readonly #first: number;
  readonly #last: number;

  constructor(plan: LanePlan, team: Team, buffer: ArrayBufferLike) {
    this.#plan = plan;
    this.#team = team;
    this.#buffer = buffer;
    [this.#first, this.#last] = team.range(plan.matrix.rows);
  }

  /** The sample of a round; `gradientsOf` writes the fine gradients of this member's rows of a sample. */
  draw(round: number, gradientsOf: (sample: RowSample) => void): RowSample {
    const { workspace, parameters: p, hasWeights, seed } = this.#plan;
    const sampling = p.leafwise?.sampling ?? null;
    const all: RowSample = {
      role: workspace.role,
      weight: hasWeights ? workspace.weight : 0,
      key: rowKey(seed, PURPOSE.rowSample, round),
      threshold: p.leafwise ? ALL_ROWS : BigInt(thresholdOf(p.subsample)),
    };
    if (!sampling) return all;
    return sampling.kind === "bagging"
      ? this.#bag(all, sampling, round)
      : this.#goss(all, round, gradientsOf);
  }

  #bag(all: RowSample, { every, negative, positive }: Bagging, round: number): RowSample {
    const { workspace, seed } = this.#plan;
    const key = rowKey(seed, PURPOSE.rowSample, round - round % every);
    if (negative === positive) return { ...all, key, threshold: BigInt(thresholdOf(negative)) };
    const target = new Uint8Array(this.#buffer, workspace.target, this.#last);
    const role = new Uint8Array(this.#buffer, workspace.role, this.#last);
    const sampled = new Uint8Array(this.#buffer, workspace.sampledRole, this.#last);
    const thresholds = [thresholdOf(negative), thresholdOf(positive)];
    for (let row = this.#first; row < this.#last; row++) {
      const drawn = rowDraw(key[0], key[1], row) < thresholds[target[row]];
      sampled[row] = drawn ? role[row] : ROLE_ASIDE;
    }
    return { ...all, role: workspace.sampledRole, threshold: ALL_ROWS };
  }

  #goss(all: RowSample, round: number, gradientsOf: (sample: RowSample) => void): RowSample {
    const { workspace, parameters: p, matrix, hasWeights, grid, seed } = this.#plan;
    const sampling = p.leafwise?.sampling;
    if (sampling?.kind !== "goss") return all;
    const rows = matrix.rows;
    const role = new Uint8Array(this.#buffer, workspace.role, rows);
    const own = hasWeights ? new Uint32Array(this.#buffer, workspace.weight, rows) : null;
    const one = fixedWeight(1, grid.exponent);
    const weight = new Uint32Array(this.#buffer, workspace.sampledWeight, rows);
    for (let row = this.#first; row < this.#last; row++) weight[row] = own ? own[row] : one;
    const whole: RowSample = { ...all, weight: workspace.sampledWeight };
    if (round < gossWarmUp(p.learningRate)) return whole;
    gradientsOf(whole);
    this.#team.barrier();
    const { top, others } = this.#pick(role, round);
    const sampled = new Uint8Array(this.#buffer, workspace.sampledRole, rows);
    for (let row = this.#first; row < this.#last; row++) {
      sampled[row] = top[row] || others.marks[row] ? role[row] : ROLE_ASIDE;
      if (others.marks[row]) weight[row] = Math.floor(weight[row] * others.amplification + 0.5);
    }
    // Nobody computes gradients anew before all have ranked these.
    this.#team.barrier();
    return { ...whole, role: workspace.sampledRole, key: rowKey(seed, PURPOSE.rowSample, round) };
  }

  /** Marks the rows of the largest |gradient|, and those drawn from the others: every member marks all rows. */
  #pick(
    role: Uint8Array,
    round: number,
  ): { top: Uint8Array; others: { marks: Uint8Array; amplification: number } } {
    const { workspace, parameters: p, matrix, seed } = this.#plan;
    const sampling = p.leafwise?.sampling;
    if (sampling?.kind !== "goss") throw new Error("not a lane with GOSS");
    const rows = matrix.rows;
    const fine = new Int32Array(this.#buffer, workspace.fine, 2 * rows);
    const keys = new Uint32Array(rows);
    const trained = Uint8Array.from(role, (own) => (own === ROLE_TRAIN ? 1 : 0));
    const counts = gossCounts(trained.reduce((sum, mark) => sum + mark, 0), sampling);
    for (let row = 0; row < rows; row++) keys[row] = 0xffffffff - Math.abs(fine[2 * row]);
    const top = markLowest(keys, trained, counts.top);
    const [key0, key1] = rowKey(seed, PURPOSE.goss, round);
    for (let row = 0; row < rows; row++) {
      keys[row] = rowDraw(key0, key1, row);
      if (top[row]) trained[row] = 0;
    }
    const marks = markLowest(keys, trained, counts.others);
    return { top, others: { marks, amplification: counts.amplification } };
  }
}
