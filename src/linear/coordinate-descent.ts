/**
 * The step of a proximal Newton method: a quadratic with an l1 norm, minimised one coefficient at a time. Where columns resemble each
 * other that takes thousands of sweeps, so after a few the coefficients that are not zero are solved for at once, as far as they keep their signs.
 */
import { factorCholesky, solveCholesky } from "./cholesky.ts";
import { type Penalty, violation } from "./objective.ts";
import type { WorkingHessian } from "./working-hessian.ts";

/** Passes over the coefficients, at most; a step that stops there is still a descent direction. */
const MAX_SWEEPS = 2000;
/** Sweeps over the coefficients that are not zero before they are solved for at once. */
const SWEEPS_BEFORE_SOLVING = 10;

/**
 * Minimises g d + d H d / 2 + l2 |d|^2 / 2 + l1 |w + d|_1 over the steps d of the given columns and the intercept; g has the l2
 * penalty's gradient at w in it. Sweeps go over the coefficients that are not zero until those are settled, then over all.
 *
 * @param columns ascending; all are in `hessian`
 * @param tolerance largest violation to leave
 * @returns d, as long as w; 0 elsewhere
 */
export function proximalStep(
  hessian: WorkingHessian,
  columns: readonly number[],
  gradient: Float64Array,
  w: Float64Array,
  { l1, l2 }: Penalty,
  tolerance: number,
): Float64Array {
  const last = w.length - 1;
  const all = [...columns, last];
  const places = all.map((column) => hessian.place(column));
  const rows = places.map((place) => hessian.row(place));
  const v = Float64Array.from(all, (column) => w[column]);
  // Gradient of the quadratic at v, by place in the Hessian, without what the l2 penalty adds on the way.
  const slope = new Float64Array(hessian.size);
  all.forEach((column, k) => slope[places[k]] = gradient[column]);

  const gradientOf = (k: number): number =>
    slope[places[k]] + (all[k] === last ? 0 : l2 * (v[k] - w[all[k]]));
  const violationOf = (k: number): number =>
    all[k] === last ? Math.abs(gradientOf(k)) : violation(gradientOf(k), v[k], l1);
  const improve = (k: number): void => {
    const free = all[k] === last;
    const bend = rows[k][places[k]] + (free ? 0 : l2);
    if (!(bend > 0)) return;
    const target = v[k] - gradientOf(k) / bend;
    const shrink = free ? 0 : l1 / bend;
    const moved = Math.sign(target) * Math.max(0, Math.abs(target) - shrink);
    move(k, moved);
  };
  const move = (k: number, to: number): void => {
    const step = to - v[k];
    if (step === 0) return;
    v[k] = to;
    const row = rows[k];
    for (let other = 0; other < row.length; other++) slope[other] += step * row[other];
  };
  /** The minimum with these signs, or the way towards it up to the first coefficient that gets to 0. */
  const solve = (): void => {
    const used = all.flatMap((column, k) => column === last || v[k] !== 0 ? [k] : []);
    const size = used.length;
    const matrix = new Float64Array(size * size);
    let trace = 0;
    used.forEach((k, i) => {
      for (let j = 0; j <= i; j++) matrix[i * size + j] = rows[k][places[used[j]]];
      if (all[k] !== last) matrix[i * size + i] += l2;
      trace += matrix[i * size + i];
    });
    factorCholesky(matrix, size, 1e-13 * trace / size);
    const step = Float64Array.from(
      used,
      (k) => -gradientOf(k) - (all[k] === last ? 0 : l1 * Math.sign(v[k])),
    );
    solveCholesky(matrix, size, step);
    let [share, first] = [1, -1];
    used.forEach((k, i) => {
      if (all[k] === last || v[k] * (v[k] + share * step[i]) > 0) return;
      [share, first] = [-v[k] / step[i], k];
    });
    used.forEach((k, i) => move(k, k === first ? 0 : v[k] + share * step[i]));
  };

  let [sweeps, whole, since] = [0, true, 0];
  for (; sweeps < MAX_SWEEPS; sweeps++) {
    if (since === SWEEPS_BEFORE_SOLVING) {
      solve();
      since = 0;
    }
    let worst = 0;
    for (let k = 0; k < all.length; k++) {
      if (!whole && v[k] === 0) continue;
      worst = Math.max(worst, violationOf(k));
      improve(k);
    }
    if (worst <= tolerance) {
      if (whole) break;
      whole = true;
    } else {
      whole = false;
      since++;
    }
  }
  const step = new Float64Array(w.length);
  all.forEach((column, k) => step[column] = v[k] - w[column]);
  return step;
}
