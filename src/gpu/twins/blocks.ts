/** shaders/shared/blocks.wgsl again, on the host: which rows of which node a workgroup of sides and scatter takes. */
import { type Frame, NODE, NODE_WORDS, ROW_BLOCK, STATE } from "../records.ts";
import { liveNodes, nodeAt } from "./layout.ts";

export interface NodeBlock {
  /** Its first row in the lane's list; rows, none where the node is not split. */
  readonly first: number;
  readonly rows: number;
  /** Where the node's record begins; its id in the tree; the block of the lane that its first rows are in. */
  readonly node: number;
  readonly id: number;
  readonly firstBlock: number;
}

/** The block of that number; null where the lane has fewer. */
export function nodeBlock(
  frame: Frame,
  state: Uint32Array,
  nodes: Uint32Array,
  lane: number,
  block: number,
): NodeBlock | null {
  if (block >= state[lane * STATE.words + STATE.blocks + (frame.level & 1)]) return null;
  const at = (index: number): number => (nodeAt(frame, frame.level, lane, index)) * NODE_WORDS;
  // The last node whose first block is not above this one.
  let index = Math.max(0, liveNodes(frame, state, lane) - 1);
  while (index > 0 && nodes[at(index) + NODE.firstBlock] > block) index--;
  const node = at(index);
  const firstBlock = nodes[node + NODE.firstBlock];
  const skipped = (block - firstBlock) * ROW_BLOCK;
  const rows = Math.min(ROW_BLOCK, nodes[node + NODE.count] - skipped);
  return {
    first: nodes[node + NODE.start] + skipped,
    rows: nodes[node + NODE.accepted] !== 0 ? rows : 0,
    node,
    id: nodes[node + NODE.id],
    firstBlock,
  };
}
