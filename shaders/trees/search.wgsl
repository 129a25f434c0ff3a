// The best split of each node by the columns of each cell. A workgroup takes one node and cell: it fetches the histogram of the cell's bytes
// (or gets it as parent less sibling, and keeps it in the parent's place), rebuilds the byte that was left out, adds up the histograms of the
// cell's columns, and judges every bin with missing left and right. f32 only sieves (see sieve): what it lets through, mostly the best split
// alone, is judged by the canonical f64 expression, in integers. Order: highest gain, lowest column, lowest bin, missing left.
//   parameters  LaneParameters a lane; state likewise
//   nodes       (level parity, lane, max_width) of NODE_WORDS
//   cells       the table of the cells
//   histograms  (slot, lane, chunk_bins) of (g, h), i32
//   masks       a bit per feature: by round, set and level, or by node
//   directions  (lane, feature) -1, 0, 1: monotone constraints
//   best        (lane, node of the batch, cell) of BEST_WORDS
// Dispatch: (cells of the chunk, nodes, lanes).
#import records
#import gain

@group(0) @binding(0) var<uniform> frame: Frame;
@group(0) @binding(1) var<storage, read> parameters: array<LaneParameters>;
@group(0) @binding(2) var<storage, read> state: array<u32>;
@group(0) @binding(3) var<storage, read> nodes: array<u32>;
@group(0) @binding(4) var<storage, read> cells: array<u32>;
@group(0) @binding(5) var<storage, read_write> histograms: array<i32>;
@group(0) @binding(6) var<storage, read> masks: array<u32>;
@group(0) @binding(7) var<storage, read> directions: array<i32>;
@group(0) @binding(8) var<storage, read_write> best: array<u32>;

const THREADS = 64u;

// By byte, then by entry: sums, then prefix sums.
var<workgroup> sums: array<vec2<i32>, 256>;
var<workgroup> entries: array<vec2<i32>, 256>;
var<workgroup> part_sums: array<vec2<i32>, 64>;
var<workgroup> counted_g: atomic<i32>;
var<workgroup> counted_h: atomic<i32>;
var<workgroup> top: atomic<u32>;
var<workgroup> best_high: atomic<u32>;
var<workgroup> best_low: atomic<u32>;
var<workgroup> best_key: atomic<u32>;
var<workgroup> live: u32;

struct Candidate {
  valid: bool,
  gl: i32,
  hl: i32,
  key: u32,
}

// The sums left of a split after entry `e`; `right`: missing goes right.
fn candidate(e: u32, right: bool, cell: u32, node: u32, mask: u32, least: i32) -> Candidate {
  let none = Candidate(false, 0, 0, 0u);
  if (e >= cells[cell + 1u]) {
    return none;
  }
  let entry = cells[cells[0] + cells[cell] + e];
  let column = cells[1] + (cells[cell + 5u] + (entry >> 8u)) * COLUMN_WORDS;
  let feature = cells[column];
  if (((masks[mask + feature / 32u] >> (feature % 32u)) & 1u) == 0u) {
    return none;
  }
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
  var left = entries[e] - base;
  var key_bin = bin + 1u;
  if (bin == missing_bin) {
    // Only missing goes left.
    if (right || no_missing) {
      return none;
    }
    left = missing;
    key_bin = 0u;
  } else if (right) {
    if (no_missing) {
      return none;
    }
  } else {
    left += missing;
  }
  let hr = i32(nodes[node + NODE_H]) - left.y;
  let key = (feature << 10u) | (key_bin << 1u) | select(0u, 1u, right);
  return Candidate(left.y >= least && hr >= least, left.x, left.y, key);
}

// Bounds of d^2 / (l r) with l = HL + lambda, r = HR + lambda, d = GL r - GR l = GL H - G HL + lambda (2 GL - G), times 2^-64. Because
// GL^2 / l + GR^2 / r = G^2 / (l + r) + d^2 / (l r (l + r)), this is in the order of the gains, and free of their cancellation: the difference
// of products is made in integers. The bounds allow 2^-20 of the two parts of d for its roundings (fewer than six of at most 2^-23 each), and
// 2^-18 of the rest (fewer than ten of at most 2.5 * 2^-23).
fn sieve(c: Candidate, g: i32, h: i32, lambda: f32) -> vec2<f32> {
  let difference = wide_sub(signed_mul(c.gl, h), signed_mul(g, c.hl));
  let negative = (difference.x & SIGN_BIT) != 0u;
  let magnitude = select(difference, wide_sub(vec2<u32>(0u, 0u), difference), negative);
  let whole = f32(magnitude.x) + f32(magnitude.y) * 0x1p-32f;
  let scaled = lambda * 0x1p-32f;
  let rest = scaled * (2.0 * f32(c.gl) - f32(g));
  let d = abs(select(whole, -whole, negative) + rest);
  let slack = 0x1p-20f * (whole + scaled * (2.0 * abs(f32(c.gl)) + abs(f32(g))));
  let l = f32(c.hl) + lambda;
  let r = f32(h - c.hl) + lambda;
  let low = max(d - slack, 0.0);
  let high = d + slack;
  return vec2<f32>((low / l) * (low / r) * (1.0 - 0x1p-18f), (high / l) * (high / r) * (1.0 + 0x1p-18f));
}

// x * y, y not negative, as a two's complement 64-bit integer.
fn signed_mul(x: i32, y: i32) -> vec2<u32> {
  let product = wide_mul(u32(x), u32(y));
  return vec2<u32>(product.x - select(0u, u32(y), x < 0), product.y);
}

// Below this, no split of the node has a positive gain: G^2 lambda / (H + lambda), times 2^-64.
fn sieve_floor(g: i32, h: i32, lambda: f32) -> f32 {
  let scaled = f32(g) * 0x1p-32f;
  return scaled * scaled * (lambda / (f32(h) + lambda)) * (1.0 - 0x1p-18f);
}

// The canonical gain; zero where a monotone constraint forbids the split or it gains nothing.
fn canonical_gain(c: Candidate, lane: u32, node: u32, p: LaneParameters) -> Double {
  let r = Regularisation(p.lambda, p.alpha, p.step);
  let gl = double_of_i32(c.gl);
  let hl = double_of_i32(c.hl);
  let gr = double_of_i32(i32(nodes[node + NODE_G]) - c.gl);
  let hr = double_of_i32(i32(nodes[node + NODE_H]) - c.hl);
  var left: Double;
  var right: Double;
  if ((p.flags & FLAG_LIMITED) != 0u) {
    let lower = vec2<u32>(nodes[node + NODE_LOWER], nodes[node + NODE_LOWER + 1u]);
    let upper = vec2<u32>(nodes[node + NODE_UPPER], nodes[node + NODE_UPPER + 1u]);
    let weight_left = node_weight(gl, hl, r, lower, upper);
    let weight_right = node_weight(gr, hr, r, lower, upper);
    let direction = directions[lane * frame.columns + (c.key >> 10u)];
    if (direction > 0 && double_less(weight_right, weight_left)) {
      return DOUBLE_ZERO;
    }
    if (direction < 0 && double_less(weight_left, weight_right)) {
      return DOUBLE_ZERO;
    }
    left = score_at(weight_left, gl, hl, r);
    right = score_at(weight_right, gr, hr, r);
  } else {
    left = free_score(gl, hl, r);
    right = free_score(gr, hr, r);
  }
  let score = vec2<u32>(nodes[node + NODE_SCORE], nodes[node + NODE_SCORE + 1u]);
  let gain = double_sub(double_add(left, right), score);
  return select(DOUBLE_ZERO, gain, double_less(DOUBLE_ZERO, gain));
}

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) wid: vec3<u32>, @builtin(local_invocation_index) lid: u32) {
  let lane = wid.z;
  let index = frame.batch_first + wid.y;
  if (lid == 0u) {
    live = state[lane * STATE_WORDS + STATE_NODES + (frame.level & 1u)];
    atomicStore(&best_key, NONE);
  }
  if (index >= workgroupUniformLoad(&live)) {
    return;
  }
  let p = parameters[lane];
  let node = (((frame.level & 1u) * frame.lanes + lane) * frame.max_width + index) * NODE_WORDS;
  let g = i32(nodes[node + NODE_G]);
  let h = i32(nodes[node + NODE_H]);
  let cell = (frame.first_cell + wid.x) * CELL_WORDS + TABLE_HEAD;
  let bins = cells[cell + 2u];
  let left_out = cells[cell + 4u];

  // The bytes' histogram.
  let slot = nodes[node + NODE_SLOT];
  let sibling = nodes[node + NODE_SIBLING];
  let own_at = ((slot * frame.lanes + lane) * frame.chunk_bins + cells[cell + 3u]) * 2u;
  let sibling_at = ((sibling * frame.lanes + lane) * frame.chunk_bins + cells[cell + 3u]) * 2u;
  var counted = vec2<i32>(0, 0);
  for (var e = lid; e < bins; e += THREADS) {
    var v = vec2<i32>(histograms[own_at + e * 2u], histograms[own_at + e * 2u + 1u]);
    if (sibling != NONE) {
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
    sums[left_out] = vec2<i32>(g - atomicLoad(&counted_g), h - atomicLoad(&counted_h));
  }
  workgroupBarrier();

  // The entries' histograms, four a thread, and their prefix sums.
  let count = cells[cell + 1u];
  var own = vec2<i32>(0, 0);
  for (var k = 0u; k < 4u; k++) {
    let e = lid * 4u + k;
    if (e < count) {
      let entry = cells[cells[0] + cells[cell] + e];
      let column = cells[1] + (cells[cell + 5u] + (entry >> 8u)) * COLUMN_WORDS;
      let radix = cells[column + 1u];
      let stride = radix * cells[column + 2u];
      for (var run = (entry & 255u) * radix; run < bins; run += stride) {
        for (var i = 0u; i < radix; i++) {
          own += sums[run + i];
        }
      }
      entries[e] = own;
    }
  }
  part_sums[lid] = own;
  workgroupBarrier();
  for (var step = 1u; step < THREADS; step = step << 1u) {
    var sum = part_sums[lid];
    if (lid >= step) {
      sum += part_sums[lid - step];
    }
    workgroupBarrier();
    part_sums[lid] = sum;
    workgroupBarrier();
  }
  if (lid > 0u) {
    for (var e = lid * 4u; e < min(lid * 4u + 4u, count); e++) {
      entries[e] += part_sums[lid - 1u];
    }
  }
  workgroupBarrier();

  // The sieve.
  var mask = ((state[lane * STATE_WORDS + STATE_ROUND] % frame.ring) * frame.mask_round) + p.mask_set * frame.mask_set +
    frame.level * frame.mask_level;
  if (frame.node_masks != 0u) {
    mask = (lane * frame.max_width + index) * frame.mask_words;
  }
  let exact = (p.flags & FLAG_EXACT) != 0u;
  let lambda = bitcast<f32>(p.lambda_approximate);
  // The highest bounds of this thread's candidates.
  var highest = vec2<f32>(0.0, -1.0);
  if (!exact) {
    for (var k = 0u; k < 8u; k++) {
      let c = candidate(lid * 4u + k / 2u, (k & 1u) == 1u, cell, node, mask, p.least);
      if (c.valid) {
        highest = max(highest, sieve(c, g, h, lambda));
      }
    }
    atomicMax(&top, bitcast<u32>(max(highest.x, sieve_floor(g, h, lambda))));
  }
  workgroupBarrier();

  // The candidates that pass, by their canonical gain.
  let enough = bitcast<f32>(atomicLoad(&top));
  var own_gain = DOUBLE_ZERO;
  var own_best = Candidate(false, 0, 0, NONE);
  if (exact || highest.y >= enough) {
    for (var k = 0u; k < 8u; k++) {
      let c = candidate(lid * 4u + k / 2u, (k & 1u) == 1u, cell, node, mask, p.least);
      if (c.valid && (exact || sieve(c, g, h, lambda).y >= enough)) {
        let gain = canonical_gain(c, lane, node, p);
        let same = all(gain == own_gain);
        if (wide_less(own_gain, gain) || (same && !double_is_zero(gain) && c.key < own_best.key)) {
          own_gain = gain;
          own_best = c;
        }
      }
    }
  }
  atomicMax(&best_high, own_gain.x);
  workgroupBarrier();
  if (own_gain.x == atomicLoad(&best_high)) {
    atomicMax(&best_low, own_gain.y);
  }
  workgroupBarrier();
  let winner = vec2<u32>(atomicLoad(&best_high), atomicLoad(&best_low));
  if (own_best.valid && all(own_gain == winner)) {
    atomicMin(&best_key, own_best.key);
  }
  workgroupBarrier();
  let key = atomicLoad(&best_key);
  let at = ((lane * frame.batch_size + wid.y) * frame.cells + frame.first_cell + wid.x) * BEST_WORDS;
  if (key == NONE) {
    if (lid == 0u) {
      best[at] = 0u;
      best[at + 1u] = 0u;
    }
  } else if (own_best.valid && own_best.key == key) {
    best[at] = winner.x;
    best[at + 1u] = winner.y;
    best[at + 2u] = key;
    best[at + 3u] = u32(own_best.gl);
    best[at + 4u] = u32(own_best.hl);
  }
}
