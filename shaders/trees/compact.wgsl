// Moves the rows that gradients left at the start of each block's place next to each other.
//   counts   (lane, max_blocks): places of the blocks' rows, the total behind them
//   from     (lane, row) of LIST_WORDS; to likewise
// Dispatch: (blocks of ROW_BLOCK rows, lanes).
#import records

@group(0) @binding(0) var<uniform> frame: Frame;
@group(0) @binding(1) var<storage, read> counts: array<u32>;
@group(0) @binding(2) var<storage, read> from_list: array<u32>;
@group(0) @binding(3) var<storage, read_write> to_list: array<u32>;

@compute @workgroup_size(256)
fn main(@builtin(workgroup_id) wid: vec3<u32>, @builtin(local_invocation_index) lid: u32) {
  let first = counts[wid.y * frame.max_blocks + wid.x];
  let count = counts[wid.y * frame.max_blocks + wid.x + 1u] - first;
  let source = (wid.y * frame.rows + wid.x * ROW_BLOCK) * LIST_WORDS;
  let target_at = (wid.y * frame.rows + first) * LIST_WORDS;
  for (var i = lid; i < count * LIST_WORDS; i += 256u) {
    to_list[target_at + i] = from_list[source + i];
  }
}
