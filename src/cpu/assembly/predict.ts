// Prediction over many trees: a block of rows is replaced by its bins among the model's own thresholds, then goes down tree after tree.
// Node record (8 bytes): u32 with the column in the upper half, then the highest byte that goes left, then what is added to a row's byte first
// (1 makes missing, 255, wrap to 0 and go left); u32 left child. A leaf sends every byte to itself.

/** out[i] = number of cuts <= values[i], 255 for NaN; cuts ascending, at most 254. */
export function quantise(values: usize, count: u32, cuts: usize, cutCount: u32, out: usize): void {
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
    store<u8>(out + i, x == x ? bin : 255);
  }
}

/**
 * Adds the leaf values of trees first .. last-1 to the margins (i32) of a block of rows. `trees` holds (root u32, depth u32) a tree; the byte
 * of (column, row) lies at bins + column * stride + row; `at` is room for a u32 a row.
 */
export function predict(
  first: u32,
  last: u32,
  trees: usize,
  nodes: usize,
  values: usize,
  bins: usize,
  stride: u32,
  rows: u32,
  at: usize,
  margins: usize,
): void {
  for (let tree = first; tree < last; tree++) {
    const root = load<u32>(trees + ((<usize> tree) << 3));
    const depth = load<u32>(trees + ((<usize> tree) << 3), 4);
    for (let i: usize = 0; i < <usize> rows; i++) store<u32>(at + (i << 2), root);
    for (let d: u32 = 0; d < depth; d++) {
      for (let i: usize = 0; i < <usize> rows; i++) {
        const record = load<u64>(nodes + ((<usize> load<u32>(at + (i << 2))) << 3));
        const word = <u32> record;
        const byte = <u32> load<u8>(bins + <usize> ((word >> 16) * stride) + i);
        const right = <u32> (((byte + (word & 255)) & 255) > ((word >> 8) & 255));
        store<u32>(at + (i << 2), <u32> (record >> 32) + right);
      }
    }
    for (let i: usize = 0; i < <usize> rows; i++) {
      const to = margins + (i << 2);
      store<i32>(to, load<i32>(to) + load<i32>(values + ((<usize> load<u32>(at + (i << 2))) << 2)));
    }
  }
}
