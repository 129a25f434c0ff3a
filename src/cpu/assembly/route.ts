// Sends rows through a tree by their bins. Route record of a node (16 bytes): u32 pointer to the split cell's byte of row 0, u32 left child,
// u32 that says how to split: in the low byte the highest byte that goes left, above it the byte of missing values where these go left
// though they are higher, then the kind. A leaf is its own left child and nothing goes right.
// `sides` has 256 bytes a node: whether each value of that byte goes right. The bytes of neighbouring rows lie 2^shift apart.

// Bytes above the highest one go right.
const PLAIN: u32 = 0;
// So they do, but for the byte of missing values.
const MISSING_LEFT: u32 = 1;
// Neither: `sides` says it.
const BY_SIDES: u32 = 2;

// Rows that go down a tree together.
const BLOCK: usize = 256;

// A tree of at most 256 nodes over a column-major matrix: every row's node is a byte, and inner nodes, parents first, move the rows that stand
// on them, sixteen at a time. `at` has room for two blocks of bytes.
function walkTogether(first: usize, rows: usize, nodes: usize, size: u32, sides: usize, at: usize): void {
  memory.fill(at, 0, BLOCK);
  const looked = at + BLOCK;
  for (let node: u32 = 0; node < size; node++) {
    const record = nodes + ((<usize>node) << 4);
    const left = load<u32>(record, 4);
    if (left == node) continue;
    let bytes = <usize>load<u32>(record) + first;
    const how = load<u32>(record, 8);
    const kind = how >> 16;
    if (kind == BY_SIDES) {
      const own = sides + ((<usize>node) << 8);
      for (let i: usize = 0; i < rows; i++) store<u8>(looked + i, load<u8>(own + <usize>load<u8>(bytes + i)));
      bytes = looked;
    }
    const highest = i8x16.splat(kind == BY_SIDES ? 0 : <i8>(how & 255));
    const missing = i8x16.splat(<i8>((how >> 8) & 255));
    const spared = i8x16.splat(kind == MISSING_LEFT ? -1 : 0);
    const here = i8x16.splat(<i8>node);
    const child = i8x16.splat(<i8>left);
    for (let i: usize = 0; i < rows; i += 16) {
      const byte = v128.load(bytes + i);
      const standing = v128.load(at + i);
      const right = v128.andnot(i8x16.gt_u(byte, highest), v128.and(i8x16.eq(byte, missing), spared));
      v128.store(at + i, v128.bitselect(i8x16.sub(child, right), standing, i8x16.eq(standing, here)));
    }
  }
}

// Any tree: the rows of the block go down level by level, so that their steps do not wait for each other.
function walkByLevels(
  first: usize, last: usize, nodes: usize, sides: usize, shift: usize, depth: u32, leaf: usize,
): void {
  const begin = leaf + (first << 2);
  const end = leaf + (last << 2);
  memory.fill(begin, 0, end - begin);
  for (let d: u32 = 0; d < depth; d++) {
    let row = first << shift;
    for (let at = begin; at < end; at += 4, row += <usize>1 << shift) {
      const node = <usize>load<u32>(at);
      const record = load<u64>(nodes + (node << 4));
      const byte = <usize>load<u8>(<usize><u32>record + row);
      const right = <u32>load<u8>(sides + (node << 8) + byte);
      store<u32>(at, <u32>(record >> 32) + right);
    }
  }
}

// leaf[row] for rows first .. last-1, at most BLOCK of them.
function descend(
  first: usize, last: usize, nodes: usize, size: u32, sides: usize, shift: usize, depth: u32, leaf: usize, at: usize,
): void {
  if (shift != 0 || size > 256) {
    walkByLevels(first, last, nodes, sides, shift, depth, leaf);
    return;
  }
  walkTogether(first, last - first, nodes, size, sides, at);
  for (let row = first; row < last; row++) store<u32>(leaf + (row << 2), <u32>load<u8>(at + (row - first)));
}

/**
 * leaf[row] = the leaf of rows first .. last-1 of a tree of `size` nodes; adds the fine gradients of each row to its leaf's sums (i64 g, i64 h per
 * node). `at` has room for 512 bytes.
 */
export function route(
  first: u32, last: u32, nodes: usize, size: u32, sides: usize, shift: usize, depth: u32, leaf: usize, at: usize,
  fine: usize, sums: usize,
): void {
  for (let start = <usize>first; start < <usize>last; start += BLOCK) {
    const end = min(start + BLOCK, <usize>last);
    descend(start, end, nodes, size, sides, shift, depth, leaf, at);
    for (let row = start; row < end; row++) {
      const f = load<i64>(fine + (row << 3));
      if (f == 0) continue;
      const to = sums + ((<usize>load<u32>(leaf + (row << 2))) << 4);
      store<i64>(to, load<i64>(to) + <i64>(<i32>f));
      store<i64>(to, load<i64>(to, 8) + (f >> 32), 8);
    }
  }
}

/** margin[row] += sign * value of the row's leaf, for rows first .. last-1: replays a finished tree, or takes it back. */
export function addTree(
  first: u32, last: u32, nodes: usize, size: u32, sides: usize, shift: usize, depth: u32, leaf: usize, at: usize,
  margin: usize, values: usize, sign: i32,
): void {
  for (let start = <usize>first; start < <usize>last; start += BLOCK) {
    const end = min(start + BLOCK, <usize>last);
    descend(start, end, nodes, size, sides, shift, depth, leaf, at);
    for (let row = start; row < end; row++) {
      const to = margin + (row << 2);
      store<i32>(to, load<i32>(to) + sign * load<i32>(values + ((<usize>load<u32>(leaf + (row << 2))) << 2)));
    }
  }
}
