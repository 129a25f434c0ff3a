/** Calibrators of a few parameters: Platt scaling, temperature, beta calibration. */
import { logit, softplus } from "./elementary.ts";
import { fitLogistic, type LogisticProblem } from "./logistic.ts";
import type { BetaCalibrator, SigmoidCalibrator } from "./types.ts";

/**
 * Slopes stay from 0 to this: a calibrator never turns the order of scores around, and classes that a score separates without
 * overlap do not make it a step.
 */
export const SLOPE_LIMIT = 100;
/** No intercept that margins within the i32 range could ask for lies beyond. */
export const INTERCEPT_LIMIT = 2 ** 18;

/** A calibrator, and sentences on what was not as it should be. */
export interface Fitted<C> {
  readonly calibrator: C;
  readonly notes: readonly string[];
}

/** Rows to fit on: scores in log-odds, finite, and whether each row is of the class. */
export interface LabelledScores {
  readonly scores: Float64Array;
  readonly isPositive: Uint8Array;
}

/**
 * Platt scaling: sigmoid(slope x + intercept) with the largest likelihood of Platt's smoothed targets (Platt 1999): they
 * are (n1 + 1) / (n1 + 2) for the n1 rows of the class and 1 / (n0 + 2) for the n0 others, so that the slope is finite however
 * well a score separates. No row weighs more than another.
 */
export function fitPlatt(rows: LabelledScores): Fitted<SigmoidCalibrator> {
  const targets = smoothedTargets(rows.isPositive);
  if (isConstant(rows.scores)) {
    // No slope can be told from one score: the model's own is kept.
    const intercept = logit(mean(targets)) - rows.scores[0];
    return {
      calibrator: { kind: "sigmoid", slope: 1, intercept },
      notes: ["all rows have the same score: only the mean is calibrated"],
    };
  }
  const { parameters: [slope, intercept], notes } = fitted({
    columns: [rows.scores, new Float64Array(targets.length).fill(1)],
    targets,
    start: [0, 0],
    lower: [0, -INTERCEPT_LIMIT],
    upper: [SLOPE_LIMIT, INTERCEPT_LIMIT],
  }, ["slope"]);
  return { calibrator: { kind: "sigmoid", slope, intercept }, notes: [...separation(rows), ...notes] };
}

/** Temperature scaling (Guo et al. 2017): sigmoid(x / T), targets as for Platt scaling; T from 0.01 to 100. */
export function fitTemperature(rows: LabelledScores): Fitted<SigmoidCalibrator> {
  const { parameters: [slope], notes } = fitted({
    columns: [rows.scores],
    targets: smoothedTargets(rows.isPositive),
    start: [1 / SLOPE_LIMIT],
    lower: [1 / SLOPE_LIMIT],
    upper: [SLOPE_LIMIT],
  }, ["inverse temperature"]);
  return { calibrator: { kind: "sigmoid", slope, intercept: 0 }, notes };
}

/** Beta calibration (Kull, Silva Filho and Flach 2017), a and b not negative, targets as for Platt scaling. */
export function fitBeta(rows: LabelledScores): Fitted<BetaCalibrator> {
  const targets = smoothedTargets(rows.isPositive);
  if (isConstant(rows.scores)) {
    return {
      calibrator: { kind: "beta", a: 1, b: 1, c: logit(mean(targets)) - rows.scores[0] },
      notes: ["all rows have the same score: only the mean is calibrated"],
    };
  }
  const { parameters: [a, b, c], notes } = fitted({
    columns: [
      rows.scores.map((x) => -softplus(-x)),
      rows.scores.map(softplus),
      new Float64Array(targets.length).fill(1),
    ],
    targets,
    start: [0, 0, 0],
    lower: [0, 0, -INTERCEPT_LIMIT],
    upper: [SLOPE_LIMIT, SLOPE_LIMIT, INTERCEPT_LIMIT],
  }, ["a", "b"]);
  return { calibrator: { kind: "beta", a, b, c }, notes: [...separation(rows), ...notes] };
}

/** Platt's targets: the posterior mean of each label under a uniform prior. */
export function smoothedTargets(isPositive: Uint8Array): Float64Array {
  let positives = 0;
  for (const one of isPositive) positives += one;
  const high = (positives + 1) / (positives + 2);
  const low = 1 / (isPositive.length - positives + 2);
  return Float64Array.from(isPositive, (one) => (one === 1 ? high : low));
}

function fitted(problem: LogisticProblem, slopes: readonly string[]) {
  const { parameters, converged } = fitLogistic(problem);
  const notes = slopes.flatMap((name, j) => {
    const bound = [problem.lower[j], problem.upper[j]].find((value) => value === parameters[j]);
    return bound === undefined ? [] : [`its ${name} was held at ${bound}`];
  });
  if (!converged) notes.push("its fit did not settle: the last parameters are kept");
  return { parameters, notes };
}

function separation({ scores, isPositive }: LabelledScores): string[] {
  let lowestPositive = Infinity;
  let highestNegative = -Infinity;
  for (let row = 0; row < scores.length; row++) {
    if (isPositive[row] === 1) lowestPositive = Math.min(lowestPositive, scores[row]);
    else highestNegative = Math.max(highestNegative, scores[row]);
  }
  if (!(lowestPositive > highestNegative)) return [];
  return ["its score separates the rows without overlap: how steep it is rests on smoothed targets alone"];
}

function isConstant(values: Float64Array): boolean {
  return values.every((value) => value === values[0]);
}

function mean(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
