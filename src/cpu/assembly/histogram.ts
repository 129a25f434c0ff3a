// Histograms and split search of one level, tile by tile, so that a tile's histograms stay in the first-level cache.
// A histogram bin is one i64, (sum g << 32) + sum h, so that one addition serves both.

import { search } from "./search";

// A tile record (u32 words): bytes pointer, first histogram bin of the tile, number of bins, first column record, number of column
// records, bit mask of cells that hold several columns, then per cell the bin offset within the tile (8 words).
const TILE_WORDS: usize = 14;
// A column record (u32 words): column, cell in tile, radix, bins, missing bin (or 0xffffffff), bin offset within the tile.
export const COLUMN_WORDS: usize = 6;
// A pair record (u32 words): first row, row count of the child to build; its histogram (pointer or 0), the parent's histogram (pointer
// or 0), node record of the built child and of the other; a zero record is not searched.
const PAIR_WORDS: usize = 6;

// @ts-ignore: decorator
@inline
function addTo(base: usize, byte: u64, gh: i64): void {
  const at = base + ((<usize>(byte & 255)) << 3);
  store<i64>(at, load<i64>(at) + gh);
}

// Adds the rows to the tile's eight cells; cell i's bins begin at the pointer c_i.
function accumulate(
  bytes: usize, rows: usize, gh: usize, count: u32,
  c0: usize, c1: usize, c2: usize, c3: usize, c4: usize, c5: usize, c6: usize, c7: usize,
): void {
  for (let i: u32 = 0; i < count; i++) {
    const row = <usize>load<u32>(rows + ((<usize>i) << 2));
    const w = load<u64>(bytes + (row << 3));
    const v = load<i64>(gh + ((<usize>i) << 3));
    addTo(c0, w, v);
    addTo(c1, w >> 8, v);
    addTo(c2, w >> 16, v);
    addTo(c3, w >> 24, v);
    addTo(c4, w >> 32, v);
    addTo(c5, w >> 40, v);
    addTo(c6, w >> 48, v);
    addTo(c7, w >> 56, v);
  }
}

// Spreads the joint histogram of a cell over the histograms of its columns, from the highest radix down: the marginal of the highest digit
// is a sum over runs, and folding the runs onto the first leaves the joint histogram of the lower digits. `joint` is left cleared.
function marginalise(joint: usize, out: usize, firstColumn: usize, count: u32): void {
  for (let i: u32 = count - 1; i > 0; i--) {
    const column = firstColumn + <usize>i * (COLUMN_WORDS << 2);
    const run = (<usize>load<u32>(column, 8)) << 3;
    const bins = load<u32>(column, 12);
    let to = out + ((<usize>load<u32>(column, 20)) << 3);
    let from = joint;
    for (let bin: u32 = 0; bin < bins; bin++, from += run, to += 8) {
      let pair = i64x2.splat(0);
      let at: usize = 0;
      for (; at + 16 <= run; at += 16) {
        const v = v128.load(from + at);
        pair = i64x2.add(pair, v);
        if (bin) {
          v128.store(joint + at, i64x2.add(v128.load(joint + at), v));
          v128.store(from + at, i64x2.splat(0));
        }
      }
      let sum = i64x2.extract_lane(pair, 0) + i64x2.extract_lane(pair, 1);
      if (at < run) {
        const v = load<i64>(from + at);
        sum += v;
        if (bin) {
          store<i64>(joint + at, load<i64>(joint + at) + v);
          store<i64>(from + at, 0);
        }
      }
      store<i64>(to, sum);
    }
  }
  const bytes = (<usize>load<u32>(firstColumn, 12)) << 3;
  memory.copy(out + ((<usize>load<u32>(firstColumn, 20)) << 3), joint, bytes);
  memory.fill(joint, 0, bytes);
}

// Builds the tile's histograms of one node at `out`, which is cleared first.
function build(tile: usize, rows: usize, gh: usize, count: u32, out: usize, joint: usize): void {
  memory.fill(out, 0, (<usize>load<u32>(tile, 8)) << 3);
  const shared = load<u32>(tile, 20);
  const cells = tile + 24;
  // A cell of one column adds straight into its histogram, a cell of several into the joint one.
  const c0 = shared & 1 ? joint : out + ((<usize>load<u32>(cells)) << 3);
  const c1 = shared & 2 ? joint + 2048 : out + ((<usize>load<u32>(cells, 4)) << 3);
  const c2 = shared & 4 ? joint + 4096 : out + ((<usize>load<u32>(cells, 8)) << 3);
  const c3 = shared & 8 ? joint + 6144 : out + ((<usize>load<u32>(cells, 12)) << 3);
  const c4 = shared & 16 ? joint + 8192 : out + ((<usize>load<u32>(cells, 16)) << 3);
  const c5 = shared & 32 ? joint + 10240 : out + ((<usize>load<u32>(cells, 20)) << 3);
  const c6 = shared & 64 ? joint + 12288 : out + ((<usize>load<u32>(cells, 24)) << 3);
  const c7 = shared & 128 ? joint + 14336 : out + ((<usize>load<u32>(cells, 28)) << 3);
  accumulate(<usize>load<u32>(tile), rows, gh, count, c0, c1, c2, c3, c4, c5, c6, c7);
  if (!shared) return;
  // Column records lie in order of cell, then radix.
  let column = <usize>load<u32>(tile, 12);
  const end = column + <usize>load<u32>(tile, 16) * (COLUMN_WORDS << 2);
  while (column < end) {
    const cell = load<u32>(column, 4);
    let count: u32 = 1;
    while (column + <usize>count * (COLUMN_WORDS << 2) < end && load<u32>(column + <usize>count * (COLUMN_WORDS << 2), 4) == cell) count++;
    if (shared & (1 << cell)) marginalise(joint + ((<usize>cell) << 11), out, column, count);
    column += <usize>count * (COLUMN_WORDS << 2);
  }
}

// other = parent - child over `bins` bins.
function subtract(parent: usize, child: usize, other: usize, bins: u32): void {
  const bytes = (<usize>bins) << 3;
  let at: usize = 0;
  for (; at + 16 <= bytes; at += 16) {
    v128.store(other + at, i64x2.sub(v128.load(parent + at), v128.load(child + at)));
  }
  if (at < bytes) store<i64>(other + at, load<i64>(parent + at) - load<i64>(child + at));
}

/**
 * For tiles firstTile .. lastTile-1 (stepping by `step`) and all pairs: builds one child's histograms, takes the other's as parent
 * minus it, and searches both for their best splits. Histograms of a node begin at its pointer plus the tile's first bin.
 * `scratch` holds 8 * 256 joint bins, zero between calls, then two tiles' bins for children whose histograms are not kept.
 */
export function level(
  firstTile: u32, lastTile: u32, step: u32,
  tiles: usize, pairs: usize, pairCount: u32,
  rows: usize, gh: usize, scratch: usize, lane: usize,
): void {
  const joint = scratch;
  const spare = scratch + 8 * 256 * 8;
  const spareOther = spare + 8 * 256 * 8;
  for (let t = firstTile; t < lastTile; t += step) {
    const tile = tiles + <usize>t * (TILE_WORDS << 2);
    const first = (<usize>load<u32>(tile, 4)) << 3;
    const column = <usize>load<u32>(tile, 12);
    const columns = load<u32>(tile, 16);
    for (let p: u32 = 0; p < pairCount; p++) {
      const pair = pairs + <usize>p * (PAIR_WORDS << 2);
      const start = <usize>load<u32>(pair);
      const kept = <usize>load<u32>(pair, 8);
      const out = kept ? kept + first : spare;
      const node = <usize>load<u32>(pair, 16);
      const other = <usize>load<u32>(pair, 20);
      build(tile, rows + (start << 2), gh + (start << 3), load<u32>(pair, 4), out, joint);
      if (node) search(out, column, columns, node, lane);
      if (!other) continue;
      const parent = <usize>load<u32>(pair, 12) + first;
      const otherOut = kept ? parent : spareOther;
      subtract(parent, out, otherOut, load<u32>(tile, 8));
      search(otherOut, column, columns, other, lane);
    }
  }
}
