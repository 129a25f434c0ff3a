// Sends rows through a tree by their bins. Route record of a node (16 bytes): u32 pointer to the split cell's bytes, u32 pointer to its
// mask of 256 bits, u32 left child; a leaf is its own left child under a mask of ones, so that every row takes `depth` steps.

// @ts-ignore: decorator
@inline
function step(nodes: usize, node: u32, row: usize): u32 {
  const at = nodes + ((<usize>node) << 4);
  const byte = <u32>load<u8>(<usize>load<u32>(at) + (row << 3));
  const left = (load<u32>(<usize>load<u32>(at, 4) + ((byte >> 5) << 2)) >> (byte & 31)) & 1;
  return load<u32>(at, 8) + 1 - left;
}

/** leaf[row] = the leaf of rows first .. last-1; adds the fine gradients of each row to its leaf's sums (i64 g, i64 h per node). */
export function route(
  first: u32, last: u32, nodes: usize, depth: u32, leaf: usize, fine: usize, sums: usize,
): void {
  for (let row = <usize>first; row < <usize>last; row++) {
    let node: u32 = 0;
    for (let d: u32 = 0; d < depth; d++) node = step(nodes, node, row);
    store<u32>(leaf + (row << 2), node);
    const f = load<i64>(fine + (row << 3));
    if (f == 0) continue;
    const at = sums + ((<usize>node) << 4);
    store<i64>(at, load<i64>(at) + <i64>(<i32>f));
    store<i64>(at, load<i64>(at, 8) + (f >> 32), 8);
  }
}

/** margin[row] += sign * value of the row's leaf, for rows first .. last-1: replays a finished tree, or takes it back. */
export function addTree(
  first: u32, last: u32, nodes: usize, depth: u32, margin: usize, values: usize, sign: i32,
): void {
  for (let row = <usize>first; row < <usize>last; row++) {
    let node: u32 = 0;
    for (let d: u32 = 0; d < depth; d++) node = step(nodes, node, row);
    const at = margin + (row << 2);
    store<i32>(at, load<i32>(at) + sign * load<i32>(values + ((<usize>node) << 2)));
  }
}
