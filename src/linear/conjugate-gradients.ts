/** Preconditioned conjugate gradients (Hestenes and Stiefel 1952; Nocedal and Wright, Numerical Optimization, algorithm 5.3). */

export interface LinearSystem {
  /** into = A p, for a symmetric matrix without negative eigenvalues. */
  readonly apply: (p: Float64Array, into: Float64Array) => void;
  /** Replaces r by M^-1 r for a preconditioner M near A. */
  readonly precondition: (r: Float64Array) => void;
}

/**
 * Solves A x = b from x = 0 until the residual, in the norm of M^-1, is `reduction` times what it was. Stopped early it is still a descent
 * direction: b x > 0. So it is where A is singular: it stops at a direction that A takes to 0.
 */
export function conjugateGradients(
  { apply, precondition }: LinearSystem,
  b: Float64Array,
  reduction: number,
  maxProducts: number,
): Float64Array {
  const size = b.length;
  const x = new Float64Array(size);
  const r = b.slice();
  const p = r.slice();
  precondition(p);
  const [s, q] = [p.slice(), new Float64Array(size)];
  let rs = dot(r, s);
  const goal = rs * reduction * reduction;
  for (let products = 0; products < maxProducts && rs > goal && rs > 0; products++) {
    apply(p, q);
    const bend = dot(p, q);
    // Rounding alone is left of this direction: columns that repeat others.
    if (!(bend > 0)) break;
    const step = rs / bend;
    for (let i = 0; i < size; i++) {
      x[i] += step * p[i];
      r[i] -= step * q[i];
    }
    s.set(r);
    precondition(s);
    const next = dot(r, s);
    const keep = next / rs;
    for (let i = 0; i < size; i++) p[i] = s[i] + keep * p[i];
    rs = next;
  }
  return x;
}

export function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
}
