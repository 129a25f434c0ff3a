// Path-dependent SHAP values by quadrature: a block of rows goes through tree after tree, two rows to a vector, all nodes of a tree for all rows.
//
// At a point t in [0, 1] a row takes part in both children of a node: it goes left with probability c = t [goes left] + (1 - t) w, w the share
// of the cover that does. G is the product of these on the way to a node, times the weight of the point; R the value of the subtree, leaves
// averaged by them. With D = R_left - R_right, R = R_right + c D, and the node's feature gains the sum over points of G D times (1 - w) where
// the row goes left, -w where it goes right. Where the feature was split above, with z the product of its shares there and F = t + (1 - t) z:
// c = (t [goes left] + (1 - t) z w) / F while the row went all its edges, w thereafter; the gain has a factor z / F^2, or is none.
// docs/shap.md derives it.
//
// Node record (8-byte words; leaves are part of their parents, a left inner child is the next record):
//   0: u32 place of the column; u32 flags   8: u32 edges up to the node that split it before; u32 bytes to the right child's record
//   16: f64 threshold   24, 32: f64 values of the left and right leaf   40, 48: f64 gain of a row that goes left, right
//   56: f64 c of a row that left the feature's path above   64: f64 c a point of a row that goes left, then of one that goes right,
//   then, where the column was split before, z / F^2
// Where both children are leaves, D is in the gains, and words 56 and 64.. are R itself instead of c.
const MISSING_LEFT: u32 = 1;
const LEFT_INNER: u32 = 2;
const RIGHT_INNER: u32 = 4;
const REPEATED: u32 = 8;
const AGAIN: u32 = 16;

// The block at work: bytes of a f64 a row, bytes of those of all points, bytes of a frame; values and SHAP values by place.
let blockWidth: usize = 0;
let blockSpan: usize = 0;
let pointBytes: usize = 0;
let frameBytes: usize = 0;
let values: usize = 0;
let phis: usize = 0;

// A frame, one a level: which rows go left; which still follow the column on the edge taken; sums over points; G of the left child and of the
// right; R of the left child and of the right.

// @ts-ignore: decorator
@inline
function choose(left: v128, right: v128, mask: v128): v128 {
  return v128.bitselect(left, right, mask);
}

// Marks the rows that go left.
function side(node: usize, flags: u32, masks: usize): void {
  const width = blockWidth;
  const x = values + (<usize> load<u32>(node)) * width;
  const threshold = v128.load64_splat(node, 16);
  if (flags & MISSING_LEFT) {
    for (let i: usize = 0; i < width; i += 16) {
      v128.store(masks + i, v128.not(f64x2.ge(v128.load(x + i), threshold)));
    }
    return;
  }
  for (let i: usize = 0; i < width; i += 16) v128.store(masks + i, f64x2.lt(v128.load(x + i), threshold));
}

// Both children are leaves.
function bottom(node: usize, flags: u32, frame: usize, g: usize, out: usize): void {
  const width = blockWidth;
  const span = blockSpan;
  const points = pointBytes;
  const phi = phis + (<usize> load<u32>(node)) * width;
  const gainLeft = v128.load64_splat(node, 40);
  const gainRight = v128.load64_splat(node, 48);
  side(node, flags, frame);
  if (flags & REPEATED) {
    const alive = frame - (<usize> load<u32>(node, 8)) * frameBytes + width;
    const dead = v128.load64_splat(node, 56);
    for (let i: usize = 0; i < width; i += 16) {
      const mask = v128.load(frame + i);
      const lives = v128.load(alive + i);
      let sum = f64x2.splat(0);
      let c = node + 64;
      for (let k: usize = 0; k < span; k += width) {
        const share = choose(v128.load64_splat(c), v128.load64_splat(c + points), mask);
        v128.store(out + k + i, choose(share, dead, lives));
        sum = f64x2.add(sum, f64x2.mul(v128.load(g + k + i), v128.load64_splat(c + 2 * points)));
        c += 8;
      }
      const gain = v128.and(choose(gainLeft, gainRight, mask), lives);
      v128.store(phi + i, f64x2.add(v128.load(phi + i), f64x2.mul(sum, gain)));
    }
    return;
  }
  let c = node + 64;
  for (let k: usize = 0; k < span; k += width) {
    const left = v128.load64_splat(c);
    const right = v128.load64_splat(c + points);
    for (let i: usize = 0; i < width; i += 16) {
      v128.store(out + k + i, choose(left, right, v128.load(frame + i)));
    }
    c += 8;
  }
  for (let i: usize = 0; i < width; i += 16) {
    let sum = v128.load(g + i);
    for (let k = width; k < span; k += width) sum = f64x2.add(sum, v128.load(g + k + i));
    const gain = choose(gainLeft, gainRight, v128.load(frame + i));
    v128.store(phi + i, f64x2.add(v128.load(phi + i), f64x2.mul(sum, gain)));
  }
}

// The same where the column was not split above, for P points, all at once.
// @ts-ignore: decorator
@inline
function bottomOf(P: u32, node: usize, flags: u32, g: usize, out: usize): void {
  const width = blockWidth;
  const x = values + (<usize> load<u32>(node)) * width;
  const phi = phis + (<usize> load<u32>(node)) * width;
  const threshold = v128.load64_splat(node, 16);
  // A missing value compares as false: x < threshold, or not threshold <= x.
  const missingLeft = (flags & MISSING_LEFT) != 0;
  const gainLeft = v128.load64_splat(node, 40);
  const gainRight = v128.load64_splat(node, 48);
  const points: usize = P << 3;
  const left0 = v128.load64_splat(node, 64);
  const right0 = v128.load64_splat(node + points, 64);
  const left1 = v128.load64_splat(node, 72);
  const right1 = v128.load64_splat(node + points, 72);
  const left2 = v128.load64_splat(node, 80);
  const right2 = v128.load64_splat(node + points, 80);
  const left3 = v128.load64_splat(node, 88);
  const right3 = v128.load64_splat(node + points, 88);
  for (let i: usize = 0; i < width; i += 16) {
    const value = v128.load(x + i);
    const mask = missingLeft ? v128.not(f64x2.ge(value, threshold)) : f64x2.lt(value, threshold);
    let sum = v128.load(g + i);
    v128.store(out + i, choose(left0, right0, mask));
    if (P > 1) {
      v128.store(out + width + i, choose(left1, right1, mask));
      sum = f64x2.add(sum, v128.load(g + width + i));
    }
    if (P > 2) {
      v128.store(out + 2 * width + i, choose(left2, right2, mask));
      sum = f64x2.add(sum, v128.load(g + 2 * width + i));
    }
    if (P > 3) {
      v128.store(out + 3 * width + i, choose(left3, right3, mask));
      sum = f64x2.add(sum, v128.load(g + 3 * width + i));
    }
    const gain = choose(gainLeft, gainRight, mask);
    v128.store(phi + i, f64x2.add(v128.load(phi + i), f64x2.mul(sum, gain)));
  }
}

// Which rows go left, and G of both children, where the column was not split above.
// @ts-ignore: decorator
@inline
function downOf(P: u32, node: usize, flags: u32, frame: usize, g: usize, toLeft: usize, toRight: usize): void {
  const width = blockWidth;
  const x = values + (<usize> load<u32>(node)) * width;
  const threshold = v128.load64_splat(node, 16);
  const missingLeft = (flags & MISSING_LEFT) != 0;
  const points: usize = P << 3;
  const left0 = v128.load64_splat(node, 64);
  const right0 = v128.load64_splat(node + points, 64);
  const left1 = v128.load64_splat(node, 72);
  const right1 = v128.load64_splat(node + points, 72);
  const left2 = v128.load64_splat(node, 80);
  const right2 = v128.load64_splat(node + points, 80);
  const left3 = v128.load64_splat(node, 88);
  const right3 = v128.load64_splat(node + points, 88);
  for (let i: usize = 0; i < width; i += 16) {
    const value = v128.load(x + i);
    const mask = missingLeft ? v128.not(f64x2.ge(value, threshold)) : f64x2.lt(value, threshold);
    v128.store(frame + i, mask);
    const g0 = v128.load(g + i);
    const to0 = f64x2.mul(g0, choose(left0, right0, mask));
    v128.store(toLeft + i, to0);
    v128.store(toRight + i, f64x2.sub(g0, to0));
    if (P > 1) {
      const g1 = v128.load(g + width + i);
      const to1 = f64x2.mul(g1, choose(left1, right1, mask));
      v128.store(toLeft + width + i, to1);
      v128.store(toRight + width + i, f64x2.sub(g1, to1));
    }
    if (P > 2) {
      const g2 = v128.load(g + 2 * width + i);
      const to2 = f64x2.mul(g2, choose(left2, right2, mask));
      v128.store(toLeft + 2 * width + i, to2);
      v128.store(toRight + 2 * width + i, f64x2.sub(g2, to2));
    }
    if (P > 3) {
      const g3 = v128.load(g + 3 * width + i);
      const to3 = f64x2.mul(g3, choose(left3, right3, mask));
      v128.store(toLeft + 3 * width + i, to3);
      v128.store(toRight + 3 * width + i, f64x2.sub(g3, to3));
    }
  }
}

// R of a node from those of its children, and what its feature gains, where the column was not split above.
// @ts-ignore: decorator
@inline
function upOf(P: u32, node: usize, frame: usize, g: usize, onLeft: usize, onRight: usize, out: usize): void {
  const width = blockWidth;
  const phi = phis + (<usize> load<u32>(node)) * width;
  const gainLeft = v128.load64_splat(node, 40);
  const gainRight = v128.load64_splat(node, 48);
  const points: usize = P << 3;
  const left0 = v128.load64_splat(node, 64);
  const right0 = v128.load64_splat(node + points, 64);
  const left1 = v128.load64_splat(node, 72);
  const right1 = v128.load64_splat(node + points, 72);
  const left2 = v128.load64_splat(node, 80);
  const right2 = v128.load64_splat(node + points, 80);
  const left3 = v128.load64_splat(node, 88);
  const right3 = v128.load64_splat(node + points, 88);
  for (let i: usize = 0; i < width; i += 16) {
    const mask = v128.load(frame + i);
    const r0 = v128.load(onRight + i);
    const d0 = f64x2.sub(v128.load(onLeft + i), r0);
    v128.store(out + i, f64x2.add(r0, f64x2.mul(choose(left0, right0, mask), d0)));
    let sum = f64x2.mul(v128.load(g + i), d0);
    if (P > 1) {
      const r1 = v128.load(onRight + width + i);
      const d1 = f64x2.sub(v128.load(onLeft + width + i), r1);
      v128.store(out + width + i, f64x2.add(r1, f64x2.mul(choose(left1, right1, mask), d1)));
      sum = f64x2.add(sum, f64x2.mul(v128.load(g + width + i), d1));
    }
    if (P > 2) {
      const r2 = v128.load(onRight + 2 * width + i);
      const d2 = f64x2.sub(v128.load(onLeft + 2 * width + i), r2);
      v128.store(out + 2 * width + i, f64x2.add(r2, f64x2.mul(choose(left2, right2, mask), d2)));
      sum = f64x2.add(sum, f64x2.mul(v128.load(g + 2 * width + i), d2));
    }
    if (P > 3) {
      const r3 = v128.load(onRight + 3 * width + i);
      const d3 = f64x2.sub(v128.load(onLeft + 3 * width + i), r3);
      v128.store(out + 3 * width + i, f64x2.add(r3, f64x2.mul(choose(left3, right3, mask), d3)));
      sum = f64x2.add(sum, f64x2.mul(v128.load(g + 3 * width + i), d3));
    }
    const gain = choose(gainLeft, gainRight, mask);
    v128.store(phi + i, f64x2.add(v128.load(phi + i), f64x2.mul(sum, gain)));
  }
}

// The same in any case, point by point.
function down(node: usize, flags: u32, frame: usize, g: usize, toLeft: usize, toRight: usize): void {
  const width = blockWidth;
  const span = blockSpan;
  const points = pointBytes;
  const repeated = (flags & REPEATED) != 0;
  const alive = frame - (<usize> load<u32>(node, 8)) * frameBytes + width;
  const dead = v128.load64_splat(node, 56);
  side(node, flags, frame);
  let c = node + 64;
  for (let k: usize = 0; k < span; k += width) {
    const left = v128.load64_splat(c);
    const right = v128.load64_splat(c + points);
    c += 8;
    for (let i: usize = 0; i < width; i += 16) {
      let share = choose(left, right, v128.load(frame + i));
      if (repeated) share = choose(share, dead, v128.load(alive + i));
      const own = v128.load(g + k + i);
      const taken = f64x2.mul(own, share);
      v128.store(toLeft + k + i, taken);
      v128.store(toRight + k + i, f64x2.sub(own, taken));
    }
  }
}

function up(node: usize, flags: u32, frame: usize, g: usize, onLeft: usize, onRight: usize, out: usize): void {
  const width = blockWidth;
  const span = blockSpan;
  const points = pointBytes;
  const repeated = (flags & REPEATED) != 0;
  const alive = frame - (<usize> load<u32>(node, 8)) * frameBytes + width;
  const dead = v128.load64_splat(node, 56);
  const sums = frame + 2 * width;
  let c = node + 64;
  for (let k: usize = 0; k < span; k += width) {
    const left = v128.load64_splat(c);
    const right = v128.load64_splat(c + points);
    const factor = repeated ? v128.load64_splat(c + 2 * points) : f64x2.splat(1);
    for (let i: usize = 0; i < width; i += 16) {
      const r = v128.load(onRight + k + i);
      const d = f64x2.sub(v128.load(onLeft + k + i), r);
      let share = choose(left, right, v128.load(frame + i));
      if (repeated) share = choose(share, dead, v128.load(alive + i));
      v128.store(out + k + i, f64x2.add(r, f64x2.mul(share, d)));
      const gain = f64x2.mul(f64x2.mul(v128.load(g + k + i), d), factor);
      v128.store(sums + i, k == 0 ? gain : f64x2.add(v128.load(sums + i), gain));
    }
    c += 8;
  }
  const phi = phis + (<usize> load<u32>(node)) * width;
  const gainLeft = v128.load64_splat(node, 40);
  const gainRight = v128.load64_splat(node, 48);
  for (let i: usize = 0; i < width; i += 16) {
    let gain = choose(gainLeft, gainRight, v128.load(frame + i));
    if (repeated) gain = v128.and(gain, v128.load(alive + i));
    v128.store(phi + i, f64x2.add(v128.load(phi + i), f64x2.mul(v128.load(sums + i), gain)));
  }
}

// Marks the rows that follow the column on the edge that is taken next.
function follow(node: usize, flags: u32, frame: usize, left: bool): void {
  const width = blockWidth;
  const alive = frame - (<usize> load<u32>(node, 8)) * frameBytes + width;
  for (let i: usize = 0; i < width; i += 16) {
    let mask = v128.load(frame + i);
    if (!left) mask = v128.not(mask);
    if (flags & REPEATED) mask = v128.and(mask, v128.load(alive + i));
    v128.store(frame + width + i, mask);
  }
}

// Adds what the nodes of a subtree give; leaves its R of all rows and points at `out`.
function visit(node: usize, frame: usize, g: usize, out: usize): void {
  const flags = load<u32>(node, 4);
  const kind: u32 = flags & REPEATED ? 0 : <u32> (pointBytes >> 3);
  if (!(flags & (LEFT_INNER | RIGHT_INNER))) {
    if (kind == 3) bottomOf(3, node, flags, g, out);
    else if (kind == 2) bottomOf(2, node, flags, g, out);
    else if (kind == 4) bottomOf(4, node, flags, g, out);
    else bottom(node, flags, frame, g, out);
    return;
  }
  const width = blockWidth;
  const span = blockSpan;
  const toLeft = frame + 3 * width;
  const toRight = toLeft + span;
  const onLeft = toRight + span;
  const onRight = onLeft + span;
  const below = frame + frameBytes;
  if (kind == 3) downOf(3, node, flags, frame, g, toLeft, toRight);
  else if (kind == 2) downOf(2, node, flags, frame, g, toLeft, toRight);
  else if (kind == 4) downOf(4, node, flags, frame, g, toLeft, toRight);
  else down(node, flags, frame, g, toLeft, toRight);

  if (flags & LEFT_INNER) {
    if (flags & AGAIN) follow(node, flags, frame, true);
    visit(node + recordBytes(flags), below, toLeft, onLeft);
  } else fill(onLeft, v128.load64_splat(node, 24));
  if (flags & RIGHT_INNER) {
    if (flags & AGAIN) follow(node, flags, frame, false);
    visit(node + <usize> load<u32>(node, 12), below, toRight, onRight);
  } else fill(onRight, v128.load64_splat(node, 32));

  if (kind == 3) upOf(3, node, frame, g, onLeft, onRight, out);
  else if (kind == 2) upOf(2, node, frame, g, onLeft, onRight, out);
  else if (kind == 4) upOf(4, node, frame, g, onLeft, onRight, out);
  else up(node, flags, frame, g, onLeft, onRight, out);
}

// @ts-ignore: decorator
@inline
function recordBytes(flags: u32): usize {
  return 64 + (flags & REPEATED ? 3 : 2) * pointBytes;
}

function fill(to: usize, value: v128): void {
  const span = blockSpan;
  for (let i: usize = 0; i < span; i += 16) v128.store(to + i, value);
}

/**
 * Adds the SHAP values of trees first .. last-1 for a block of rows (an even number). `trees` holds (offset of the root's record, points, offset
 * of their weights) a tree, u32 each, offsets in bytes; `x` and `phi` are f64 by place and row; `frames` is room for as many frames as the deepest
 * tree has levels, 3 + 4 x points f64 a row each;
 * `start` and `room` for the points of all rows.
 */
export function shapPaths(
  first: u32,
  last: u32,
  trees: usize,
  nodes: usize,
  weights: usize,
  x: usize,
  phi: usize,
  rows: u32,
  frames: usize,
  start: usize,
  room: usize,
): void {
  const width = (<usize> rows) << 3;
  blockWidth = width;
  values = x;
  phis = phi;
  for (let tree = first; tree < last; tree++) {
    const record = trees + <usize> tree * 12;
    const count = load<u32>(record, 4);
    if (count == 0) continue;
    pointBytes = (<usize> count) << 3;
    const span = width * <usize> count;
    blockSpan = span;
    frameBytes = 3 * width + 4 * span;
    let weight = weights + <usize> load<u32>(record, 8);
    for (let k: usize = 0; k < span; k += width) {
      const own = v128.load64_splat(weight);
      for (let i: usize = 0; i < width; i += 16) v128.store(start + k + i, own);
      weight += 8;
    }
    visit(nodes + <usize> load<u32>(record), frames, start, room);
  }
}
