// Histograms of eight cells over a block of rows, with an atomic addition each for gradient and hessian: for gradient grids that are too fine
// for packed counters. Otherwise as histogram-packed.
// Dispatch: (groups, blocks of BUILD_BLOCK rows over all builds of a lane, lanes): groups of a block run side by side, on the same cache lines.
#import build

var<workgroup> counters: array<atomic<i32>, 4096>;

@compute @workgroup_size(256)
fn main(@builtin(workgroup_id) wid: vec3<u32>, @builtin(local_invocation_index) lid: u32) {
  let lane = wid.z;
  // Workgroup memory is full to the last byte, so the block lies in counters for a moment.
  if (lid == 0u) {
    let own = block_of(lane, wid.y);
    atomicStore(&counters[0], i32(own.first));
    atomicStore(&counters[1], i32(own.rows));
    atomicStore(&counters[2], i32(own.slot));
  }
  workgroupBarrier();
  let block = Block(u32(atomicLoad(&counters[0])), u32(atomicLoad(&counters[1])), u32(atomicLoad(&counters[2])));
  workgroupBarrier();
  if (lid == 0u) {
    atomicStore(&counters[0], 0);
    atomicStore(&counters[1], 0);
    atomicStore(&counters[2], 0);
  }
  workgroupBarrier();
  let place = (frame.first_group + wid.x) * GROUP_WORDS;
  let group = groups[place];
  let skipped = left_out(place);
  for (var i = lid; i < block.rows; i += 256u) {
    let at = list_at(lane, block.first + i);
    let row = list[at] - frame.first_row;
    if (row < frame.chunk_rows) {
      let g = i32(list[at + 1u]);
      let h = i32(list[at + 2u]);
      let words = bytes_of(group, row);
      for (var k = 0u; k < 8u; k++) {
        let byte = byte_at(words, k);
        if (byte != byte_at(skipped, k)) {
          atomicAdd(&counters[(k * 256u + byte) * 2u], g);
          if (h != 0) {
            atomicAdd(&counters[(k * 256u + byte) * 2u + 1u], h);
          }
        }
      }
    }
  }
  workgroupBarrier();
  for (var k = 0u; k < 8u; k++) {
    let g = atomicLoad(&counters[(k * 256u + lid) * 2u]);
    let h = atomicLoad(&counters[(k * 256u + lid) * 2u + 1u]);
    if (g != 0 || h != 0) {
      let at = histogram_at(lane, block.slot, cell_at(group, k), lid);
      atomicAdd(&histograms[at], g);
      atomicAdd(&histograms[at + 1u], h);
    }
  }
}
