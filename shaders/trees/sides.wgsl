// Which side of its node's split each listed row goes to: bit 31 of its row says right. Rows in other chunks of the matrix are left alone.
//   state   STATE_WORDS a lane
//   nodes   (level parity, lane, max_width) of NODE_WORDS
//   tree    (lane, max_nodes) of TREE_WORDS
//   bytes   (tile, row of the chunk) of TILE_WORDS, four cells a word
//   list    (lane, row) of LIST_WORDS
//   counts  (lane, max_blocks): rows of the block that go left
// Dispatch: (blocks of ROW_BLOCK rows over the nodes of a lane, lanes).
#import records
#import blocks

@group(0) @binding(0) var<uniform> frame: Frame;
@group(0) @binding(1) var<storage, read> state: array<u32>;
@group(0) @binding(2) var<storage, read> nodes: array<u32>;
@group(0) @binding(3) var<storage, read> tree: array<u32>;
@group(0) @binding(4) var<storage, read> bytes: array<u32>;
@group(0) @binding(5) var<storage, read_write> list: array<u32>;
@group(0) @binding(6) var<storage, read_write> counts: array<u32>;

var<workgroup> left_rows: atomic<u32>;

@compute @workgroup_size(256)
fn main(@builtin(workgroup_id) wid: vec3<u32>, @builtin(local_invocation_index) lid: u32) {
  let lane = wid.y;
  let block = node_block(lane, wid.x);
  let split = (lane * frame.max_nodes + block.id) * TREE_WORDS;
  let cell = tree[split + TREE_CELL];
  let tile = cell / 32u - frame.first_tile;
  if (tile < frame.tiles) {
    for (var i = lid; i < block.rows; i += 256u) {
      let at = (lane * frame.rows + block.first + i) * LIST_WORDS;
      let row = list[at] - frame.first_row;
      if (row < frame.chunk_rows) {
        let word = bytes[(tile * frame.chunk_rows + row) * TILE_WORDS + (cell % 32u) / 4u];
        let byte = (word >> ((cell % 4u) * 8u)) & 255u;
        let right = (tree[split + TREE_MASK + byte / 32u] >> (byte % 32u)) & 1u;
        list[at] = list[at] | (right << 31u);
        atomicAdd(&left_rows, 1u - right);
      }
    }
  }
  workgroupBarrier();
  if (lid == 0u && block.inside) {
    let at = lane * frame.max_blocks + wid.x;
    let before = select(counts[at], 0u, frame.chunk == 0u);
    counts[at] = before + atomicLoad(&left_rows);
  }
}
