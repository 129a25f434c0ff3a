/** What an analysis of calibration says: JSON values only, undefined numbers null. */
import type { ClassShares } from "../../ensemble/calibration/types.ts";
import type { Estimate, Maybe } from "../analysis.ts";

/** What a probability is about: one class against the other two, or a splice site (donor + acceptor) against neither. */
export const TARGETS = ["neither", "donor", "acceptor", "splice"] as const;
export type Target = typeof TARGETS[number];

/** The base model, the meta-model as its classifiers say, and the meta-model as delivered where it is calibrated. */
export type JudgedModel = "base" | "raw" | "calibrated";

/** The rows of a range of predicted probabilities. */
export interface ReliabilityBin {
  /** The bin holds from < p <= to; the first also p = from. */
  readonly from: number;
  readonly to: number;
  readonly rows: number;
  /** Genes with a row in the bin. */
  readonly genes: number;
  /** Share of the weight of all rows, 0 to 1. */
  readonly share: number;
  /** Mean predicted probability. */
  readonly predicted: number;
  /** Share of the rows that are of the target, with its interval over genes (this bin alone). */
  readonly observed: Estimate;
}

/**
 * A distance from perfect calibration, 0 or more. Sampling alone makes it larger than 0, so it comes with what sampling
 * would give, and its interval is that of a distance (see docs/calibration.md).
 */
export interface CalibrationError extends Estimate {
  /** Mean of the same distance over resamples of genes if the probabilities were perfectly calibrated. */
  readonly byChance: Maybe;
  /** Share of such resamples with a distance at least as large: the p-value of perfect calibration. */
  readonly p: Maybe;
}

/** Bins without rows are left out. */
export interface Binning {
  readonly kind: "equal mass" | "equal width";
  readonly bins: readonly ReliabilityBin[];
  /** Expected calibration error: mean of |predicted - observed| over bins, weighted by their rows. */
  readonly ece: CalibrationError;
  /** Maximum calibration error: largest |predicted - observed| of the bins with rows of enough genes. */
  readonly mce: CalibrationError;
}

/** brier = reliability - resolution + uncertainty + withinBins, exactly (equal-mass bins). */
export interface BrierDecomposition {
  readonly brier: Estimate;
  /** Mean squared (predicted - observed) of bins: 0 is calibrated. */
  readonly reliability: CalibrationError;
  /** Mean squared (observed - overall share) of bins: more is better. */
  readonly resolution: Estimate;
  /** Variance of the label: what is predicted by the share alone. */
  readonly uncertainty: Estimate;
  /** Variance of probabilities within bins less twice their covariance with labels (Stephenson et al. 2008). */
  readonly withinBins: Estimate;
}

export type ConfidenceVerdict =
  | "over-confident"
  | "under-confident"
  | "not distinguishable from calibrated"
  | "cannot be judged";

/** One of the fixed ranges of predicted probability in which confidence is judged. */
export interface ConfidenceRange {
  /** The range holds from <= p < to; the last also p = 1. */
  readonly from: number;
  readonly to: number;
  readonly rows: number;
  readonly genes: number;
  readonly predicted: Maybe;
  readonly observed: Maybe;
  /**
   * How much surer the probabilities are than the outcomes allow: predicted - observed above a half, observed - predicted
   * below. The intervals of all ranges of a finding hold together with 95 %.
   */
  readonly excess: Estimate;
  readonly verdict: ConfidenceVerdict;
}

/** Whether the probabilities of a target are too sure, where, and how sure that is. */
export interface ConfidenceFinding {
  readonly model: JudgedModel;
  readonly target: Target;
  /** "mixed": over-confident in some ranges, under-confident in others. */
  readonly verdict: ConfidenceVerdict | "mixed";
  /** Plain sentences, the first with the verdict. */
  readonly sentences: readonly string[];
  readonly ranges: readonly ConfidenceRange[];
}

/** One binary target of one model. */
export interface TargetCalibration {
  readonly target: Target;
  /** Rows that are of the target, and their share of the weight. */
  readonly positives: number;
  readonly share: Maybe;
  /** Mean predicted probability. */
  readonly predicted: Maybe;
  /** Binary log-loss, natural logarithm. */
  readonly logLoss: Estimate;
  readonly brier: BrierDecomposition;
  readonly equalMass: Binning;
  readonly equalWidth: Binning;
  /** Logistic recalibration of the label on log-odds(p): below 1 too extreme, above 1 too timid. */
  readonly slope: Estimate;
  /** Its intercept with that slope; 0 is calibrated. */
  readonly intercept: Estimate;
  readonly finding: ConfidenceFinding;
}

/** Three probabilities of one model, divided by their sum. */
export interface ModelCalibration {
  readonly model: JudgedModel;
  /** Three-class log-loss and Brier score (0 to 2). */
  readonly logLoss: Estimate;
  readonly brier: Estimate;
  /** In the order of TARGETS. */
  readonly targets: readonly TargetCalibration[];
}

/** What calibration changed: calibrated less raw on the same resamples; negative is better. */
export interface CalibrationChange {
  /** Null: the three classes together. */
  readonly target: Target | null;
  readonly logLoss: Estimate;
  readonly brier: Estimate;
}

export interface CalibrationAnalysis {
  readonly rows: number;
  readonly genes: number;
  /** Rows and genes there were before a sample of whole genes was drawn, or null where all are analysed. */
  readonly sampledFrom: { readonly rows: number; readonly genes: number } | null;
  readonly resamples: number;
  /** Rows weigh target / training share of their class, or null where all weigh the same. */
  readonly weighting: { readonly training: ClassShares; readonly target: ClassShares } | null;
  /** Base (where the data has one), raw, calibrated (where the model is). */
  readonly models: readonly ModelCalibration[];
  /** Three classes, then each target; null where nothing was calibrated. */
  readonly changes: readonly CalibrationChange[] | null;
  /** How it was done, in sentences: intervals, weights, samples, what could not be said. */
  readonly notes: readonly string[];
}
