/**
 * Two models on the same rows, paired gene by gene. "base" is the first model, "meta" the second; a difference is meta less base. JSON values
 * only: what is undefined is null.
 */
import type { Estimate, Maybe } from "../analysis.ts";

export type ComparedMetric =
  | "macroF1"
  | "f1Donor"
  | "f1Acceptor"
  | "f1Splice"
  | "apDonor"
  | "apAcceptor"
  | "apSplice"
  | "aucSplice"
  | "topK"
  | "pooledTopKDonor"
  | "pooledTopKAcceptor"
  | "logLoss";

/** Both models and their difference, each with its interval over genes. */
export interface Pair {
  readonly base: Estimate;
  readonly meta: Estimate;
  readonly difference: Estimate;
}

/** One metric of both models over all rows. */
export interface MetricComparison extends Pair {
  readonly metric: ComparedMetric;
  /** As a reader would say it, e.g. "macro F1". */
  readonly title: string;
  readonly higherIsBetter: boolean;
  /** Two-sided, from swapping the models' predictions of whole genes; null where the difference is undefined. */
  readonly p: Maybe;
  /** The same after Holm's correction over all metrics. */
  readonly pHolm: Maybe;
  /** The difference over folds: Nadeau and Bengio's corrected t test, for comparison with `p`. */
  readonly folds: FoldTest;
  /** "better" or "worse" (meta than base) where pHolm < 0.05 and the interval of the difference excludes 0. */
  readonly finding: "better" | "worse" | "not distinguishable";
}

/** The corrected resampled t test over folds. */
export interface FoldTest {
  /** Difference (meta less base) per fold, null where undefined. */
  readonly differences: readonly Maybe[];
  readonly mean: Maybe;
  /** Corrected for the training genes that folds share. */
  readonly standardError: Maybe;
  readonly t: Maybe;
  readonly df: Maybe;
  readonly p: Maybe;
  /** Why there is no test, else null. */
  readonly reason: string | null;
}

/** Splice sites called at the models' thresholds (donor + acceptor >= threshold), counted. */
export interface ErrorCounts {
  readonly baseFalsePositives: number;
  readonly baseFalseNegatives: number;
  readonly metaFalsePositives: number;
  readonly metaFalseNegatives: number;
  /** False positives of the base model that the meta-model calls neither. */
  readonly falsePositivesRescued: number;
  /** False positives of the meta-model that the base model calls neither. */
  readonly falsePositivesIntroduced: number;
  readonly falseNegativesRescued: number;
  readonly falseNegativesIntroduced: number;
}

/** The same counts over all rows, with intervals over genes (a resample has as many genes as the data). */
export type ErrorEstimates =
  & { readonly [K in keyof ErrorCounts]: Estimate }
  & {
    /** Meta less base: negative is fewer errors. */
    readonly falsePositivesDifference: Estimate;
    readonly falseNegativesDifference: Estimate;
  };

/** One gene. */
export interface GeneEffect extends ErrorCounts {
  readonly gene: string;
  /** "" where unknown. */
  readonly chromosome: string;
  /** 0-based; null where unknown. */
  readonly fold: Maybe;
  readonly rows: number;
  readonly donors: number;
  readonly acceptors: number;
  /** Mean F1 of the classes that occur among the gene's labels or the model's predictions. */
  readonly baseMacroF1: Maybe;
  readonly metaMacroF1: Maybe;
  /** Splice against neither at the thresholds. */
  readonly baseF1: Maybe;
  readonly metaF1: Maybe;
  /** Average precision, splice against neither; null without sites. */
  readonly baseAp: Maybe;
  readonly metaAp: Maybe;
  readonly baseLogLoss: Maybe;
  readonly metaLogLoss: Maybe;
  /** Mean log-loss of meta less base: negative is better. */
  readonly deltaLogLoss: Maybe;
}

/** Rows that have something in common: a chromosome, a range of base scores, a kind of site. */
export interface StratumEffect extends ErrorCounts {
  /** e.g. "chr1", "0.1 to 0.5", "not canonical". */
  readonly name: string;
  readonly rows: number;
  /** Genes with such rows. */
  readonly genes: number;
  readonly donors: number;
  readonly acceptors: number;
  readonly macroF1: Pair;
  /** Splice against neither at the thresholds. */
  readonly f1Splice: Pair;
  readonly apSplice: Pair;
  readonly logLoss: Pair;
  /** Why there are no intervals, else null. */
  readonly noIntervals: string | null;
}

/** How many genes a metric is higher, equal or lower in for the meta-model; genes where it is defined for both. */
export interface GeneTally {
  readonly better: number;
  readonly equal: number;
  readonly worse: number;
}

/** What follows, by the rule in `rule`. */
export interface Conclusion {
  readonly verdict: "better" | "worse" | "not distinguishable" | "mixed";
  /** One plain sentence a fact, the most important first. */
  readonly sentences: readonly string[];
  /** The rule, as a sentence. */
  readonly rule: string;
}

/** What the models are called in sentences, e.g. "base model" and "meta-model". */
export interface ModelNames {
  readonly base: string;
  readonly meta: string;
}

/** Base against meta. */
export interface Comparison {
  readonly names: ModelNames;
  readonly thresholds: { readonly base: number; readonly meta: number };
  readonly rows: number;
  readonly genes: number;
  readonly donors: number;
  readonly acceptors: number;
  /** Resamples of genes behind the intervals (0: too few genes) and swaps behind the p-values. */
  readonly resamples: number;
  readonly permutations: number;
  readonly conclusion: Conclusion;
  readonly metrics: readonly MetricComparison[];
  readonly errors: ErrorEstimates;
  readonly tallies: { readonly macroF1: GeneTally; readonly ap: GeneTally; readonly logLoss: GeneTally };
  /** Every gene, in canonical order. */
  readonly byGene: readonly GeneEffect[];
  /** Chromosomes 1 to 22, X, Y, MT, then others by name, then "unknown". */
  readonly byChromosome: readonly StratumEffect[];
  /** By the base model's larger score of donor and acceptor: 0 to 0.1, 0.1 to 0.5, 0.5 to 0.9, 0.9 to 1 (lower bound included). */
  readonly byBaseScore: readonly StratumEffect[];
  /** Canonical (GT after a donor, AG before an acceptor) or not; empty where the data does not tell. */
  readonly byCanonical: readonly StratumEffect[];
  /** How the numbers were made, and what could not be. */
  readonly notes: readonly string[];
}
