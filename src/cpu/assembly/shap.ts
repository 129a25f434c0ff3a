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

import { bottom, down, follow, up } from "./shap-any";
import { AGAIN, blockSpan, blockWidth, frameBytes, LEFT_INNER, pointBytes, REPEATED, RIGHT_INNER, setBlock, setPoints } from "./shap-block";
import { bottomOf, downOf, upOf } from "./shap-points";

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
  setBlock(<usize> rows, x, phi);
  const width = blockWidth;
  for (let tree = first; tree < last; tree++) {
    const record = trees + <usize> tree * 12;
    const count = load<u32>(record, 4);
    if (count == 0) continue;
    setPoints(<usize> count);
    const span = blockSpan;
    let weight = weights + <usize> load<u32>(record, 8);
    for (let k: usize = 0; k < span; k += width) {
      const own = v128.load64_splat(weight);
      for (let i: usize = 0; i < width; i += 16) v128.store(start + k + i, own);
      weight += 8;
    }
    visit(nodes + <usize> load<u32>(record), frames, start, room);
  }
}
