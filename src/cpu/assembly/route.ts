// Sends rows through a tree by their bins. Route record of a node (16 bytes): u32 pointer to the split cell's byte of row 0, u32 pointer to
// its mask of 256 bits, u32 left child; a leaf is its own left child under a mask of ones, so that every row takes `depth` steps.

import { ROW_SHIFT } from "./histogram";

// A block of rows goes down level by level: its steps do not wait for each other.
const BLOCK: usize = 256;

// leaf[row] for rows first .. last-1, at most BLOCK of them.
// @ts-ignore: decorator
@inline
function descend(first: usize, last: usize, nodes: usize, depth: u32, leaf: usize): void {
  memory.fill(leaf + (first << 2), 0, (last - first) << 2);
  for (let d: u32 = 0; d < depth; d++) {
    for (let row = first; row < last; row++) {
      const to = leaf + (row << 2);
      const at = nodes + ((<usize>load<u32>(to)) << 4);
      const byte = <u32>load<u8>(<usize>load<u32>(at) + (row << ROW_SHIFT));
      const left = (load<u32>(<usize>load<u32>(at, 4) + ((byte >> 5) << 2)) >> (byte & 31)) & 1;
      store<u32>(to, load<u32>(at, 8) + 1 - left);
    }
  }
}

/** leaf[row] = the leaf of rows first .. last-1; adds the fine gradients of each row to its leaf's sums (i64 g, i64 h per node). */
export function route(
  first: u32, last: u32, nodes: usize, depth: u32, leaf: usize, fine: usize, sums: usize,
): void {
  for (let start = <usize>first; start < <usize>last; start += BLOCK) {
    const end = min(start + BLOCK, <usize>last);
    descend(start, end, nodes, depth, leaf);
    for (let row = start; row < end; row++) {
      const f = load<i64>(fine + (row << 3));
      if (f == 0) continue;
      const at = sums + ((<usize>load<u32>(leaf + (row << 2))) << 4);
      store<i64>(at, load<i64>(at) + <i64>(<i32>f));
      store<i64>(at, load<i64>(at, 8) + (f >> 32), 8);
    }
  }
}

/** margin[row] += sign * value of the row's leaf, for rows first .. last-1: replays a finished tree, or takes it back. */
export function addTree(
  first: u32, last: u32, nodes: usize, depth: u32, leaf: usize, margin: usize, values: usize, sign: i32,
): void {
  for (let start = <usize>first; start < <usize>last; start += BLOCK) {
    const end = min(start + BLOCK, <usize>last);
    descend(start, end, nodes, depth, leaf);
    for (let row = start; row < end; row++) {
      const at = margin + (row << 2);
      store<i32>(at, load<i32>(at) + sign * load<i32>(values + ((<usize>load<u32>(leaf + (row << 2))) << 2)));
    }
  }
}
