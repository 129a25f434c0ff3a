/** shaders/trees/sides.wgsl again, on the host. */
import { TILE_CELLS } from "../../numerics/matrix.ts";
import { type Frame, LIST_WORDS, TREE, TREE_WORDS } from "../records.ts";
import { nodeBlock } from "./blocks.ts";
import { bytesOf, forGroups, type Groups } from "./layout.ts";

export function sides(
  frame: Frame,
  [state, nodes, tree, bytes, list, counts]: readonly Uint32Array[],
  groups: Groups,
): void {
  forGroups(groups, (x, lane) => {
    const block = nodeBlock(frame, state, nodes, lane, x);
    if (!block) return;
    const split = (lane * frame.maxNodes + block.id) * TREE_WORDS;
    const cell = tree[split + TREE.cell];
    const tile = Math.floor(cell / TILE_CELLS) - frame.firstTile;
    const isHere = tile >= 0 && tile < frame.tiles;
    let leftRows = 0;
    for (let i = 0; i < (isHere ? block.rows : 0); i++) {
      const at = (lane * frame.rows + block.first + i) * LIST_WORDS;
      // Rows that another chunk has told lie beyond, by their bit 31.
      const row = list[at] - frame.firstRow;
      if (row < 0 || row >= frame.chunkRows) continue;
      const byte = bytesOf(bytes)[(tile * frame.chunkRows + row) * TILE_CELLS + cell % TILE_CELLS];
      const right = (tree[split + TREE.mask + (byte >>> 5)] >>> (byte & 31)) & 1;
      list[at] |= right << 31;
      leftRows += 1 - right;
    }
    const at = lane * frame.maxBlocks + x;
    counts[at] = (frame.chunk === 0 ? 0 : counts[at]) + leftRows;
  });
}
