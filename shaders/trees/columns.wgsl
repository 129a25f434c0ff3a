// Which features each node may split on, where nodes draw their own sample or interactions are constrained. Twin: src/numerics/column-sample.ts.
//   parameters, state   as in search
//   masks               a bit per feature by round, set and level: the level's sample
//   interactions        how many are drawn of n features, n = 0 .. columns; then a mask per interaction group
//   paths               (level parity, lane, max_width) of mask_words: features on the path to the node
//   node_masks          (lane, max_width) of mask_words
// At most 65,536 features and 2,048 groups. Dispatch: (nodes, lanes).
#import records
#import random

@group(0) @binding(0) var<uniform> frame: Frame;
@group(0) @binding(1) var<storage, read> parameters: array<LaneParameters>;
@group(0) @binding(2) var<storage, read> state: array<u32>;
@group(0) @binding(3) var<storage, read> masks: array<u32>;
@group(0) @binding(4) var<storage, read> interactions: array<u32>;
@group(0) @binding(5) var<storage, read> paths: array<u32>;
@group(0) @binding(6) var<storage, read_write> node_masks: array<atomic<u32>>;

const THREADS = 256u;
const PURPOSE_COLUMN_SAMPLE = 3u;

var<workgroup> live: u32;
// Features that may follow on the node's path, their number, and the groups that hold the whole path.
var<workgroup> reachable: array<atomic<u32>, 2048>;
var<workgroup> available: atomic<u32>;
var<workgroup> holding: array<atomic<u32>, 64>;

@compute @workgroup_size(256)
fn main(@builtin(workgroup_id) wid: vec3<u32>, @builtin(local_invocation_index) lid: u32) {
  let lane = wid.y;
  if (lid == 0u) {
    live = state[lane * STATE_WORDS + STATE_NODES + (frame.level & 1u)];
  }
  if (wid.x >= workgroupUniformLoad(&live)) {
    return;
  }
  let p = parameters[lane];
  let round = state[lane * STATE_WORDS + STATE_ROUND];
  let level_mask = (round % frame.ring) * frame.mask_round + p.mask_set * frame.mask_set + frame.level * frame.mask_level;
  let path = (((frame.level & 1u) * frame.lanes + lane) * frame.max_width + wid.x) * frame.mask_words;
  let own = (lane * frame.max_width + wid.x) * frame.mask_words;
  let groups_at = frame.columns + 1u;
  for (var group = lid; group < frame.groups; group += THREADS) {
    var outside = 0u;
    for (var i = 0u; i < frame.mask_words; i++) {
      outside |= paths[path + i] & ~interactions[groups_at + group * frame.mask_words + i];
    }
    if (outside == 0u) {
      atomicOr(&holding[group / 32u], 1u << (group % 32u));
    }
  }
  workgroupBarrier();
  let free = frame.groups == 0u || frame.level == 0u;
  for (var word = lid; word < frame.mask_words; word += THREADS) {
    var mask = masks[level_mask + word];
    if (!free) {
      var followers = paths[path + word];
      for (var group = 0u; group < frame.groups; group++) {
        if (((atomicLoad(&holding[group / 32u]) >> (group % 32u)) & 1u) == 1u) {
          followers |= interactions[groups_at + group * frame.mask_words + word];
        }
      }
      mask &= followers;
    }
    atomicStore(&reachable[word], mask);
    atomicAdd(&available, countOneBits(mask));
    atomicStore(&node_masks[own + word], 0u);
  }
  storageBarrier();
  workgroupBarrier();
  // Those with the lowest draws, ties to the lowest feature.
  let drawn = interactions[min(atomicLoad(&available), frame.columns)];
  let key = philox(vec2<u32>(p.seed_low, p.seed_high),
    vec4<u32>(PURPOSE_COLUMN_SAMPLE, round, ((frame.level + 1u) << 24u) ^ (wid.x + 1u), 0u));
  for (var feature = lid; feature < frame.columns; feature += THREADS) {
    if (is_reachable(feature) && rank_of(feature, key.xy) < drawn) {
      atomicOr(&node_masks[own + feature / 32u], 1u << (feature % 32u));
    }
  }
}

fn is_reachable(feature: u32) -> bool {
  return ((atomicLoad(&reachable[feature / 32u]) >> (feature % 32u)) & 1u) == 1u;
}

// How many of the reachable features come before this one.
fn rank_of(feature: u32, key: vec2<u32>) -> u32 {
  let draw = row_draw(key.x, key.y, feature);
  var rank = 0u;
  for (var other = 0u; other < frame.columns; other++) {
    let its = row_draw(key.x, key.y, other);
    if (is_reachable(other) && (its < draw || (its == draw && other < feature))) {
      rank++;
    }
  }
  return rank;
}
