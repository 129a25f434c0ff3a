/**
 * Leaf-wise growth of one tree by the members of a team in step. A leaf's best split does not depend on the other leaves, so several of the
 * best are parted, and their children searched, in one batch; which of them split, and in which order, is then decided one at a time.
 */
import type { LeafwiseGrowth } from "../numerics/engine.ts";
import {
  childPath,
  LEAFWISE_LEVEL,
  ROOT_PATH,
  roundCount,
  sampleColumns,
} from "../numerics/column-sample.ts";
import { leastForRows } from "../numerics/gain.ts";
import { PURPOSE, rowKey } from "../numerics/random.ts";
import {
  type Candidate,
  type ChildBounds,
  childBounds,
  type Family,
  type Split,
  thresholdOf,
} from "./candidate.ts";
import type { Grower } from "./grow.ts";
import type { Kernels } from "./kernels.ts";
import { SIDES_BYTES, valueBins } from "./layout.ts";
import { NodeSearch } from "./node-search.ts";
import type { LanePlan } from "./plan.ts";
import type { RoundRows } from "./row-sample.ts";
import type { Team } from "./team.ts";
import { TreeBuilder } from "./tree-builder.ts";

/** A leaf of the tree, or of what may yet become of it. */
interface Leaf {
  readonly candidate: Candidate;
  readonly depth: number;
  readonly turns: number;
  split: Split | null;
  /** Once its rows are parted. */
  family: { readonly left: Leaf; readonly right: Leaf; readonly bounds: ChildBounds } | null;
  /** Place in the order in which leaves are made. */
  order: number;
  /** Whether the tree splits it. */
  inner: boolean;
}

export class LeafwiseGrower implements Grower {
  readonly #plan: LanePlan;
  readonly #team: Team;
  readonly #leafwise: LeafwiseGrowth;
  readonly #buffer: ArrayBufferLike;
  readonly #search: NodeSearch;
  #round = 0;
  #columns: readonly number[] = [];
  #slots: number[] = [];

  constructor(
    plan: LanePlan,
    leafwise: LeafwiseGrowth,
    kernels: Kernels,
    team: Team,
    buffer: ArrayBufferLike,
  ) {
    this.#plan = plan;
    this.#team = team;
    this.#leafwise = leafwise;
    this.#buffer = buffer;
    this.#search = new NodeSearch(plan, kernels, team, buffer);
  }

  grow(round: number, rows: RoundRows): TreeBuilder {
    const { parameters: p, seed, workspace } = this.#plan;
    this.#round = round;
    this.#columns = sampleColumns(this.#search.columns, p.colsampleBytree, seed, round, 0, 0, roundCount);
    this.#slots = Array.from({ length: workspace.histogramSlots }, (_, i) => i);
    const root = this.#leaf(
      {
        start: 0,
        count: rows.count,
        idleStart: 0,
        idleCount: rows.idle,
        gradient: rows.gradient,
        hessian: rows.hessian,
        lower: -Infinity,
        upper: Infinity,
        path: new Set<number>(),
      },
      0,
      ROOT_PATH,
    );
    this.#searchLeaves([root], [{ children: [root.candidate], indices: [0], parentSlot: -1 }]);
    this.#splitBest(root);
    return this.#build(root);
  }

  /** Splits the best leaf of all until there are enough; marks what is split. */
  #splitBest(root: Leaf): void {
    const { maxLeaves } = this.#leafwise;
    let made = 1;
    // Leaves that may split, the best first: highest gain, then the one made first.
    const open: Leaf[] = [];
    const add = (leaf: Leaf): void => {
      leaf.order = made++;
      const { split } = leaf;
      if (!split) return;
      const at = open.findIndex((other) => other.split!.gain < split.gain);
      open.splice(at < 0 ? open.length : at, 0, leaf);
    };
    add(root);
    for (let leaves = 1; leaves < maxLeaves && open.length > 0; leaves++) {
      const missing = maxLeaves - leaves;
      // The children of the last one that splits need no search.
      if (!open[0].family && missing > 1) {
        // One thread waits for nobody, so it parts none in vain.
        const batch = this.#team.size === 1 ? 1 : Math.min(Math.ceil(missing / 2), missing - 1);
        this.#expand(open.slice(0, batch).filter((leaf) => !leaf.family));
      }
      const leaf = open.shift()!;
      leaf.inner = true;
      if (leaf.family) {
        add(leaf.family.left);
        add(leaf.family.right);
      }
    }
  }

  /** Parts the rows of leaves by their splits and finds the best splits of their children. */
  #expand(leaves: readonly Leaf[]): void {
    const { workspace } = this.#plan;
    const counts = new Uint32Array(this.#buffer, workspace.exchange, 2 * leaves.length);
    for (let k = this.#team.rank; k < leaves.length; k += this.#team.size) {
      const { candidate, split } = leaves[k];
      const sidesAt = workspace.sides + k * SIDES_BYTES;
      this.#search.writeSides(split!, sidesAt);
      counts[2 * k] = this.#search.partition(candidate, split!, sidesAt);
      counts[2 * k + 1] = this.#search.partitionIdle(candidate, split!, sidesAt);
    }
    this.#team.barrier();
    const level: Leaf[] = [];
    const families = leaves.map((leaf, k): Family => {
      const { left, right } = leaf.family = this.#makeChildren(leaf, counts[2 * k], counts[2 * k + 1]);
      const children = [left, right];
      return {
        children: children.map(({ candidate }) => candidate),
        indices: children.map((child) => (this.#maySplit(child) ? level.push(child) - 1 : null)),
        parentSlot: leaf.candidate.slot,
      };
    });
    this.#searchLeaves(level, families);
  }

  #maySplit({ candidate, depth }: Leaf): boolean {
    const { count, hessian, least } = candidate;
    return depth < this.#plan.parameters.maxDepth && count >= 2 && hessian >= 2 * least;
  }

  /** Finds the best splits of leaves; `families` hold them, with the histograms that theirs are taken from. */
  #searchLeaves(leaves: readonly Leaf[], families: readonly Family[]): void {
    const { parameters: p, seed } = this.#plan;
    const search = this.#search;
    const level = leaves.map(({ candidate }) => candidate);
    const round = this.#round;
    search.allow(
      level,
      this.#columns,
      (own, i) =>
        sampleColumns(own, p.colsampleBynode, seed, round, LEAFWISE_LEVEL, leaves[i]?.turns ?? 0, roundCount),
    );
    const cutKey = this.#leafwise.extraTrees
      ? (i: number) => rowKey(seed, PURPOSE.extraTrees, round, LEAFWISE_LEVEL, leaves[i].turns)
      : null;
    search.writeNodes(level, cutKey);
    const pairs = search.writePairs(level, families, this.#slots, false);
    this.#team.barrier();
    if (leaves.length === 0) return;
    search.search(search.groupsOf(this.#columns), pairs);
    this.#team.barrier();
    for (const [i, leaf] of leaves.entries()) {
      leaf.split = search.bestOf(leaf.candidate, i);
      if (!leaf.split && leaf.candidate.slot >= 0) this.#slots.push(leaf.candidate.slot);
    }
  }

  #leaf(rows: Omit<Candidate, "node" | "least" | "slot">, depth: number, turns: number): Leaf {
    const { leastHessian } = this.#search;
    const byRows = leastForRows(this.#leafwise.minDataInLeaf, rows.count + rows.idleCount, rows.hessian);
    const candidate = { ...rows, node: -1, slot: -1, least: Math.max(leastHessian, byRows) };
    return { candidate, depth, turns, split: null, family: null, order: -1, inner: false };
  }

  #makeChildren(leaf: Leaf, leftCount: number, leftIdle: number): NonNullable<Leaf["family"]> {
    const { candidate, depth, turns } = leaf;
    const { parameters: p } = this.#plan;
    const split = leaf.split!;
    const bounds = childBounds(candidate, split, p.monotone?.[split.column] ?? 0, this.#search.units);
    const path = p.interactions ? new Set([...candidate.path, split.column]) : candidate.path;
    const left = {
      start: candidate.start,
      count: leftCount,
      idleStart: candidate.idleStart,
      idleCount: leftIdle,
      gradient: split.gradientLeft,
      hessian: split.hessianLeft,
      lower: bounds.left[0],
      upper: bounds.left[1],
      path,
    };
    const right = {
      start: candidate.start + leftCount,
      count: candidate.count - leftCount,
      idleStart: candidate.idleStart + leftIdle,
      idleCount: candidate.idleCount - leftIdle,
      gradient: candidate.gradient - split.gradientLeft,
      hessian: candidate.hessian - split.hessianLeft,
      lower: bounds.right[0],
      upper: bounds.right[1],
      path,
    };
    return {
      left: this.#leaf(left, depth + 1, childPath(turns, 0)),
      right: this.#leaf(right, depth + 1, childPath(turns, 1)),
      bounds,
    };
  }

  /** The tree of what is split, numbered breadth first, and the sides of its splits. */
  #build(root: Leaf): TreeBuilder {
    const { workspace, matrix, parameters: p } = this.#plan;
    const { quantum, units } = this.#search;
    const tree = new TreeBuilder();
    // The batches' sides lie where the tree's will: nobody writes these before all have parted their rows, a barrier ago.
    const queue: (Leaf | null)[] = [root];
    tree.addRoot();
    for (let node = 0; node < queue.length; node++) {
      const leaf = queue[node];
      if (!leaf?.inner) continue;
      const split = leaf.split!;
      const column = matrix.columns[split.column];
      const threshold = thresholdOf(column.cuts, split.bin, valueBins(column));
      const gain = split.gain * quantum;
      const left = tree.split(node, split.column, split.bin, threshold, split.missingLeft, gain);
      const bounds = leaf.family?.bounds ??
        childBounds(leaf.candidate, split, p.monotone?.[split.column] ?? 0, units);
      tree.setBounds(left, bounds.left, bounds.right);
      queue.push(leaf.family?.left ?? null, leaf.family?.right ?? null);
      if (this.#team.rank === 0) this.#search.writeSides(split, workspace.sides + node * SIDES_BYTES);
    }
    return tree;
  }
}
