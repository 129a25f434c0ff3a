/** shaders/trees/leaves.wgsl again, on the host. */
import { MARGIN_LIMIT, MARGIN_ONE } from "../../numerics/fixed.ts";
import { nodeWeight } from "../../numerics/gain.ts";
import { ArgumentPlaces, type Frame, RECORD_WORDS, STATE, TREE, TREE_WORDS } from "../records.ts";
import { doubleAt, forGroups, type Groups, laneAt, wideAt } from "./layout.ts";

export function leaves(
  frame: Frame,
  [parameters, state, tree, sums, values, records, args]: readonly Uint32Array[],
  groups: Groups,
): void {
  emptyArguments(frame, args);
  forGroups(groups, (_, lane) => {
    const s = lane * STATE.words;
    if (state[s + STATE.active] === 0) return;
    const p = laneAt(parameters, lane);
    const round = state[s + STATE.round];
    const size = state[s + STATE.tree];
    const out = ((round % frame.ring) * frame.lanes + lane) * (frame.maxNodes + 1) * RECORD_WORDS;
    for (let node = 0; node < size; node++) {
      const at = (lane * frame.maxNodes + node) * TREE_WORDS;
      const sum = (lane * frame.maxNodes + node) * 4;
      const [gLow, gHigh, hLow, hHigh] = sums.slice(sum, sum + 4);
      let value = 0;
      if (tree[at + TREE.left] === 0) {
        const gradient = Number(wideAt(sums, sum)) * p.fineUnit;
        const hessian = Number(wideAt(sums, sum + 2)) * p.fineUnit;
        const [lower, upper] = [doubleAt(tree, at + TREE.lower), doubleAt(tree, at + TREE.upper)];
        const weight = nodeWeight(gradient, hessian, p.real, lower, upper);
        const fixed = Math.floor(weight * p.learningRate * MARGIN_ONE + 0.5);
        value = Math.max(-MARGIN_LIMIT, Math.min(MARGIN_LIMIT, fixed));
      }
      sums.fill(0, sum, sum + 4);
      values[lane * frame.maxNodes + node] = value;
      const [key, g, h, gl, hl] = tree.subarray(at + TREE.key);
      const record = [key, tree[at + TREE.left], g, h, gl, hl, gHigh, gLow, hHigh, hLow, value, 0];
      records.set(record, out + (node + 1) * RECORD_WORDS);
    }
    records[out] = size;
    state[s + STATE.round] = round + 1;
    state[s + STATE.g] = 0;
    state[s + STATE.h] = 0;
  });
}

/** Takes back the counts that root and grow raise. */
function emptyArguments(frame: Frame, args: Uint32Array): void {
  const places = new ArgumentPlaces(frame.chunks, frame.levels);
  for (let level = 0; level < frame.levels; level++) {
    for (let chunk = 0; chunk < frame.chunks; chunk++) {
      args[places.histogram(level, chunk) / 4 + 1] = 0;
      args[places.private(level, chunk) / 4 + 1] = 0;
      args[places.search(level, chunk) / 4 + 1] = 0;
    }
    args[places.choose(level) / 4] = 0;
    args[places.partition(level) / 4] = 0;
  }
}
