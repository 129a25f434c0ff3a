/** Logistic regression of two classes on f32 columns. */
import { usageError } from "../numerics/errors.ts";
import { buildDesign, type Design, type DesignInput } from "./design.ts";
import { type LinearModel, linearModel } from "./linear-model.ts";
import { solveNewton } from "./newton.ts";
import type { Penalty } from "./objective.ts";
import { type LogisticParameters, resolveLogistic } from "./parameters.ts";
import { solveProximal } from "./proximal-newton.ts";
import type { Separation } from "./solution.ts";

export interface LogisticFit {
  readonly model: LinearModel;
  /** Whether the optimum was reached: optimality within tol, and, without a penalty, an optimum there. */
  readonly converged: boolean;
  /** Newton steps taken. */
  readonly iterations: number;
  /** Largest violation of the conditions of optimality: of the (sub)gradient of the mean loss plus penalty. */
  readonly optimality: number;
  readonly separated: Separation;
}

export interface LogisticInput extends DesignInput {
  /** 1 for rows of the class, 0 for others; one a row of the columns. */
  readonly target: ArrayLike<number>;
  /** Parameters as of `LogisticRegression`; the classes of `classWeight` are "0" and "1". */
  readonly options?: Readonly<Record<string, unknown>>;
}

/**
 * Standardises the columns over the given rows and fits one classifier.
 *
 *     const { model, converged } = fitLogistic({ columns, rows, target, options: { penalty: "l1", C: 0.1 } });
 *     const margins = linearMargins(model, columns, columns[0].length);
 *
 * For several targets over the same rows make the design once: `fitDesign(buildDesign({ columns, rows, weight }), target, ...)`.
 *
 * @throws SpliceboostError (usage) for parameters, columns, rows or weights that do not fit, or where only one class has rows
 */
export function fitLogistic({ target, options = {}, ...input }: LogisticInput): LogisticFit {
  const parameters = resolveLogistic(options);
  const { classWeight } = parameters;
  if (classWeight === null || classWeight === "balanced") {
    return fitDesign(buildDesign(input), target, parameters);
  }
  for (const label of Object.keys(classWeight)) {
    if (label !== "0" && label !== "1") {
      throw usageError(`class_weight: expected the classes "0" and "1", found ${JSON.stringify(label)}`);
    }
  }
  const factors = Float64Array.from(target, (label) => classWeight[String(label)] ?? 1);
  return fitDesign(buildDesign(input), target, parameters, factors);
}

/**
 * Fits one classifier to a design.
 *
 * @param target 0 or 1 for each row of the columns that the design was made of
 * @param factors of the weights, for each of those rows, in the loss alone: means and deviations are of the design's own weights; default 1.
 * `classWeight` is looked at for "balanced" only
 */
export function fitDesign(
  design: Design,
  target: ArrayLike<number>,
  parameters: LogisticParameters,
  factors?: ArrayLike<number>,
): LogisticFit {
  if (target.length !== design.length) {
    throw usageError(`target: expected ${design.length} values, one a row, found ${target.length}`);
  }
  const labels = Uint8Array.from(design.source, (row) => {
    if (target[row] === 0 || target[row] === 1) return target[row];
    throw usageError(`target, row ${row}: expected 0 or 1, found ${target[row]}`);
  });
  const weight = Float64Array.from(
    design.source,
    (row, i) => design.weight[i] * (factors ? factors[row] : 1),
  );
  const sums = sumByClass(labels, weight);
  if (!(sums[0] > 0 && sums[1] > 0)) {
    throw usageError(`expected rows of both classes, found none of class ${sums[0] > 0 ? 1 : 0}`);
  }
  if (parameters.classWeight === "balanced") {
    const half = (sums[0] + sums[1]) / 2;
    for (let i = 0; i < weight.length; i++) weight[i] *= half / sums[labels[i]];
    sums.fill(half);
  }
  const total = sums[0] + sums[1];
  const problem = { target: labels, weight: weight.map((w) => w / total) };
  const start = new Float64Array(design.mean.length + 1);
  start[start.length - 1] = Math.log(sums[1] / sums[0]);
  const penalty = penaltyFactors(parameters, total);
  const solve = penalty.l1 > 0 ? solveProximal : solveNewton;
  const { w, iterations, optimality, separated } = solve(design, problem, penalty, start, parameters);
  const unbounded = parameters.penalty === "none" && separated !== null;
  return {
    model: linearModel(design, w),
    converged: optimality <= parameters.tol && !unbounded,
    iterations,
    optimality,
    separated,
  };
}

/** @param total sum of the weights, class weights included */
function penaltyFactors({ penalty, C, l1Ratio }: LogisticParameters, total: number): Penalty {
  if (penalty === "none") return { l1: 0, l2: 0 };
  const strength = 1 / (C * total);
  const ratio = l1Ratio ?? (penalty === "l1" ? 1 : 0);
  return { l1: strength * ratio, l2: strength * (1 - ratio) };
}

function sumByClass(labels: Uint8Array, weight: Float64Array): Float64Array {
  const sums = new Float64Array(2);
  for (let i = 0; i < labels.length; i++) sums[labels[i]] += weight[i];
  return sums;
}
