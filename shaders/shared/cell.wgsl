// A cell's histogram at a node, and the candidates for a split that it holds: what the searches have in common. One workgroup of 32.
#import records

@group(0) @binding(0) var<uniform> frame: Frame;
@group(0) @binding(1) var<storage, read> parameters: array<LaneParameters>;
@group(0) @binding(2) var<storage, read> state: array<u32>;
@group(0) @binding(3) var<storage, read> nodes: array<u32>;
@group(0) @binding(4) var<storage, read> cells: array<u32>;
@group(0) @binding(5) var<storage, read_write> histograms: array<i32>;
@group(0) @binding(6) var<storage, read> masks: array<u32>;

const THREADS = 32u;

// Sums by byte; then prefix sums by entry.
var<workgroup> sums: array<vec2<i32>, 256>;
var<workgroup> entries: array<vec2<i32>, 256>;
var<workgroup> part_sums: array<vec2<i32>, 64>;
var<workgroup> counted_g: atomic<i32>;
var<workgroup> counted_h: atomic<i32>;

struct Cell {
  lane: u32,
  // Place of the node in nodes, and its sums.
  node: u32,
  g: i32,
  h: i32,
  // Place of the cell in cells; of its first entry and its first column record; its entries, and how many of them a thread takes.
  at: u32,
  first_entry: u32,
  first_column: u32,
  entries: u32,
  each: u32,
  // Place of the node's mask over features in masks.
  mask: u32,
}

fn cell_of(lane: u32, index: u32, place: u32, mask_set: u32) -> Cell {
  var cell: Cell;
  cell.lane = lane;
  cell.node = (((frame.level & 1u) * frame.lanes + lane) * frame.max_width + index) * NODE_WORDS;
  cell.g = i32(nodes[cell.node + NODE_G]);
  cell.h = i32(nodes[cell.node + NODE_H]);
  cell.at = (frame.first_cell + place) * CELL_WORDS + TABLE_HEAD;
  cell.first_entry = cells[0] + cells[cell.at];
  cell.first_column = cells[1] + cells[cell.at + 5u] * COLUMN_WORDS;
  cell.entries = cells[cell.at + 1u];
  cell.each = (cell.entries + THREADS - 1u) / THREADS;
  cell.mask = (state[lane * STATE_WORDS + STATE_ROUND] % frame.ring) * frame.mask_round + mask_set * frame.mask_set +
    frame.level * frame.mask_level;
  if (frame.node_masks != 0u) {
    cell.mask = (lane * frame.max_width + index) * frame.mask_words;
  }
  return cell;
}

// Fetches the histogram of the bytes, or gets it as parent less sibling and keeps it in the parent's place; rebuilds the byte that was left
// out; adds up what belongs to each entry; makes prefix sums over the entries. `subtracted`: what search was to keep is there already.
fn load_cell(cell: Cell, lid: u32, subtracted: bool) {
  let bins = cells[cell.at + 2u];
  let slot = nodes[cell.node + NODE_SLOT];
  let sibling = nodes[cell.node + NODE_SIBLING];
  let offset = cells[cell.at + 3u];
  let own_at = ((slot * frame.lanes + cell.lane) * frame.chunk_bins + offset) * 2u;
  let sibling_at = ((sibling * frame.lanes + cell.lane) * frame.chunk_bins + offset) * 2u;
  var counted = vec2<i32>(0, 0);
  for (var e = lid; e < bins; e += THREADS) {
    var v = vec2<i32>(histograms[own_at + e * 2u], histograms[own_at + e * 2u + 1u]);
    if (sibling != NONE && !subtracted) {
      v -= vec2<i32>(histograms[sibling_at + e * 2u], histograms[sibling_at + e * 2u + 1u]);
      if (frame.subtract_next != 0u) {
        histograms[own_at + e * 2u] = v.x;
        histograms[own_at + e * 2u + 1u] = v.y;
      }
    }
    sums[e] = v;
    counted += v;
  }
  atomicAdd(&counted_g, counted.x);
  atomicAdd(&counted_h, counted.y);
  workgroupBarrier();
  if (lid == 0u) {
    sums[cells[cell.at + 4u]] = vec2<i32>(cell.g - atomicLoad(&counted_g), cell.h - atomicLoad(&counted_h));
  }
  workgroupBarrier();

  var own = vec2<i32>(0, 0);
  for (var k = 0u; k < cell.each; k++) {
    let e = lid * cell.each + k;
    if (e < cell.entries) {
      let entry = cells[cell.first_entry + e];
      let radix = (entry >> 8u) & 255u;
      let stride = radix * ((entry >> 16u) & 511u);
      for (var run = (entry & 255u) * radix; run < bins; run += stride) {
        for (var i = 0u; i < radix; i++) {
          own += sums[run + i];
        }
      }
      entries[e] = own;
    }
  }
  // Prefix sums over the threads, to and fro between two halves so that a step takes one barrier.
  let thread_sum = own;
  part_sums[lid] = own;
  workgroupBarrier();
  var half = 0u;
  for (var step = 1u; step < THREADS; step = step << 1u) {
    if (lid >= step) {
      own += part_sums[half + lid - step];
    }
    half = THREADS - half;
    part_sums[half + lid] = own;
    workgroupBarrier();
  }
  let before = own - thread_sum;
  for (var e = lid * cell.each; e < min(lid * cell.each + cell.each, cell.entries); e++) {
    entries[e] += before;
  }
  workgroupBarrier();
}

struct Candidate {
  valid: bool,
  gl: i32,
  hl: i32,
  key: u32,
}

// Candidate `k` of a thread, k < 2 * each: the split after one of its entries, with missing left, then right. Splits that leave too little on
// a side, and those that part the rows just as one of a lower bin does, are none.
fn candidate(cell: Cell, lid: u32, k: u32, least: i32) -> Candidate {
  let none = Candidate(false, 0, 0, NONE);
  let e = lid * cell.each + k / 2u;
  let right = (k & 1u) == 1u;
  if (e >= cell.entries) {
    return none;
  }
  let entry = cells[cell.first_entry + e];
  let column = cell.first_column + (entry >> 25u) * COLUMN_WORDS;
  let feature = cells[column];
  let bin = entry & 255u;
  let first = cells[column + 4u];
  let missing_bin = cells[column + 3u];
  var base = vec2<i32>(0, 0);
  if (first > 0u) {
    base = entries[first - 1u];
  }
  var missing = vec2<i32>(0, 0);
  if (missing_bin != NONE) {
    // A column with missing values has at least one value bin before them.
    missing = entries[first + missing_bin] - entries[first + missing_bin - 1u];
  }
  let no_missing = all(missing == vec2<i32>(0, 0));
  let below = entries[e] - base;
  var left = below;
  var key_bin = bin + 1u;
  var repeats = right && no_missing;
  if (bin == missing_bin) {
    // Only missing goes left.
    repeats = right || no_missing;
    left = missing;
    key_bin = 0u;
  } else {
    if (bin > 0u) {
      repeats = repeats || all(below == entries[max(e, 1u) - 1u] - base);
    }
    if (!right) {
      left += missing;
    }
  }
  let masked = ((masks[cell.mask + feature / 32u] >> (feature % 32u)) & 1u) == 0u;
  let key = (feature << 10u) | (key_bin << 1u) | select(0u, 1u, right);
  let valid = !repeats && !masked && left.y >= least && cell.h - left.y >= least;
  return Candidate(valid, left.x, left.y, key);
}
