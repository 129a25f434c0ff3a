// Histograms and split search of one level, a group of eight cells at a time: their histograms stay in the first-level cache. Groups of a
// tile go over the same short block of rows in turn, so that a row's cache line is fetched once.
// A histogram bin is one i64, (sum g << 32) + sum h, so that one addition serves both.

import { COLUMN_WORDS } from "./records";
import { search } from "./search";

// A group record (u32 words): pointer to the group's byte of row 0, first histogram bin of the group, number of bins, first column record,
// number of column records, bit mask of cells that hold several columns, then per cell the bin offset within the group (8 words).
const GROUP_BYTES: usize = 14 << 2;
/** Bytes of a row within a tile, as a shift. */
export const ROW_SHIFT: usize = 5;
/** Rows of a block: what the groups of a tile go over in turn. */
const BLOCK: u32 = 256;
/** Bytes of a group's joint histograms. */
const JOINT: usize = 8 * 256 * 8;
// A pair record (u32 words): first row, row count of the child to build; its histogram (pointer or 0), the parent's histogram (pointer
// or 0), node record of the built child and of the other; a zero record is not searched.
const PAIR_WORDS: usize = 6;

// @ts-ignore: decorator
@inline
function addTo(base: usize, byte: u64, gh: i64): void {
  const at = base + ((<usize> (byte & 255)) << 3);
  store<i64>(at, load<i64>(at) + gh);
}

// Adds rows to a group's eight cells; cell i's bins begin at the pointer c_i. `bytes` holds the block's rows of the tile, in order.
function accumulate(
  bytes: usize,
  gh: usize,
  count: u32,
  c0: usize,
  c1: usize,
  c2: usize,
  c3: usize,
  c4: usize,
  c5: usize,
  c6: usize,
  c7: usize,
): void {
  for (let i: usize = 0; i < <usize> count; i++) {
    const w = load<u64>(bytes + (i << ROW_SHIFT));
    const v = load<i64>(gh + (i << 3));
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

// Copies a block's rows of a tile next to each other: so short a loop has many cache misses under way at a time.
function gather(bytes: usize, rows: usize, count: u32, to: usize): void {
  for (let i: usize = 0; i < <usize> count; i++) {
    const from = bytes + ((<usize> load<u32>(rows + (i << 2))) << ROW_SHIFT);
    const at = to + (i << ROW_SHIFT);
    v128.store(at, v128.load(from));
    v128.store(at, v128.load(from, 16), 16);
  }
}

// Spreads the joint histogram of a cell over the histograms of its columns, from the highest radix down: the marginal of the highest digit
// is a sum over runs, and folding the runs onto the first leaves the joint histogram of the lower digits. `joint` is left cleared.
function marginalise(joint: usize, out: usize, firstColumn: usize, count: u32): void {
  for (let i: u32 = count - 1; i > 0; i--) {
    const column = firstColumn + <usize> i * (COLUMN_WORDS << 2);
    const run = (<usize> load<u32>(column, 8)) << 3;
    const bins = load<u32>(column, 12);
    let to = out + ((<usize> load<u32>(column, 20)) << 3);
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
  const bytes = (<usize> load<u32>(firstColumn, 12)) << 3;
  memory.copy(out + ((<usize> load<u32>(firstColumn, 20)) << 3), joint, bytes);
  memory.fill(joint, 0, bytes);
}

// Adds a block of rows to the histograms of a group at `out`. A cell of one column adds straight into its histogram, a cell of several into
// the joint one.
function addBlock(group: usize, bytes: usize, gh: usize, count: u32, out: usize, joint: usize): void {
  const shared = load<u32>(group, 20);
  const cells = group + 24;
  const c0 = shared & 1 ? joint : out + ((<usize> load<u32>(cells)) << 3);
  const c1 = shared & 2 ? joint + 2048 : out + ((<usize> load<u32>(cells, 4)) << 3);
  const c2 = shared & 4 ? joint + 4096 : out + ((<usize> load<u32>(cells, 8)) << 3);
  const c3 = shared & 8 ? joint + 6144 : out + ((<usize> load<u32>(cells, 12)) << 3);
  const c4 = shared & 16 ? joint + 8192 : out + ((<usize> load<u32>(cells, 16)) << 3);
  const c5 = shared & 32 ? joint + 10240 : out + ((<usize> load<u32>(cells, 20)) << 3);
  const c6 = shared & 64 ? joint + 12288 : out + ((<usize> load<u32>(cells, 24)) << 3);
  const c7 = shared & 128 ? joint + 14336 : out + ((<usize> load<u32>(cells, 28)) << 3);
  accumulate(bytes, gh, count, c0, c1, c2, c3, c4, c5, c6, c7);
}

// Spreads the joint histograms of a group; its column records lie in order of cell, then radix.
function spread(group: usize, out: usize, joint: usize): void {
  const shared = load<u32>(group, 20);
  if (!shared) return;
  let column = <usize> load<u32>(group, 12);
  const end = column + <usize> load<u32>(group, 16) * (COLUMN_WORDS << 2);
  while (column < end) {
    const cell = load<u32>(column, 4);
    let next = column + (COLUMN_WORDS << 2);
    while (next < end && load<u32>(next, 4) == cell) next += COLUMN_WORDS << 2;
    if (shared & (1 << cell)) {
      marginalise(joint + ((<usize> cell) << 11), out, column, <u32> ((next - column) / (COLUMN_WORDS << 2)));
    }
    column = next;
  }
}

// other = parent - child over `bins` bins.
function subtract(parent: usize, child: usize, other: usize, bins: u32): void {
  const bytes = (<usize> bins) << 3;
  let at: usize = 0;
  for (; at + 16 <= bytes; at += 16) {
    v128.store(other + at, i64x2.sub(v128.load(parent + at), v128.load(child + at)));
  }
  if (at < bytes) store<i64>(other + at, load<i64>(parent + at) - load<i64>(child + at));
}

/**
 * For groups first .. last-1 of a tile and all pairs: builds one child's histograms, takes the other's as parent minus it, and searches
 * both for their best splits. Histograms of a node begin at its pointer plus the group's first bin. `scratch` holds four groups' joint
 * histograms, zero between calls, then four groups' bins, twice, for children whose histograms are not kept, then a block of rows.
 */
export function level(
  first: u32,
  last: u32,
  groups: usize,
  pairs: usize,
  pairCount: u32,
  rows: usize,
  gh: usize,
  scratch: usize,
  lane: usize,
): void {
  const firstGroup = groups + <usize> first * GROUP_BYTES;
  const lastGroup = groups + <usize> last * GROUP_BYTES;
  const base = (<usize> load<u32>(firstGroup, 4)) << 3;
  const end = lastGroup - GROUP_BYTES;
  const bins = load<u32>(end, 4) + load<u32>(end, 8) - load<u32>(firstGroup, 4);
  const spare = scratch + 4 * JOINT;
  const spareOther = spare + 4 * JOINT + 512;
  const block = spareOther + 4 * JOINT + 512;
  // Tiles are 32-byte aligned, a group's bytes lie 0, 8, 16 or 24 into them.
  const tile = (<usize> load<u32>(firstGroup)) & ~31;
  for (let p: u32 = 0; p < pairCount; p++) {
    const pair = pairs + <usize> p * (PAIR_WORDS << 2);
    const start = <usize> load<u32>(pair);
    const count = load<u32>(pair, 4);
    const kept = <usize> load<u32>(pair, 8);
    const node = <usize> load<u32>(pair, 16);
    const other = <usize> load<u32>(pair, 20);
    // `out` is where the histograms of the tile's first group here begin.
    const out = kept ? kept + base : spare;
    memory.fill(out, 0, (<usize> bins) << 3);
    for (let done: u32 = 0; done < count; done += BLOCK) {
      const at = start + <usize> done;
      const size = min(BLOCK, count - done);
      gather(tile, rows + (at << 2), size, block);
      let joint = scratch;
      for (let group = firstGroup; group < lastGroup; group += GROUP_BYTES, joint += JOINT) {
        const own = out + ((<usize> load<u32>(group, 4)) << 3) - base;
        addBlock(group, block + ((<usize> load<u32>(group)) - tile), gh + (at << 3), size, own, joint);
      }
    }
    const parent = other ? <usize> load<u32>(pair, 12) + base : 0;
    const otherOut = kept ? parent : spareOther;
    let joint = scratch;
    for (let group = firstGroup; group < lastGroup; group += GROUP_BYTES, joint += JOINT) {
      const offset = ((<usize> load<u32>(group, 4)) << 3) - base;
      const column = <usize> load<u32>(group, 12);
      const columns = load<u32>(group, 16);
      spread(group, out + offset, joint);
      if (node) search(out + offset, column, columns, node, lane);
      if (!other) continue;
      subtract(parent + offset, out + offset, otherOut + offset, load<u32>(group, 8));
      search(otherOut + offset, column, columns, other, lane);
    }
  }
}
