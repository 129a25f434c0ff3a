/**
 * Proximal Newton for penalties with an l1 part (Lee, Sun and Saunders 2014; glmnet's and newGLMNET's scheme: Friedman et al. 2010, Yuan et
 * al. 2012): the loss by its quadratic model, the penalty as it is, coordinate descent for the step, then a line search. Columns at 0 whose
 * gradient says that they stay there are left out of the step.
 */
import { proximalStep } from "./coordinate-descent.ts";
import type { Design } from "./design.ts";
import { Iterate } from "./iterate.ts";
import { type Penalty, type Problem, violation } from "./objective.ts";
import { timesColumns } from "./products.ts";
import type { Solution, Stopping } from "./solution.ts";
import { WorkingHessian } from "./working-hessian.ts";

/** Columns at 0 that may join in a step, where fewer are in the model. */
const FEW = 64;
/** Change of the curvatures up to which the Hessian is kept while steps are good: making it is most of the work. */
const DRIFT = 0.1;
/** A good step leaves less than this share of the violation. */
const GOOD = 0.3;
/** Share of the violation that the quadratic model's minimum is found to. */
const ACCURACY = 0.01;

export function solveProximal(
  design: Design,
  problem: Problem,
  penalty: Penalty,
  start: Float64Array,
  { tol, maxIter }: Stopping,
): Solution {
  const point = new Iterate(design, problem, penalty, start);
  const { w, gradient, curvature } = point;
  const hessian = new WorkingHessian(design);
  const along = new Float64Array(design.rows);
  let before = Infinity;
  let iterations = 0;
  for (; iterations < maxIter && point.optimality > tol; iterations++) {
    const { optimality } = point;
    const columns = workingColumns(gradient, w, penalty.l1);
    const drift = hessian.drift(curvature);
    if (drift > DRIFT || (drift > 0 && optimality > GOOD * before)) hessian.reset(curvature);
    before = optimality;
    hessian.add(columns);
    const direction = proximalStep(hessian, columns, gradient, w, penalty, ACCURACY * optimality);
    timesColumns(design, direction, along);
    if (!point.advance(direction, along)) break;
  }
  return { w, iterations, optimality: point.optimality, separated: point.separates ? "complete" : null };
}

/** Columns in the model and those that want to join, the most eager first if they are many; ascending. */
function workingColumns(gradient: Float64Array, w: Float64Array, l1: number): number[] {
  const used: number[] = [];
  const eager: { readonly column: number; readonly by: number }[] = [];
  for (let column = 0; column + 1 < w.length; column++) {
    const by = violation(gradient[column], w[column], l1);
    if (w[column] !== 0) used.push(column);
    else if (by > 0) eager.push({ column, by });
  }
  eager.sort((a, b) => b.by - a.by || a.column - b.column);
  const joining = eager.slice(0, Math.max(FEW, used.length)).map(({ column }) => column);
  return [...used, ...joining].sort((a, b) => a - b);
}
