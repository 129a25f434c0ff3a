// The node that each row of the matrix comes to. A row goes down as far as the bytes of this chunk tell; after as many passes over all chunks
// as the tree is deep it stands on its leaf (after one where there is one chunk).
//   state   STATE_WORDS a lane
//   tree    (lane, max_nodes) of TREE_WORDS
//   bytes   (tile, row of the chunk) of TILE_WORDS, four cells a word
//   leaf    (lane, row): node it stands on
// Dispatch: (blocks of ROW_BLOCK rows of the chunk, lanes). frame.batch_first: 1 where rows begin at the root.
#import records

@group(0) @binding(0) var<uniform> frame: Frame;
@group(0) @binding(1) var<storage, read> state: array<u32>;
@group(0) @binding(2) var<storage, read> tree: array<u32>;
@group(0) @binding(3) var<storage, read> bytes: array<u32>;
@group(0) @binding(4) var<storage, read_write> leaf: array<u32>;

@compute @workgroup_size(256)
fn main(@builtin(workgroup_id) wid: vec3<u32>, @builtin(local_invocation_index) lid: u32) {
  let lane = wid.y;
  if (state[lane * STATE_WORDS + STATE_SIGN] == 0u) {
    return;
  }
  let first = lane * frame.max_nodes * TREE_WORDS;
  for (var i = lid; i < ROW_BLOCK; i += 256u) {
    let row = wid.x * ROW_BLOCK + i;
    if (row < frame.chunk_rows) {
      let at = lane * frame.rows + frame.first_row + row;
      var node = 0u;
      if (frame.batch_first == 0u) {
        node = leaf[at];
      }
      loop {
        let record = first + node * TREE_WORDS;
        let left = tree[record + TREE_LEFT];
        let cell = tree[record + TREE_CELL];
        let tile = cell / 32u - frame.first_tile;
        if (left == 0u || tile >= frame.tiles) {
          break;
        }
        let word = bytes[(tile * frame.chunk_rows + row) * TILE_WORDS + (cell % 32u) / 4u];
        let byte = (word >> ((cell % 4u) * 8u)) & 255u;
        node = left + ((tree[record + TREE_MASK + byte / 32u] >> (byte % 32u)) & 1u);
      }
      leaf[at] = node;
    }
  }
}
