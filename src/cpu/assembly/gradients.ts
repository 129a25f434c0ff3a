// Gradients of the sampled training rows. Twin: src/numerics/gradient.ts.
// One pass over a range of rows: draws the row sample, writes the fine gradients
// (units of 2^-28, for the leaf values) and appends the rows whose gradient survives the grid, with gradient and
// hessian packed as (g << 32) + h.

const ROLE_TRAIN: u32 = 1;
const PROBABILITY_ONE: u32 = 1 << 28;
const MARGIN_CLAMP: u32 = (16 << 20) - 1;

// @ts-ignore: decorator
@inline
function mix(x: u32): u32 {
  x = (x ^ (x >> 16)) * 0x21f0aaad;
  x = (x ^ (x >> 15)) * 0xd35a2d97;
  return x ^ (x >> 15);
}

// @ts-ignore: decorator
@inline
export function rowDraw(key0: u32, key1: u32, row: u32): u32 {
  return mix(mix(row ^ key0) + key1);
}

// @ts-ignore: decorator
@inline
export function tableAt(table: usize, x: u32): u32 {
  const at = table + ((x >> 13) << 2);
  const high = load<u32>(at);
  const low = load<u32>(at, 4);
  return high - (((high - low) * (x & 8191) + 4096) >> 13);
}

/**
 * Rows first .. last-1. `threshold`: rows are sampled where draw < threshold; 2^32 keeps all (threshold as u64).
 * Pointers: role u8, target u8, margin i32, weight u32 (0: all one), fine (i32 g, i32 h) per row, outRows u32, outGh i64.
 * `idle`, if not 0: u32 room for the sampled rows whose gradient the grid rounds away.
 * Returns the number of rows appended, plus 2^32 times that of idle rows.
 */
export function gradients(
  first: u32,
  last: u32,
  role: usize,
  target: usize,
  margin: usize,
  weight: usize,
  sigmoidTable: usize,
  sampleKey0: u32,
  sampleKey1: u32,
  threshold: u64,
  key0: u32,
  key1: u32,
  bits: u32,
  fine: usize,
  outRows: usize,
  outGh: usize,
  idle: usize,
): u64 {
  const shift: u32 = 28 - bits;
  const drawShift: u32 = 32 - shift;
  let count: u32 = 0;
  let idleCount: u32 = 0;
  for (let row = first; row < last; row++) {
    const fineAt = fine + ((<usize> row) << 3);
    if (<u32> load<u8>(role + row) != ROLE_TRAIN || <u64> rowDraw(sampleKey0, sampleKey1, row) >= threshold) {
      store<u64>(fineAt, 0);
      continue;
    }
    const m = load<i32>(margin + ((<usize> row) << 2));
    const y = <u32> load<u8>(target + row);
    const magnitude: u32 = <u32> abs<i32>(m);
    const tail = tableAt(sigmoidTable, min(magnitude, MARGIN_CLAMP));
    const half = tail >> 12;
    let h: u32 = tail - ((half * half) >> 4);
    let g: u32 = (<u32> (m < 0)) == y ? PROBABILITY_ONE - tail : tail;
    if (weight) {
      const w = <u64> load<u32>(weight + ((<usize> row) << 2));
      g = <u32> ((<u64> g * w) >> 16);
      h = <u32> ((<u64> h * w) >> 16);
    }
    const sign: i32 = 1 - <i32> (y << 1);
    store<i32>(fineAt, <i32> g * sign);
    store<i32>(fineAt, <i32> h, 4);
    const noise = rowDraw(key0, key1, row) >> drawShift;
    const gUnits = (g + noise) >> shift;
    if (gUnits == 0) {
      if (idle) store<u32>(idle + ((<usize> idleCount) << 2), row);
      idleCount++;
      continue;
    }
    const hUnits = (h + noise) >> shift;
    store<u32>(outRows + ((<usize> count) << 2), row);
    store<i64>(outGh + ((<usize> count) << 3), (<i64> (<i32> gUnits * sign) << 32) + <i64> hUnits);
    count++;
  }
  return <u64> count | (<u64> idleCount << 32);
}

/** Adds the leaf values of a tree: margin[row] += values[leaf[row]], for rows first .. last-1. */
export function updateMargins(first: u32, last: u32, margin: usize, leaf: usize, values: usize): void {
  for (let row = first; row < last; row++) {
    const at = margin + ((<usize> row) << 2);
    const node = load<u32>(leaf + ((<usize> row) << 2));
    store<i32>(at, load<i32>(at) + load<i32>(values + ((<usize> node) << 2)));
  }
}

/**
 * Sum of weight * logistic loss over the rows of one role, in units of 2^-36 (2^-20 times the weight's 2^-16; 2^-20 << 16 without
 * weights). Twin: logLoss in src/numerics/sigmoid.ts.
 */
export function lossSum(
  first: u32,
  last: u32,
  wanted: u32,
  role: usize,
  target: usize,
  margin: usize,
  weight: usize,
  softplusTable: usize,
): i64 {
  let sum: i64 = 0;
  for (let row = first; row < last; row++) {
    if (<u32> load<u8>(role + row) != wanted) continue;
    const m = load<i32>(margin + ((<usize> row) << 2));
    const magnitude: u32 = <u32> abs<i32>(m);
    let loss: u32 = tableAt(softplusTable, min(magnitude, MARGIN_CLAMP)) >> 6;
    const y = <u32> load<u8>(target + row);
    const wrong = y == 1 ? m < 0 : m > 0;
    if (wrong) loss += magnitude;
    const w: i64 = weight ? <i64> load<u32>(weight + ((<usize> row) << 2)) : 65536;
    sum += <i64> loss * w;
  }
  return sum;
}

/** Sum of packed gradients and hessians. */
export function sumGh(count: u32, gh: usize): i64 {
  let sum: i64 = 0;
  for (let i: usize = 0; i < <usize> count; i++) sum += load<i64>(gh + (i << 3));
  return sum;
}
