/** shaders/trees/settle.wgsl again, on the host: the best split of each unclear cell that could hold the node's. */
import { BEST_WORDS, type Frame, NONE, UNCLEAR } from "../records.ts";
import { bestOfCell, bytesHistogram } from "./cells.ts";
import { forGroups, type Groups, laneAt, liveNodes } from "./layout.ts";

export function settle(
  frame: Frame,
  [parameters, state, nodes, cells, histograms, masks, best]: readonly Uint32Array[],
  groups: Groups,
): void {
  const buffers = { state, nodes, cells, histograms, masks, directions: null };
  forGroups(groups, (x, lane) => {
    const index = frame.batchFirst + x;
    if (index >= liveNodes(frame, state, lane)) return;
    const first = (lane * frame.batchSize + x) * frame.cells;
    let enough = 0;
    // Bounds are not negative, so their bits are in their order.
    for (let cell = 0; cell < frame.cells; cell++) {
      enough = Math.max(enough, best[(first + cell) * BEST_WORDS + 3]);
    }
    for (let cell = 0; cell < frame.chunkCells; cell++) {
      const at = (first + frame.firstCell + cell) * BEST_WORDS;
      const unclear = best[at] !== NONE && (best[at] & UNCLEAR) !== 0;
      if (!unclear || best[at + 4] < enough) continue;
      const place = { lane, p: laneAt(parameters, lane), index, cell };
      const byBytes = bytesHistogram(frame, buffers, place, frame.subtractNext !== 0);
      const split = bestOfCell(frame, buffers, place, byBytes);
      if (split) best.set([split.key, ...split.left], at);
      else best[at] = NONE;
    }
  });
}
