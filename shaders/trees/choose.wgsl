// The best split of a node over all cells, by the canonical f64 gain of what the sieve leaves; accepted ones are written into the tree, with
// the bytes that go right.
//   parameters, state   as in search
//   cells               the table of the cells
//   best                (lane, node of the batch, cell) of BEST_WORDS
//   directions          (lane, feature) -1, 0, 1: monotone constraints
//   nodes               (level parity, lane, max_width) of NODE_WORDS
//   tree                (lane, max_nodes) of TREE_WORDS
// Dispatch: (nodes, lanes).
#import records
#import gain

@group(0) @binding(0) var<uniform> frame: Frame;
@group(0) @binding(1) var<storage, read> parameters: array<LaneParameters>;
@group(0) @binding(2) var<storage, read> state: array<u32>;
@group(0) @binding(3) var<storage, read> cells: array<u32>;
@group(0) @binding(4) var<storage, read> best: array<u32>;
@group(0) @binding(5) var<storage, read> directions: array<i32>;
@group(0) @binding(6) var<storage, read_write> nodes: array<u32>;
@group(0) @binding(7) var<storage, read_write> tree: array<u32>;

const THREADS = 64u;

var<workgroup> live: u32;
var<workgroup> top: atomic<u32>;
var<workgroup> best_high: atomic<u32>;
var<workgroup> best_low: atomic<u32>;
var<workgroup> best_key: atomic<u32>;

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
  let first = (lane * frame.batch_size + wid.x) * frame.cells;
  for (var cell = lid; cell < frame.cells; cell += THREADS) {
    atomicMax(&top, best[(first + cell) * BEST_WORDS + 3u]);
  }
  workgroupBarrier();

  let p = parameters[lane];
  let r = Regularisation(p.lambda, p.alpha, p.step);
  let node = (((frame.level & 1u) * frame.lanes + lane) * frame.max_width + index) * NODE_WORDS;
  let g = i32(nodes[node + NODE_G]);
  let h = i32(nodes[node + NODE_H]);
  let lower = vec2<u32>(nodes[node + NODE_LOWER], nodes[node + NODE_LOWER + 1u]);
  let upper = vec2<u32>(nodes[node + NODE_UPPER], nodes[node + NODE_UPPER + 1u]);
  let judged = Judged(g, h, r, (p.flags & FLAG_LIMITED) != 0u, lower, upper);
  // Bounds are not negative, so their bits are in their order.
  let enough = atomicLoad(&top);
  var gain = DOUBLE_ZERO;
  var key = NONE;
  var sums = vec2<i32>(0, 0);
  // Under a monotone constraint the children's weights meet at the middle of their free ones.
  var middle = DOUBLE_ZERO;
  var cell = lid;
  loop {
    // The next cell that passes.
    while (cell < frame.cells && (best[(first + cell) * BEST_WORDS] == NONE || best[(first + cell) * BEST_WORDS + 4u] < enough)) {
      cell += THREADS;
    }
    if (cell >= frame.cells) {
      break;
    }
    let at = (first + cell) * BEST_WORDS;
    let gl = i32(best[at + 1u]);
    let hl = i32(best[at + 2u]);
    let own = split_gain(gl, hl, directions[lane * frame.columns + (best[at] >> 10u)], judged);
    if (!double_is_zero(own.gain) && (wide_less(gain, own.gain) || (all(own.gain == gain) && best[at] < key))) {
      gain = own.gain;
      middle = double_scale(double_add(own.left, own.right), -1);
      key = best[at];
      sums = vec2<i32>(gl, hl);
    }
    cell += THREADS;
  }
  atomicMax(&best_high, gain.x);
  workgroupBarrier();
  if (gain.x == atomicLoad(&best_high)) {
    atomicMax(&best_low, gain.y);
  }
  workgroupBarrier();
  let highest = vec2<u32>(atomicLoad(&best_high), atomicLoad(&best_low));
  if (all(gain == highest)) {
    atomicMin(&best_key, key);
  }
  workgroupBarrier();
  let chosen = atomicLoad(&best_key);
  let accepted = chosen != NONE && double_less(p.min_gain, highest) && !double_less(highest, p.gamma);
  if (lid == 0u) {
    nodes[node + NODE_ACCEPTED] = select(0u, 1u, accepted);
  }
  if (!accepted) {
    return;
  }
  let at = (lane * frame.max_nodes + nodes[node + NODE_ID]) * TREE_WORDS;
  let column = cells[1] + cells[cells[2] + (chosen >> 10u)] * COLUMN_WORDS;
  if (key == chosen) {
    tree[at + TREE_CELL] = cells[column + 5u];
    tree[at + TREE_KEY] = chosen;
    tree[at + TREE_GL] = u32(sums.x);
    tree[at + TREE_HL] = u32(sums.y);
    nodes[node + NODE_DIRECTION] = u32(directions[lane * frame.columns + (chosen >> 10u)]);
    nodes[node + NODE_MIDDLE] = middle.x;
    nodes[node + NODE_MIDDLE + 1u] = middle.y;
  }
  if (lid < 8u) {
    let radix = cells[column + 1u];
    let bins = cells[column + 2u];
    let missing_bin = cells[column + 3u];
    let missing_right = (chosen & 1u) == 1u;
    let highest_left = i32((chosen >> 1u) & 511u) - 1;
    var mask = 0u;
    for (var i = 0u; i < 32u; i++) {
      let bin = ((lid * 32u + i) / radix) % bins;
      let right = select(i32(bin) > highest_left, missing_right, bin == missing_bin);
      mask |= select(0u, 1u << i, right);
    }
    tree[at + TREE_MASK + lid] = mask;
  }
}
