// The best split of each node by the columns of each cell, where weights are free (no alpha, max_delta_step or monotone constraint). A
// workgroup takes one node and cell and sieves every bin, with missing left and right, by bounds in f32. Mostly one split is left, or all that
// are left part the node alike and the lowest key is the best; else the cell is unclear, and settle judges it. Order of splits: highest
// canonical gain, lowest column, lowest bin, missing left.
//   parameters  LaneParameters a lane; state likewise
//   nodes       (level parity, lane, max_width) of NODE_WORDS
//   cells       the table of the cells
//   histograms  (slot, lane, chunk_bins) of (g, h), i32
//   masks       a bit per feature: by round, set and level, or by node
//   best        (lane, node of the batch, cell) of BEST_WORDS
// Dispatch: (cells of the chunk, nodes, lanes).
#import cell
#import sieve

@group(0) @binding(7) var<storage, read_write> best: array<u32>;

var<workgroup> live: u32;
// The highest bounds; of what passes, the least and the greatest sums.
var<workgroup> top: atomic<u32>;
var<workgroup> most: atomic<u32>;
var<workgroup> least_gl: atomic<i32>;
var<workgroup> most_gl: atomic<i32>;
var<workgroup> least_hl: atomic<i32>;
var<workgroup> most_hl: atomic<i32>;
var<workgroup> unclear: u32;
var<workgroup> best_key: atomic<u32>;

@compute @workgroup_size(32)
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
  load_cell(cell, lid, false);

  let lambda = bitcast<f32>(p.lambda_approximate);
  var highs: array<f32, 16>;
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
  var high = 0.0;
  for (var k = 0u; k < 2u * cell.each; k++) {
    if (highs[k] >= enough) {
      left |= 1u << k;
      high = max(high, highs[k]);
    }
  }
  atomicMax(&most, bitcast<u32>(high));
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
  let is_unclear = workgroupUniformLoad(&unclear) != 0u;
  atomicMin(&best_key, mine.key);
  workgroupBarrier();
  let key = atomicLoad(&best_key);
  let at = ((lane * frame.batch_size + wid.y) * frame.cells + frame.first_cell + wid.x) * BEST_WORDS;
  if (key == NONE) {
    if (lid == 0u) {
      best[at] = NONE;
      best[at + 3u] = 0u;
      best[at + 4u] = 0u;
    }
  } else if (mine.key == key) {
    // Where several pass, the entry bounds them all, so that settle sees whether any could be the best of the node.
    best[at] = select(key, key | UNCLEAR, is_unclear);
    best[at + 1u] = u32(mine.gl);
    best[at + 2u] = u32(mine.hl);
    best[at + 3u] = atomicLoad(&top);
    best[at + 4u] = atomicLoad(&most);
  }
}
