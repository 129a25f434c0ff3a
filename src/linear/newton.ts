/**
 * Newton's method with conjugate gradients, for a penalty that is smooth (l2, or none): each step solves H d = -g as far as is worth while
 * (Dembo, Eisenstat and Steihaug 1982) and is halved until the objective falls enough.
 */
import { conjugateGradients } from "./conjugate-gradients.ts";
import type { Design } from "./design.ts";
import { Iterate } from "./iterate.ts";
import type { Penalty, Problem } from "./objective.ts";
import { preconditionerOf } from "./preconditioner.ts";
import { timesColumns, timesRows } from "./products.ts";
import type { Separation, Solution, Stopping } from "./solution.ts";

/** What is left of the residual of H d = -g: at most, and where the answer decides whether there is an optimum. */
const [LOOSE, TIGHT] = [0.1, 1e-6];
/** Margins still move by that much in a step: far from any optimum, however small the gradient. */
const FAR = 0.5;
/** Share of the largest move that rows may move to the wrong side in a direction that separates. */
const BACKWARDS = 1e-3;

export function solveNewton(
  design: Design,
  problem: Problem,
  penalty: Penalty,
  start: Float64Array,
  { tol, maxIter }: Stopping,
): Solution {
  const point = new Iterate(design, problem, penalty, start);
  const { w, gradient, curvature } = point;
  const preconditioner = preconditionerOf(design);
  const along = new Float64Array(design.rows);
  const applyHessian = (p: Float64Array, into: Float64Array): void => {
    timesColumns(design, p, along);
    for (let i = 0; i < along.length; i++) along[i] *= curvature[i];
    timesRows(design, along, into);
    for (let c = 0; c + 1 < p.length; c++) into[c] += penalty.l2 * p[c];
  };
  const first = point.optimality;
  const free = penalty.l2 === 0;
  let iterations = 0;
  const stop = (separated: Separation): Solution => ({
    w,
    iterations,
    optimality: point.optimality,
    separated: point.separates ? "complete" : separated,
  });
  for (;; iterations++) {
    const { optimality } = point;
    const near = optimality <= tol;
    // Without a penalty any multiple of coefficients that separate is better yet: there is no optimum to go to.
    if (iterations === maxIter || (free ? point.separates : near)) return stop(null);
    preconditioner.update(curvature, penalty.l2);
    const direction = conjugateGradients(
      { apply: applyHessian, precondition: preconditioner.apply },
      gradient.map((g) => -g),
      near ? TIGHT : Math.min(LOOSE, Math.sqrt(optimality / first)),
      10 * w.length,
    );
    timesColumns(design, direction, along);
    if (near) {
      const [forwards, backwards] = moves(problem, along);
      if (Math.max(forwards, backwards) < FAR) return stop(null);
      if (backwards <= BACKWARDS * forwards) return stop("quasi-complete");
    }
    if (!point.advance(direction, along)) return stop(null);
  }
}

/** The largest changes of margins towards the row's class and away from it. */
function moves({ target }: Problem, along: Float64Array): [forwards: number, backwards: number] {
  let [forwards, backwards] = [0, 0];
  for (let i = 0; i < along.length; i++) {
    const towards = target[i] ? along[i] : -along[i];
    if (towards > forwards) forwards = towards;
    if (-towards > backwards) backwards = -towards;
  }
  return [forwards, backwards];
}
