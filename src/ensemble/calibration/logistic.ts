/** Logistic regression in a few parameters that stay within bounds: what all parametric calibrators are fitted by. */
import { expMinus, ln1p } from "./elementary.ts";

export interface LogisticProblem {
  /** Values per parameter, one a row; a constant column for an intercept. */
  readonly columns: readonly Float64Array[];
  /** Target per row, 0 to 1. */
  readonly targets: Float64Array;
  /** Weight per row; 1 each where absent. */
  readonly weights?: Float64Array;
  /** Where to start; within the bounds, and where rows are unsure: where all are sure there is no curvature to go by. */
  readonly start: readonly number[];
  readonly lower: readonly number[];
  readonly upper: readonly number[];
}

export interface LogisticFit {
  readonly parameters: number[];
  readonly converged: boolean;
}

const MAX_ROUNDS = 200;
const MAX_HALVINGS = 40;
/** The fit ends when a step promises less than this share of the loss. */
const TOLERANCE = 1e-14;
/** Added to the diagonal, relative: keeps a step finite where columns depend on each other. */
const RIDGE = 1e-10;

/**
 * The parameters within bounds with the largest likelihood, by Newton's method on the parameters that do not push against a
 * bound (Bertsekas 1982), steps halved until the loss falls. The loss is convex, so there is no other optimum.
 */
export function fitLogistic(problem: LogisticProblem): LogisticFit {
  const { start, lower, upper } = problem;
  let at = derivatives(problem, [...start]);
  for (let round = 0; round < MAX_ROUNDS; round++) {
    const free = at.parameters.flatMap((value, j) => {
      const pushes = value <= lower[j] ? at.gradient[j] > 0 : value >= upper[j] && at.gradient[j] < 0;
      return pushes ? [] : [j];
    });
    const step = solve(free.map((j) => free.map((k) => at.hessian[j][k])), free.map((j) => -at.gradient[j]));
    const promised = -free.reduce((sum, j, i) => sum + at.gradient[j] * step[i], 0);
    const { parameters } = at;
    const moved = (length: number): number[] => {
      const next = [...parameters];
      free.forEach((j, i) => next[j] = Math.min(Math.max(next[j] + length * step[i], lower[j]), upper[j]));
      return next;
    };
    // The loss does not show a last step any more, but the parameters do: their error is squared by it.
    if (promised <= TOLERANCE * (1 + at.loss)) return { parameters: moved(1), converged: true };
    if (!Number.isFinite(promised)) return { parameters, converged: false };
    const next = descend(at, (length) => derivatives(problem, moved(length)));
    // No step lowers the loss any more: it is flat to the last digit.
    if (next === null) return { parameters: at.parameters, converged: true };
    at = next;
  }
  return { parameters: at.parameters, converged: false };
}

interface Derivatives {
  readonly parameters: number[];
  readonly loss: number;
  readonly gradient: readonly number[];
  readonly hessian: readonly (readonly number[])[];
}

function descend(from: Derivatives, move: (length: number) => Derivatives): Derivatives | null {
  for (let halving = 0, length = 1; halving < MAX_HALVINGS; halving++, length /= 2) {
    const next = move(length);
    if (next.loss < from.loss) return next;
  }
  return null;
}

/** Loss, gradient and Hessian in one pass over the rows. */
function derivatives({ columns, targets, weights }: LogisticProblem, parameters: number[]): Derivatives {
  const size = parameters.length;
  const gradient = new Float64Array(size);
  const hessian = new Float64Array(size * size);
  let loss = 0;
  for (let row = 0; row < targets.length; row++) {
    let z = 0;
    for (let j = 0; j < size; j++) z += parameters[j] * columns[j][row];
    const e = expMinus(Math.abs(z));
    const p = z >= 0 ? 1 / (1 + e) : e / (1 + e);
    const weight = weights === undefined ? 1 : weights[row];
    loss += weight * (Math.max(z, 0) + ln1p(e) - targets[row] * z);
    const residual = weight * (p - targets[row]);
    const curvature = weight * e / ((1 + e) * (1 + e));
    for (let j = 0; j < size; j++) {
      const x = columns[j][row];
      gradient[j] += residual * x;
      for (let k = 0; k <= j; k++) hessian[j * size + k] += curvature * x * columns[k][row];
    }
  }
  return {
    parameters,
    loss,
    gradient: [...gradient],
    hessian: parameters.map((_, j) =>
      parameters.map((_, k) => hessian[Math.max(j, k) * size + Math.min(j, k)])
    ),
  };
}

/** x of a x = b for a small positive matrix, by Cholesky's decomposition. */
function solve(a: readonly (readonly number[])[], b: readonly number[]): number[] {
  const size = b.length;
  const l = a.map((row) => [...row]);
  for (let j = 0; j < size; j++) {
    for (let k = 0; k < j; k++) {
      for (let i = j; i < size; i++) l[i][j] -= l[i][k] * l[j][k];
    }
    const pivot = Math.sqrt(Math.max(l[j][j], 0) + RIDGE * a[j][j] + Number.MIN_VALUE);
    for (let i = j; i < size; i++) l[i][j] = i === j ? pivot : l[i][j] / pivot;
  }
  const x = [...b];
  for (let j = 0; j < size; j++) {
    for (let k = 0; k < j; k++) x[j] -= l[j][k] * x[k];
    x[j] /= l[j][j];
  }
  for (let j = size - 1; j >= 0; j--) {
    for (let k = j + 1; k < size; k++) x[j] -= l[k][j] * x[k];
    x[j] /= l[j][j];
  }
  return x;
}
