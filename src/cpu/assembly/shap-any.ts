// Nodes at any number of points, whether or not their column was split above: point by point.

import { blockSpan, blockWidth, choose, frameBytes, MISSING_LEFT, phis, pointBytes, REPEATED, values } from "./shap-block";

// Marks the rows that go left.
export function side(node: usize, flags: u32, masks: usize): void {
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
export function bottom(node: usize, flags: u32, frame: usize, g: usize, out: usize): void {
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

// Which rows go left, and G of both children.
export function down(node: usize, flags: u32, frame: usize, g: usize, toLeft: usize, toRight: usize): void {
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

// R of a node from those of its children, and what its feature gains.
export function up(node: usize, flags: u32, frame: usize, g: usize, onLeft: usize, onRight: usize, out: usize): void {
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
export function follow(node: usize, flags: u32, frame: usize, left: bool): void {
  const width = blockWidth;
  const alive = frame - (<usize> load<u32>(node, 8)) * frameBytes + width;
  for (let i: usize = 0; i < width; i += 16) {
    let mask = v128.load(frame + i);
    if (!left) mask = v128.not(mask);
    if (flags & REPEATED) mask = v128.and(mask, v128.load(alive + i));
    v128.store(frame + width + i, mask);
  }
}
