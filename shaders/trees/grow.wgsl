// Makes the children of a level's splits: their places in the list and in the tree, which of them may split again, and whose histograms are
// built or got by subtraction. One workgroup a lane.
//   parameters, state   as in gradients
//   counts              (lane, max_blocks): rows of each block that go left; exclusive prefix sums in place, the total behind them
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
@group(0) @binding(1) var<storage, read> parameters: array<LaneParameters>;
@group(0) @binding(2) var<storage, read_write> state: array<u32>;
@group(0) @binding(3) var<storage, read_write> counts: array<u32>;
@group(0) @binding(4) var<storage, read_write> nodes: array<u32>;
@group(0) @binding(5) var<storage, read_write> builds: array<u32>;
@group(0) @binding(6) var<storage, read_write> tree: array<u32>;
@group(0) @binding(7) var<storage, read_write> args: array<atomic<u32>>;
@group(0) @binding(8) var<storage, read_write> paths: array<u32>;

// Live nodes, blocks and tree nodes of the lane when the kernel begins.
var<workgroup> begin: vec3<u32>;

struct Child {
  start: u32,
  count: u32,
  g: i32,
  h: i32,
  lower: Double,
  upper: Double,
  // Whether it may split again.
  live: bool,
}

@compute @workgroup_size(256)
fn main(@builtin(workgroup_id) wid: vec3<u32>, @builtin(local_invocation_index) lid: u32) {
  let lane = wid.y;
  let s = lane * STATE_WORDS;
  if (lid == 0u) {
    let parity = frame.level & 1u;
    begin = vec3<u32>(state[s + STATE_NODES + parity], state[s + STATE_BLOCKS + parity], state[s + STATE_TREE]);
  }
  let began = workgroupUniformLoad(&begin);
  let p = parameters[lane];
  let c = lane * frame.max_blocks;
  if (frame.last == 0u) {
    var left_rows = 0u;
    for (var i = 0u; i < began.y; i += 256u) {
      var own = 0u;
      if (i + lid < began.y) {
        own = counts[c + i + lid];
      }
      let place = scan(own, lid);
      if (i + lid < began.y) {
        counts[c + i + lid] = left_rows + place.before;
      }
      left_rows += place.total;
    }
    if (lid == 0u) {
      counts[c + began.y] = left_rows;
    }
    storageBarrier();
    workgroupBarrier();
  }

  let deeper = frame.last == 0u && frame.level + 1u < p.depth;
  let from_nodes = ((frame.level & 1u) * frame.lanes + lane) * frame.max_width;
  let to_nodes = (((frame.level + 1u) & 1u) * frame.lanes + lane) * frame.max_width;
  // What the nodes before these come to: splits, live children, their blocks, builds, their blocks.
  var splits = 0u;
  var children = 0u;
  var blocks = 0u;
  var built = 0u;
  var build_blocks = 0u;
  for (var i = 0u; i < began.x; i += 256u) {
    let index = i + lid;
    let node = (from_nodes + index) * NODE_WORDS;
    var split = false;
    if (index < began.x) {
      split = nodes[node + NODE_ACCEPTED] != 0u;
    }
    var left: Child;
    var right: Child;
    if (split) {
      let id = nodes[node + NODE_ID];
      let at = (lane * frame.max_nodes + id) * TREE_WORDS;
      left = child_of(lane, node, at, false, deeper, p);
      right = child_of(lane, node, at, true, deeper, p);
      let bounds = bounds_of(node);
      left.lower = bounds[0];
      left.upper = bounds[1];
      right.lower = bounds[2];
      right.upper = bounds[3];
    }
    let split_place = scan(select(0u, 1u, split), lid);
    let live = select(0u, 1u, left.live) + select(0u, 1u, right.live);
    let live_place = scan(live, lid);
    let own_blocks = select(0u, blocks_of(left.count, ROW_BLOCK), left.live) +
      select(0u, blocks_of(right.count, ROW_BLOCK), right.live);
    let block_place = scan(own_blocks, lid);

    // The smaller child's histogram is built, the other's is what is left of the parent's.
    let small_is_right = right.count < left.count;
    let big_is_live = select(right.live, left.live, small_is_right);
    let subtracts = frame.subtract_next != 0u && big_is_live;
    var first_build = left;
    var second_build = right;
    var own_builds = live;
    if (subtracts) {
      own_builds = 1u;
      if (small_is_right) {
        first_build = right;
      }
    } else if (!left.live) {
      first_build = right;
    }
    let build_place = scan(own_builds, lid);
    var own_build_blocks = 0u;
    if (own_builds > 0u) {
      own_build_blocks = blocks_of(first_build.count, BUILD_BLOCK);
    }
    if (own_builds > 1u) {
      own_build_blocks += blocks_of(second_build.count, BUILD_BLOCK);
    }
    let build_block_place = scan(own_build_blocks, lid);

    if (split) {
      let id = nodes[node + NODE_ID];
      let child = began.z + 2u * (splits + split_place.before);
      tree[(lane * frame.max_nodes + id) * TREE_WORDS + TREE_LEFT] = child;
      write_leaf(lane, child, left);
      write_leaf(lane, child + 1u, right);

      // Slots: the smaller child takes a new one, the other its parent's; without subtraction they go by the place in the batch.
      let first_index = children + live_place.before;
      let second_index = first_index + select(0u, 1u, left.live);
      var left_slot = first_index % frame.slots;
      var right_slot = second_index % frame.slots;
      var left_sibling = NONE;
      var right_sibling = NONE;
      if (frame.subtract_next != 0u) {
        let fresh = (1u << frame.level) + index;
        let inherited = nodes[node + NODE_SLOT];
        left_slot = select(inherited, fresh, !small_is_right);
        right_slot = select(inherited, fresh, small_is_right);
        if (subtracts && small_is_right) {
          left_sibling = fresh;
        } else if (subtracts) {
          right_sibling = fresh;
        }
      }
      var block = blocks + block_place.before;
      if (left.live) {
        write_node(to_nodes + first_index, child, left, left_slot, left_sibling, block);
        copy_path(from_nodes + index, to_nodes + first_index, lane, id);
        block += blocks_of(left.count, ROW_BLOCK);
      }
      if (right.live) {
        write_node(to_nodes + second_index, child + 1u, right, right_slot, right_sibling, block);
        copy_path(from_nodes + index, to_nodes + second_index, lane, id);
      }
      var build = lane * frame.max_width + built + build_place.before;
      var build_block = build_blocks + build_block_place.before;
      if (own_builds > 0u) {
        let takes_right = select(!left.live, small_is_right, subtracts);
        write_build(build, first_build, select(left_slot, right_slot, takes_right), build_block);
        build_block += blocks_of(first_build.count, BUILD_BLOCK);
      }
      if (own_builds > 1u) {
        write_build(build + 1u, second_build, right_slot, build_block);
      }
    }
    splits += split_place.total;
    children += live_place.total;
    blocks += block_place.total;
    built += build_place.total;
    build_blocks += build_block_place.total;
  }

  if (lid != 0u) {
    return;
  }
  state[s + STATE_TREE] = began.z + 2u * splits;
  if (frame.last != 0u) {
    return;
  }
  let next_parity = (frame.level + 1u) & 1u;
  state[s + STATE_NODES + next_parity] = children;
  state[s + STATE_BLOCKS + next_parity] = blocks;
  state[s + STATE_BUILDS] = built;
  state[s + STATE_BUILD_BLOCKS] = build_blocks;
  let level = frame.level + 1u;
  for (var chunk = 0u; chunk < frame.chunks; chunk++) {
    atomicMax(&args[args_histogram(frame.chunks, level, chunk) + 1u], build_blocks);
    atomicMax(&args[args_private(frame.chunks, level, chunk) + 1u], build_blocks);
    atomicMax(&args[args_search(frame.chunks, level, chunk) + 1u], children);
  }
  atomicMax(&args[args_choose(frame.chunks, level)], children);
  atomicMax(&args[args_partition(frame.chunks, level)], blocks);
}

// A child of an accepted node, without its bounds.
fn child_of(lane: u32, node: u32, at: u32, is_right: bool, deeper: bool, p: LaneParameters) -> Child {
  let count = nodes[node + NODE_COUNT];
  var left_count = 0u;
  if (frame.last == 0u) {
    let c = lane * frame.max_blocks + nodes[node + NODE_FIRST_BLOCK];
    left_count = counts[c + blocks_of(count, ROW_BLOCK)] - counts[c];
  }
  let gl = i32(tree[at + TREE_GL]);
  let hl = i32(tree[at + TREE_HL]);
  var child: Child;
  child.start = nodes[node + NODE_START];
  child.count = left_count;
  child.g = gl;
  child.h = hl;
  if (is_right) {
    child.start += left_count;
    child.count = count - left_count;
    child.g = i32(nodes[node + NODE_G]) - gl;
    child.h = i32(nodes[node + NODE_H]) - hl;
  }
  child.live = deeper && child.count >= 2u && child.h >= 2 * p.least;
  return child;
}

// Bounds of the children's weights: left lower, left upper, right lower, right upper. Under a monotone constraint they meet at a middle.
fn bounds_of(node: u32) -> array<Double, 4> {
  let lower = vec2<u32>(nodes[node + NODE_LOWER], nodes[node + NODE_LOWER + 1u]);
  let upper = vec2<u32>(nodes[node + NODE_UPPER], nodes[node + NODE_UPPER + 1u]);
  let middle = vec2<u32>(nodes[node + NODE_MIDDLE], nodes[node + NODE_MIDDLE + 1u]);
  let direction = i32(nodes[node + NODE_DIRECTION]);
  if (direction > 0) {
    return array<Double, 4>(lower, middle, middle, upper);
  }
  if (direction < 0) {
    return array<Double, 4>(middle, upper, lower, middle);
  }
  return array<Double, 4>(lower, upper, lower, upper);
}

fn write_leaf(lane: u32, id: u32, child: Child) {
  let at = (lane * frame.max_nodes + id) * TREE_WORDS;
  for (var i = 0u; i < TREE_WORDS; i++) {
    tree[at + i] = 0u;
  }
  tree[at + TREE_G] = u32(child.g);
  tree[at + TREE_H] = u32(child.h);
  tree[at + TREE_LOWER] = child.lower.x;
  tree[at + TREE_LOWER + 1u] = child.lower.y;
  tree[at + TREE_UPPER] = child.upper.x;
  tree[at + TREE_UPPER + 1u] = child.upper.y;
}

fn write_node(place: u32, id: u32, child: Child, slot: u32, sibling: u32, first_block: u32) {
  let node = place * NODE_WORDS;
  nodes[node + NODE_ID] = id;
  nodes[node + NODE_START] = child.start;
  nodes[node + NODE_COUNT] = child.count;
  nodes[node + NODE_G] = u32(child.g);
  nodes[node + NODE_H] = u32(child.h);
  nodes[node + NODE_SLOT] = slot;
  nodes[node + NODE_SIBLING] = sibling;
  nodes[node + NODE_FIRST_BLOCK] = first_block;
  nodes[node + NODE_ACCEPTED] = 0u;
  nodes[node + NODE_LOWER] = child.lower.x;
  nodes[node + NODE_LOWER + 1u] = child.lower.y;
  nodes[node + NODE_UPPER] = child.upper.x;
  nodes[node + NODE_UPPER + 1u] = child.upper.y;
}

fn write_build(build: u32, child: Child, slot: u32, first_block: u32) {
  builds[build * BUILD_WORDS] = child.start;
  builds[build * BUILD_WORDS + 1u] = child.count;
  builds[build * BUILD_WORDS + 2u] = slot;
  builds[build * BUILD_WORDS + 3u] = first_block;
}

// The path to a child: its parent's and the feature that the parent splits on.
fn copy_path(from_place: u32, to_place: u32, lane: u32, parent: u32) {
  if (frame.groups == 0u) {
    return;
  }
  let feature = tree[(lane * frame.max_nodes + parent) * TREE_WORDS + TREE_KEY] >> 10u;
  for (var i = 0u; i < frame.mask_words; i++) {
    paths[to_place * frame.mask_words + i] = paths[from_place * frame.mask_words + i];
  }
  let at = to_place * frame.mask_words + feature / 32u;
  paths[at] = paths[at] | (1u << (feature % 32u));
}
