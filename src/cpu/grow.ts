/** Growth of one tree, level by level, by the members of a team in step. */
import type { GrowthParameters } from "../numerics/engine.ts";
import { MIN_GAIN, nodeScore, nodeWeight, type Regularisation } from "../numerics/gain.ts";
import { allowedAfter, laneColumns, sampleColumns } from "../numerics/column-sample.ts";
import type { Kernels } from "./kernels.ts";
import { GROUPS_PER_TILE, NODE_BYTES, PAIR_WORDS, SIDES_BYTES, splitSides, valueBins } from "./layout.ts";
import type { LanePlan } from "./plan.ts";
import type { Team } from "./team.ts";
import { TreeBuilder } from "./tree-builder.ts";

/** A node that may still split. */
interface Candidate {
  readonly node: number;
  readonly start: number;
  readonly count: number;
  /** Sums over its rows in grid units. */
  readonly gradient: number;
  readonly hessian: number;
  /** Histogram slot, or -1. */
  slot: number;
  readonly lower: number;
  readonly upper: number;
  readonly path: ReadonlySet<number>;
}

/** The children of a split: those that may split further are in the level under their index, the other is null. */
interface Family {
  readonly children: readonly Candidate[];
  readonly indices: readonly (number | null)[];
  readonly parentSlot: number;
}

/** The best split of a node, as found. */
interface Split {
  readonly gain: number;
  readonly column: number;
  readonly bin: number;
  readonly missingLeft: boolean;
  readonly gradientLeft: number;
  readonly hessianLeft: number;
}

/** Views of the plan's memory that growth works on; one per member. */
export class Grower {
  readonly #plan: LanePlan;
  readonly #kernels: Kernels;
  readonly #team: Team;
  readonly #parameters: GrowthParameters;
  /** A grid unit of gradient. */
  readonly #quantum: number;
  /** Regularisation in grid units: exact, the quantum is a power of two. */
  readonly #units: Regularisation;
  readonly #limited: boolean;
  readonly #buffer: ArrayBufferLike;
  readonly #leastHessian: number;
  /** Columns that the lane may split on. */
  readonly #columns: readonly number[];

  constructor(plan: LanePlan, kernels: Kernels, team: Team, buffer: ArrayBufferLike) {
    this.#plan = plan;
    this.#kernels = kernels;
    this.#team = team;
    this.#buffer = buffer;
    const p = this.#parameters = plan.parameters;
    this.#quantum = 2 ** (plan.grid.exponent - plan.grid.bits);
    this.#units = {
      lambda: p.regLambda / this.#quantum,
      alpha: p.regAlpha / this.#quantum,
      maxDeltaStep: p.maxDeltaStep,
    };
    this.#limited = p.maxDeltaStep > 0 || p.monotone !== null;
    this.#leastHessian = Math.min(Math.max(1, Math.ceil(p.minChildWeight / this.#quantum)), 0x3fffffff);
    this.#columns = laneColumns(plan, plan.matrix.columns.length);
    this.#writeLaneRecord();
  }

  #writeLaneRecord(): void {
    const at = this.#plan.workspace.laneRecord[this.#team.rank];
    new Float64Array(this.#buffer, at, 3).set([
      this.#units.lambda,
      this.#units.alpha,
      this.#units.maxDeltaStep,
    ]);
    new Uint32Array(this.#buffer, at + 24, 3).set([
      this.#leastHessian,
      this.#plan.workspace.monotone,
      this.#limited ? 1 : 0,
    ]);
  }

  /** Grows the tree of a round over the first `count` rows of the workspace, whose packed gradients sum to (g, h). */
  grow(round: number, count: number, gradient: number, hessian: number): TreeBuilder {
    const tree = new TreeBuilder();
    const p = this.#parameters;
    const columns = sampleColumns(this.#columns, p.colsampleBytree, this.#plan.seed, round, 0, 0);
    const slots = Array.from({ length: this.#plan.workspace.histogramSlots }, (_, i) => i);
    const root: Candidate = {
      node: tree.addRoot(),
      start: 0,
      count,
      gradient,
      hessian,
      slot: -1,
      lower: -Infinity,
      upper: Infinity,
      path: new Set<number>(),
    };
    let level = [root];
    let families: Family[] = [{ children: [root], indices: [0], parentSlot: -1 }];
    for (let depth = 0; depth < p.maxDepth && level.length > 0; depth++) {
      const last = depth === p.maxDepth - 1;
      const levelColumns = sampleColumns(columns, p.colsampleBylevel, this.#plan.seed, round, depth + 1, 0);
      const allowed = this.#allow(level, levelColumns, round, depth);
      // Children subtract from their parents' histograms, so those of the whole tree's columns are kept up to the last level.
      const groups = last ? allowed : this.#groupsOf(columns);
      this.#writeNodes(level);
      const pairCount = this.#writePairs(level, families, slots, last);
      this.#team.barrier();
      this.#searchGroups(groups, pairCount);
      this.#team.barrier();
      const splits = level.map((candidate, i) => this.#bestOf(candidate, i));
      for (const [i, candidate] of level.entries()) {
        if (!splits[i] && candidate.slot >= 0) slots.push(candidate.slot);
      }
      const owned = level.map((_, i) => i).filter((i) => splits[i]);
      this.#partitionOwned(level, splits, owned, last);
      this.#team.barrier();
      ({ level, families } = this.#makeChildren(tree, level, splits, owned, last));
    }
    return tree;
  }

  /** Writes who may split on what; returns the groups of cells that hold any allowed column. */
  #allow(level: Candidate[], columns: readonly number[], round: number, depth: number): number[] {
    const { workspace, matrix } = this.#plan;
    const p = this.#parameters;
    const perNode = p.colsampleBynode < 1 || p.interactions !== null;
    const width = matrix.columns.length;
    const used = new Set<number>();
    const sets = perNode ? level.length : 1;
    for (let i = 0; i < sets; i++) {
      let own = columns;
      const reachable = perNode ? allowedAfter(level[i].path, p) : null;
      if (reachable) own = own.filter((column) => reachable.has(column));
      own = sampleColumns(own, p.colsampleBynode, this.#plan.seed, round, depth + 1, i + 1);
      for (const column of own) used.add(column);
      if (this.#team.rank !== 0) continue;
      const mask = new Uint8Array(this.#buffer, workspace.allowed + i * width, width);
      mask.fill(0);
      for (const column of own) mask[column] = 1;
    }
    return this.#groupsOf([...used]);
  }

  #groupsOf(columns: readonly number[]): number[] {
    const groups = new Set(columns.map((column) => this.#plan.matrix.columns[column].group));
    return [...groups].sort((a, b) => a - b);
  }

  #writeNodes(level: Candidate[]): void {
    const { workspace, matrix } = this.#plan;
    const p = this.#parameters;
    const perNode = p.colsampleBynode < 1 || p.interactions !== null;
    const view = new DataView(this.#buffer, workspace.nodes[this.#team.rank], level.length * NODE_BYTES);
    level.forEach((candidate, i) => {
      const at = i * NODE_BYTES;
      view.setFloat64(at, 0, true);
      view.setUint32(at + 8, 0xffffffff, true);
      view.setInt32(at + 28, candidate.gradient, true);
      view.setInt32(at + 32, candidate.hessian, true);
      view.setUint32(at + 36, workspace.allowed + (perNode ? i * matrix.columns.length : 0), true);
      view.setFloat64(
        at + 40,
        nodeScore(candidate.gradient, candidate.hessian, this.#units, candidate.lower, candidate.upper),
        true,
      );
      view.setFloat64(at + 48, candidate.lower, true);
      view.setFloat64(at + 56, candidate.upper, true);
    });
  }

  /** Decides whose histograms are built and whose are taken by subtraction. */
  #writePairs(level: Candidate[], families: readonly Family[], slots: number[], last: boolean): number {
    const { workspace, matrix } = this.#plan;
    const rank = this.#team.rank;
    const nodeAt = (i: number | null): number => i === null ? 0 : workspace.nodes[rank] + i * NODE_BYTES;
    const slotAt = (slot: number | undefined): number =>
      slot === undefined ? 0 : workspace.histograms + slot * matrix.totalBins * 8;
    const words = new Uint32Array(this.#buffer, workspace.pairs[rank], level.length * PAIR_WORDS);
    let pairs = 0;
    const write = (
      built: Candidate,
      slot: number | undefined,
      parent: number,
      node: number,
      other: number,
    ): void => {
      words.set([built.start, built.count, slotAt(slot), parent, node, other], pairs++ * PAIR_WORDS);
    };
    for (const { children, indices, parentSlot } of families) {
      const small = children.length === 2 && children[1].count < children[0].count ? 1 : 0;
      const big = 1 - small;
      // Where only the small child goes on, its histogram alone is wanted.
      if (parentSlot >= 0 && indices[big] !== null) {
        const slot = last ? undefined : slots.pop();
        write(children[small], slot, slotAt(parentSlot), nodeAt(indices[small]), nodeAt(indices[big]));
        if (slot === undefined) {
          slots.push(parentSlot);
          continue;
        }
        children[big].slot = parentSlot;
        if (indices[small] === null) slots.push(slot);
        else children[small].slot = slot;
        continue;
      }
      if (parentSlot >= 0) slots.push(parentSlot);
      for (const [k, child] of children.entries()) {
        if (indices[k] === null) continue;
        const slot = last ? undefined : slots.pop();
        write(child, slot, 0, nodeAt(indices[k]), 0);
        child.slot = slot ?? -1;
      }
    }
    return pairs;
  }

  /** Searches this member's share of the groups, those of a tile that lie next to each other in one call. */
  #searchGroups(groups: number[], pairCount: number): void {
    const { workspace, matrix } = this.#plan;
    const rank = this.#team.rank;
    const [first, last] = this.#team.range(groups.length);
    for (let i = first; i < last;) {
      let next = i + 1;
      while (next < last && groups[next] === groups[next - 1] + 1 && groups[next] % GROUPS_PER_TILE !== 0) {
        next++;
      }
      this.#kernels.level(
        groups[i],
        groups[next - 1] + 1,
        matrix.groupRecords,
        workspace.pairs[rank],
        pairCount,
        workspace.rows,
        workspace.gh,
        workspace.scratch[rank],
        workspace.laneRecord[rank],
      );
      i = next;
    }
  }

  /** The best split of a node over all members' groups, or null where none is worth making. */
  #bestOf(candidate: Candidate, index: number): Split | null {
    let best: Split | null = null;
    for (let rank = 0; rank < this.#team.size; rank++) {
      const view = new DataView(
        this.#buffer,
        this.#plan.workspace.nodes[rank] + index * NODE_BYTES,
        NODE_BYTES,
      );
      const gain = view.getFloat64(0, true);
      const column = view.getUint32(8, true);
      if (column === 0xffffffff) continue;
      if (best && (gain < best.gain || (gain === best.gain && column > best.column))) continue;
      best = {
        gain,
        column,
        bin: view.getInt32(12, true),
        missingLeft: view.getUint32(16, true) === 1,
        gradientLeft: view.getInt32(20, true),
        hessianLeft: view.getInt32(24, true),
      };
    }
    if (!best || candidate.count < 2) return null;
    const gain = best.gain * this.#quantum;
    return gain > MIN_GAIN && gain >= this.#parameters.gamma ? best : null;
  }

  /** Writes the sides of the splits that this member owns and, above the last level, partitions their rows. */
  #partitionOwned(level: Candidate[], splits: (Split | null)[], owned: number[], last: boolean): void {
    const { workspace, matrix } = this.#plan;
    const leftCounts = new Uint32Array(this.#buffer, workspace.exchange, workspace.maxWidth);
    for (let k = this.#team.rank; k < owned.length; k += this.#team.size) {
      const candidate = level[owned[k]];
      const split = splits[owned[k]]!;
      const column = matrix.columns[split.column];
      const sidesAt = workspace.sides + candidate.node * SIDES_BYTES;
      splitSides(column, split.bin, split.missingLeft, new Uint8Array(this.#buffer, sidesAt, SIDES_BYTES));
      if (last) continue;
      leftCounts[owned[k]] = this.#kernels.partition(
        candidate.start,
        candidate.count,
        workspace.rows,
        workspace.gh,
        workspace.spareRows,
        workspace.spareGh,
        column.bytes,
        matrix.rowShift,
        sidesAt,
      );
    }
  }

  #makeChildren(
    tree: TreeBuilder,
    level: Candidate[],
    splits: (Split | null)[],
    owned: number[],
    last: boolean,
  ): { level: Candidate[]; families: Family[] } {
    const { workspace, matrix } = this.#plan;
    const leftCounts = new Uint32Array(this.#buffer, workspace.exchange, workspace.maxWidth);
    const next: Candidate[] = [];
    const families: Family[] = [];
    for (const i of owned) {
      const candidate = level[i];
      const split = splits[i]!;
      const column = matrix.columns[split.column];
      const left = tree.split(
        candidate.node,
        split.column,
        split.bin,
        thresholdOf(column.cuts, split.bin, valueBins(column)),
        split.missingLeft,
        split.gain * this.#quantum,
      );
      const bounds = this.#childBounds(candidate, split);
      tree.setBounds(left, bounds.left, bounds.right);
      if (last) continue;
      const leftCount = leftCounts[i];
      const path = this.#parameters.interactions
        ? new Set([...candidate.path, split.column])
        : candidate.path;
      const children: Candidate[] = [
        {
          node: left,
          start: candidate.start,
          count: leftCount,
          gradient: split.gradientLeft,
          hessian: split.hessianLeft,
          slot: -1,
          lower: bounds.left[0],
          upper: bounds.left[1],
          path,
        },
        {
          node: left + 1,
          start: candidate.start + leftCount,
          count: candidate.count - leftCount,
          gradient: candidate.gradient - split.gradientLeft,
          hessian: candidate.hessian - split.hessianLeft,
          slot: -1,
          lower: bounds.right[0],
          upper: bounds.right[1],
          path,
        },
      ];
      const indices = children.map((child) =>
        child.count >= 2 && child.hessian >= 2 * this.#leastHessian ? next.push(child) - 1 : null
      );
      families.push({ children, indices, parentSlot: candidate.slot });
    }
    return { level: next, families };
  }

  /** Bounds of the children's weights under monotone constraints: they meet at the middle of their free weights. */
  #childBounds(candidate: Candidate, split: Split): { left: [number, number]; right: [number, number] } {
    const { lower, upper } = candidate;
    const direction = this.#parameters.monotone?.[split.column] ?? 0;
    if (direction === 0) return { left: [lower, upper], right: [lower, upper] };
    const weightOf = (g: number, h: number): number => nodeWeight(g, h, this.#units, lower, upper);
    const left = weightOf(split.gradientLeft, split.hessianLeft);
    const right = weightOf(candidate.gradient - split.gradientLeft, candidate.hessian - split.hessianLeft);
    const middle = (left + right) / 2;
    return direction > 0
      ? { left: [lower, middle], right: [middle, upper] }
      : { left: [middle, upper], right: [lower, middle] };
  }
}

/** x < threshold goes left; -Infinity where only missing does, +Infinity where all values do. */
function thresholdOf(cuts: Float32Array, bin: number, values: number): number {
  if (bin < 0) return -Infinity;
  return bin < values - 1 ? cuts[bin] : Infinity;
}
