/**
 * What is known of the features: how the models use them, what the held-out genes lose without them, and what each says
 * by itself. JSON values only; numbers that are undefined are null. docs/importance.md says how each is computed.
 */
import type { Estimate, Maybe } from "../analysis.ts";
import type { ClassName } from "../../data/dataset.ts";

/** What a feature by itself is asked to tell from the rows of class neither. "splice" is donor or acceptor. */
export const CONTRASTS = ["donor", "acceptor", "splice"] as const;
export type Contrast = (typeof CONTRASTS)[number];

/** A number over the folds, or over the repeats: mean and sample standard deviation of those that are defined. */
export interface Spread {
  readonly mean: Maybe;
  /** Null with fewer than two. */
  readonly sd: Maybe;
}

/** How one classifier (a class against the rest) splits on a feature. */
export interface ModelUse {
  /** Splits on the feature in the delivered model. */
  readonly weight: number;
  /** Loss reduction of these splits, summed, and per split (null without splits). XGBoost's total_gain and gain. */
  readonly totalGain: number;
  readonly meanGain: Maybe;
  /** Hessian of the rows split, summed, and per split. XGBoost's total_cover and cover. */
  readonly totalCover: number;
  readonly meanCover: Maybe;
  /** Share of the total gain of all features, 0 to 1; null for a model without splits. */
  readonly gainShare: Maybe;
  /** The same share in the models of the folds. */
  readonly foldGainShare: Spread;
  /** Rank by total gain in the models of the folds: 1 is the highest; equal gains share the mean of their ranks. */
  readonly foldRank: Spread;
}

/** What predictions of held-out rows lose when values are permuted: positive means that the feature helped. */
export interface PermutationLoss {
  /** Mean over the folds with the t interval over folds (null with one fold). */
  readonly estimate: Estimate;
  /** Sample standard deviation over the folds, each fold's number being the mean of its repeats. */
  readonly sdOverFolds: Maybe;
  /** Standard deviation over the repeats within a fold, root mean square over the folds. */
  readonly sdOverRepeats: Maybe;
  /** Per fold, in fold order; null where undefined. */
  readonly folds: readonly Maybe[];
}

export interface PermutationImportance {
  /** Increase of the three-class log-loss, natural logarithm. */
  readonly logLoss: PermutationLoss;
  /** Decrease of the mean of donor and acceptor average precision. */
  readonly macroAp: PermutationLoss;
}

/** A feature by itself on one contrast. Rows where it is missing are left out of all but the mutual information. */
export interface UnivariateTest {
  /** Rows of the contrast's class, and of class neither, where the feature has a value. */
  readonly positives: number;
  readonly negatives: number;
  /**
   * Probability that a row of the class has the higher value (ties half), over all pairs of rows; its interval counts genes
   * (Obuchowski 1997).
   */
  readonly auc: Estimate;
  /** Rank-biserial correlation 2 auc - 1: the effect size of the rank-sum test. */
  readonly rankBiserial: Maybe;
  /** Mean over genes of the AUC within the gene, with its t interval over genes. */
  readonly withinGeneAuc: Estimate;
  /** Genes with rows of both sides: the units of the test. */
  readonly genes: number;
  /** Wilcoxon signed-rank test over genes that the AUC within a gene lies around 1/2, two-sided. */
  readonly p: Maybe;
  /** The same, adjusted over the features of the contrast (Benjamini-Hochberg). */
  readonly q: Maybe;
  /** Why p is null; null where it is a number. */
  readonly reason: string | null;
  /** Mutual information of the feature, cut into quantile bins (missing is one of its own), with the class, in bits. */
  readonly mutualInformation: Maybe;
}

/** One feature, in all respects. */
export interface FeatureImportance {
  readonly name: string;
  /** Splits on it: in the delivered model, or in a model of a fold. */
  readonly used: boolean;
  /** Share of the sample's rows where it is missing. */
  readonly missingShare: Maybe;
  /** Index among `groups`. */
  readonly group: number;
  readonly model: Readonly<Record<ClassName, ModelUse>>;
  /** Its own values permuted alone, the features it is correlated with left as they are; null where the part was impossible. */
  readonly permutation: PermutationImportance | null;
  readonly univariate: Readonly<Record<Contrast, UnivariateTest>>;
}

/** Features correlated so strongly that they are permuted together, by the same permutation. */
export interface FeatureGroup {
  /** In the order of the features. */
  readonly features: readonly string[];
  /** Smallest |Spearman| between two of them; null for a group of one, or where one is constant. */
  readonly weakestCorrelation: Maybe;
  readonly permutation: PermutationImportance | null;
}

/** How much alike the folds' models rank the features. */
export interface RankStability {
  /** Mean Spearman correlation of the total gains over all pairs of folds; null with one fold. */
  readonly meanSpearman: Maybe;
  readonly lowestSpearman: Maybe;
}

/** A fold's held-out rows of the sample, as its models predict them before anything is permuted. */
export interface PermutationFold {
  /** 0-based. */
  readonly fold: number;
  readonly genes: number;
  readonly rows: number;
  readonly logLoss: Maybe;
  readonly macroAp: Maybe;
}

export interface ImportanceResult {
  /** In the order of the sample's features. */
  readonly features: readonly FeatureImportance[];
  /** In the order of their first features. */
  readonly groups: readonly FeatureGroup[];
  readonly rankStability: Readonly<Record<ClassName, RankStability>>;
  readonly method: {
    /** Rows and genes of the univariate tests: the whole sample. */
    readonly rows: number;
    readonly genes: number;
    /** Genes and rows drawn from it for the correlations between features. */
    readonly correlationGenes: number;
    readonly correlationRows: number;
    /** Genes and rows drawn from it to be permuted; 0 where nothing was. */
    readonly permutedGenes: number;
    readonly permutedRows: number;
    readonly repeats: number;
    readonly folds: readonly PermutationFold[];
    readonly groupCutoff: number;
    readonly linkage: "average";
    /** Quantile bins of a feature for its mutual information. */
    readonly informationBins: number;
  };
}
