/**
 * The document of a run's analysis (analysis.json): all that the report shows but for where and how fast the run was made, which is
 * manifest.json's. The same data, settings and seed give the same document.
 */
import type { Maybe, Part } from "./analysis.ts";
import type { CalibrationAnalysis, ConfidenceFinding } from "./calibration/types.ts";
import type { Comparison } from "./comparison/types.ts";
import type { CurveAnalysis } from "./curves/types.ts";
import type { ImportanceResult } from "./importance/types.ts";
import type { FoldScreens, ShuffledLabels } from "./leakage/types.ts";
import type { NeighbourAnalysis } from "./neighbours/types.ts";
import type { OverfittingAnalysis } from "./overfitting/types.ts";
import type { ShapAnalysis } from "./shap/types.ts";
import type { ThresholdAnalysis } from "./thresholds/types.ts";

/** Marks the file. */
export const ANALYSIS_FORMAT = "spliceboost-analysis";
export const ANALYSIS_VERSION = 1;

/** What a run is: its data, settings and model. */
export interface RunDocument {
  readonly libraryVersion: string;
  readonly algorithm: string;
  readonly seed: number;
  readonly data: {
    readonly genes: number;
    readonly rows: number;
    readonly features: number;
    readonly rowsByClass: { readonly neither: number; readonly donor: number; readonly acceptor: number };
    /** Names of the chromosomes, sorted; empty where unknown. */
    readonly chromosomes: readonly string[];
    readonly inputs: readonly { readonly name: string; readonly bytes: number; readonly sha256: string }[];
    readonly labelSpellings: readonly {
      readonly spelling: string;
      readonly label: string;
      readonly rows: number;
    }[];
    /** Columns that are no features, or were left out as constant, copies or leaks, and why. */
    readonly excluded: readonly { readonly name: string; readonly reason: string }[];
    readonly hasBaseScores: boolean;
  };
  /** Settings as resolved, by name; JSON values. */
  readonly settings: Readonly<Record<string, unknown>>;
  readonly model: {
    readonly sha256: string;
    readonly trees: { readonly neither: number; readonly donor: number; readonly acceptor: number };
    readonly featureNames: readonly string[];
    /** In words, such as "Platt scaling of each class, normalised to sum to one", or null where the model is not calibrated. */
    readonly calibration: string | null;
    /** What its probabilities mean: shares of the classes that they are given for. */
    readonly prior: { readonly neither: number; readonly donor: number; readonly acceptor: number } | null;
  };
  /** Whether the labels were permuted first: a check, no result. */
  readonly shuffledLabels: boolean;
  /** Remarks that change or may change results, in the order they arose. */
  readonly notes: readonly string[];
}

/** A table of metrics by fold, by their names in gene_cv_metrics.csv. */
export interface FoldTable {
  readonly folds: readonly {
    /** From 1. */
    readonly fold: number;
    readonly genes: number;
    readonly rows: number;
    readonly metrics: Readonly<Record<string, Maybe>>;
  }[];
  readonly mean: Readonly<Record<string, Maybe>>;
  /** Sample standard deviation over the folds. */
  readonly sd: Readonly<Record<string, Maybe>>;
  /** The metrics of all rows together, each predicted by its own fold. */
  readonly pooled: Readonly<Record<string, Maybe>>;
}

/** Repeated holdouts of a fifth of the genes, by the metrics' names in gene_cv_metrics.csv. */
export interface HoldoutTable {
  readonly splits: readonly {
    /** From 1. */
    readonly split: number;
    readonly trainGenes: number;
    readonly testGenes: number;
    readonly trainRows: number;
    readonly testRows: number;
    readonly metrics: Readonly<Record<string, Maybe>>;
  }[];
  readonly mean: Readonly<Record<string, Maybe>>;
  readonly sd: Readonly<Record<string, Maybe>>;
}

/** Genes that were kept out of everything, judged by the delivered model. */
export interface HeldOutJudgement {
  readonly genes: number;
  readonly rows: number;
  /** Chromosomes they lie on, sorted; empty where unknown. */
  readonly chromosomes: readonly string[];
  /** By their names in gene_cv_metrics.csv. */
  readonly metrics: Readonly<Record<string, Maybe>>;
  readonly comparison: Part<Comparison>;
}

/** What the analyses read, where it is not all there is. */
export interface Sampling {
  /** Whole genes that features were looked at by; null where none were gathered. */
  readonly diagnostics: {
    readonly rows: number;
    readonly genes: number;
    readonly ofRows: number;
    readonly ofGenes: number;
  } | null;
  /** Rows explained by SHAP values; 0 for none. */
  readonly shapRows: number;
  /** The same as sentences, the neighbours' and the curves' parts too. */
  readonly sentences: readonly string[];
}

/** The whole document. */
export interface Analysis {
  readonly format: typeof ANALYSIS_FORMAT;
  readonly version: typeof ANALYSIS_VERSION;
  readonly run: RunDocument;
  readonly folds: Part<FoldTable>;
  readonly comparison: Part<Comparison>;
  /** The meta-model against the base model whose scores were calibrated out of fold (comparison/recalibrated.ts). */
  readonly againstRecalibrated: Part<Comparison>;
  readonly curves: Part<CurveAnalysis>;
  readonly thresholds: Part<ThresholdAnalysis>;
  readonly calibration: Part<CalibrationAnalysis>;
  /** The quick check of the splice probability; left out where `calibration` is done, which holds it. */
  readonly overconfidence: Part<ConfidenceFinding>;
  readonly leakage: Part<FoldScreens>;
  /** Only of a run with permuted labels. */
  readonly shuffled: Part<ShuffledLabels>;
  readonly overfitting: Part<OverfittingAnalysis>;
  readonly holdouts: Part<HoldoutTable>;
  readonly heldOut: Part<HeldOutJudgement>;
  readonly neighbours: Part<NeighbourAnalysis>;
  readonly importance: Part<ImportanceResult>;
  readonly shap: Part<ShapAnalysis>;
  readonly sampling: Sampling;
}
