// Sends rows through a tree by their bins. Route record of a node (8 bytes): u32 pointer to the split cell's byte of row 0, u32 left child.
// `sides` has 256 bytes a node: whether each value of that byte goes right. A leaf is its own left child and nothing goes right, so that
// every row takes `depth` steps. The bytes of neighbouring rows lie 2^shift apart.

// A block of rows goes down level by level: its steps do not wait for each other.
const BLOCK: usize = 256;

// leaf[row] for rows first .. last-1, at most BLOCK of them.
// @ts-ignore: decorator
@inline

function descend(
  first: usize,
  last: usize,
  nodes: usize,
  sides: usize,
  shift: usize,
  depth: u32,
  leaf: usize,
): void {
  const begin = leaf + (first << 2);
  const end = leaf + (last << 2);
  memory.fill(begin, 0, end - begin);
  for (let d: u32 = 0; d < depth; d++) {
    let row = first << shift;
    for (let at = begin; at < end; at += 4, row += <usize> 1 << shift) {
      const node = <usize> load<u32>(at);
      const record = load<u64>(nodes + (node << 3));
      const byte = <usize> load<u8>(<usize> <u32> record + row);
      const right = <u32> load<u8>(sides + (node << 8) + byte);
      store<u32>(at, <u32> (record >> 32) + right);
    }
  }
}

/** leaf[row] = the leaf of rows first .. last-1; adds the fine gradients of each row to its leaf's sums (i64 g, i64 h per node). */
export function route(
  first: u32,
  last: u32,
  nodes: usize,
  sides: usize,
  shift: usize,
  depth: u32,
  leaf: usize,
  fine: usize,
  sums: usize,
): void {
  for (let start = <usize> first; start < <usize> last; start += BLOCK) {
    const end = min(start + BLOCK, <usize> last);
    descend(start, end, nodes, sides, shift, depth, leaf);
    for (let row = start; row < end; row++) {
      const f = load<i64>(fine + (row << 3));
      if (f == 0) continue;
      const at = sums + ((<usize> load<u32>(leaf + (row << 2))) << 4);
      store<i64>(at, load<i64>(at) + <i64> (<i32> f));
      store<i64>(at, load<i64>(at, 8) + (f >> 32), 8);
    }
  }
}

/** margin[row] += sign * value of the row's leaf, for rows first .. last-1: replays a finished tree, or takes it back. */
export function addTree(
  first: u32,
  last: u32,
  nodes: usize,
  sides: usize,
  shift: usize,
  depth: u32,
  leaf: usize,
  margin: usize,
  values: usize,
  sign: i32,
): void {
  for (let start = <usize> first; start < <usize> last; start += BLOCK) {
    const end = min(start + BLOCK, <usize> last);
    descend(start, end, nodes, sides, shift, depth, leaf);
    for (let row = start; row < end; row++) {
      const at = margin + (row << 2);
      store<i32>(
        at,
        load<i32>(at) + sign * load<i32>(values + ((<usize> load<u32>(leaf + (row << 2))) << 2)),
      );
    }
  }
}
