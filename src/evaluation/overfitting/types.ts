/** Learning curves and what they say of overfitting, as JSON values. */
import type { Maybe } from "../analysis.ts";
import type { ClassName } from "../../data/dataset.ts";

/** A classifier of one fold, measured after so many trees; columns of equal length. */
export interface LearningCurve {
  /** 0-based. */
  readonly fold: number;
  readonly className: ClassName;
  /** Numbers of trees; the first is 0, the last all trees of the classifier. */
  readonly trees: readonly number[];
  /** Binary log-loss (nats a row) and average precision on the sample's training genes and held-out genes of the fold. */
  readonly trainLogLoss: readonly Maybe[];
  readonly heldOutLogLoss: readonly Maybe[];
  readonly trainAp: readonly Maybe[];
  readonly heldOutAp: readonly Maybe[];
  /** Validation metric that early stopping went by, at these numbers of trees; null without early stopping. */
  readonly validation: { readonly trees: readonly number[]; readonly values: readonly number[] } | null;
  readonly trainRows: number;
  readonly heldOutRows: number;
  /** Trees of lowest held-out log-loss, and of highest held-out average precision, among `trees`; null where undefined. */
  readonly bestTrees: Maybe;
  readonly bestTreesAp: Maybe;
}

/** A number over the folds that define it: mean, 95 % t interval (null with one fold), least and most. */
export interface OverFolds {
  readonly mean: Maybe;
  readonly low: Maybe;
  readonly high: Maybe;
  readonly min: Maybe;
  readonly max: Maybe;
  readonly folds: number;
}

/**
 * "overfit": the gap is above the threshold and held-out log-loss has risen from its best;
 * "memorises": the gap is above it, yet held-out log-loss has not risen; "fits": the gap is not above it; "unknown".
 */
export type OverfittingVerdict = "overfit" | "memorises" | "fits" | "unknown";

/** What the curves of a class say, over the folds. */
export interface ClassOverfitting {
  readonly className: ClassName;
  /** Training less held-out average precision with all trees. */
  readonly gapAp: OverFolds;
  /** Held-out less training log-loss with all trees. */
  readonly gapLogLoss: OverFolds;
  /** Trees of lowest held-out log-loss, and of highest held-out average precision. */
  readonly bestTrees: OverFolds;
  readonly bestTreesAp: OverFolds;
  /** Held-out log-loss with all trees less its lowest: what the last trees cost. */
  readonly riseFromBest: OverFolds;
  /** The highest held-out average precision less that with all trees: overconfident models may still rank as well. */
  readonly apFallFromBest: OverFolds;
  /** What the last fifth of the trees took off the held-out log-loss; negative where it rose. */
  readonly lastImprovement: OverFolds;
  /** Whether that is below the least improvement asked for; null where undefined. */
  readonly converged: boolean | null;
  readonly verdict: OverfittingVerdict;
  /** The same in plain words. */
  readonly sentence: string;
}

export interface OverfittingAnalysis {
  readonly curves: readonly LearningCurve[];
  readonly classes: readonly ClassOverfitting[];
  /** For all three classifiers together, as --n-estimators is. */
  readonly recommended: {
    /** Fewest trees whose held-out log-loss, summed over classes, mean of folds, is within the least improvement of the best. */
    readonly trees: Maybe;
    /** Fewest whose held-out average precision, mean of donor and acceptor and of folds, is within it of the best; calibration can mend log-loss. */
    readonly treesByAp: Maybe;
    /** Whether it still falls at the end: more trees than were trained may be better. */
    readonly atLeast: boolean;
    readonly sentence: string;
  };
  readonly overfittingThreshold: number;
  readonly convergenceImprovement: number;
  readonly rows: number;
  readonly genes: number;
  readonly notes: readonly string[];
}
