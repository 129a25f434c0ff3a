// Gradients of the sampled training rows on the grid. Each workgroup takes a block of rows of a lane and writes those whose gradient is not
// zero, in order, to the start of the block's place in the list, and their number to counts.
//   parameters  LaneParameters a lane
//   state       STATE_WORDS a lane; sums of gradients (i32) are added to G and H
//   keys        (round mod ring, lane) of 4: sample key, grid key
//   info        (lane, row)
//   margins     (lane, row) i32, units of 2^-20
//   table       sigmoid, then softplus
//   list        (lane, row) of LIST_WORDS
//   counts      (lane, max_blocks)
// Dispatch: (blocks of ROW_BLOCK rows, lanes).
#import records
#import gradient
#import random
#import scan

@group(0) @binding(0) var<uniform> frame: Frame;
@group(0) @binding(1) var<storage, read> parameters: array<LaneParameters>;
@group(0) @binding(2) var<storage, read_write> state: array<atomic<u32>>;
@group(0) @binding(3) var<storage, read> keys: array<vec4<u32>>;
@group(0) @binding(4) var<storage, read> info: array<u32>;
@group(0) @binding(5) var<storage, read> margins: array<i32>;
@group(0) @binding(6) var<storage, read> table: array<u32>;
@group(0) @binding(7) var<storage, read_write> list: array<u32>;
@group(0) @binding(8) var<storage, read_write> counts: array<u32>;

var<workgroup> sum_g: atomic<i32>;
var<workgroup> sum_h: atomic<i32>;
var<workgroup> shared_state: vec2<u32>;

@compute @workgroup_size(256)
fn main(@builtin(workgroup_id) wid: vec3<u32>, @builtin(local_invocation_index) lid: u32) {
  let lane = wid.y;
  if (lid == 0u) {
    shared_state = vec2<u32>(
      atomicLoad(&state[lane * STATE_WORDS + STATE_ROUND]),
      atomicLoad(&state[lane * STATE_WORDS + STATE_ACTIVE]),
    );
  }
  let round_active = workgroupUniformLoad(&shared_state);
  let p = parameters[lane];
  let key = keys[(round_active.x % frame.ring) * frame.lanes + lane];
  var before = 0u;
  for (var i = 0u; i < ROW_BLOCK; i += 256u) {
    let row = wid.x * ROW_BLOCK + i + lid;
    var g = 0u;
    var h = 0u;
    var positive = false;
    if (row < frame.rows && round_active.y != 0u) {
      let at = lane * frame.rows + row;
      let own = info[at];
      let sampled = (p.flags & FLAG_ALL_ROWS) != 0u || row_draw(key.x, key.y, row) < p.threshold;
      if ((own >> INFO_ROLE_SHIFT) == ROLE_TRAIN && sampled) {
        let margin = margins[at];
        let x = min(magnitude_of(margin), MARGIN_CLAMP);
        let tail = interpolate(table[x >> 13u], table[(x >> 13u) + 1u], x);
        let fine = fine_gradient(margin, tail, own);
        let draw = row_draw(key.z, key.w, row);
        g = grid_units(fine.magnitude, draw, p.bits);
        h = grid_units(fine.hessian, draw, p.bits);
        positive = (own & INFO_TARGET) != 0u;
      }
    }
    let place = count_flags(g != 0u, lid);
    if (g != 0u) {
      let signed = select(i32(g), -i32(g), positive);
      let at = (lane * frame.rows + wid.x * ROW_BLOCK + before + place.before) * LIST_WORDS;
      list[at] = row;
      list[at + 1u] = u32(signed);
      list[at + 2u] = h;
      atomicAdd(&sum_g, signed);
      atomicAdd(&sum_h, i32(h));
    }
    before += place.total;
  }
  workgroupBarrier();
  if (lid == 0u) {
    counts[lane * frame.max_blocks + wid.x] = before;
    atomicAdd(&state[lane * STATE_WORDS + STATE_G], u32(atomicLoad(&sum_g)));
    atomicAdd(&state[lane * STATE_WORDS + STATE_H], u32(atomicLoad(&sum_h)));
  }
}
