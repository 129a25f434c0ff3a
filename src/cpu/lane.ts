/** Boosting of one lane by the members of a team: gradients, a tree, leaf values, margins, early stopping. */
import { ROLE_VALIDATION, type Tree } from "../numerics/engine.ts";
import { SpliceboostError } from "../numerics/errors.ts";
import { MARGIN_LIMIT, PROBABILITY_BITS } from "../numerics/fixed.ts";
import type { Regularisation } from "../numerics/gain.ts";
import { GradientGatherer } from "./gather-gradients.ts";
import { DepthwiseGrower, type Grower } from "./grow.ts";
import type { Kernels } from "./kernels.ts";
import { ROUTE_BYTES, routeKind, SCRATCH_BLOCK, SIDES_BYTES, splitSides } from "./layout.ts";
import { LeafwiseGrower } from "./leafwise.ts";
import { averagePrecision, StoppingRule } from "../numerics/stopping.ts";
import type { LanePlan } from "./plan.ts";
import type { Team } from "./team.ts";

/** What a trained lane comes to; margins stay in the engine's memory. */
export interface TrainedLane {
  readonly trees: Tree[];
  readonly history: number[];
}

/** The splits of a tree, grown or growing. */
interface Splits {
  readonly column: ArrayLike<number>;
  readonly left: ArrayLike<number>;
  readonly bin: ArrayLike<number>;
  readonly missingLeft: ArrayLike<number>;
}

export class LaneTrainer {
  readonly #plan: LanePlan;
  readonly #kernels: Kernels;
  readonly #team: Team;
  readonly #grower: Grower;
  readonly #buffer: ArrayBufferLike;
  readonly #first: number;
  readonly #last: number;
  readonly #regularisation: Regularisation;
  readonly #gradients: GradientGatherer;
  readonly #stopping: StoppingRule | null;
  readonly #trees: Tree[] = [];
  readonly #history: number[] = [];
  /** Sum over trees of the largest |leaf value|: no margin can exceed it. */
  #marginBound: number;

  constructor(plan: LanePlan, kernels: Kernels, team: Team, buffer: ArrayBufferLike) {
    this.#plan = plan;
    this.#kernels = kernels;
    this.#team = team;
    this.#buffer = buffer;
    const { leafwise } = plan.parameters;
    this.#grower = leafwise
      ? new LeafwiseGrower(plan, leafwise, kernels, team, buffer)
      : new DepthwiseGrower(plan, kernels, team, buffer);
    [this.#first, this.#last] = team.range(plan.matrix.rows);
    const p = plan.parameters;
    this.#regularisation = { lambda: p.regLambda, alpha: p.regAlpha, maxDeltaStep: p.maxDeltaStep };
    this.#gradients = new GradientGatherer(plan, kernels, team, buffer);
    this.#stopping = p.earlyStopping && new StoppingRule(p.earlyStopping);
    this.#marginBound = Math.abs(plan.baseMargin);
    const count = this.#last - this.#first;
    new Int32Array(buffer, plan.workspace.margin + this.#first * 4, count).fill(plan.baseMargin);
    team.barrier();
    for (const tree of plan.resume) this.#replay(tree);
  }

  get rounds(): number {
    return this.#trees.length;
  }

  /** True when all rounds are done or early stopping ends the lane. */
  get done(): boolean {
    return this.#trees.length >= this.#plan.parameters.rounds || (this.#stopping?.stopped ?? false);
  }

  /** One round: a tree, its leaf values, the margins of all rows, the metric. */
  round(): void {
    const { workspace, matrix, parameters: p } = this.#plan;
    const round = this.#trees.length;
    const builder = this.#grower.grow(round, this.#gradients.gather(round));
    if (this.#team.rank === 0) this.#writeRoutes(builder);
    const sums = new BigInt64Array(this.#buffer, workspace.sums[this.#team.rank], builder.size * 2);
    sums.fill(0n);
    this.#team.barrier();
    this.#kernels.route(
      this.#first,
      this.#last,
      workspace.routes,
      builder.size,
      workspace.sides,
      matrix.rowShift,
      builder.depth,
      workspace.leaf,
      workspace.scratch[this.#team.rank] + SCRATCH_BLOCK,
      workspace.fine,
      workspace.sums[this.#team.rank],
    );
    this.#team.barrier();
    const { gradients, hessians } = this.#leafSums(builder.size);
    const tree = builder.finish(gradients, hessians, p.learningRate, this.#regularisation);
    this.#addBound(tree, round);
    const valuesAt = workspace.values[this.#team.rank];
    new Int32Array(this.#buffer, valuesAt, tree.value.length).set(tree.value);
    this.#kernels.updateMargins(this.#first, this.#last, workspace.margin, workspace.leaf, valuesAt);
    this.#trees.push(tree);
    this.#measure();
  }

  /** Drops the trees after the best round, so that margins and trees are those of the model kept. */
  finish(): TrainedLane {
    const keep = this.#stopping?.bestRounds ?? this.#trees.length;
    for (const tree of this.#trees.splice(keep)) this.#addTree(tree, -1);
    this.#team.barrier();
    return this.result();
  }

  /** Trees and history so far. */
  result(): TrainedLane {
    return { trees: this.#trees, history: this.#history };
  }

  /** Route records of a tree whose split sides are in place. */
  #writeRoutes({ column, left, bin, missingLeft }: Splits): void {
    const { workspace, matrix } = this.#plan;
    const words = new Uint32Array(this.#buffer, workspace.routes, column.length * (ROUTE_BYTES / 4));
    const sides = new Uint8Array(this.#buffer, workspace.sides, column.length * SIDES_BYTES);
    for (let node = 0; node < column.length; node++) {
      const leaf = column[node] < 0;
      const place = matrix.columns[leaf ? 0 : column[node]];
      if (leaf) sides.fill(0, node * SIDES_BYTES, (node + 1) * SIDES_BYTES);
      words[node * 4] = place.bytes;
      words[node * 4 + 1] = leaf ? node : left[node];
      words[node * 4 + 2] = leaf ? 0 : routeKind(place, bin[node], missingLeft[node] === 1);
    }
  }

  /** Exact sums of the fine gradients per node, rounded to real numbers once. */
  #leafSums(size: number): { gradients: Float64Array; hessians: Float64Array } {
    const { workspace, grid } = this.#plan;
    const unit = 2 ** (grid.exponent - PROBABILITY_BITS);
    const gradients = new Float64Array(size);
    const hessians = new Float64Array(size);
    const parts = workspace.sums.map((pointer) => new BigInt64Array(this.#buffer, pointer, size * 2));
    for (let node = 0; node < size; node++) {
      gradients[node] = Number(parts.reduce((sum, part) => sum + part[node * 2], 0n)) * unit;
      hessians[node] = Number(parts.reduce((sum, part) => sum + part[node * 2 + 1], 0n)) * unit;
    }
    // The sums are reused for the next exchange: nobody writes before all have read.
    this.#team.barrier();
    return { gradients, hessians };
  }

  #addBound(tree: Tree, round: number): void {
    let largest = 0;
    for (const value of tree.value) largest = Math.max(largest, Math.abs(value));
    this.#marginBound += largest;
    if (this.#marginBound <= MARGIN_LIMIT) return;
    throw new SpliceboostError(
      "runtime",
      `${this.#plan.name}: after round ${
        round + 1
      } the leaf values add up to more than 2047, the range of a margin; ` +
        "lower learning_rate, raise reg_lambda or min_child_weight, or set max_delta_step",
    );
  }

  #measure(): void {
    const { workspace, softplusTable, hasWeights } = this.#plan;
    if (!this.#stopping) return;
    const team = this.#team;
    if (this.#stopping.metric === "aucpr") {
      team.barrier();
      const rows = this.#plan.matrix.rows;
      const metric = averagePrecision(
        new Int32Array(this.#buffer, workspace.margin, rows),
        new Uint8Array(this.#buffer, workspace.target, rows),
        new Uint8Array(this.#buffer, workspace.role, rows),
        hasWeights ? new Uint32Array(this.#buffer, workspace.weight, rows) : null,
      );
      this.#history.push(this.#stopping.add(metric));
      team.barrier();
      return;
    }
    const own = this.#kernels.lossSum(
      this.#first,
      this.#last,
      ROLE_VALIDATION,
      workspace.role,
      workspace.target,
      workspace.margin,
      hasWeights ? workspace.weight : 0,
      softplusTable,
    );
    const shared = new BigInt64Array(this.#buffer, workspace.sums[0], team.size);
    shared[team.rank] = own;
    team.barrier();
    let sum = 0n;
    for (const part of shared) sum += part;
    team.barrier();
    this.#history.push(this.#stopping.add(Number(sum) / this.#plan.validationWeight / 2 ** 20));
  }

  #replay(tree: Tree): void {
    this.#addTree(tree, 1);
    this.#addBound(tree, this.#trees.length);
    this.#trees.push(tree);
    this.#measure();
  }

  /** Adds a finished tree to the margins of this member's rows, or takes it away. */
  #addTree(tree: Tree, sign: 1 | -1): void {
    const { workspace, matrix } = this.#plan;
    if (this.#team.rank === 0) {
      for (let node = 0; node < tree.column.length; node++) {
        if (tree.column[node] < 0) continue;
        const sides = new Uint8Array(this.#buffer, workspace.sides + node * SIDES_BYTES, SIDES_BYTES);
        splitSides(matrix.columns[tree.column[node]], tree.bin[node], tree.missingLeft[node] === 1, sides);
      }
      this.#writeRoutes(tree);
    }
    this.#team.barrier();
    const valuesAt = workspace.values[this.#team.rank];
    new Int32Array(this.#buffer, valuesAt, tree.value.length).set(tree.value);
    const depth = depthOf(tree);
    this.#kernels.addTree(
      this.#first,
      this.#last,
      workspace.routes,
      tree.column.length,
      workspace.sides,
      matrix.rowShift,
      depth,
      workspace.leaf,
      workspace.scratch[this.#team.rank] + SCRATCH_BLOCK,
      workspace.margin,
      valuesAt,
      sign,
    );
    this.#team.barrier();
  }
}

function depthOf(tree: Tree): number {
  const depth = new Uint32Array(tree.column.length);
  let deepest = 0;
  for (let node = 0; node < tree.left.length; node++) {
    if (tree.left[node] < 0) continue;
    depth[tree.left[node]] = depth[tree.left[node] + 1] = depth[node] + 1;
    deepest = Math.max(deepest, depth[node] + 1);
  }
  return deepest;
}
