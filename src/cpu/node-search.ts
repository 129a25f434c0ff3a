/** The search for the best splits of many nodes at once, by the members of a team in step: what every manner of growth is made of. */
import type { GrowthParameters } from "../numerics/engine.ts";
import { leastHessian, MIN_GAIN, nodeScore, type Regularisation } from "../numerics/gain.ts";
import { allowedAfter, laneColumns } from "../numerics/column-sample.ts";
import type { Candidate, Family, Split } from "./candidate.ts";
import type { Kernels } from "./kernels.ts";
import { GROUPS_PER_TILE, NODE_BYTES, PAIR_WORDS, splitSides } from "./layout.ts";
import type { LanePlan } from "./plan.ts";
import type { Team } from "./team.ts";

/** A key of random draws, two u32. */
export type DrawKey = readonly [number, number];

/** Views of the plan's memory that growth works on; one per member. */
export class NodeSearch {
  /** A grid unit of gradient. */
  readonly quantum: number;
  /** Regularisation in grid units: exact, the quantum is a power of two. */
  readonly units: Regularisation;
  /** min_child_weight in grid units. */
  readonly leastHessian: number;
  /** Columns that the lane may split on. */
  readonly columns: readonly number[];
  /** Whether nodes of a level may split on different columns. */
  readonly perNode: boolean;
  readonly #plan: LanePlan;
  readonly #kernels: Kernels;
  readonly #team: Team;
  readonly #parameters: GrowthParameters;
  readonly #buffer: ArrayBufferLike;

  constructor(plan: LanePlan, kernels: Kernels, team: Team, buffer: ArrayBufferLike) {
    this.#plan = plan;
    this.#kernels = kernels;
    this.#team = team;
    this.#buffer = buffer;
    const p = this.#parameters = plan.parameters;
    this.quantum = 2 ** (plan.grid.exponent - plan.grid.bits);
    this.units = {
      lambda: p.regLambda / this.quantum,
      alpha: p.regAlpha / this.quantum,
      maxDeltaStep: p.maxDeltaStep,
    };
    this.leastHessian = leastHessian(p.minChildWeight, this.quantum);
    this.columns = laneColumns(plan, plan.matrix.columns.length);
    this.perNode = p.colsampleBynode < 1 || p.interactions !== null;
    this.#writeLaneRecord();
  }

  #writeLaneRecord(): void {
    const { workspace } = this.#plan;
    const { maxDeltaStep, monotone } = this.#parameters;
    const at = workspace.laneRecord[this.#team.rank];
    new Float64Array(this.#buffer, at, 3).set([this.units.lambda, this.units.alpha, maxDeltaStep]);
    const limited = maxDeltaStep > 0 || monotone !== null;
    new Uint32Array(this.#buffer, at + 24, 2).set([workspace.monotone, limited ? 1 : 0]);
  }

  /**
   * Writes who may split on what; returns the groups of cells that hold any allowed column.
   * @param sample draws the sample of a node of the level among the columns that may follow on its path
   */
  allow(
    level: readonly Candidate[],
    columns: readonly number[],
    sample: (columns: readonly number[], index: number) => readonly number[],
  ): number[] {
    const { workspace, matrix } = this.#plan;
    const width = matrix.columns.length;
    const used = new Set<number>();
    const sets = this.perNode ? level.length : 1;
    for (let i = 0; i < sets; i++) {
      const reachable = this.perNode ? allowedAfter(level[i].path, this.#parameters) : null;
      const own = sample(reachable ? columns.filter((column) => reachable.has(column)) : columns, i);
      for (const column of own) used.add(column);
      if (this.#team.rank !== 0) continue;
      const mask = new Uint8Array(this.#buffer, workspace.allowed + i * width, width);
      mask.fill(0);
      for (const column of own) mask[column] = 1;
    }
    return this.groupsOf([...used]);
  }

  /** Groups of cells that hold the columns, ascending. */
  groupsOf(columns: readonly number[]): number[] {
    const groups = new Set(columns.map((column) => this.#plan.matrix.columns[column].group));
    return [...groups].sort((a, b) => a - b);
  }

  /** Node records of a level; `cutKey` where one cut a column is drawn, by that key of the node, and tried alone. */
  writeNodes(level: readonly Candidate[], cutKey: ((index: number) => DrawKey) | null = null): void {
    const { workspace, matrix } = this.#plan;
    const view = new DataView(this.#buffer, workspace.nodes[this.#team.rank], level.length * NODE_BYTES);
    level.forEach(({ gradient, hessian, lower, upper, least }, i) => {
      const at = i * NODE_BYTES;
      view.setFloat64(at, 0, true);
      view.setUint32(at + 8, 0xffffffff, true);
      view.setInt32(at + 28, gradient, true);
      view.setInt32(at + 32, hessian, true);
      view.setUint32(at + 36, workspace.allowed + (this.perNode ? i * matrix.columns.length : 0), true);
      view.setFloat64(at + 40, nodeScore(gradient, hessian, this.units, lower, upper), true);
      view.setFloat64(at + 48, lower, true);
      view.setFloat64(at + 56, upper, true);
      view.setInt32(at + 64, least, true);
      const [key0, key1] = cutKey ? cutKey(i) : [0, 0];
      view.setUint32(at + 68, cutKey ? 1 : 0, true);
      view.setUint32(at + 72, key0, true);
      view.setUint32(at + 76, key1, true);
    });
  }

  /**
   * Decides whose histograms are built and whose are taken by subtraction; returns the number of pairs.
   * @param slots free histogram slots: taken and given back
   * @param last whether no child of the level will be searched, so that no histogram is kept
   */
  writePairs(
    level: readonly Candidate[],
    families: readonly Family[],
    slots: number[],
    last: boolean,
  ): number {
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
  search(groups: readonly number[], pairCount: number): void {
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
  bestOf(candidate: Candidate, index: number): Split | null {
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
    const gain = best.gain * this.quantum;
    return gain > MIN_GAIN && gain >= this.#parameters.gamma ? best : null;
  }

  /** Writes the sides of a split, one u8 a value of its column's byte. */
  writeSides({ column, bin, missingLeft }: Split, sidesAt: number): void {
    splitSides(
      this.#plan.matrix.columns[column],
      bin,
      missingLeft,
      new Uint8Array(this.#buffer, sidesAt, 256),
    );
  }

  /** Parts a node's rows by the sides of its split; returns how many go left. */
  partition({ start, count }: Candidate, { column }: Split, sidesAt: number): number {
    const { workspace, matrix } = this.#plan;
    return this.#kernels.partition(
      start,
      count,
      workspace.rows,
      workspace.gh,
      workspace.spareRows,
      workspace.spareGh,
      matrix.columns[column].bytes,
      matrix.rowShift,
      sidesAt,
    );
  }

  /** The same for its rows without gradients. */
  partitionIdle({ idleStart, idleCount }: Candidate, { column }: Split, sidesAt: number): number {
    const { workspace, matrix } = this.#plan;
    return this.#kernels.partitionIdle(
      idleStart,
      idleCount,
      workspace.idle,
      // Members part rows at the same time: the spare rows are those of the rows with gradients.
      workspace.leaf,
      matrix.columns[column].bytes,
      matrix.rowShift,
      sidesAt,
    );
  }
}
