/** shaders/trees/choose.wgsl again, on the host: the best of all cells, whatever their bounds. */
import { nodeWeight } from "../../numerics/gain.ts";
import {
  BEST_WORDS,
  COLUMN_WORDS,
  type Frame,
  NODE,
  NODE_WORDS,
  NONE,
  TREE,
  TREE_WORDS,
  UNCLEAR,
} from "../records.ts";
import { sideMask } from "../route-trees.ts";
import { forGroups, type Groups, laneAt, liveNodes, nodeAt, setDouble } from "./layout.ts";
import { gainOf, parentAt } from "./splits.ts";

export function choose(
  frame: Frame,
  [parameters, state, cells, best, directions, nodes, tree]: readonly Uint32Array[],
  groups: Groups,
): void {
  forGroups(groups, (x, lane) => {
    const index = frame.batchFirst + x;
    if (index >= liveNodes(frame, state, lane)) return;
    const p = laneAt(parameters, lane);
    const node = nodeAt(frame, frame.level, lane, index) * NODE_WORDS;
    const parent = parentAt(p, nodes, node);
    let gain = 0;
    let [key, gl, hl] = [NONE, 0, 0];
    for (let cell = 0; cell < frame.cells; cell++) {
      const at = ((lane * frame.batchSize + x) * frame.cells + cell) * BEST_WORDS;
      if (best[at] === NONE) continue;
      const ownKey = best[at] & ~UNCLEAR;
      const left = [best[at + 1] | 0, best[at + 2] | 0] as const;
      const own = gainOf(parent, left, directions[lane * frame.columns + (ownKey >>> 10)] | 0);
      if (own > gain || (own > 0 && own === gain && ownKey < key)) {
        [gain, key, [gl, hl]] = [own, ownKey, left];
      }
    }
    const accepted = gain > p.minGain && gain >= p.gamma;
    nodes[node + NODE.accepted] = accepted ? 1 : 0;
    if (!accepted) return;

    const feature = key >>> 10;
    const { lower, upper, sums: [g, h] } = parent;
    const weights = [[gl, hl], [g - gl, h - hl]].map(([gradient, hessian]) =>
      p.limited ? nodeWeight(gradient, hessian, p.units, lower, upper) : 0
    );
    nodes[node + NODE.direction] = directions[lane * frame.columns + feature];
    setDouble(nodes, node + NODE.middle, (weights[0] + weights[1]) / 2);

    const [, radix, bins, missing, , cell] = cells.subarray(
      cells[1] + cells[cells[2] + feature] * COLUMN_WORDS,
    );
    const split = (lane * frame.maxNodes + nodes[node + NODE.id]) * TREE_WORDS;
    tree[split + TREE.cell] = cell;
    tree[split + TREE.key] = key;
    tree[split + TREE.gl] = gl;
    tree[split + TREE.hl] = hl;
    const bin = ((key >>> 1) & 511) - 1;
    const missingBin = missing === NONE ? -1 : missing;
    tree.set(sideMask({ radix, bins, missingBin }, bin, (key & 1) === 0), split + TREE.mask);
  });
}
