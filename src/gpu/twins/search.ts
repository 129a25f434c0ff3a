/**
 * shaders/trees/search.wgsl and search-exact.wgsl again, on the host: no sieve, every candidate is judged by its canonical gain. What search
 * makes of a cell may differ within the limits of `acceptBest`.
 */
import { BEST_WORDS, type Frame, NONE, UNCLEAR } from "../records.ts";
import {
  bestOfCell,
  bytesHistogram,
  type CellPlace,
  parentOf,
  type SearchBuffers,
  subtractSibling,
} from "./cells.ts";
import { firstDifference, forGroups, type Groups, laneAt, liveNodes } from "./layout.ts";
import { gainOf, type Parent, type Sums } from "./splits.ts";

/** Bounds that exclude nothing: f32 bits. */
const LOWEST = 0;
const HIGHEST = 0x7f000000;

export function searchExact(
  frame: Frame,
  [parameters, state, nodes, cells, histograms, masks, directions, best]: readonly Uint32Array[],
  groups: Groups,
): void {
  searchCells(frame, { state, nodes, cells, histograms, masks, directions }, parameters, best, groups);
}

export function search(
  frame: Frame,
  [parameters, state, nodes, cells, histograms, masks, best]: readonly Uint32Array[],
  groups: Groups,
): void {
  searchCells(frame, { state, nodes, cells, histograms, masks, directions: null }, parameters, best, groups);
}

/** The places of a dispatch that have a live node, with where their entry of best begins. */
function forPlaces(
  frame: Frame,
  state: Uint32Array,
  parameters: Uint32Array,
  groups: Groups,
  work: (place: CellPlace, at: number) => void,
): void {
  forGroups(groups, (cell, y, lane) => {
    const index = frame.batchFirst + y;
    if (index >= liveNodes(frame, state, lane)) return;
    const at = ((lane * frame.batchSize + y) * frame.cells + frame.firstCell + cell) * BEST_WORDS;
    work({ lane, p: laneAt(parameters, lane), index, cell }, at);
  });
}

function searchCells(
  frame: Frame,
  buffers: SearchBuffers,
  parameters: Uint32Array,
  best: Uint32Array,
  groups: Groups,
): void {
  forPlaces(frame, buffers.state, parameters, groups, (place, at) => {
    const split = bestOfCell(frame, buffers, place, bytesHistogram(frame, buffers, place, false));
    subtractSibling(frame, buffers, place);
    if (split) best.set([split.key, ...split.left, LOWEST, HIGHEST], at);
    else best.set([NONE, best[at + 1], best[at + 2], 0, 0], at);
  });
}

/**
 * What may stand in best after search, whose f32 differs by driver: the best split of a cell, or an unclear mark, within bounds that
 * hold the worth of the best; where none gains anything, none, or one that gains nothing.
 * @param expected the buffers as the twin left them
 * @param found best as the kernel left it
 * @returns the index of the first word that is wrong, or -1
 */
export function acceptBest(
  frame: Frame,
  expected: readonly Uint32Array[],
  found: Uint32Array,
  groups: Groups,
): number {
  const [parameters, state, nodes, cells, histograms, masks, best] = expected;
  const buffers = { state, nodes, cells, histograms, masks, directions: null };
  const rest = found.slice();
  let wrong = -1;
  forPlaces(frame, state, parameters, groups, (place, at) => {
    const entry = best.subarray(at, at + BEST_WORDS);
    const own = wrongWord(parentOf(frame, buffers, place), entry, found.subarray(at, at + BEST_WORDS));
    if (own >= 0 && (wrong < 0 || at + own < wrong)) wrong = at + own;
    rest.set(entry, at);
  });
  return wrong >= 0 ? wrong : firstDifference(rest, best);
}

/** The first wrong word of an entry, or -1. */
function wrongWord(parent: Parent, expected: Uint32Array, found: Uint32Array): number {
  const [key, g, h] = found;
  const left: Sums = [g | 0, h | 0];
  const [low, high] = new Float32Array(found.buffer, found.byteOffset + 12, 2);
  if (!(low >= 0)) return 3;
  if (!(high >= low)) return 4;
  if (expected[0] === NONE) {
    return key === NONE || (key & UNCLEAR) !== 0 || gainOf(parent, left, 0) === 0 ? -1 : 0;
  }
  if (key === NONE) return 0;
  if ((key & UNCLEAR) === 0) {
    const wrong = [0, 1, 2].find((word) => found[word] !== expected[word]);
    if (wrong !== undefined) return wrong;
  }
  const worth = worthOf(parent, [expected[1] | 0, expected[2] | 0]);
  return low > worth ? 3 : high < worth ? 4 : -1;
}

/** What the sieve bounds (shaders/shared/sieve.wgsl): d^2 / (l r) with d = GL H - G HL + lambda (2 GL - G), times 2^-64. */
function worthOf({ p: { units: { lambda } }, sums: [g, h] }: Parent, [gl, hl]: Sums): number {
  const whole = Number(BigInt(gl) * BigInt(h) - BigInt(g) * BigInt(hl));
  const d = (whole + lambda * (2 * gl - g)) * 2 ** -32;
  return d / (hl + lambda) * (d / (h - hl + lambda));
}
