/** Where a solver stands: coefficients, margins, objective and derivatives, and the way to the next point. */
import { dot } from "./conjugate-gradients.ts";
import type { Design } from "./design.ts";
import { derivatives, meanLoss, optimalityOf, type Penalty, penaltyOf, type Problem } from "./objective.ts";
import { timesColumns, timesRows } from "./products.ts";

/** Share of the predicted decrease that a step must bring (Armijo). */
const SUFFICIENT = 1e-4;
/** What the objective may rise by rounding, relative. */
const ROUNDING = 1e-14;
const SMALLEST_STEP = 1e-10;
/** Steps in a row that bring nothing, after which rounding is all that moves. */
const IDLE_STEPS = 4;

export class Iterate {
  /** Standardised coefficients, the intercept last. */
  readonly w: Float64Array;
  /** Of the loss and the l2 penalty, by coefficient. */
  readonly gradient: Float64Array;
  /** Second derivative of the loss, by row. */
  readonly curvature: Float64Array;
  readonly #design: Design;
  readonly #problem: Problem;
  readonly #penalty: Penalty;
  readonly #residual: Float64Array;
  #z: Float64Array;
  #next: Float64Array;
  #value: number;
  #optimality = Infinity;
  #leastMargin = -Infinity;
  #best = Infinity;
  #idle = 0;

  constructor(design: Design, problem: Problem, penalty: Penalty, start: Float64Array) {
    [this.#design, this.#problem, this.#penalty] = [design, problem, penalty];
    this.w = start.slice();
    this.gradient = new Float64Array(start.length);
    this.curvature = new Float64Array(design.rows);
    this.#residual = new Float64Array(design.rows);
    this.#z = new Float64Array(design.rows);
    this.#next = new Float64Array(design.rows);
    timesColumns(design, start, this.#z);
    this.#value = meanLoss(problem, this.#z) + penaltyOf(penalty, start);
    this.#derive();
  }

  /** The largest violation of the conditions of optimality, in units of the mean loss. */
  get optimality(): number {
    return this.#optimality;
  }

  /** Whether every row lies on the side of its class. */
  get separates(): boolean {
    return this.#leastMargin > 0;
  }

  /**
   * Goes along a direction, halving the step until the objective falls enough.
   * @param along X times the direction, by row
   * @returns whether it moved: not where no step brings a decrease that can be told from rounding
   */
  advance(direction: Float64Array, along: Float64Array): boolean {
    const { w } = this;
    const { l1 } = this.#penalty;
    // Predicted change for a whole step: loss and l2 by their slope, l1 as it is.
    let slope = dot(this.gradient, direction);
    for (let c = 0; c + 1 < w.length; c++) slope += l1 * (Math.abs(w[c] + direction[c]) - Math.abs(w[c]));
    if (!(slope < 0) || this.#idle === IDLE_STEPS) return false;
    for (let step = 1; step > SMALLEST_STEP; step /= 2) {
      for (let i = 0; i < along.length; i++) this.#next[i] = this.#z[i] + step * along[i];
      const moved = w.map((x, c) => x + step * direction[c]);
      const value = meanLoss(this.#problem, this.#next) + penaltyOf(this.#penalty, moved);
      if (!(value <= this.#value + SUFFICIENT * step * slope + ROUNDING * this.#value)) continue;
      w.set(moved);
      [this.#z, this.#next] = [this.#next, this.#z];
      const lower = value < this.#value;
      this.#value = value;
      this.#derive();
      this.#idle = lower || this.#optimality < this.#best ? 0 : this.#idle + 1;
      this.#best = Math.min(this.#best, this.#optimality);
      return true;
    }
    return false;
  }

  #derive(): void {
    this.#leastMargin = derivatives(this.#problem, this.#z, this.#residual, this.curvature);
    timesRows(this.#design, this.#residual, this.gradient);
    this.#optimality = optimalityOf(this.gradient, this.w, this.#penalty);
  }
}
