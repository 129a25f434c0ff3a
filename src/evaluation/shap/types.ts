/**
 * What the SHAP analysis of a model says, as JSON values. SHAP values are log odds of one classifier (one class against the rest):
 * a row's values of all features and the bias add up to its margin. Values are rounded to six significant digits.
 */
import type { Maybe } from "../analysis.ts";

/**
 * "path-dependent": absent features follow the split's share of the training rows (Lundberg et al., Nature Machine Intelligence 2020);
 * "interventional": absent features take the values of background rows (Janzing et al., AISTATS 2020).
 */
export type ShapKind = "path-dependent" | "interventional";

/** A position to be explained, and why it was chosen. */
export type CaseRole =
  /** The row of the class with the highest out-of-fold probability of it. */
  | "best site"
  /** The row of another class that is called this one out of fold, with the highest probability of it. */
  | "worst false positive"
  /** The row of the class that is called another one out of fold, with the lowest probability of it. */
  | "worst false negative";

/** The SHAP analysis of the three classifiers. */
export interface ShapAnalysis {
  readonly kind: ShapKind;
  /** Rows that were sampled, and genes that they lie in. */
  readonly rows: number;
  readonly genes: number;
  /** Sampled rows labelled neither, donor, acceptor. */
  readonly rowsByLabel: readonly number[];
  /** Rows that stand for absent features, and genes that they lie in; null where path-dependent. */
  readonly background: { readonly rows: number; readonly genes: number } | null;
  /** Names that all feature indices below refer to. */
  readonly features: readonly string[];
  /** The classifiers of neither, donor, acceptor. */
  readonly classes: readonly ShapClass[];
  readonly donorAcceptor: DonorAcceptor;
  readonly waterfalls: readonly Waterfall[];
}

/** One classifier over the sampled rows. */
export interface ShapClass {
  readonly name: string;
  /** Margin with no feature known, log odds. */
  readonly bias: number;
  /** Largest |sum of SHAP values + bias - margin| of all rows explained, and what it must not exceed. */
  readonly additivity: { readonly maxError: number; readonly tolerance: number };
  /** Mean |SHAP value| per feature over the sampled rows. */
  readonly meanAbs: readonly number[];
  /** The same over the sampled rows labelled neither, donor, acceptor; null for a label that has none. */
  readonly meanAbsByLabel: readonly (readonly number[] | null)[];
  /** Mean SHAP value per feature over the sampled rows. */
  readonly meanSigned: readonly number[];
  /** All features by falling meanAbs, ties by index. */
  readonly order: readonly number[];
  readonly beeswarm: Beeswarm;
  readonly dependence: readonly Dependence[];
}

/** Points of the top features: one point a row and feature. */
export interface Beeswarm {
  /** Rows shown, of the sampled ones: a part drawn by the seed where there are more than the cap. */
  readonly shown: number;
  readonly sampled: number;
  /** Class code per row shown. */
  readonly labels: readonly number[];
  readonly features: readonly {
    readonly feature: number;
    /** SHAP value per row shown. */
    readonly phi: readonly number[];
    /** Rank of the feature's value among all sampled rows, 0 (lowest) to 1 (highest), ties at their mean; null where missing. */
    readonly rank: readonly Maybe[];
  }[];
}

/** A feature's SHAP values against its values. */
export interface Dependence {
  readonly feature: number;
  /** Feature whose value tells most of the SHAP values at like values of `feature` (see `strength`); null where none varies. */
  readonly interacts: number | null;
  /**
   * Within up to ten groups of rows of like value of `feature`: mean over groups, by their rows, of |Pearson correlation| between the
   * SHAP values of `feature` and the values of `interacts`; null where there is no such feature.
   */
  readonly strength: Maybe;
  /** Rows shown, of the sampled ones. */
  readonly shown: number;
  readonly sampled: number;
  /** Value of `feature` per row shown; null where missing (infinities too, which JSON lacks). */
  readonly value: readonly Maybe[];
  readonly phi: readonly number[];
  /** Value of `interacts` per row shown; empty where there is none. */
  readonly other: readonly Maybe[];
}

/** How one classifier comes from its bias to the margin of one position. */
export interface Waterfall {
  /** The classifier: a class's name. */
  readonly class: string;
  readonly role: CaseRole;
  readonly gene: string;
  /** Position in the gene, null where unknown. */
  readonly position: Maybe;
  /** Name of the row's own class. */
  readonly label: string;
  /** Out-of-fold probability of the class, by which the row was chosen. */
  readonly outOfFold: number;
  readonly bias: number;
  /** Margin of the model explained, log odds. */
  readonly margin: number;
  /** Largest contributions by |phi|, falling. `value` is null where missing or infinite. */
  readonly steps: readonly { readonly feature: number; readonly value: Maybe; readonly phi: number }[];
  /** The features that are not shown: how many, and the sum of their contributions. */
  readonly rest: { readonly features: number; readonly phi: number };
}

/** What tells donors against what tells acceptors. */
export interface DonorAcceptor {
  /** Mean |SHAP value| per feature under the donor and the acceptor classifier, over the same sampled rows. */
  readonly donor: readonly number[];
  readonly acceptor: readonly number[];
  /** Correlations of the two over features; null where one of them does not vary. */
  readonly pearson: Maybe;
  readonly spearman: Maybe;
}
