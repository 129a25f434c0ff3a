// Prediction over many trees: a block of rows is replaced by its bins among the model's own thresholds, then goes down tree after tree.
// Node record (8 bytes): u32 with the highest byte that goes left in the top byte and the offset of the column's bytes in the block below;
// u32 left child. A leaf sends every byte to itself.

/**
 * out[i] = number of cuts <= values[i], plus `add`; `missing` for NaN. Cuts ascending, at most 254. Missing goes right as 255 among bins
 * from 0, and left as 0 among bins from 1.
 */
export function quantise(
  values: usize,
  count: u32,
  cuts: usize,
  cutCount: u32,
  add: u32,
  missing: u32,
  out: usize,
): void {
  let top: u32 = 1;
  while (top * 2 <= cutCount) top *= 2;
  if (cutCount == 0) top = 0;
  for (let i: usize = 0; i < <usize> count; i++) {
    const x = load<f32>(values + (i << 2));
    let bin: u32 = 0;
    for (let step = top; step > 0; step >>= 1) {
      const next = bin + step;
      if (next <= cutCount && load<f32>(cuts + ((<usize> (next - 1)) << 2)) <= x) bin = next;
    }
    store<u8>(out + i, x == x ? bin + add : missing);
  }
}

// A tree of at most 256 nodes: every row's node is a byte. Inner nodes are taken parents first; each moves the rows that stand on it, sixteen
// at a time. `at` has room for the block rounded up to sixteen.
function walkTogether(root: u32, size: u32, nodes: usize, bins: usize, rows: u32, at: usize): void {
  memory.fill(at, 0, <usize> ((rows + 15) & ~15));
  for (let node: u32 = 0; node < size; node++) {
    const record = load<u64>(nodes + ((<usize> (root + node)) << 3));
    const left = <u32> (record >> 32) - root;
    if (left == node) continue;
    const bytes = bins + (<usize> (<u32> record & 0xffffff));
    const highest = i8x16.splat(<i8> ((<u32> record) >> 24));
    const here = i8x16.splat(<i8> node);
    const child = i8x16.splat(<i8> left);
    for (let i: usize = 0; i < <usize> rows; i += 16) {
      const standing = v128.load(at + i);
      const right = i8x16.gt_u(v128.load(bytes + i), highest);
      const moved = i8x16.sub(child, right);
      v128.store(at + i, v128.bitselect(moved, standing, i8x16.eq(standing, here)));
    }
  }
}

// A larger tree: every row goes down by itself.
function walkAlone(root: u32, depth: u32, nodes: usize, bins: usize, rows: u32, at: usize): void {
  for (let i: usize = 0; i < <usize> rows; i++) store<u32>(at + (i << 2), root);
  for (let d: u32 = 0; d < depth; d++) {
    for (let i: usize = 0; i < <usize> rows; i++) {
      const record = load<u64>(nodes + ((<usize> load<u32>(at + (i << 2))) << 3));
      const byte = <u32> load<u8>(bins + <usize> (<u32> record & 0xffffff) + i);
      store<u32>(at + (i << 2), <u32> (record >> 32) + <u32> (byte > ((<u32> record) >> 24)));
    }
  }
}

/**
 * Adds the leaf values of trees first .. last-1 to the margins (i32) of a block of rows. `trees` holds (root, nodes, depth) a tree, u32 each; the
 * bytes of a column lie at bins + its offset; `at` is room for a u32 a row.
 */
export function predict(
  first: u32,
  last: u32,
  trees: usize,
  nodes: usize,
  values: usize,
  bins: usize,
  rows: u32,
  at: usize,
  margins: usize,
): void {
  for (let tree = first; tree < last; tree++) {
    const record = trees + <usize> tree * 12;
    const root = load<u32>(record);
    const size = load<u32>(record, 4);
    if (size <= 256) {
      walkTogether(root, size, nodes, bins, rows, at);
      const own = values + ((<usize> root) << 2);
      for (let i: usize = 0; i < <usize> rows; i++) {
        const to = margins + (i << 2);
        store<i32>(to, load<i32>(to) + load<i32>(own + ((<usize> load<u8>(at + i)) << 2)));
      }
      continue;
    }
    walkAlone(root, load<u32>(record, 8), nodes, bins, rows, at);
    for (let i: usize = 0; i < <usize> rows; i++) {
      const to = margins + (i << 2);
      store<i32>(to, load<i32>(to) + load<i32>(values + ((<usize> load<u32>(at + (i << 2))) << 2)));
    }
  }
}
