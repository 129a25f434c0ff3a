// Histograms of eight cells over a block of rows, gradient and hessian in one atomic addition: 17 bits of gradient above 15 of hessian,
// emptied before they can overflow (flush_rows rows: rows * 2^bits < 2^16). The most frequent byte of a cell is left out; search rebuilds it
// from the node's total, so that columns of mostly zeros cost next to nothing and do not queue at one counter.
//   groups      GROUP_WORDS a group of eight cells to count, from first_group on
//   list        (lane, row) of LIST_WORDS
//   bytes       (tile, row of the chunk) of TILE_WORDS, four cells a word
//   histograms  (slot, lane, chunk_bins) of (g, h), i32
// Dispatch: (groups, blocks of BUILD_BLOCK rows over all builds of a lane, lanes): groups of a block run side by side, on the same cache lines.
#import build

var<workgroup> counters: array<atomic<u32>, 2048>;
var<workgroup> shared_block: Block;

@compute @workgroup_size(256)
fn main(@builtin(workgroup_id) wid: vec3<u32>, @builtin(local_invocation_index) lid: u32) {
  let lane = wid.z;
  if (lid == 0u) {
    shared_block = block_of(lane, wid.y);
  }
  let block = workgroupUniformLoad(&shared_block);
  if (block.rows == 0u) {
    return;
  }
  let place = (frame.first_group + wid.x) * GROUP_WORDS;
  let group = groups[place];
  let skipped = left_out(place);
  // A thread owns eight counters, one of each cell.
  var sums: array<vec2<i32>, 8>;
  for (var from_row = 0u; from_row < block.rows; from_row += frame.flush_rows) {
    let end = min(from_row + frame.flush_rows, block.rows);
    for (var i = from_row + lid; i < end; i += 256u) {
      let at = list_at(lane, block.first + i);
      let row = list[at] - frame.first_row;
      if (row < frame.chunk_rows) {
        let packed = (list[at + 1u] << 15u) + list[at + 2u];
        let words = bytes_of(group, row);
        for (var k = 0u; k < 8u; k++) {
          let byte = byte_at(words, k);
          if (byte != byte_at(skipped, k)) {
            atomicAdd(&counters[k * 256u + byte], packed);
          }
        }
      }
    }
    workgroupBarrier();
    for (var k = 0u; k < 8u; k++) {
      let packed = atomicLoad(&counters[k * 256u + lid]);
      if (packed != 0u) {
        let h = packed & 0x7fffu;
        sums[k] += vec2<i32>(i32(packed - h) >> 15u, i32(h));
        atomicStore(&counters[k * 256u + lid], 0u);
      }
    }
    workgroupBarrier();
  }
  for (var k = 0u; k < 8u; k++) {
    if (any(sums[k] != vec2<i32>(0, 0))) {
      let at = histogram_at(lane, block.slot, cell_at(group, k), lid);
      atomicAdd(&histograms[at], sums[k].x);
      atomicAdd(&histograms[at + 1u], sums[k].y);
    }
  }
}
