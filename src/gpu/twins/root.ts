/** shaders/trees/root.wgsl again, on the host. */
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
import { blocksOf, forGroups, type Groups, setDouble } from "./layout.ts";

export function root(
  frame: Frame,
  [state, counts, nodes, builds, tree, args, paths]: readonly Uint32Array[],
  groups: Groups,
): void {
  forGroups(groups, (_, lane) => {
    const blocks = blocksOf(frame.rows, ROW_BLOCK);
    const first = lane * frame.maxBlocks;
    let listed = 0;
    for (let block = 0; block < blocks; block++) {
      const own = counts[first + block];
      counts[first + block] = listed;
      listed += own;
    }
    counts[first + blocks] = listed;

    const s = lane * STATE.words;
    const live = state[s + STATE.active] !== 0 ? 1 : 0;
    const g = state[s + STATE.g];
    const h = state[s + STATE.h];
    const rowBlocks = blocksOf(listed, ROW_BLOCK);
    const buildBlocks = blocksOf(listed, BUILD_BLOCK);
    state[s + STATE.listed] = listed;
    state[s + STATE.nodes] = live;
    state[s + STATE.tree] = 1;
    state[s + STATE.blocks] = rowBlocks;
    state[s + STATE.builds] = live;
    state[s + STATE.buildBlocks] = buildBlocks;

    const leaf = lane * frame.maxNodes * TREE_WORDS;
    tree.fill(0, leaf, leaf + TREE_WORDS);
    tree[leaf + TREE.g] = g;
    tree[leaf + TREE.h] = h;
    setDouble(tree, leaf + TREE.lower, -Infinity);
    setDouble(tree, leaf + TREE.upper, Infinity);

    const node = lane * frame.maxWidth * NODE_WORDS;
    nodes.fill(0, node, node + NODE_WORDS);
    nodes[node + NODE.count] = listed;
    nodes[node + NODE.g] = g;
    nodes[node + NODE.h] = h;
    nodes[node + NODE.sibling] = NONE;
    setDouble(nodes, node + NODE.lower, -Infinity);
    setDouble(nodes, node + NODE.upper, Infinity);
    builds.set([0, listed, 0, 0], lane * frame.maxWidth * BUILD_WORDS);
    if (frame.groups > 0) {
      const path = lane * frame.maxWidth * frame.maskWords;
      paths.fill(0, path, path + frame.maskWords);
    }

    const places = new ArgumentPlaces(frame.chunks, frame.levels);
    raiseArguments(args, places, 0, {
      buildBlocks: buildBlocks * live,
      nodes: live,
      rowBlocks: rowBlocks * live,
    });
  });
}
