/** What is measured on rows whose genes a model never saw. Names in the files are those of the guide (columns.ts). */

/** Three numbers, one a class. */
export interface PerClass {
  readonly neither: number;
  readonly donor: number;
  readonly acceptor: number;
}

/**
 * The binary question, splice site against neither: a row is called a site where donor + acceptor, rounded to f32, is
 * at or above the model's threshold, rounded to f32; rows are ranked by that sum.
 */
export interface SpliceMetrics {
  readonly f1: number;
  readonly ap: number;
  readonly auc: number;
  readonly falsePositives: number;
  readonly falseNegatives: number;
}

/** What can be said of a model's three probabilities a row. NaN where undefined (e.g. a class without rows). */
export interface ModelMetrics {
  readonly accuracy: number;
  /** Mean F1 of the classes that occur among labels or predictions, as scikit-learn has it. */
  readonly macroF1: number;
  readonly f1: PerClass;
  readonly precision: PerClass;
  readonly recall: PerClass;
  /** One-vs-rest average precision and ROC AUC. */
  readonly ap: PerClass;
  readonly auc: PerClass;
  /** Mean of donor and acceptor average precision, as the guide has it. */
  readonly macroAp: number;
  /** Three-class log-loss of the normalised probabilities, natural logarithm. */
  readonly logLoss: number;
  /** Three-class Brier score of the normalised probabilities, 0 to 2. */
  readonly brier: number;
  /** confusion[true][predicted], class order neither, donor, acceptor. */
  readonly confusion: readonly (readonly number[])[];
  /** Gene-level top-k: mean over genes of the share of a gene's true sites among its k best rows, k = their number. */
  readonly topKDonor: number;
  readonly topKAcceptor: number;
  /** Mean of the two, of the one that is defined where the other is not. */
  readonly topK: number;
  /** Genes with at least one true site. */
  readonly topKGenes: number;
  /** SpliceAI's top-k: all rows ranked together, k = number of true sites of the type. */
  readonly pooledTopKDonor: number;
  readonly pooledTopKAcceptor: number;
  readonly splice: SpliceMetrics;
}

/**
 * The base model on the same rows, its probabilities taken as (1 - donor - acceptor clipped at 0, donor, acceptor), and
 * what the meta-model made of its binary calls.
 */
export interface BaseMetrics extends ModelMetrics {
  /** False positives of the base model that the meta-model calls neither. */
  readonly falsePositivesRescued: number;
  /** False positives of the meta-model that the base model calls neither. */
  readonly falsePositivesIntroduced: number;
  readonly falseNegativesRescued: number;
  readonly falseNegativesIntroduced: number;
}

/** The meta-model on a set of whole genes, the base model beside it. */
export interface Evaluation extends ModelMetrics {
  readonly testRows: number;
  readonly testGenes: number;
  /** Null where the data has no base scores. */
  readonly base: BaseMetrics | null;
}

/** Everything measured on the held-out genes of a fold. */
export interface FoldMetrics extends Evaluation {
  /** 0-based; files count from 1. */
  readonly fold: number;
}

/** What to measure: predictions for all rows of a data set, and which genes count. */
export interface EvaluationInput {
  /** Class code per row. */
  readonly labels: Uint8Array;
  /** (rows, 3) row-major, neither/donor/acceptor, each from 0 to 1; they need not sum to 1. */
  readonly probabilities: Float32Array;
  /** Rows of gene g are geneStart[g] .. geneStart[g+1]-1. */
  readonly geneStart: Uint32Array;
  /** Indices of the genes to measure; all genes where absent. */
  readonly genes?: ArrayLike<number>;
  /** Base-model scores per row, or null. */
  readonly baseScores: { readonly donor: Float32Array; readonly acceptor: Float32Array } | null;
  /** Meta-model threshold on donor + acceptor. */
  readonly threshold: number;
  /** Base-model threshold on donor + acceptor. */
  readonly baseThresh: number;
}

/** A metric over the folds: mean and sample standard deviation (n - 1) of the folds where it is defined. */
export interface FoldSummary {
  /** NaN where no fold defines it. */
  readonly mean: number;
  /** NaN with fewer than two such folds. */
  readonly sd: number;
  /** Number of folds where it is defined. */
  readonly defined: number;
}

/** Each scalar metric over the folds, by its name in the files. */
export type MetricSummary = Readonly<Record<string, FoldSummary>>;
