// Moves the rows of split nodes to their children, in order: left ones to the front of the node's place, right ones behind them.
//   state   STATE_WORDS a lane, of the level that is being split
//   nodes   (level parity, lane, max_width) of NODE_WORDS
//   counts  (lane, max_blocks): left rows in all blocks before, the total behind them
//   from    (lane, row) of LIST_WORDS, bit 31 of the row says right; to likewise, without it
// Dispatch: (blocks of ROW_BLOCK rows over the nodes of a lane, lanes).
#import records
#import blocks
#import scan

@group(0) @binding(0) var<uniform> frame: Frame;
@group(0) @binding(1) var<storage, read> state: array<u32>;
@group(0) @binding(2) var<storage, read> nodes: array<u32>;
@group(0) @binding(3) var<storage, read> counts: array<u32>;
@group(0) @binding(4) var<storage, read> from_list: array<u32>;
@group(0) @binding(5) var<storage, read_write> to_list: array<u32>;

var<workgroup> shared_rows: u32;

@compute @workgroup_size(256)
fn main(@builtin(workgroup_id) wid: vec3<u32>, @builtin(local_invocation_index) lid: u32) {
  let lane = wid.y;
  let block = node_block(lane, wid.x);
  let c = lane * frame.max_blocks;
  let start = nodes[block.node + NODE_START];
  let blocks = blocks_of(nodes[block.node + NODE_COUNT], ROW_BLOCK);
  // Left rows of the node in blocks before this one, and in all.
  var left_before = counts[c + wid.x] - counts[c + block.first_block];
  let left_total = counts[c + block.first_block + blocks] - counts[c + block.first_block];
  if (lid == 0u) {
    shared_rows = block.rows;
  }
  let rows = workgroupUniformLoad(&shared_rows);
  for (var i = 0u; i < rows; i += 256u) {
    let inside = i + lid < block.rows;
    let at = (lane * frame.rows + block.first + i + lid) * LIST_WORDS;
    var row = 0u;
    if (inside) {
      row = from_list[at];
    }
    let left = inside && (row >> 31u) == 0u;
    let place = count_flags(left, lid);
    if (inside) {
      let left_here = left_before + place.before;
      let position = block.first + i + lid - start;
      let to = (lane * frame.rows + start + select(left_total + position - left_here, left_here, left)) * LIST_WORDS;
      to_list[to] = row & 0x7fffffffu;
      to_list[to + 1u] = from_list[at + 1u];
      to_list[to + 2u] = from_list[at + 2u];
    }
    left_before += place.total;
  }
}
