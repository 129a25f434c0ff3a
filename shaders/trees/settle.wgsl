// Judges the unclear cells of each node that could hold its best split: of the splits that the sieve leaves in such a cell, the best by the
// canonical f64 gain. Rarely there is any.
//   as search; best is read and written
// Dispatch: (nodes, lanes), for the cells of a chunk.
#import cell
#import sieve
#import gain

@group(0) @binding(7) var<storage, read_write> best: array<u32>;

var<workgroup> live: u32;
// The highest lower bound of all cells; the next cell to judge.
var<workgroup> top: atomic<u32>;
var<workgroup> next_cell: atomic<u32>;
var<workgroup> next_shared: u32;
var<workgroup> best_high: atomic<u32>;
var<workgroup> best_low: atomic<u32>;
var<workgroup> best_key: atomic<u32>;

@compute @workgroup_size(32)
fn main(@builtin(workgroup_id) wid: vec3<u32>, @builtin(local_invocation_index) lid: u32) {
  let lane = wid.y;
  if (lid == 0u) {
    live = state[lane * STATE_WORDS + STATE_NODES + (frame.level & 1u)];
  }
  if (frame.batch_first + wid.x >= workgroupUniformLoad(&live)) {
    return;
  }
  let first = (lane * frame.batch_size + wid.x) * frame.cells;
  for (var i = lid; i < frame.cells; i += THREADS) {
    atomicMax(&top, best[(first + i) * BEST_WORDS + 3u]);
  }
  workgroupBarrier();
  let enough = atomicLoad(&top);
  let p = parameters[lane];
  var from_cell = 0u;
  loop {
    // The next unclear cell of the chunk that could hold the best split.
    if (lid == 0u) {
      atomicStore(&next_cell, NONE);
    }
    workgroupBarrier();
    for (var i = from_cell + lid; i < frame.chunk_cells; i += THREADS) {
      let at = (first + frame.first_cell + i) * BEST_WORDS;
      if (best[at] != NONE && (best[at] & UNCLEAR) != 0u && best[at + 4u] >= enough) {
        atomicMin(&next_cell, i);
      }
    }
    workgroupBarrier();
    if (lid == 0u) {
      next_shared = atomicLoad(&next_cell);
      atomicStore(&best_high, 0u);
      atomicStore(&best_low, 0u);
      atomicStore(&best_key, NONE);
      atomicStore(&counted_g, 0);
      atomicStore(&counted_h, 0);
    }
    let place = workgroupUniformLoad(&next_shared);
    if (place == NONE) {
      break;
    }
    judge(cell_of(lane, frame.batch_first + wid.x, place, p.mask_set), lid, p, (first + frame.first_cell + place) * BEST_WORDS);
    from_cell = place + 1u;
  }
}

// Puts the best split of an unclear cell in its place of best; its bounds stay, so that choose goes by the same ones.
fn judge(cell: Cell, lid: u32, p: LaneParameters, at: u32) {
  load_cell(cell, lid, frame.subtract_next != 0u);
  let lambda = bitcast<f32>(p.lambda_approximate);
  let enough = bitcast<f32>(best[at + 3u]);
  let r = Regularisation(p.lambda, p.alpha, p.step);
  let judged = Judged(cell.g, cell.h, r, false, DOUBLE_MINUS_INFINITY, DOUBLE_INFINITY);
  var gain = DOUBLE_ZERO;
  var mine = Candidate(false, 0, 0, NONE);
  for (var k = 0u; k < 2u * cell.each; k++) {
    let c = candidate(cell, lid, k, p.least);
    if (c.valid && sieve(c, cell.g, cell.h, lambda).y >= enough) {
      let own = split_gain(c.gl, c.hl, 0, judged).gain;
      if (!double_is_zero(own) && (wide_less(gain, own) || (all(own == gain) && c.key < mine.key))) {
        gain = own;
        mine = c;
      }
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
  atomicMin(&best_key, mine.key);
  workgroupBarrier();
  let key = atomicLoad(&best_key);
  if (key == NONE) {
    if (lid == 0u) {
      best[at] = NONE;
    }
  } else if (mine.key == key) {
    best[at] = key;
    best[at + 1u] = u32(mine.gl);
    best[at + 2u] = u32(mine.hl);
  }
}
