// Turns the counts of a lane's row blocks into their places, and makes the root.
//   state               as in gradients
//   counts              (lane, max_blocks): exclusive prefix sums in place, the total behind them
//   nodes               (level parity, lane, max_width) of NODE_WORDS
//   builds              (lane, max_width) of BUILD_WORDS
//   tree                (lane, max_nodes) of TREE_WORDS
//   args                indirect arguments of all levels
//   paths               (level parity, lane, max_width) of mask_words, where there are interaction groups
// Dispatch: (1, lanes).
#import records
#import f64
#import scan

@group(0) @binding(0) var<uniform> frame: Frame;
@group(0) @binding(1) var<storage, read_write> state: array<u32>;
@group(0) @binding(2) var<storage, read_write> counts: array<u32>;
@group(0) @binding(3) var<storage, read_write> nodes: array<u32>;
@group(0) @binding(4) var<storage, read_write> builds: array<u32>;
@group(0) @binding(5) var<storage, read_write> tree: array<u32>;
@group(0) @binding(6) var<storage, read_write> args: array<atomic<u32>>;
@group(0) @binding(7) var<storage, read_write> paths: array<u32>;

@compute @workgroup_size(256)
fn main(@builtin(workgroup_id) wid: vec3<u32>, @builtin(local_invocation_index) lid: u32) {
  let lane = wid.y;
  let blocks = blocks_of(frame.rows, ROW_BLOCK);
  let first = lane * frame.max_blocks;
  var listed = 0u;
  for (var i = 0u; i < blocks; i += 256u) {
    var own = 0u;
    if (i + lid < blocks) {
      own = counts[first + i + lid];
    }
    let place = scan(own, lid);
    if (i + lid < blocks) {
      counts[first + i + lid] = listed + place.before;
    }
    listed += place.total;
  }
  if (lid != 0u) {
    return;
  }
  counts[first + blocks] = listed;
  let s = lane * STATE_WORDS;
  let is_active = state[s + STATE_ACTIVE] != 0u;
  let g = state[s + STATE_G];
  let h = state[s + STATE_H];
  let live = select(0u, 1u, is_active);
  let row_blocks = blocks_of(listed, ROW_BLOCK);
  let build_blocks = blocks_of(listed, BUILD_BLOCK);
  state[s + STATE_LISTED] = listed;
  state[s + STATE_NODES] = live;
  state[s + STATE_TREE] = 1u;
  state[s + STATE_BLOCKS] = row_blocks;
  state[s + STATE_BUILDS] = live;
  state[s + STATE_BUILD_BLOCKS] = build_blocks;

  let root = tree_at(lane);
  for (var i = 0u; i < TREE_WORDS; i++) {
    tree[root + i] = 0u;
  }
  tree[root + TREE_G] = g;
  tree[root + TREE_H] = h;
  tree[root + TREE_LOWER] = DOUBLE_MINUS_INFINITY.x;
  tree[root + TREE_UPPER] = DOUBLE_INFINITY.x;

  let n = lane * frame.max_width * NODE_WORDS;
  for (var i = 0u; i < NODE_WORDS; i++) {
    nodes[n + i] = 0u;
  }
  nodes[n + NODE_COUNT] = listed;
  nodes[n + NODE_G] = g;
  nodes[n + NODE_H] = h;
  nodes[n + NODE_SIBLING] = NONE;
  nodes[n + NODE_LOWER] = DOUBLE_MINUS_INFINITY.x;
  nodes[n + NODE_UPPER] = DOUBLE_INFINITY.x;
  let b = lane * frame.max_width * BUILD_WORDS;
  builds[b] = 0u;
  builds[b + 1u] = listed;
  builds[b + 2u] = 0u;
  builds[b + 3u] = 0u;

  if (frame.groups > 0u) {
    for (var i = 0u; i < frame.mask_words; i++) {
      paths[lane * frame.max_width * frame.mask_words + i] = 0u;
    }
  }

  for (var chunk = 0u; chunk < frame.chunks; chunk++) {
    atomicMax(&args[args_histogram(frame.chunks, 0u, chunk) + 1u], build_blocks * live);
    atomicMax(&args[args_private(frame.chunks, 0u, chunk) + 1u], build_blocks * live);
    atomicMax(&args[args_search(frame.chunks, 0u, chunk) + 1u], live);
  }
  atomicMax(&args[args_choose(frame.chunks, 0u)], live);
  atomicMax(&args[args_partition(frame.chunks, 0u)], row_blocks * live);
}

fn tree_at(lane: u32) -> u32 {
  return lane * frame.max_nodes * TREE_WORDS;
}
