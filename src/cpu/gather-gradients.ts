/** The gradients of a round's rows, by the members of a team: each its own range, then joined in order. */
import { PURPOSE, rowKey } from "../numerics/random.ts";
import type { Kernels } from "./kernels.ts";
import type { LanePlan } from "./plan.ts";
import { type RoundRows, type RowSample, RowSampler } from "./row-sample.ts";
import type { Team } from "./team.ts";

export class GradientGatherer {
  readonly #plan: LanePlan;
  readonly #kernels: Kernels;
  readonly #team: Team;
  readonly #buffer: ArrayBufferLike;
  readonly #sampler: RowSampler;
  readonly #first: number;
  readonly #last: number;

  constructor(plan: LanePlan, kernels: Kernels, team: Team, buffer: ArrayBufferLike) {
    this.#plan = plan;
    this.#kernels = kernels;
    this.#team = team;
    this.#buffer = buffer;
    this.#sampler = new RowSampler(plan, team, buffer);
    [this.#first, this.#last] = team.range(plan.matrix.rows);
  }

  /** Fills the workspace's first rows with those that have gradients, and the idle ones with the others of the sample. */
  gather(round: number): RoundRows {
    const { workspace, parameters } = this.#plan;
    const team = this.#team;
    const alone = team.size === 1;
    const rows = alone ? workspace.rows : workspace.spareRows + this.#first * 4;
    const gh = alone ? workspace.gh : workspace.spareGh + this.#first * 8;
    // Rows have no leaf yet: its place holds a member's idle rows until they are joined.
    const ownIdle = alone ? workspace.idle : workspace.leaf + this.#first * 4;
    const idle = parameters.leafwise ? ownIdle : 0;
    const sample = this.#sampler.draw(round, (whole) => void this.#sampled(whole, round, rows, gh, 0));
    const counts = this.#sampled(sample, round, rows, gh, idle);
    const count = Number(counts & 0xffffffffn);
    const idleCount = idle ? Number(counts >> 32n) : 0;
    const sum = this.#kernels.sumGh(count, gh);
    if (alone) return roundRows(count, idleCount, sum);
    // Members' rows are joined in order of rank, which is the order of the rows.
    const shared = new BigInt64Array(this.#buffer, workspace.sums[0], team.size * 3);
    shared.set([BigInt(count), BigInt(idleCount), sum], team.rank * 3);
    team.barrier();
    let [before, idleBefore, total, idleTotal, totalSum] = [0, 0, 0, 0, 0n];
    for (let rank = 0; rank < team.size; rank++) {
      if (rank === team.rank) [before, idleBefore] = [total, idleTotal];
      total += Number(shared[rank * 3]);
      idleTotal += Number(shared[rank * 3 + 1]);
      totalSum += shared[rank * 3 + 2];
    }
    const copy = (from: number, to: number, bytes: number): void =>
      new Uint8Array(this.#buffer, to, bytes).set(new Uint8Array(this.#buffer, from, bytes));
    copy(rows, workspace.rows + before * 4, count * 4);
    copy(gh, workspace.gh + before * 8, count * 8);
    if (idle) copy(idle, workspace.idle + idleBefore * 4, idleCount * 4);
    team.barrier();
    return roundRows(total, idleTotal, totalSum);
  }

  /** Gradients of this member's rows of a sample; returns the number of rows with gradients, plus 2^32 times that of idle rows. */
  #sampled(sample: RowSample, round: number, rows: number, gh: number, idle: number): bigint {
    const { workspace, seed, sigmoidTable, grid } = this.#plan;
    const rounding = rowKey(seed, PURPOSE.gradient, round);
    const counts = this.#kernels.gradients(
      this.#first,
      this.#last,
      sample.role,
      workspace.target,
      workspace.margin,
      sample.weight,
      sigmoidTable,
      sample.key[0],
      sample.key[1],
      sample.threshold,
      rounding[0],
      rounding[1],
      grid.bits,
      workspace.fine,
      rows,
      gh,
      idle,
    );
    return BigInt.asUintN(64, counts);
  }
}

function roundRows(count: number, idle: number, packed: bigint): RoundRows {
  const sum = BigInt.asIntN(64, packed);
  return { count, idle, gradient: Number(sum >> 32n), hessian: Number(sum & 0xffffffffn) };
}
