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
/** Least pivot of that, as a share of the mean diagonal. */
const LEAST_PIVOT = 1e-12;

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
  penalty: Penalty,
  tolerance: number,
): Float64Array {
  const all = [...columns, w.length - 1];
  const model = new QuadraticModel(hessian, all, gradient, w, penalty);
  let [whole, since] = [true, 0];
  for (let sweeps = 0; sweeps < MAX_SWEEPS; sweeps++) {
    if (since === SWEEPS_BEFORE_SOLVING) {
      model.solve();
      since = 0;
    }
    const worst = model.sweep(whole);
    if (worst <= tolerance) {
      if (whole) break;
      whole = true;
    } else {
      whole = false;
      since++;
    }
  }
  const step = new Float64Array(w.length);
  all.forEach((column, k) => step[column] = model.v[k] - w[column]);
  return step;
}

/** The quadratic around w, and a point v = w + d on it; the last coefficient, the intercept, has no penalty. */
class QuadraticModel {
  readonly v: Float64Array;
  readonly #start: Float64Array;
  readonly #gradient: Float64Array;
  readonly #penalty: Penalty;
  readonly #places: readonly number[];
  readonly #rows: readonly Float64Array[];
  /** g + H d, by place in the Hessian. */
  readonly #slope: Float64Array;

  constructor(
    hessian: WorkingHessian,
    columns: readonly number[],
    gradient: Float64Array,
    w: Float64Array,
    penalty: Penalty,
  ) {
    this.#places = columns.map((column) => hessian.place(column));
    this.#rows = this.#places.map((place) => hessian.row(place));
    this.#start = Float64Array.from(columns, (column) => w[column]);
    this.#gradient = Float64Array.from(columns, (column) => gradient[column]);
    this.#penalty = penalty;
    this.v = this.#start.slice();
    this.#slope = new Float64Array(hessian.size);
    this.#refresh();
  }

  /**
   * Minimises over each coefficient in turn.
   * @param whole over those that are 0 too
   * @returns the largest violation met on the way
   */
  sweep(whole: boolean): number {
    const { v } = this;
    const { l1 } = this.#penalty;
    let worst = 0;
    for (let k = 0; k < v.length; k++) {
      const free = this.#free(k);
      if (!whole && !free && v[k] === 0) continue;
      const slope = this.#slopeOf(k);
      worst = Math.max(worst, free ? Math.abs(slope) : violation(slope, v[k], l1));
      const bend = this.#bend(k);
      if (!(bend > 0)) continue;
      const target = v[k] - slope / bend;
      const shrunk = Math.sign(target) * Math.max(0, Math.abs(target) - (free ? 0 : l1 / bend));
      const step = shrunk - v[k];
      if (step === 0) continue;
      v[k] = shrunk;
      const row = this.#rows[k];
      for (let other = 0; other < row.length; other++) this.#slope[other] += step * row[other];
    }
    return worst;
  }

  /** Goes to the minimum over the coefficients that are not 0 with these signs, or towards it until the first gets to 0. */
  solve(): void {
    const { v } = this;
    const used = Array.from(v.keys()).filter((k) => this.#free(k) || v[k] !== 0);
    const step = this.#solution(used);
    let [share, first] = [1, -1];
    used.forEach((k, i) => {
      if (this.#free(k) || v[k] * (v[k] + share * step[i]) > 0) return;
      [share, first] = [-v[k] / step[i], k];
    });
    const before = v.slice();
    const slopeBefore = used.map((k) => this.#slopeWithSign(k, before[k]));
    used.forEach((k, i) => v[k] = k === first ? 0 : v[k] + share * step[i]);
    this.#refresh();
    // Of a quadratic: half the slopes at both ends times the way. Rounding can spoil a long way along columns that repeat each other.
    const change = used.reduce(
      (sum, k, i) => sum + (v[k] - before[k]) * (slopeBefore[i] + this.#slopeWithSign(k, before[k])) / 2,
      0,
    );
    if (change < 0) return;
    v.set(before);
    this.#refresh();
  }

  /** The Newton step over some coefficients. */
  #solution(used: readonly number[]): Float64Array {
    const size = used.length;
    const matrix = new Float64Array(size * size);
    let trace = 0;
    used.forEach((k, i) => {
      for (let j = 0; j < i; j++) matrix[i * size + j] = this.#rows[k][this.#places[used[j]]];
      trace += matrix[i * size + i] = this.#bend(k);
    });
    factorCholesky(matrix, size, LEAST_PIVOT * trace / size);
    const step = Float64Array.from(used, (k) => -this.#slopeWithSign(k, this.v[k]));
    solveCholesky(matrix, size, step);
    return step;
  }

  /** Computes all slopes anew, free of what rounding has left of former steps. */
  #refresh(): void {
    this.#slope.fill(0);
    this.v.forEach((value, k) => {
      const step = value - this.#start[k];
      if (step === 0) return;
      const row = this.#rows[k];
      for (let other = 0; other < row.length; other++) this.#slope[other] += step * row[other];
    });
    this.#places.forEach((place, k) => this.#slope[place] += this.#gradient[k]);
  }

  #free(k: number): boolean {
    return k === this.v.length - 1;
  }

  #bend(k: number): number {
    return this.#rows[k][this.#places[k]] + (this.#free(k) ? 0 : this.#penalty.l2);
  }

  /** Slope of the smooth part. */
  #slopeOf(k: number): number {
    const way = this.#free(k) ? 0 : this.#penalty.l2 * (this.v[k] - this.#start[k]);
    return this.#slope[this.#places[k]] + way;
  }

  /** Slope with that of the l1 norm on the side of a value. */
  #slopeWithSign(k: number, side: number): number {
    return this.#slopeOf(k) + (this.#free(k) ? 0 : this.#penalty.l1 * Math.sign(side));
  }
}
