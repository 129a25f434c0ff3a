/** shaders/trees/compact.wgsl again, on the host. */
import { type Frame, LIST_WORDS, ROW_BLOCK } from "../records.ts";
import { forGroups, type Groups } from "./layout.ts";

export function compact(
  frame: Frame,
  [counts, fromList, toList]: readonly Uint32Array[],
  groups: Groups,
): void {
  forGroups(groups, (block, lane) => {
    const c = lane * frame.maxBlocks + block;
    const from = (lane * frame.rows + block * ROW_BLOCK) * LIST_WORDS;
    const rows = fromList.subarray(from, from + (counts[c + 1] - counts[c]) * LIST_WORDS);
    toList.set(rows, (lane * frame.rows + counts[c]) * LIST_WORDS);
  });
}
