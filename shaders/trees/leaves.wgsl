// Leaf values of the finished trees, what the host needs of them, and the state for the next round. One workgroup a lane.
//   parameters, state   as in gradients
//   tree                (lane, max_nodes) of TREE_WORDS
//   sums                (lane, max_nodes) of (g low, g high, h low, h high); left empty
//   values              (lane, max_nodes) i32, units of 2^-20; 0 at inner nodes
//   records             (round mod ring, lane, 1 + max_nodes) of RECORD_WORDS: first the number of nodes, then the nodes
//   args                indirect arguments of all levels; their counts are left empty
// Dispatch: (1, lanes).
#import records
#import gain

@group(0) @binding(0) var<uniform> frame: Frame;
@group(0) @binding(1) var<storage, read> parameters: array<LaneParameters>;
@group(0) @binding(2) var<storage, read_write> state: array<u32>;
@group(0) @binding(3) var<storage, read> tree: array<u32>;
@group(0) @binding(4) var<storage, read_write> sums: array<u32>;
@group(0) @binding(5) var<storage, read_write> values: array<i32>;
@group(0) @binding(6) var<storage, read_write> records: array<u32>;
@group(0) @binding(7) var<storage, read_write> args: array<u32>;

var<workgroup> begin: vec3<u32>;

@compute @workgroup_size(256)
fn main(@builtin(workgroup_id) wid: vec3<u32>, @builtin(local_invocation_index) lid: u32) {
  let lane = wid.y;
  let s = lane * STATE_WORDS;
  if (lid == 0u) {
    begin = vec3<u32>(state[s + STATE_ACTIVE], state[s + STATE_ROUND], state[s + STATE_TREE]);
  }
  let began = workgroupUniformLoad(&begin);
  if (lane == 0u) {
    for (var i = lid; i < frame.levels * args_a_level(frame.chunks); i += 256u) {
      let within = i % args_a_level(frame.chunks);
      // Histograms and searches count along y, the others along x.
      args[i * 3u + select(0u, 1u, within < 3u * frame.chunks)] = 0u;
    }
  }
  if (began.x == 0u) {
    return;
  }
  let p = parameters[lane];
  let r = Regularisation(p.leaf_lambda, p.leaf_alpha, p.step);
  let out = ((began.y % frame.ring) * frame.lanes + lane) * (frame.max_nodes + 1u) * RECORD_WORDS;
  for (var node = lid; node < began.z; node += 256u) {
    let at = (lane * frame.max_nodes + node) * TREE_WORDS;
    let sum = (lane * frame.max_nodes + node) * 4u;
    let g = vec2<u32>(sums[sum + 1u], sums[sum]);
    let h = vec2<u32>(sums[sum + 3u], sums[sum + 2u]);
    for (var i = 0u; i < 4u; i++) {
      sums[sum + i] = 0u;
    }
    var value = 0;
    if (tree[at + TREE_LEFT] == 0u) {
      let lower = vec2<u32>(tree[at + TREE_LOWER], tree[at + TREE_LOWER + 1u]);
      let upper = vec2<u32>(tree[at + TREE_UPPER], tree[at + TREE_UPPER + 1u]);
      let gradient = double_scale(double_of_i64(g), p.fine_exponent);
      let hessian = double_scale(double_of_i64(h), p.fine_exponent);
      let step = double_mul(node_weight(gradient, hessian, r, lower, upper), p.learning_rate);
      value = double_floor(double_add(double_scale(step, 20), DOUBLE_HALF));
    }
    values[lane * frame.max_nodes + node] = value;
    let record = out + (node + 1u) * RECORD_WORDS;
    records[record] = tree[at + TREE_KEY];
    records[record + 1u] = tree[at + TREE_LEFT];
    records[record + 2u] = tree[at + TREE_G];
    records[record + 3u] = tree[at + TREE_H];
    records[record + 4u] = tree[at + TREE_GL];
    records[record + 5u] = tree[at + TREE_HL];
    records[record + 6u] = g.x;
    records[record + 7u] = g.y;
    records[record + 8u] = h.x;
    records[record + 9u] = h.y;
    records[record + 10u] = u32(value);
    records[record + 11u] = 0u;
  }
  if (lid == 0u) {
    records[out] = began.z;
    state[s + STATE_ROUND] = began.y + 1u;
    state[s + STATE_G] = 0u;
    state[s + STATE_H] = 0u;
  }
}
