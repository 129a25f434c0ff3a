// Interventional SHAP values: exact against every background row. Of the columns on the path to a leaf a row satisfies some; that pattern, a bit a
// column, is all that the leaf knows of a row. Where row x and background row z both fail a column the leaf counts for neither; else, with u
// columns that x alone satisfies and v that z alone does, each of the u gains value W(u, v) and each of the v loses value W(v, u), where
// W(a, b) = (a-1)! b! / (a+b)!. Leaves of at most eight columns are tabled: the gain of each column by x's pattern, summed over the patterns
// of the background once. Other trees are walked by x and z together, splitting where they part.
//
// Node record (leaves are part of their parents, a left inner child is the next record):
//   0: u32 place of the column   4: f32 threshold   8: u32 flags   12: u32 bytes to the right child's record
//   16: u32 bit of the column among those of the path   20: u32 unused   24, 32: f64 values of the left and right leaf
const MISSING_LEFT: u32 = 1;
const LEFT_INNER: u32 = 2;
const RIGHT_INNER: u32 = 4;
const REPEATED: u32 = 8;
const RECORD: usize = 40;

// Rows to explain, and with the background's behind them, each a multiple of 16; f32 values by place, that wide; SHAP values by place, f64.
let rows: usize = 0;
let wide: usize = 0;
let values: usize = 0;
let phis: usize = 0;
let background: usize = 0;
let scale: f64 = 0;
// W(a, b) at a x size + b.
let orders: usize = 0;
let orderSize: usize = 0;
// Places of the path's columns (u32 a bit), rows of the background by pattern (f64), gains by bit and pattern (f64).
let path: usize = 0;
let counts: usize = 0;
let table: usize = 0;

// @ts-ignore: decorator
@inline
function order(a: u32, b: u32): f64 {
  return load<f64>(orders + ((<usize> a * orderSize + <usize> b) << 3));
}

// Table of a leaf whose path has so many columns, then its part of every row.
function leaf(value: f64, patterns: usize, columns: u32): void {
  const size: u32 = 1 << columns;
  const all = size - 1;
  memory.fill(counts, 0, (<usize> size) << 3);
  memory.fill(table, 0, (<usize> size * <usize> columns) << 3);
  for (let z: usize = 0; z < background; z++) {
    const at = counts + ((<usize> load<u8>(patterns + rows + z)) << 3);
    store<f64>(at, load<f64>(at) + 1);
  }
  for (let b: u32 = 0; b < size; b++) {
    const count = load<f64>(counts + ((<usize> b) << 3));
    if (count == 0) continue;
    const share = value * count * scale;
    const own = ~b & all;
    const u = popcnt(own);
    let both = b;
    for (;;) {
      const others = b ^ both;
      const v = popcnt(others);
      const at = table + ((<usize> (own | both)) << 3);
      if (u > 0) {
        const gain = share * order(u, v);
        for (let left = own; left != 0; left &= left - 1) add(at + ((<usize> ctz(left) * <usize> size) << 3), gain);
      }
      if (v > 0) {
        const loss = share * order(v, u);
        for (let left = others; left != 0; left &= left - 1) add(at + ((<usize> ctz(left) * <usize> size) << 3), -loss);
      }
      if (both == 0) break;
      both = (both - 1) & b;
    }
  }
  for (let j: usize = 0; j < <usize> columns; j++) {
    const phi = phis + (((<usize> load<u32>(path + (j << 2))) * rows) << 3);
    const gains = table + ((j * <usize> size) << 3);
    for (let i: usize = 0; i < rows; i++) {
      add(phi + (i << 3), load<f64>(gains + ((<usize> load<u8>(patterns + i)) << 3)));
    }
  }
}

// @ts-ignore: decorator
@inline
function add(at: usize, x: f64): void {
  store<f64>(at, load<f64>(at) + x);
}

// Masks of four rows that go left.
// @ts-ignore: decorator
@inline
function four(x: usize, threshold: v128, missingLeft: bool): v128 {
  const value = v128.load(x);
  return missingLeft ? v128.not(f32x4.ge(value, threshold)) : f32x4.lt(value, threshold);
}

// Patterns of the rows at a child, from those at its parent.
function descend(node: usize, flags: u32, left: bool, here: usize, below: usize): void {
  const x = values + (((<usize> load<u32>(node)) * wide) << 2);
  const threshold = v128.load32_splat(node, 4);
  const missingLeft = (flags & MISSING_LEFT) != 0;
  const bit = i8x16.splat(<i8> load<u32>(node, 16));
  const others = v128.not(bit);
  const flip = i8x16.splat(left ? 0 : -1);
  for (let i: usize = 0; i < wide; i += 16) {
    const at = x + (i << 2);
    const low = i16x8.narrow_i32x4_s(four(at, threshold, missingLeft), four(at + 16, threshold, missingLeft));
    const high = i16x8.narrow_i32x4_s(four(at + 32, threshold, missingLeft), four(at + 48, threshold, missingLeft));
    const goes = v128.xor(i8x16.narrow_i16x8_s(low, high), flip);
    const pattern = v128.load(here + i);
    v128.store(
      below + i,
      flags & REPEATED ? v128.and(pattern, v128.or(goes, others)) : v128.or(pattern, v128.and(goes, bit)),
    );
  }
}

function tabled(node: usize, patterns: usize, columns: u32): void {
  const flags = load<u32>(node, 8);
  const below = patterns + wide;
  let known = columns;
  if (!(flags & REPEATED)) {
    store<u32>(path + ((<usize> columns) << 2), load<u32>(node));
    known++;
  }
  descend(node, flags, true, patterns, below);
  if (flags & LEFT_INNER) tabled(node + RECORD, below, known);
  else leaf(load<f64>(node, 24), below, known);
  descend(node, flags, false, patterns, below);
  if (flags & RIGHT_INNER) tabled(node + <usize> load<u32>(node, 12), below, known);
  else leaf(load<f64>(node, 32), below, known);
}

// Of the subtree walked last: what each column that x alone satisfies gains, and each that z alone does loses.
let gained: f64 = 0;
let lost: f64 = 0;
// Byte a place: whether the column is taken from x (1) or z (2) on the way.
let taken: usize = 0;

// @ts-ignore: decorator
@inline
function goesLeft(node: usize, flags: u32, row: usize): bool {
  const x = load<f32>(values + (((<usize> load<u32>(node)) * wide + row) << 2));
  return x < load<f32>(node, 4) || (x != x && (flags & MISSING_LEFT) != 0);
}

function walk(node: usize, x: usize, z: usize, u: u32, v: u32): void {
  const flags = load<u32>(node, 8);
  const place = <usize> load<u32>(node);
  const from = load<u8>(taken + place);
  const left = goesLeft(node, flags, x);
  if (from != 0) return child(node, flags, from == 1 ? left : goesLeft(node, flags, z), x, z, u, v);
  if (left == goesLeft(node, flags, z)) return child(node, flags, left, x, z, u, v);
  store<u8>(taken + place, 1);
  child(node, flags, left, x, z, u + 1, v);
  const gainedByX = gained;
  const lostByX = lost;
  store<u8>(taken + place, 2);
  child(node, flags, !left, x, z, u, v + 1);
  store<u8>(taken + place, 0);
  add(phis + ((place * rows + x) << 3), (gainedByX - lost) * scale);
  gained += gainedByX;
  lost += lostByX;
}

function child(node: usize, flags: u32, left: bool, x: usize, z: usize, u: u32, v: u32): void {
  if (left && (flags & LEFT_INNER) != 0) return walk(node + RECORD, x, z, u, v);
  if (!left && (flags & RIGHT_INNER) != 0) return walk(node + <usize> load<u32>(node, 12), x, z, u, v);
  const value = left ? load<f64>(node, 24) : load<f64>(node, 32);
  gained = u > 0 ? value * order(u, v) : 0;
  lost = v > 0 ? value * order(v, u) : 0;
}

/**
 * Adds the SHAP values of trees first .. last-1 for a block of rows against background rows. `trees` holds (offset of the root's record in bytes, kind) a
 * tree, u32 each: 0 is one leaf, 1 tabled, 2 walked. `x` holds f32 by place: rowCount values, then backgroundCount, both padded to sixteen;
 * `phi` f64 by place and row, padded likewise. `weights` holds W. Room: a byte a row for each level of the deepest tree and one more at
 * `patterns`; 8 u32 at `places`; 256 f64 at `numbers`; 8 x 256 f64 at `gains`; a zeroed byte a place at `state`.
 */
export function shapBackground(
  first: u32,
  last: u32,
  trees: usize,
  nodes: usize,
  x: usize,
  rowCount: u32,
  backgroundCount: u32,
  phi: usize,
  weights: usize,
  weightSize: u32,
  patterns: usize,
  places: usize,
  numbers: usize,
  gains: usize,
  state: usize,
): void {
  rows = (<usize> rowCount + 15) & ~15;
  background = <usize> backgroundCount;
  wide = rows + ((background + 15) & ~15);
  scale = 1.0 / <f64> backgroundCount;
  values = x;
  phis = phi;
  orders = weights;
  orderSize = <usize> weightSize;
  path = places;
  counts = numbers;
  table = gains;
  taken = state;
  for (let tree = first; tree < last; tree++) {
    const record = trees + ((<usize> tree) << 3);
    const kind = load<u32>(record, 4);
    const root = nodes + <usize> load<u32>(record);
    if (kind == 1) {
      memory.fill(patterns, 0, wide);
      tabled(root, patterns, 0);
    } else if (kind == 2) {
      for (let i: usize = 0; i < <usize> rowCount; i++) {
        for (let z: usize = 0; z < background; z++) walk(root, i, rows + z, 0, 0);
      }
    }
  }
}
