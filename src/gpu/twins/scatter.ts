/** shaders/trees/scatter.wgsl again, on the host. */
import { type Frame, LIST_WORDS, NODE, ROW_BLOCK } from "../records.ts";
import { nodeBlock } from "./blocks.ts";
import { blocksOf, forGroups, type Groups } from "./layout.ts";

export function scatter(
  frame: Frame,
  [state, nodes, counts, fromList, toList]: readonly Uint32Array[],
  groups: Groups,
): void {
  forGroups(groups, (x, lane) => {
    const block = nodeBlock(frame, state, nodes, lane, x);
    if (!block) return;
    const c = lane * frame.maxBlocks;
    const start = nodes[block.node + NODE.start];
    const blocks = blocksOf(nodes[block.node + NODE.count], ROW_BLOCK);
    const leftTotal = counts[c + block.firstBlock + blocks] - counts[c + block.firstBlock];
    // Places of the next row that goes left, and of the next that goes right.
    let left = start + counts[c + x] - counts[c + block.firstBlock];
    let right = leftTotal + block.first - (left - start);
    for (let i = 0; i < block.rows; i++) {
      const at = (lane * frame.rows + block.first + i) * LIST_WORDS;
      const [row, g, h] = fromList.subarray(at, at + LIST_WORDS);
      const place = row >>> 31 === 0 ? left++ : right++;
      toList.set([row & 0x7fffffff, g, h], (lane * frame.rows + place) * LIST_WORDS);
    }
  });
}
