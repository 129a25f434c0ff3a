// As search, where a weight may be limited or lambda is out of the sieve's range: every candidate is judged by the canonical f64 gain.
//   directions  (lane, feature) -1, 0, 1: monotone constraints
// Dispatch: (cells of the chunk, nodes, lanes).
#import cell
#import gain

@group(0) @binding(7) var<storage, read> directions: array<i32>;
@group(0) @binding(8) var<storage, read_write> best: array<u32>;

var<workgroup> live: u32;
var<workgroup> best_high: atomic<u32>;
var<workgroup> best_low: atomic<u32>;
var<workgroup> best_key: atomic<u32>;

@compute @workgroup_size(32)
fn main(@builtin(workgroup_id) wid: vec3<u32>, @builtin(local_invocation_index) lid: u32) {
  let lane = wid.z;
  if (lid == 0u) {
    live = state[lane * STATE_WORDS + STATE_NODES + (frame.level & 1u)];
    atomicStore(&best_key, NONE);
  }
  if (frame.batch_first + wid.y >= workgroupUniformLoad(&live)) {
    return;
  }
  let p = parameters[lane];
  let cell = cell_of(lane, frame.batch_first + wid.y, wid.x, p.mask_set);
  load_cell(cell, lid, false);

  let lower = vec2<u32>(nodes[cell.node + NODE_LOWER], nodes[cell.node + NODE_LOWER + 1u]);
  let upper = vec2<u32>(nodes[cell.node + NODE_UPPER], nodes[cell.node + NODE_UPPER + 1u]);
  let limited = (p.flags & FLAG_LIMITED) != 0u;
  let judged = Judged(cell.g, cell.h, Regularisation(p.lambda, p.alpha, p.step), limited, lower, upper);
  var gain = DOUBLE_ZERO;
  var mine = Candidate(false, 0, 0, NONE);
  for (var k = 0u; k < 2u * cell.each; k++) {
    let c = candidate(cell, lid, k, p.least);
    if (c.valid) {
      let own = split_gain(c.gl, c.hl, directions[lane * frame.columns + (c.key >> 10u)], judged).gain;
      if (!double_is_zero(own) && (wide_less(gain, own) || (all(own == gain) && c.key < mine.key))) {
        gain = own;
        mine = c;
      }
    }
  }
  atomicMax(&best_high, gain.x);
  workgroupBarrier();
  if (gain.x == atomicLoad(&best_high)) {
    atomicMax(&best_low, gain.y);
  }
  workgroupBarrier();
  if (gain.x != atomicLoad(&best_high) || gain.y != atomicLoad(&best_low)) {
    mine = Candidate(false, 0, 0, NONE);
  }
  atomicMin(&best_key, mine.key);
  workgroupBarrier();
  let key = atomicLoad(&best_key);
  let at = ((lane * frame.batch_size + wid.y) * frame.cells + frame.first_cell + wid.x) * BEST_WORDS;
  if (key == NONE) {
    if (lid == 0u) {
      best[at] = NONE;
      best[at + 3u] = 0u;
      best[at + 4u] = 0u;
    }
  } else if (mine.key == key) {
    // Bounds that exclude nothing: choose judges it again among the cells.
    best[at] = key;
    best[at + 1u] = u32(mine.gl);
    best[at + 2u] = u32(mine.hl);
    best[at + 3u] = 0u;
    best[at + 4u] = 0x7f000000u;
  }
}
