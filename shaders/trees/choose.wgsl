// The best split of a node over all cells; accepted ones are written into the tree, with the bytes that go right.
//   parameters, state   as in search
//   cells               the table of the cells
//   best                (lane, node of the batch, cell) of BEST_WORDS
//   directions          (lane, feature) -1, 0, 1: monotone constraints
//   nodes               (level parity, lane, max_width) of NODE_WORDS
//   tree                (lane, max_nodes) of TREE_WORDS
// Dispatch: (nodes, lanes).
#import records
#import f64

@group(0) @binding(0) var<uniform> frame: Frame;
@group(0) @binding(1) var<storage, read> parameters: array<LaneParameters>;
@group(0) @binding(2) var<storage, read> state: array<u32>;
@group(0) @binding(3) var<storage, read> cells: array<u32>;
@group(0) @binding(4) var<storage, read> best: array<u32>;
@group(0) @binding(5) var<storage, read> directions: array<i32>;
@group(0) @binding(6) var<storage, read_write> nodes: array<u32>;
@group(0) @binding(7) var<storage, read_write> tree: array<u32>;

const THREADS = 64u;

var<workgroup> best_high: atomic<u32>;
var<workgroup> best_low: atomic<u32>;
var<workgroup> best_key: atomic<u32>;
var<workgroup> live: u32;

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) wid: vec3<u32>, @builtin(local_invocation_index) lid: u32) {
  let lane = wid.y;
  let index = frame.batch_first + wid.x;
  if (lid == 0u) {
    live = state[lane * STATE_WORDS + STATE_NODES + (frame.level & 1u)];
    atomicStore(&best_key, NONE);
  }
  if (index >= workgroupUniformLoad(&live)) {
    return;
  }
  let p = parameters[lane];
  let first = (lane * frame.batch_size + wid.x) * frame.cells;
  var own_gain = DOUBLE_ZERO;
  var own_key = NONE;
  var own_sums = vec2<u32>(0u, 0u);
  for (var cell = lid; cell < frame.cells; cell += THREADS) {
    let at = (first + cell) * BEST_WORDS;
    let gain = vec2<u32>(best[at], best[at + 1u]);
    let key = best[at + 2u];
    if (!double_is_zero(gain) && (wide_less(own_gain, gain) || (all(gain == own_gain) && key < own_key))) {
      own_gain = gain;
      own_key = key;
      own_sums = vec2<u32>(best[at + 3u], best[at + 4u]);
    }
  }
  atomicMax(&best_high, own_gain.x);
  workgroupBarrier();
  if (own_gain.x == atomicLoad(&best_high)) {
    atomicMax(&best_low, own_gain.y);
  }
  workgroupBarrier();
  let gain = vec2<u32>(atomicLoad(&best_high), atomicLoad(&best_low));
  if (all(own_gain == gain)) {
    atomicMin(&best_key, own_key);
  }
  workgroupBarrier();
  let key = atomicLoad(&best_key);
  let accepted = key != NONE && double_less(p.min_gain, gain) && !double_less(gain, p.gamma);
  let node = (((frame.level & 1u) * frame.lanes + lane) * frame.max_width + index) * NODE_WORDS;
  if (lid == 0u) {
    nodes[node + NODE_ACCEPTED] = select(0u, 1u, accepted);
  }
  if (!accepted) {
    return;
  }
  let at = (lane * frame.max_nodes + nodes[node + NODE_ID]) * TREE_WORDS;
  let column = cells[1] + cells[cells[2] + (key >> 10u)] * COLUMN_WORDS;
  if (own_key == key) {
    nodes[node + NODE_DIRECTION] = u32(directions[lane * frame.columns + (key >> 10u)]);
    tree[at + TREE_CELL] = cells[column + 5u];
    tree[at + TREE_KEY] = key;
    tree[at + TREE_GL] = own_sums.x;
    tree[at + TREE_HL] = own_sums.y;
  }
  if (lid < 8u) {
    let radix = cells[column + 1u];
    let bins = cells[column + 2u];
    let missing_bin = cells[column + 3u];
    let missing_right = (key & 1u) == 1u;
    let highest_left = i32((key >> 1u) & 511u) - 1;
    var mask = 0u;
    for (var i = 0u; i < 32u; i++) {
      let bin = ((lid * 32u + i) / radix) % bins;
      let right = select(i32(bin) > highest_left, missing_right, bin == missing_bin);
      mask |= select(0u, 1u << i, right);
    }
    tree[at + TREE_MASK + lid] = mask;
  }
}
