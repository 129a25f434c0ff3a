/** Calibrations: plain JSON, so that a model file can hold one and every platform applies it the same. */
import type { ClassName } from "../../data/dataset.ts";

/** How a calibrator is fitted (docs/calibration.md). */
export const CALIBRATION_METHODS = ["platt", "isotonic", "beta", "temperature"] as const;
export type CalibrationMethod = typeof CALIBRATION_METHODS[number];

/**
 * per-class: a calibrator for each class, the three results divided by their sum. splice: one calibrator for
 * donor + acceptor against neither; what donor and acceptor have of it stays as the classifiers say.
 */
export const CALIBRATION_MODES = ["per-class", "splice"] as const;
export type CalibrationMode = typeof CALIBRATION_MODES[number];

/** Probability sigmoid(slope x + intercept) of a score x in log-odds: Platt scaling, and temperature 1 / slope. */
export interface SigmoidCalibrator {
  readonly kind: "sigmoid";
  readonly slope: number;
  readonly intercept: number;
}

/** Probability sigmoid(a ln(p) - b ln(1 - p) + c) of p = sigmoid(x) (Kull, Silva Filho and Flach 2017). */
export interface BetaCalibrator {
  readonly kind: "beta";
  readonly a: number;
  readonly b: number;
  readonly c: number;
}

/** Linear between the knots (x ascending, y not falling), constant beyond them. */
export interface IsotonicCalibrator {
  readonly kind: "isotonic";
  readonly x: readonly number[];
  readonly y: readonly number[];
}

/** A function from a score in log-odds to a probability; it never falls. */
export type Calibrator = SigmoidCalibrator | BetaCalibrator | IsotonicCalibrator;

/** Shares of the classes that sum to one. */
export type ClassShares = Readonly<Record<ClassName, number>>;

/** What is asked for when a model is to be calibrated. */
export interface CalibrationRequest {
  readonly mode: CalibrationMode;
  readonly method: CalibrationMethod;
  /** Class shares of the population to predict for (each above 0), or null for that of the rows fitted on. */
  readonly prior: ClassShares | null;
}

/** From margins of the three classifiers to three probabilities that sum to one. */
export interface Calibration {
  readonly mode: CalibrationMode;
  readonly method: CalibrationMethod;
  /** Neither, donor, acceptor in mode per-class; one, of splice sites, in mode splice. */
  readonly calibrators: readonly Calibrator[];
  /** Class shares of the rows that the calibrators were fitted on. */
  readonly trainingShares: ClassShares;
  /** Class shares of the population to predict for, or null for that of training. */
  readonly targetPrior: ClassShares | null;
}
