/** shaders/trees/grow.wgsl again, on the host. */
import {
  ArgumentPlaces,
  BUILD_BLOCK,
  BUILD_WORDS,
  type Frame,
  NODE,
  NODE_WORDS,
  NONE,
  ROW_BLOCK,
  STATE,
  TREE,
  TREE_WORDS,
} from "../records.ts";
import { raiseArguments } from "./arguments.ts";
import {
  blocksOf,
  doubleAt,
  forGroups,
  type Groups,
  laneAt,
  type LaneRecord,
  nodeAt,
  setDouble,
} from "./layout.ts";

interface Child {
  readonly start: number;
  readonly count: number;
  readonly g: number;
  readonly h: number;
  readonly lower: number;
  readonly upper: number;
  /** Whether it may split again. */
  readonly live: boolean;
}

export function grow(
  frame: Frame,
  buffers: readonly Uint32Array[],
  groups: Groups,
): void {
  forGroups(groups, (_, lane) => new LaneGrowth(frame, buffers, lane).run());
}

/** One lane's workgroup. */
class LaneGrowth {
  readonly #frame: Frame;
  readonly #lane: number;
  readonly #p: LaneRecord;
  readonly #state: Uint32Array;
  readonly #counts: Uint32Array;
  readonly #nodes: Uint32Array;
  readonly #builds: Uint32Array;
  readonly #tree: Uint32Array;
  readonly #args: Uint32Array;
  readonly #paths: Uint32Array;
  // What the nodes before came to.
  #children = 0;
  #blocks = 0;
  #built = 0;
  #buildBlocks = 0;

  constructor(
    frame: Frame,
    [parameters, state, counts, nodes, builds, tree, args, paths]: readonly Uint32Array[],
    lane: number,
  ) {
    this.#frame = frame;
    this.#lane = lane;
    this.#p = laneAt(parameters, lane);
    this.#state = state.subarray(lane * STATE.words, (lane + 1) * STATE.words);
    this.#counts = counts.subarray(lane * frame.maxBlocks, (lane + 1) * frame.maxBlocks);
    this.#nodes = nodes;
    this.#builds = builds;
    this.#tree = tree.subarray(lane * frame.maxNodes * TREE_WORDS, (lane + 1) * frame.maxNodes * TREE_WORDS);
    this.#args = args;
    this.#paths = paths;
  }

  run(): void {
    const { level, last } = this.#frame;
    const state = this.#state;
    if (last === 0) this.#placeBlocks(state[STATE.blocks + (level & 1)]);
    const first = nodeAt(this.#frame, level, this.#lane, 0);
    for (let index = 0; index < state[STATE.nodes + (level & 1)]; index++) {
      if (this.#nodes[(first + index) * NODE_WORDS + NODE.accepted] !== 0) this.#split(first, index);
    }
    if (last !== 0) return;
    const parity = (level + 1) & 1;
    state[STATE.nodes + parity] = this.#children;
    state[STATE.blocks + parity] = this.#blocks;
    state[STATE.builds] = this.#built;
    state[STATE.buildBlocks] = this.#buildBlocks;
    const places = new ArgumentPlaces(this.#frame.chunks, this.#frame.levels);
    raiseArguments(this.#args, places, level + 1, {
      buildBlocks: this.#buildBlocks,
      nodes: this.#children,
      rowBlocks: this.#blocks,
    });
  }

  /** Left rows of each block become left rows before it; the total stands behind them. */
  #placeBlocks(blocks: number): void {
    let before = 0;
    for (let block = 0; block < blocks; block++) {
      const own = this.#counts[block];
      this.#counts[block] = before;
      before += own;
    }
    this.#counts[blocks] = before;
  }

  #split(first: number, index: number): void {
    const { slots, subtractNext, level } = this.#frame;
    const place = first + index;
    const node = place * NODE_WORDS;
    const id = this.#nodes[node + NODE.id];
    const [left, right] = this.#childrenOf(node, id);
    const child = this.#state[STATE.tree];
    this.#state[STATE.tree] += 2;
    this.#tree[id * TREE_WORDS + TREE.left] = child;
    this.#writeLeaf(child, left);
    this.#writeLeaf(child + 1, right);

    // The smaller child's histogram is built in a new slot, the other's is what is left of the parent's.
    const smallIsRight = right.count < left.count;
    const subtracts = subtractNext !== 0 && (smallIsRight ? left : right).live;
    let slotOf = [this.#children % slots, (this.#children + (left.live ? 1 : 0)) % slots];
    const siblingOf = [NONE, NONE];
    if (subtractNext !== 0) {
      const fresh = 2 ** level + index;
      const inherited = this.#nodes[node + NODE.slot];
      slotOf = smallIsRight ? [inherited, fresh] : [fresh, inherited];
      if (subtracts) siblingOf[smallIsRight ? 0 : 1] = fresh;
    }
    [left, right].forEach((own, side) => {
      if (!own.live) return;
      this.#writeNode(own, child + side, slotOf[side], siblingOf[side]);
      this.#copyPath(place, id);
      this.#children++;
      this.#blocks += blocksOf(own.count, ROW_BLOCK);
    });
    [left, right].forEach((own, side) => {
      const builds = subtracts ? smallIsRight === (side === 1) : own.live;
      if (builds) this.#build(own, slotOf[side]);
    });
  }

  /** The children of an accepted node. */
  #childrenOf(node: number, id: number): readonly [Child, Child] {
    const nodes = this.#nodes;
    const count = nodes[node + NODE.count];
    const start = nodes[node + NODE.start];
    const [g, h] = [nodes[node + NODE.g] | 0, nodes[node + NODE.h] | 0];
    const [gl, hl] = [TREE.gl, TREE.hl].map((word) => this.#tree[id * TREE_WORDS + word] | 0);
    let leftCount = 0;
    if (this.#frame.last === 0) {
      const block = nodes[node + NODE.firstBlock];
      leftCount = this.#counts[block + blocksOf(count, ROW_BLOCK)] - this.#counts[block];
    }
    const deeper = this.#frame.last === 0 && this.#frame.level + 1 < this.#p.depth;
    const isLive = (rows: number, hessian: number): boolean =>
      deeper && rows >= 2 && hessian >= 2 * this.#p.least;

    const [lower, upper] = [doubleAt(nodes, node + NODE.lower), doubleAt(nodes, node + NODE.upper)];
    const direction = nodes[node + NODE.direction] | 0;
    const middle = doubleAt(nodes, node + NODE.middle);
    return [
      {
        start,
        count: leftCount,
        g: gl,
        h: hl,
        lower: direction < 0 ? middle : lower,
        upper: direction > 0 ? middle : upper,
        live: isLive(leftCount, hl),
      },
      {
        start: start + leftCount,
        count: count - leftCount,
        g: g - gl,
        h: h - hl,
        lower: direction > 0 ? middle : lower,
        upper: direction < 0 ? middle : upper,
        live: isLive(count - leftCount, h - hl),
      },
    ];
  }

  #writeLeaf(id: number, child: Child): void {
    const at = id * TREE_WORDS;
    this.#tree.fill(0, at, at + TREE_WORDS);
    this.#tree[at + TREE.g] = child.g;
    this.#tree[at + TREE.h] = child.h;
    setDouble(this.#tree, at + TREE.lower, child.lower);
    setDouble(this.#tree, at + TREE.upper, child.upper);
  }

  #writeNode(child: Child, id: number, slot: number, sibling: number): void {
    const at = this.#nextNode() * NODE_WORDS;
    const nodes = this.#nodes;
    nodes[at + NODE.id] = id;
    nodes[at + NODE.start] = child.start;
    nodes[at + NODE.count] = child.count;
    nodes[at + NODE.g] = child.g;
    nodes[at + NODE.h] = child.h;
    nodes[at + NODE.slot] = slot;
    nodes[at + NODE.sibling] = sibling;
    nodes[at + NODE.firstBlock] = this.#blocks;
    nodes[at + NODE.accepted] = 0;
    setDouble(nodes, at + NODE.lower, child.lower);
    setDouble(nodes, at + NODE.upper, child.upper);
  }

  #build({ start, count }: Child, slot: number): void {
    const at = (this.#lane * this.#frame.maxWidth + this.#built) * BUILD_WORDS;
    this.#builds.set([start, count, slot, this.#buildBlocks], at);
    this.#built++;
    this.#buildBlocks += blocksOf(count, BUILD_BLOCK);
  }

  /** The path to a child: its parent's and the feature that the parent splits on. */
  #copyPath(from: number, parent: number): void {
    const { groups, maskWords } = this.#frame;
    if (groups === 0) return;
    const to = this.#nextNode() * maskWords;
    this.#paths.copyWithin(to, from * maskWords, (from + 1) * maskWords);
    const feature = this.#tree[parent * TREE_WORDS + TREE.key] >>> 10;
    this.#paths[to + (feature >>> 5)] |= 1 << (feature & 31);
  }

  #nextNode(): number {
    return nodeAt(this.#frame, this.#frame.level + 1, this.#lane, this.#children);
  }
}
