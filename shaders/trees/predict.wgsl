// Adds the leaf values of a range of trees to the margins of a chunk of rows: one thread a row, one tree after another.
//
// binding  shape                            unit
// 0 task     uniform                        rows of the chunk; trees first_tree .. last_tree-1, at least one
// 1 values   (used columns, rows) u32       the bits of f32 feature values; NaN is missing
// 2 trees    (trees) vec4u                  root (a node), depth (edges), model, 0; trees of a model lie together
// 3 nodes    (nodes) vec4u                  inner: bound (ordered key + z), used column, missing goes left (0 or 1), left child
//                                           leaf: value (i32 bits), LEAF, 0, 0; a right child follows the left one
// 4 margins  (models, rows) i32, added to   2^-20
//
// All is integer: a GPU may flush subnormals and take NaN and infinities for absent, so values are compared as ordered keys. Sums wrap
// nowhere, since a model whose margins could leave the i32 range is refused when it is made; used columns x rows < 2^32.
// Dispatch: (ceil(rows / 64), 1, 1) workgroups of 64; threads beyond the last row leave. No walk is longer than its tree is deep.

struct Task {
  rows: u32,
  first_tree: u32,
  last_tree: u32,
  unused: u32,
}

@group(0) @binding(0) var<uniform> task: Task;
@group(0) @binding(1) var<storage, read> values: array<u32>;
@group(0) @binding(2) var<storage, read> trees: array<vec4<u32>>;
@group(0) @binding(3) var<storage, read> nodes: array<vec4<u32>>;
@group(0) @binding(4) var<storage, read_write> margins: array<i32>;

const LEAF: u32 = 0xffffffffu;

// Of numbers, keys compare as they do and the two zeros are one, at most 0xff800000; missing is all ones, so that adding 1 makes it the
// lowest of all and leaves every other comparison as it was.
fn ordered_key(bits: u32) -> u32 {
  let magnitude = bits & 0x7fffffffu;
  if (magnitude > 0x7f800000u) {
    return 0xffffffffu;
  }
  if (magnitude == 0u) {
    return 0x80000000u;
  }
  return select(bits ^ 0x80000000u, ~bits, bits > 0x80000000u);
}

fn leaf_value(root: u32, depth: u32, row: u32) -> i32 {
  var node = nodes[root];
  for (var level = 0u; level < depth; level++) {
    if (node.y == LEAF) {
      break;
    }
    let key = ordered_key(values[node.y * task.rows + row]) + node.z;
    node = nodes[node.w + select(1u, 0u, key < node.x)];
  }
  return bitcast<i32>(node.x);
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) thread: vec3<u32>) {
  let row = thread.x;
  if (row >= task.rows) {
    return;
  }
  var model = trees[task.first_tree].z;
  var sum = 0;
  for (var t = task.first_tree; t < task.last_tree; t++) {
    let tree = trees[t];
    if (tree.z != model) {
      margins[model * task.rows + row] += sum;
      model = tree.z;
      sum = 0;
    }
    sum += leaf_value(tree.x, tree.y, row);
  }
  margins[model * task.rows + row] += sum;
}
