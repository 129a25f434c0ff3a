// Best split of a node over the columns of a tile. Twin: src/numerics/gain.ts and the tie order: highest gain, then lowest column,
// then lowest bin, then missing left. Sums are in units of the gradient grid; lambda, alpha and the like come scaled to them, which is
// exact because the grid is a power of two.

import { rowDraw } from "./gradients";
import { COLUMN_WORDS } from "./records";

// Node record (byte offsets): 0 f64 best gain, 8 u32 column, 12 i32 bin, 16 u32 missing left, 20 i32 gradient left, 24 i32 hessian left,
// 28 i32 gradient, 32 i32 hessian, 36 u32 pointer to a byte per column that says which may be used, 40 f64 score of the node,
// 48 f64 lower bound, 56 f64 upper bound of its weight, 64 i32 least hessian of a child, 68 u32 whether one cut a column is drawn and
// tried alone, 72 u32 and 76 u32 key of those draws.
// Lane record: 0 f64 lambda, 8 f64 alpha, 16 f64 max delta step, 24 u32 pointer to an i8 per column of monotone directions or 0,
// 28 u32 whether weights are limited.

const NO_MISSING: u32 = 0xffffffff;
// The filter works on rounded products of at most six factors; their relative error stays far below this.
const SLACK: f64 = 1.0 - 1e-12;

// @ts-ignore: decorator
@inline
function soft(gradient: f64, alpha: f64): f64 {
  if (gradient > alpha) return gradient - alpha;
  if (gradient < -alpha) return gradient + alpha;
  return 0;
}

// @ts-ignore: decorator
@inline
export function nodeWeight(g: f64, h: f64, lambda: f64, alpha: f64, step: f64, lower: f64, upper: f64): f64 {
  const denominator = h + lambda;
  if (!(denominator > 0)) return min(max(0.0, lower), upper);
  let weight = -soft(g, alpha) / denominator;
  if (step > 0) weight = min(max(weight, -step), step);
  return min(max(weight, lower), upper);
}

// @ts-ignore: decorator
@inline
function scoreAt(w: f64, g: f64, h: f64, lambda: f64, alpha: f64): f64 {
  return -(2.0 * g * w + (h + lambda) * w * w + 2.0 * alpha * abs(w));
}

// @ts-ignore: decorator
@inline
function keep(node: usize, gain: f64, column: u32, bin: i32, missingLeft: u32, gl: i32, hl: i32): void {
  store<f64>(node, gain);
  store<u32>(node, column, 8);
  store<i32>(node, bin, 12);
  store<u32>(node, missingLeft, 16);
  store<i32>(node, gl, 20);
  store<i32>(node, hl, 24);
}

// @ts-ignore: decorator
@inline
function beats(node: usize, gain: f64, column: u32, bin: i32): bool {
  const best = load<f64>(node);
  if (gain != best) return gain > best;
  const bestColumn = load<u32>(node, 8);
  return column < bestColumn || (column == bestColumn && bin < load<i32>(node, 12));
}

// One direction of missing, weights not limited, no alpha: candidates are first sifted without divisions.
function scanFree(
  hist: usize,
  valueBins: i32,
  node: usize,
  column: u32,
  missingLeft: u32,
  start: i64,
  firstBin: i32,
  g: i32,
  h: i32,
  least: i32,
  lambda: f64,
  parent: f64,
): void {
  let sum = start;
  let target = (load<f64>(node) + parent) * SLACK;
  for (let bin = firstBin; bin < valueBins; bin++) {
    if (bin >= 0) {
      const v = load<i64>(hist + ((<usize> bin) << 3));
      if (v == 0) continue;
      sum += v;
    }
    const hl = <i32> sum;
    const hr = h - hl;
    if (hl < least) continue;
    if (hr < least) break;
    const gl = <i32> (sum >> 32);
    const gr = g - gl;
    const a = <f64> gl;
    const b = <f64> gr;
    const left = <f64> hl + lambda;
    const right = <f64> hr + lambda;
    if (a * a * right + b * b * left < target * (left * right)) continue;
    const gain = (a * a) / left + (b * b) / right - parent;
    if (!beats(node, gain, column, bin)) continue;
    keep(node, gain, column, bin, missingLeft, gl, hl);
    target = (gain + parent) * SLACK;
  }
}

// One direction of missing with alpha, max_delta_step or monotone bounds.
function scanLimited(
  hist: usize,
  valueBins: i32,
  node: usize,
  column: u32,
  missingLeft: u32,
  start: i64,
  firstBin: i32,
  g: i32,
  h: i32,
  least: i32,
  lane: usize,
  parent: f64,
): void {
  const lambda = load<f64>(lane);
  const alpha = load<f64>(lane, 8);
  const step = load<f64>(lane, 16);
  const monotone = <usize> load<u32>(lane, 24);
  const limited = load<u32>(lane, 28);
  const lower = load<f64>(node, 48);
  const upper = load<f64>(node, 56);
  const direction: i32 = monotone ? <i32> load<i8>(monotone + column) : 0;
  let sum = start;
  for (let bin = firstBin; bin < valueBins; bin++) {
    if (bin >= 0) {
      const v = load<i64>(hist + ((<usize> bin) << 3));
      if (v == 0) continue;
      sum += v;
    }
    const hl = <i32> sum;
    const hr = h - hl;
    if (hl < least) continue;
    if (hr < least) break;
    const gl = <i32> (sum >> 32);
    const a = <f64> gl;
    const b = <f64> (g - gl);
    const left = <f64> hl;
    const right = <f64> hr;
    let gain: f64;
    if (limited) {
      const wl = nodeWeight(a, left, lambda, alpha, step, lower, upper);
      const wr = nodeWeight(b, right, lambda, alpha, step, lower, upper);
      if (direction > 0 && wl > wr) continue;
      if (direction < 0 && wl < wr) continue;
      gain = scoreAt(wl, a, left, lambda, alpha) + scoreAt(wr, b, right, lambda, alpha) - parent;
    } else {
      const tl = soft(a, alpha);
      const tr = soft(b, alpha);
      gain = (tl * tl) / (left + lambda) + (tr * tr) / (right + lambda) - parent;
    }
    if (beats(node, gain, column, bin)) keep(node, gain, column, bin, missingLeft, gl, hl);
  }
}

// The one cut that is drawn for this node and column, both directions of missing.
function tryDrawnCut(
  hist: usize,
  valueBins: i32,
  node: usize,
  column: u32,
  missing: i64,
  g: i32,
  h: i32,
  least: i32,
  lane: usize,
  parent: f64,
): void {
  const span = max(1, valueBins - 1);
  const draw = rowDraw(load<u32>(node, 72), load<u32>(node, 76), column);
  const cut = <i32> ((<u64> draw * <u64> span) >> 32);
  let below: i64 = 0;
  for (let bin = 0; bin <= cut; bin++) below += load<i64>(hist + ((<usize> bin) << 3));
  // Bin -1 alone is tried, with all that goes left added beforehand.
  scanLimited(hist, 0, node, column, 1, below + missing, -1, g, h, least, lane, parent);
  if (missing != 0) scanLimited(hist, 0, node, column, 0, below, -1, g, h, least, lane, parent);
  if (load<u32>(node, 8) == column) store<i32>(node, cut, 12);
}

/** Searches the columns of a tile; keeps what beats the node record's best. */
export function search(hist: usize, firstColumn: usize, columns: u32, node: usize, lane: usize): void {
  const g = load<i32>(node, 28);
  const h = load<i32>(node, 32);
  const allowed = <usize> load<u32>(node, 36);
  const parent = load<f64>(node, 40);
  const least = load<i32>(node, 64);
  if (h < least << 1) return;
  const drawn = load<u32>(node, 68);
  const lambda = load<f64>(lane);
  const free = load<f64>(lane, 8) == 0 && !load<u32>(lane, 28);
  let at = firstColumn;
  for (let i: u32 = 0; i < columns; i++, at += COLUMN_WORDS << 2) {
    const column = load<u32>(at);
    if (!load<u8>(allowed + column)) continue;
    const bins = <i32> load<u32>(at, 12);
    const missingBin = load<u32>(at, 16);
    const own = hist + ((<usize> load<u32>(at, 20)) << 3);
    let valueBins = bins;
    let missing: i64 = 0;
    if (missingBin != NO_MISSING) {
      valueBins = bins - 1;
      missing = load<i64>(own + ((<usize> missingBin) << 3));
    }
    // Missing left first: with it, bin -1 sends only the missing left. Without missing rows both directions are the same split.
    if (drawn) {
      tryDrawnCut(own, valueBins, node, column, missing, g, h, least, lane, parent);
    } else if (free) {
      scanFree(own, valueBins, node, column, 1, missing, missing == 0 ? 0 : -1, g, h, least, lambda, parent);
      if (missing != 0) scanFree(own, valueBins, node, column, 0, 0, 0, g, h, least, lambda, parent);
    } else {
      scanLimited(own, valueBins, node, column, 1, missing, missing == 0 ? 0 : -1, g, h, least, lane, parent);
      if (missing != 0) scanLimited(own, valueBins, node, column, 0, 0, 0, g, h, least, lane, parent);
    }
  }
}
