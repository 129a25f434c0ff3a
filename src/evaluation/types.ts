/** Metrics of one fold, and of all. Names in the files are those of the guide. */

/** Three numbers, one a class. */
export interface PerClass {
  readonly neither: number;
  readonly donor: number;
  readonly acceptor: number;
}

/** Base model and meta-model on the same rows. */
export interface BaseVersusMeta {
  readonly baseF1: number;
  readonly metaF1: number;
  readonly baseAp: number;
  readonly metaAp: number;
  readonly baseAuc: number;
  readonly metaAuc: number;
  readonly baseMacroF1: number;
  readonly baseTopK: number;
  readonly metaTopK: number;
  /** False positives of the base model that the meta-model calls neither, and the other way round. */
  readonly falsePositivesRescued: number;
  readonly falsePositivesIntroduced: number;
  readonly falseNegativesRescued: number;
  readonly falseNegativesIntroduced: number;
}

/** Everything measured on the held-out rows of a fold. NaN where a metric is undefined (a class without rows). */
export interface FoldMetrics {
  /** 0-based. */
  readonly fold: number;
  readonly testRows: number;
  readonly testGenes: number;
  readonly accuracy: number;
  readonly macroF1: number;
  readonly f1: PerClass;
  readonly precision: PerClass;
  readonly recall: PerClass;
  /** One-vs-rest average precision and ROC AUC. */
  readonly ap: PerClass;
  readonly auc: PerClass;
  /** Mean of donor and acceptor average precision, as the guide has it. */
  readonly macroAp: number;
  /** Three-class log-loss of the normalised probabilities. */
  readonly logLoss: number;
  /** confusion[true][predicted], class order neither, donor, acceptor. */
  readonly confusion: readonly (readonly number[])[];
  /** Gene-level top-k: mean over genes of the share of a gene's true sites among its k best rows, k = their number. */
  readonly topKDonor: number;
  readonly topKAcceptor: number;
  readonly topK: number;
  readonly topKGenes: number;
  /** Null where the data has no base scores. */
  readonly base: BaseVersusMeta | null;
}

/** Mean and sample standard deviation over folds of each scalar metric, by its name in the files. */
export type MetricSummary = Readonly<Record<string, { readonly mean: number; readonly sd: number }>>;
