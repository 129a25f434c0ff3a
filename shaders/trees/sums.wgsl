// Exact sums of the fine gradients of the sampled training rows by node. A value is added in two parts, its low 16 bits and the rest, so that
// a block's sums fit 32 bits; where a tree has more nodes than a workgroup has room for, rows are added to the sums in device memory at once.
//   parameters, state, keys, info, margins, table   as in gradients
//   leaf        (lane, row): node
//   sums        (lane, max_nodes) of (g low, g high, h low, h high): two's complement 64-bit sums in units of 2^-28 of the weight's grid
// Dispatch: (blocks of ROW_BLOCK rows, lanes).
#import records
#import gradient
#import random

@group(0) @binding(0) var<uniform> frame: Frame;
@group(0) @binding(1) var<storage, read> parameters: array<LaneParameters>;
@group(0) @binding(2) var<storage, read> state: array<u32>;
@group(0) @binding(3) var<storage, read> keys: array<vec4<u32>>;
@group(0) @binding(4) var<storage, read> info: array<u32>;
@group(0) @binding(5) var<storage, read> margins: array<i32>;
@group(0) @binding(6) var<storage, read> table: array<u32>;
@group(0) @binding(7) var<storage, read> leaf: array<u32>;
@group(0) @binding(8) var<storage, read_write> sums: array<atomic<u32>>;

// Nodes that a workgroup has room for.
const LOCAL_NODES = 512u;
var<workgroup> parts: array<atomic<i32>, 2048>;

// Adds a signed 64-bit number to (low, high) in device memory; every carry shows in the value that was there.
fn add_wide(at: u32, x: vec2<u32>) {
  let before = atomicAdd(&sums[at], x.y);
  atomicAdd(&sums[at + 1u], x.x + select(0u, 1u, before + x.y < before));
}

fn widened(x: i32) -> vec2<u32> {
  return vec2<u32>(u32(x >> 31u), u32(x));
}

@compute @workgroup_size(256)
fn main(@builtin(workgroup_id) wid: vec3<u32>, @builtin(local_invocation_index) lid: u32) {
  let lane = wid.y;
  let s = lane * STATE_WORDS;
  let p = parameters[lane];
  let key = keys[(state[s + STATE_ROUND] % frame.ring) * frame.lanes + lane];
  let is_active = state[s + STATE_ACTIVE] != 0u;
  let local = state[s + STATE_TREE] <= LOCAL_NODES;
  for (var i = lid; i < ROW_BLOCK; i += 256u) {
    let row = wid.x * ROW_BLOCK + i;
    if (row < frame.rows && is_active) {
      let at = lane * frame.rows + row;
      let own = info[at];
      let sampled = (p.flags & FLAG_ALL_ROWS) != 0u || row_draw(key.x, key.y, row) < p.threshold;
      if ((own >> INFO_ROLE_SHIFT) == ROLE_TRAIN && sampled) {
        let margin = margins[at];
        let x = min(magnitude_of(margin), MARGIN_CLAMP);
        let tail = interpolate(table[x >> 13u], table[(x >> 13u) + 1u], x);
        let fine = fine_gradient(margin, tail, own);
        let g = select(i32(fine.magnitude), -i32(fine.magnitude), (own & INFO_TARGET) != 0u);
        let h = i32(fine.hessian);
        let node = leaf[at];
        if (local) {
          atomicAdd(&parts[node * 4u], g & 0xffff);
          atomicAdd(&parts[node * 4u + 1u], g >> 16u);
          atomicAdd(&parts[node * 4u + 2u], h & 0xffff);
          atomicAdd(&parts[node * 4u + 3u], h >> 16u);
        } else {
          let to = (lane * frame.max_nodes + node) * 4u;
          add_wide(to, widened(g));
          add_wide(to + 2u, widened(h));
        }
      }
    }
  }
  workgroupBarrier();
  for (var i = lid; i < 2u * LOCAL_NODES; i += 256u) {
    let low = atomicLoad(&parts[i * 2u]);
    let high = atomicLoad(&parts[i * 2u + 1u]);
    if (low != 0 || high != 0) {
      let to = lane * frame.max_nodes * 4u + i * 2u;
      add_wide(to, wide_add(wide_shl(widened(high), 16u), widened(low)));
    }
  }
}
