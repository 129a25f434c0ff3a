// The best split of each node by the columns of each cell, where weights are free (no alpha, max_delta_step or monotone constraint). A
// workgroup takes one node and cell and judges every bin, with missing left and right. f32 only sieves, by bounds (see sieve); where it
// cannot tell the best split, those it leaves are judged by the canonical f64 gain, in integers; across cells, choose does the same. Order:
// highest gain, lowest column, lowest bin, missing left.
//   parameters  LaneParameters a lane; state likewise
//   nodes       (level parity, lane, max_width) of NODE_WORDS
//   cells       the table of the cells
//   histograms  (slot, lane, chunk_bins) of (g, h), i32
//   masks       a bit per feature: by round, set and level, or by node
//   best        (lane, node of the batch, cell) of BEST_WORDS
// Dispatch: (cells of the chunk, nodes, lanes).
#import cell
#import gain

@group(0) @binding(7) var<storage, read_write> best: array<u32>;

var<workgroup> live: u32;
// The highest lower bound; of what passes, the least and the greatest sums.
var<workgroup> top: atomic<u32>;
var<workgroup> least_gl: atomic<i32>;
var<workgroup> most_gl: atomic<i32>;
var<workgroup> least_hl: atomic<i32>;
var<workgroup> most_hl: atomic<i32>;
var<workgroup> unclear: u32;
var<workgroup> best_high: atomic<u32>;
var<workgroup> best_low: atomic<u32>;
var<workgroup> best_key: atomic<u32>;

// Bounds of d^2 / (l r) with l = HL + lambda, r = HR + lambda, d = GL r - GR l = GL H - G HL + lambda (2 GL - G), times 2^-64. Because
// GL^2 / l + GR^2 / r = G^2 / (l + r) + d^2 / (l r (l + r)), this is in the order of the gains, and free of their cancellation: the difference
// of products is made in integers. The bounds allow 2^-20 of the two parts of d for its roundings (fewer than six of at most 2^-23 each), 2^-18
// of the rest (fewer than ten of at most 2.5 * 2^-23), and what the canonical gain itself may be off: six roundings of 2^-53 of
// GL^2 / l + GR^2 / r, which is (G^2 + d^2 / (l r)) / (l + r).
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
  let least = max(d - slack, 0.0);
  let most = d + slack;
  let low = (least / l) * (least / r) * (1.0 - 0x1p-18f);
  let high = (most / l) * (most / r) * (1.0 + 0x1p-18f);
  let noise = square_of(g) * CANONICAL_NOISE;
  return vec2<f32>(max(low - noise, 0.0), high + noise);
}

const CANONICAL_NOISE = 0x1p-48f;

// g^2 times 2^-64.
fn square_of(g: i32) -> f32 {
  let scaled = f32(g) * 0x1p-32f;
  return scaled * scaled;
}

// x * y, y not negative, as a two's complement 64-bit integer.
fn signed_mul(x: i32, y: i32) -> vec2<u32> {
  let product = wide_mul(u32(x), u32(y));
  return vec2<u32>(product.x - select(0u, u32(y), x < 0), product.y);
}

// Below this, no split of the node has a positive gain: G^2 lambda / (H + lambda), times 2^-64.
fn sieve_floor(g: i32, h: i32, lambda: f32) -> f32 {
  let square = square_of(g);
  return max(square * (lambda / (f32(h) + lambda)) * (1.0 - 0x1p-18f) - square * CANONICAL_NOISE, 0.0);
}

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) wid: vec3<u32>, @builtin(local_invocation_index) lid: u32) {
  let lane = wid.z;
  if (lid == 0u) {
    live = state[lane * STATE_WORDS + STATE_NODES + (frame.level & 1u)];
    atomicStore(&best_key, NONE);
    atomicStore(&least_gl, 0x7fffffff);
    atomicStore(&most_gl, -0x7fffffff);
    atomicStore(&least_hl, 0x7fffffff);
    atomicStore(&most_hl, -0x7fffffff);
  }
  if (frame.batch_first + wid.y >= workgroupUniformLoad(&live)) {
    return;
  }
  let p = parameters[lane];
  let cell = cell_of(lane, frame.batch_first + wid.y, wid.x, p.mask_set);
  load_cell(cell, lid);

  let lambda = bitcast<f32>(p.lambda_approximate);
  var highs: array<f32, 8>;
  var low = sieve_floor(cell.g, cell.h, lambda);
  for (var k = 0u; k < 2u * cell.each; k++) {
    highs[k] = -1.0;
    let c = candidate(cell, lid, k, p.least);
    if (c.valid) {
      let bounds = sieve(c, cell.g, cell.h, lambda);
      low = max(low, bounds.x);
      highs[k] = bounds.y;
    }
  }
  atomicMax(&top, bitcast<u32>(low));
  workgroupBarrier();

  let enough = bitcast<f32>(atomicLoad(&top));
  var left = 0u;
  for (var k = 0u; k < 2u * cell.each; k++) {
    if (highs[k] >= enough) {
      left |= 1u << k;
    }
  }
  // Of the splits that pass, mostly there is one, or all part the node alike: the lowest key is the best.
  var mine = Candidate(false, 0, 0, NONE);
  for (var rest = left; rest != 0u; rest &= rest - 1u) {
    let c = candidate(cell, lid, countTrailingZeros(rest), p.least);
    atomicMin(&least_gl, c.gl);
    atomicMax(&most_gl, c.gl);
    atomicMin(&least_hl, c.hl);
    atomicMax(&most_hl, c.hl);
    if (c.key < mine.key) {
      mine = c;
    }
  }
  workgroupBarrier();
  if (lid == 0u) {
    let alike = atomicLoad(&least_gl) >= atomicLoad(&most_gl) && atomicLoad(&least_hl) >= atomicLoad(&most_hl);
    unclear = select(1u, 0u, alike);
  }
  if (workgroupUniformLoad(&unclear) != 0u) {
    let r = Regularisation(p.lambda, p.alpha, p.step);
    let score = free_score(double_of_i32(cell.g), double_of_i32(cell.h), r);
    var gain = DOUBLE_ZERO;
    mine = Candidate(false, 0, 0, NONE);
    for (var rest = left; rest != 0u; rest &= rest - 1u) {
      let c = candidate(cell, lid, countTrailingZeros(rest), p.least);
      let own = free_gain(c.gl, c.hl, cell.g, cell.h, score, r);
      if (!double_is_zero(own) && (wide_less(gain, own) || (all(own == gain) && c.key < mine.key))) {
        gain = own;
        mine = c;
      }
    }
    atomicMax(&best_high, gain.x);
    workgroupBarrier();
    if (gain.x == atomicLoad(&best_high)) {
      atomicMax(&best_low, gain.y);
    }
    workgroupBarrier();
    if (gain.x != atomicLoad(&best_high) || gain.y != atomicLoad(&best_low)) {
      mine = Candidate(false, 0, 0, NONE);
    }
  }
  atomicMin(&best_key, mine.key);
  workgroupBarrier();
  let key = atomicLoad(&best_key);
  let at = ((lane * frame.batch_size + wid.y) * frame.cells + frame.first_cell + wid.x) * BEST_WORDS;
  if (key == NONE) {
    if (lid == 0u) {
      best[at] = NONE;
    }
  } else if (mine.key == key) {
    let bounds = sieve(mine, cell.g, cell.h, lambda);
    best[at] = key;
    best[at + 1u] = u32(mine.gl);
    best[at + 2u] = u32(mine.hl);
    best[at + 3u] = bitcast<u32>(bounds.x);
    best[at + 4u] = bitcast<u32>(bounds.y);
  }
}
