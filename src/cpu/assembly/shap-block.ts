// What the parts of the kernel of path-dependent SHAP values share (shap.ts).

export const MISSING_LEFT: u32 = 1;
export const LEFT_INNER: u32 = 2;
export const RIGHT_INNER: u32 = 4;
export const REPEATED: u32 = 8;
export const AGAIN: u32 = 16;

// The block at work: bytes of a f64 a row, bytes of those of all points, bytes of a frame; values and SHAP values by place.
export let blockWidth: usize = 0;
export let blockSpan: usize = 0;
export let pointBytes: usize = 0;
export let frameBytes: usize = 0;
export let values: usize = 0;
export let phis: usize = 0;

// A frame, one a level: which rows go left; which still follow the column on the edge taken; sums over points; G of the left child and of the
// right; R of the left child and of the right.

// @ts-ignore: decorator
@inline
export function choose(left: v128, right: v128, mask: v128): v128 {
  return v128.bitselect(left, right, mask);
}

/** Begins a block of rows. */
export function setBlock(rows: usize, x: usize, phi: usize): void {
  blockWidth = rows << 3;
  values = x;
  phis = phi;
}

/** Begins a tree at so many points. */
export function setPoints(count: usize): void {
  pointBytes = count << 3;
  blockSpan = blockWidth * count;
  frameBytes = 3 * blockWidth + 4 * blockSpan;
}
