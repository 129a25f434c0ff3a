// Histograms of eight cells over a block of rows for adapters that compute on the CPU, where threads, barriers and atomics are costly: a
// thread counts a cell by itself, row after row. In place of all three other kernels, with what they take and leave.
// Dispatch: (groups, blocks of BUILD_BLOCK rows over all builds of a lane, lanes).
#import build

// (cell of the group, byte) of (g, h).
var<workgroup> counters: array<vec2<i32>, 2048>;

@compute @workgroup_size(8)
fn main(@builtin(workgroup_id) wid: vec3<u32>, @builtin(local_invocation_index) lid: u32) {
  let lane = wid.z;
  let block = block_of(lane, wid.y);
  if (block.rows == 0u) {
    return;
  }
  let place = (frame.first_group + wid.x) * GROUP_WORDS;
  let group = groups[place];
  let skipped = byte_at(left_out(place), lid);
  let own = lid * 256u;
  let word = (group / 4u) * frame.chunk_rows * TILE_WORDS + (group % 4u) * 2u + lid / 4u;
  let shift = (lid % 4u) * 8u;
  for (var i = 0u; i < block.rows; i++) {
    let at = list_at(lane, block.first + i);
    let row = list[at] - frame.first_row;
    if (row < frame.chunk_rows) {
      let byte = (bytes[word + row * TILE_WORDS] >> shift) & 255u;
      counters[own + byte] += vec2<i32>(i32(list[at + 1u]), i32(list[at + 2u]));
    }
  }
  let cell = cell_at(group, lid);
  let to = histogram_at(lane, block.slot, cell, 0u);
  for (var byte = 0u; byte < cells[cell + 2u]; byte++) {
    let sum = counters[own + byte];
    if (byte != skipped && any(sum != vec2<i32>(0, 0))) {
      atomicAdd(&histograms[to + byte * 2u], sum.x);
      atomicAdd(&histograms[to + byte * 2u + 1u], sum.y);
    }
  }
}
