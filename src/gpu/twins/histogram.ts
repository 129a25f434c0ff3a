/** The three kernels shaders/trees/histogram-*.wgsl again, on the host: they differ in how they count, not in what. */
import { TILE_CELLS } from "../../numerics/matrix.ts";
import {
  BUILD_BLOCK,
  BUILD_WORDS,
  CELL_WORDS,
  type Frame,
  GROUP_WORDS,
  LIST_WORDS,
  STATE,
  TABLE_HEAD,
} from "../records.ts";
import { bytesOf, forGroups, type Groups, signedWords } from "./layout.ts";

/** Cells of a group. */
const GROUP_CELLS = 8;

export function histogram(
  frame: Frame,
  [state, builds, cellGroups, list, bytes, cells, histograms]: readonly Uint32Array[],
  groups: Groups,
): void {
  const cellBytes = bytesOf(bytes);
  const counted = signedWords(list);
  const sums = signedWords(histograms);
  forGroups(groups, (x, block, lane) => {
    const rows = rowsOf(frame, state, builds, lane, block);
    if (!rows) return;
    const group = cellGroups[(frame.firstGroup + x) * GROUP_WORDS];
    for (let position = rows.first; position < rows.end; position++) {
      const at = (lane * frame.rows + position) * LIST_WORDS;
      const row = list[at] - frame.firstRow;
      if (row < 0 || row >= frame.chunkRows) continue;
      for (let k = 0; k < GROUP_CELLS; k++) {
        // Of the chunk.
        const cell = group * GROUP_CELLS + k;
        const tile = Math.floor(cell / TILE_CELLS);
        const byte = cellBytes[(tile * frame.chunkRows + row) * TILE_CELLS + cell % TILE_CELLS];
        const record = TABLE_HEAD + (frame.firstCell + cell) * CELL_WORDS;
        if (byte === cells[record + 4]) continue;
        const bin = ((rows.slot * frame.lanes + lane) * frame.chunkBins + cells[record + 3] + byte) * 2;
        sums[bin] += counted[at + 1];
        sums[bin + 1] += counted[at + 2];
      }
    }
  });
}

/** Places in the lane's list that a block counts, and the histogram they count in; null where it has nothing to do. */
function rowsOf(
  frame: Frame,
  state: Uint32Array,
  builds: Uint32Array,
  lane: number,
  block: number,
): { readonly first: number; readonly end: number; readonly slot: number } | null {
  if (block >= state[lane * STATE.words + STATE.buildBlocks]) return null;
  // The last build whose first block is not above this one.
  let build = state[lane * STATE.words + STATE.builds] - 1;
  const at = (index: number): number => (lane * frame.maxWidth + index) * BUILD_WORDS;
  while (build > 0 && builds[at(build) + 3] > block) build--;
  if (build < frame.batchFirst || build >= frame.batchFirst + frame.batchSize) return null;
  const [start, count, slot, firstBlock] = builds.subarray(at(build));
  const skipped = (block - firstBlock) * BUILD_BLOCK;
  return { first: start + skipped, end: start + Math.min(count, skipped + BUILD_BLOCK), slot };
}
