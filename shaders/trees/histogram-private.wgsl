// Histograms of cells of at most 16 bins over a block of rows, without atomics: each thread counts into columns of its own, two cells at a
// time, and the columns are added up at the end. Otherwise as histogram-packed.
// Dispatch: (groups, blocks of BUILD_BLOCK rows over all builds of a lane, lanes): groups of a block run side by side, on the same cache lines.
#import build

const THREADS = 64u;
// (cell of the pair, byte, thread) of (g, h).
var<workgroup> columns: array<vec2<i32>, 2048>;

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) wid: vec3<u32>, @builtin(local_invocation_index) lid: u32) {
  let lane = wid.z;
  let block = block_of(lane, wid.y);
  let place = (frame.first_group + wid.x) * GROUP_WORDS;
  let group = groups[place];
  let skipped = left_out(place);
  for (var pair = 0u; pair < 8u; pair += 2u) {
    let first_cell = cell_at(group, pair);
    let second_cell = cell_at(group, pair + 1u);
    for (var i = lid; i < block.rows; i += THREADS) {
      let at = list_at(lane, block.first + i);
      let row = list[at] - frame.first_row;
      if (row < frame.chunk_rows) {
        let gh = vec2<i32>(i32(list[at + 1u]), i32(list[at + 2u]));
        let words = bytes_of(group, row);
        let a = byte_at(words, pair);
        let b = byte_at(words, pair + 1u);
        if (a != byte_at(skipped, pair)) {
          columns[(a & 15u) * THREADS + lid] += gh;
        }
        if (b != byte_at(skipped, pair + 1u)) {
          columns[(16u + (b & 15u)) * THREADS + lid] += gh;
        }
      }
    }
    workgroupBarrier();
    // A thread adds up half of the columns of a byte: of 32 bytes, two threads each.
    let counted = lid / 2u;
    let half = (lid & 1u) * (THREADS / 2u);
    var sum = vec2<i32>(0, 0);
    for (var t = 0u; t < THREADS / 2u; t++) {
      // Neighbours start apart, so that they do not all read one bank.
      let at = counted * THREADS + half + ((t + counted) & (THREADS / 2u - 1u));
      sum += columns[at];
      columns[at] = vec2<i32>(0, 0);
    }
    if (any(sum != vec2<i32>(0, 0))) {
      let cell = select(first_cell, second_cell, counted >= 16u);
      let at = histogram_at(lane, block.slot, cell, counted & 15u);
      atomicAdd(&histograms[at], sum.x);
      atomicAdd(&histograms[at + 1u], sum.y);
    }
    workgroupBarrier();
  }
}
