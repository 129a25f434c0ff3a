/** Depthwise growth of one tree, level by level, by the members of a team in step. */
import type { GrowthParameters } from "../numerics/engine.ts";
import { sampleColumns } from "../numerics/column-sample.ts";
import { type Candidate, childBounds, type Family, type Split, thresholdOf } from "./candidate.ts";
import type { Kernels } from "./kernels.ts";
import { SIDES_BYTES, valueBins } from "./layout.ts";
import { NodeSearch } from "./node-search.ts";
import type { LanePlan } from "./plan.ts";
import type { RoundRows } from "./row-sample.ts";
import type { Team } from "./team.ts";
import { TreeBuilder } from "./tree-builder.ts";

/** A manner of growing trees; every member of a team has one of its own, and all grow the same tree. */
export interface Grower {
  /** Grows the tree of a round over the rows in the workspace. */
  grow(round: number, rows: RoundRows): TreeBuilder;
}

export class DepthwiseGrower implements Grower {
  readonly #plan: LanePlan;
  readonly #team: Team;
  readonly #parameters: GrowthParameters;
  readonly #buffer: ArrayBufferLike;
  readonly #search: NodeSearch;

  constructor(plan: LanePlan, kernels: Kernels, team: Team, buffer: ArrayBufferLike) {
    this.#plan = plan;
    this.#team = team;
    this.#buffer = buffer;
    this.#parameters = plan.parameters;
    this.#search = new NodeSearch(plan, kernels, team, buffer);
  }

  grow(round: number, { count, gradient, hessian }: RoundRows): TreeBuilder {
    const tree = new TreeBuilder();
    const p = this.#parameters;
    const search = this.#search;
    const { seed } = this.#plan;
    const columns = sampleColumns(search.columns, p.colsampleBytree, seed, round, 0, 0);
    const slots = Array.from({ length: this.#plan.workspace.histogramSlots }, (_, i) => i);
    const root: Candidate = {
      node: tree.addRoot(),
      start: 0,
      count,
      idleStart: 0,
      idleCount: 0,
      gradient,
      hessian,
      least: search.leastHessian,
      slot: -1,
      lower: -Infinity,
      upper: Infinity,
      path: new Set<number>(),
    };
    let level = [root];
    let families: Family[] = [{ children: [root], indices: [0], parentSlot: -1 }];
    for (let depth = 0; depth < p.maxDepth && level.length > 0; depth++) {
      const last = depth === p.maxDepth - 1;
      const levelColumns = sampleColumns(columns, p.colsampleBylevel, seed, round, depth + 1, 0);
      const allowed = search.allow(
        level,
        levelColumns,
        (own, i) => sampleColumns(own, p.colsampleBynode, seed, round, depth + 1, i + 1),
      );
      // Children subtract from their parents' histograms, so those of the whole tree's columns are kept up to the last level.
      const groups = last ? allowed : search.groupsOf(columns);
      search.writeNodes(level);
      const pairCount = search.writePairs(level, families, slots, last);
      this.#team.barrier();
      search.search(groups, pairCount);
      this.#team.barrier();
      const splits = level.map((candidate, i) => search.bestOf(candidate, i));
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

  /** Writes the sides of the splits that this member owns and, above the last level, partitions their rows. */
  #partitionOwned(level: Candidate[], splits: (Split | null)[], owned: number[], last: boolean): void {
    const { workspace } = this.#plan;
    const leftCounts = new Uint32Array(this.#buffer, workspace.exchange, workspace.maxWidth);
    for (let k = this.#team.rank; k < owned.length; k += this.#team.size) {
      const candidate = level[owned[k]];
      const split = splits[owned[k]]!;
      const sidesAt = workspace.sides + candidate.node * SIDES_BYTES;
      this.#search.writeSides(split, sidesAt);
      if (!last) leftCounts[owned[k]] = this.#search.partition(candidate, split, sidesAt);
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
    const { quantum, units, leastHessian } = this.#search;
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
        split.gain * quantum,
      );
      const bounds = childBounds(candidate, split, this.#parameters.monotone?.[split.column] ?? 0, units);
      tree.setBounds(left, bounds.left, bounds.right);
      if (last) continue;
      const leftCount = leftCounts[i];
      const path = this.#parameters.interactions
        ? new Set([...candidate.path, split.column])
        : candidate.path;
      const shared = { idleStart: 0, idleCount: 0, least: leastHessian, slot: -1, path };
      const children: Candidate[] = [
        {
          ...shared,
          node: left,
          start: candidate.start,
          count: leftCount,
          gradient: split.gradientLeft,
          hessian: split.hessianLeft,
          lower: bounds.left[0],
          upper: bounds.left[1],
        },
        {
          ...shared,
          node: left + 1,
          start: candidate.start + leftCount,
          count: candidate.count - leftCount,
          gradient: candidate.gradient - split.gradientLeft,
          hessian: candidate.hessian - split.hessianLeft,
          lower: bounds.right[0],
          upper: bounds.right[1],
        },
      ];
      const indices = children.map((child) =>
        child.count >= 2 && child.hessian >= 2 * leastHessian ? next.push(child) - 1 : null
      );
      families.push({ children, indices, parentSlot: candidate.slot });
    }
    return { level: next, families };
  }
}
