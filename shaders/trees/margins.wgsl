// Adds the leaf values of a tree to the margins of all rows (or takes them away), and sums the loss of the validation rows.
//   state    STATE_WORDS a lane; ROUND counts this tree already
//   info     (lane, row)
//   leaf     (lane, row): node
//   values   (lane, max_nodes) i32, units of 2^-20
//   table    sigmoid, then softplus (units of 2^-26)
//   margins  (lane, row) i32, units of 2^-20
//   metrics  (round mod ring, lane) of (low, high): sum of loss times weight, units of 2^-36
// Dispatch: (blocks of ROW_BLOCK rows, lanes).
#import records
#import gradient

@group(0) @binding(0) var<uniform> frame: Frame;
@group(0) @binding(1) var<storage, read> state: array<u32>;
@group(0) @binding(2) var<storage, read> info: array<u32>;
@group(0) @binding(3) var<storage, read> leaf: array<u32>;
@group(0) @binding(4) var<storage, read> values: array<i32>;
@group(0) @binding(5) var<storage, read> table: array<u32>;
@group(0) @binding(6) var<storage, read_write> margins: array<i32>;
@group(0) @binding(7) var<storage, read_write> metrics: array<atomic<u32>>;

// Loss times weight has up to 48 bits: three parts of 16, whose sums over a block fit 32 bits.
var<workgroup> parts: array<atomic<u32>, 3>;

@compute @workgroup_size(256)
fn main(@builtin(workgroup_id) wid: vec3<u32>, @builtin(local_invocation_index) lid: u32) {
  let lane = wid.y;
  let s = lane * STATE_WORDS;
  let sign = i32(state[s + STATE_SIGN]);
  for (var i = lid; i < ROW_BLOCK; i += 256u) {
    let row = wid.x * ROW_BLOCK + i;
    if (row < frame.rows && sign != 0) {
      let at = lane * frame.rows + row;
      let margin = margins[at] + sign * values[lane * frame.max_nodes + leaf[at]];
      margins[at] = margin;
      let own = info[at];
      if ((own >> INFO_ROLE_SHIFT) == ROLE_VALIDATION) {
        let magnitude = magnitude_of(margin);
        let x = min(magnitude, MARGIN_CLAMP);
        var loss = interpolate(table[TABLE_ENTRIES + (x >> 13u)], table[TABLE_ENTRIES + (x >> 13u) + 1u], x) >> 6u;
        let positive = (own & INFO_TARGET) != 0u;
        if (select(margin > 0, margin < 0, positive)) {
          loss += magnitude;
        }
        let product = wide_mul(loss, own & INFO_WEIGHT);
        atomicAdd(&parts[0], product.y & 0xffffu);
        atomicAdd(&parts[1], product.y >> 16u);
        atomicAdd(&parts[2], product.x);
      }
    }
  }
  workgroupBarrier();
  if (lid == 0u && sign != 0) {
    var sum = wide_add(vec2<u32>(0u, atomicLoad(&parts[0])), wide_shl(vec2<u32>(0u, atomicLoad(&parts[1])), 16u));
    sum = wide_add(sum, vec2<u32>(atomicLoad(&parts[2]), 0u));
    if ((sum.x | sum.y) != 0u) {
      let at = (((state[s + STATE_ROUND] - 1u) % frame.ring) * frame.lanes + lane) * 2u;
      let before = atomicAdd(&metrics[at], sum.y);
      atomicAdd(&metrics[at + 1u], sum.x + select(0u, 1u, before + sum.y < before));
    }
  }
}
