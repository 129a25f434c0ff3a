// Adds path-dependent SHAP values of trees, four quadrature points at a time: one thread a row and slab, one step after another.
//
// binding  shape                            unit
// 0 task     uniform                        rows of the chunk; first slab of the dispatch
// 1 values   (used columns, rows) u32       ordered keys of f32 feature values; missing is all ones
// 2 slabs    (slabs + 1) u32                passes of slab s are slabs[s] .. slabs[s+1]-1
// 3 passes   (passes) vec4u                 a tree at four points: first and last step + 1, place of its weights in constants, 0
// 4 steps    (steps) vec4u                  kind and flags, place of the column, bound (ordered key + missing goes left), place of its constants
// 5 constants vec4f                         see below; a pass's weights are one
// 6 phi      (slabs of the dispatch, used columns, rows) f32, added to, log odds
//
// A node has up to three steps. ENTER: before its left subtree; TURN: between the two; EXIT: after the right one. One whose children are leaves
// has BOTH. G is a row's weight at each point on its way down, R the value of the subtree that was left last; a node's constants are c of a row that goes
// left, c of one that goes right, (gain left, gain right, left leaf, right leaf), z / F^2. src/cpu/assembly/shap.ts has the method.
//
// f32 sums of up to 64 trees a slab: a tolerance, not bits. A path has at most LEVELS inner nodes.
// Dispatch: (ceil(rows / 64), slabs, 1) workgroups of 64; threads beyond the last row leave.

struct Task {
  rows: u32,
  first_slab: u32,
  used: u32,
  unused: u32,
}

@group(0) @binding(0) var<uniform> task: Task;
@group(0) @binding(1) var<storage, read> values: array<u32>;
@group(0) @binding(2) var<storage, read> slabs: array<u32>;
@group(0) @binding(3) var<storage, read> passes: array<vec4<u32>>;
@group(0) @binding(4) var<storage, read> steps: array<vec4<u32>>;
@group(0) @binding(5) var<storage, read> constants: array<vec4<f32>>;
@group(0) @binding(6) var<storage, read_write> phi: array<f32>;

const LEVELS: u32 = 32u;
const ENTER: u32 = 0u;
const TURN: u32 = 1u;
const EXIT: u32 = 2u;
const KIND: u32 = 3u;
const REPEATED: u32 = 4u;
const MISSING_LEFT: u32 = 8u;
const RIGHT_LEAF: u32 = 32u;

fn goes_left(step: vec4<u32>, row: u32) -> bool {
  let missing = select(0u, 1u, (step.x & MISSING_LEFT) != 0u);
  return values[step.y * task.rows + row] + missing < step.z;
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) thread: vec3<u32>) {
  let row = thread.x;
  if (row >= task.rows) {
    return;
  }
  let slab = task.first_slab + thread.y;
  let out = thread.y * task.used;
  var weight: array<vec4<f32>, 33>;
  var on_left: array<vec4<f32>, 32>;
  for (var pass_index = slabs[slab]; pass_index < slabs[slab + 1u]; pass_index++) {
    let range = passes[pass_index];
    weight[0] = constants[range.z];
    var result = vec4<f32>(0.0);
    // Bits by level: rows that go left, rows that follow the column on the edge taken.
    var lefts = 0u;
    var follows = 0u;
    for (var s = range.x; s < range.y; s++) {
      let step = steps[s];
      let kind = step.x & KIND;
      let level = min((step.x >> 8u) & 0xffu, LEVELS - 1u);
      let bit = 1u << level;
      let repeated = (step.x & REPEATED) != 0u;
      let before = min((step.x >> 16u) & 0xffu, LEVELS - 1u);
      let alive = !repeated || ((follows >> before) & 1u) == 1u;
      let ends = constants[step.w + 2u];
      let own = weight[level];
      if (kind == TURN) {
        let left = (lefts & bit) != 0u;
        on_left[level] = result;
        weight[level + 1u] = own - weight[level + 1u];
        follows = select(follows & ~bit, follows | bit, !left && alive);
        continue;
      }
      var left = (lefts & bit) != 0u;
      if (kind != EXIT) {
        left = goes_left(step, row);
      }
      var share = select(constants[step.w + 1u], constants[step.w], left);
      share = select(vec4<f32>(-ends.y), share, alive);
      if (kind == ENTER) {
        lefts = select(lefts & ~bit, lefts | bit, left);
        follows = select(follows & ~bit, follows | bit, left && alive);
        weight[level + 1u] = own * share;
        result = vec4<f32>(ends.z);
        continue;
      }
      // EXIT, or both steps of a node between two leaves.
      var first = vec4<f32>(ends.z);
      if (kind == EXIT) {
        first = on_left[level];
      }
      let second = select(result, vec4<f32>(ends.w), (step.x & RIGHT_LEAF) != 0u);
      let difference = first - second;
      result = second + share * difference;
      let gain = select(0.0, select(ends.y, ends.x, left), alive);
      phi[(out + step.y) * task.rows + row] += gain * dot(own * constants[step.w + 3u], difference);
    }
  }
}
