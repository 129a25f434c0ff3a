// Nodes whose column was not split above, at P points, up to four, all at once: P is a constant where these are inlined.

import { blockWidth, choose, MISSING_LEFT, phis, values } from "./shap-block";

// Both children are leaves.
// @ts-ignore: decorator
@inline
export function bottomOf(P: u32, node: usize, flags: u32, g: usize, out: usize): void {
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

// Which rows go left, and G of both children.
// @ts-ignore: decorator
@inline
export function downOf(P: u32, node: usize, flags: u32, frame: usize, g: usize, toLeft: usize, toRight: usize): void {
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

// R of a node from those of its children, and what its feature gains.
// @ts-ignore: decorator
@inline
export function upOf(P: u32, node: usize, frame: usize, g: usize, onLeft: usize, onRight: usize, out: usize): void {
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
