/** shaders/trees/route.wgsl again, on the host. */
import { TILE_CELLS } from "../../numerics/matrix.ts";
import { type Frame, ROW_BLOCK, STATE, TREE, TREE_WORDS } from "../records.ts";
import { bytesOf, forGroups, type Groups } from "./layout.ts";

export function route(
  frame: Frame,
  [state, tree, bytes, leaf]: readonly Uint32Array[],
  groups: Groups,
): void {
  forGroups(groups, (block, lane) => {
    if (state[lane * STATE.words + STATE.sign] === 0) return;
    const end = Math.min((block + 1) * ROW_BLOCK, frame.chunkRows);
    for (let row = block * ROW_BLOCK; row < end; row++) {
      const at = lane * frame.rows + frame.firstRow + row;
      let node = frame.batchFirst !== 0 ? 0 : leaf[at];
      for (;;) {
        const record = (lane * frame.maxNodes + node) * TREE_WORDS;
        const left = tree[record + TREE.left];
        const cell = tree[record + TREE.cell];
        const tile = Math.floor(cell / TILE_CELLS) - frame.firstTile;
        if (left === 0 || tile < 0 || tile >= frame.tiles) break;
        const byte = bytesOf(bytes)[(tile * frame.chunkRows + row) * TILE_CELLS + cell % TILE_CELLS];
        node = left + ((tree[record + TREE.mask + (byte >>> 5)] >>> (byte & 31)) & 1);
      }
      leaf[at] = node;
    }
  });
}
