/** The public shape of a training run. No file system here: files go through a RunStore. */
import type { ClassName, Dataset } from "../data/dataset.ts";
import type { CalibrationMethod, CalibrationMode, ClassShares } from "../ensemble/calibration/types.ts";
import type { SigmoidEnsemble } from "../ensemble/sigmoid.ts";
import type { FeatureSample } from "../evaluation/analysis.ts";
import type { FoldScreens } from "../evaluation/leakage/types.ts";
import type { Evaluation, FoldMetrics, MetricSummary } from "../evaluation/types.ts";
import type { Engine } from "../numerics/engine.ts";
import type { Algorithm } from "../trees/algorithms.ts";
import type { Device, DeviceChoice } from "../trees/devices.ts";
import type { TreeModel } from "../trees/tree-model.ts";
import type { FeatureReport } from "./bin-features.ts";
import type { RunProfile } from "./profile.ts";

/**
 * Settings of `train`, as a user gives them; every one has the command line's name in camel case. One that is given but could
 * have no effect (validSize without early stopping, nFolds with skipEval, ...) is an error, so pass what was asked for only.
 */
export interface TrainSettings {
  /** Learner (default xgboost); each has parameters of its own. */
  algorithm?: Algorithm;
  /** Parameters in the algorithm's own names and aliases; unknown names are errors. */
  algorithmParams?: Readonly<Record<string, unknown>>;
  /** Boosting rounds per class (default 800). */
  nEstimators?: number;
  /** Largest number of bins of a column (default 256; lightgbm: 255). */
  maxBin?: number;
  /** Gene folds (default 5). */
  nFolds?: number;
  /** Share of all genes set aside inside each fold to stop early by (default 0.1); used only with earlyStoppingPatience. */
  validSize?: number;
  /** Rounds without improvement before a classifier stops; 0 (default) trains all rounds. */
  earlyStoppingPatience?: number;
  /** Least improvement that counts for early stopping (default 0). */
  earlyStoppingMinDelta?: number;
  /** Metric of early stopping (default logloss). */
  earlyStoppingMetric?: "logloss" | "aucpr";
  /** Base-model threshold for its confusion counts (default 0.5). */
  baseThresh?: number;
  /** Meta-model threshold on donor + acceptor for the binary counts (default 0.5). */
  threshold?: number;
  /** Seed of every random draw (default 42). */
  seed?: number;
  /** Threads of the CPU engine (default: all cores); they ask for the CPU where the device is auto. */
  threads?: number;
  /** Where to train (default auto: a hardware GPU where there is one, else the CPU); webgpu never falls back. */
  device?: Device;
  /** The WebGPU entry point (default `navigator.gpu`); Node has none: pass one made by the npm package "webgpu". */
  gpu?: GPU;
  /** An engine to train on instead of one made for this run; the caller closes it. Not together with threads, device or gpu. */
  engine?: Engine;
  /** Times every kernel, on WebGPU only, which slows the training: see TrainingRun.profile. */
  profile?: boolean;
  /** Skip the cross-validation and train the final model only. */
  skipEval?: boolean;
  /** Repeated holdouts beside the folds: so many times a fifth of the genes is held out of fresh models (default 3; 0: none). */
  holdoutRepeats?: number;
  /** Calibrate the probabilities, out of fold: each class of its own, or splice site against neither. Not calibrated where absent. */
  calibrate?: CalibrationMode;
  /** Method of the calibration (default platt). */
  calibMethod?: CalibrationMethod;
  /** Class shares that the probabilities are to mean, such as the genome's; default: those of the data. With `calibrate`. */
  prior?: ClassShares;
  /** The same by the share of positions that are sites; donors and acceptors keep their proportion. */
  siteRate?: number;
  /** Screen every feature for what gives the label away (default true, false with diagSample 0); see TrainingRun.leakage. */
  checkLeakage?: boolean;
  /** Leave out, inside each fold by its training genes alone, what the screen calls a leak; implies checkLeakage. */
  autoExcludeLeaky?: boolean;
  /** Strength of a pattern from which a feature is called a leak, and |correlation| or AUC from which it is called strong (default 0.95). */
  leakageThreshold?: number;
  /** Permute the labels over the rows first: a check of the whole run, which must fall to chance. */
  shuffleLabels?: boolean;
  /** Rows, of whole genes drawn from all shards, that features are looked at by (default 25,000); 0 gathers none, for runs without analysis. */
  diagSample?: number;
  /** Keep the folds' models, for the analyses that look into them (default false). */
  keepFoldModels?: boolean;
  /** Stops training after the current trees; the run can be resumed from its checkpoint. */
  signal?: AbortSignal;
  onProgress?: (event: ProgressEvent) => void;
  /** Where checkpoints go; without it an aborted run starts anew. */
  checkpoint?: CheckpointStore;
}

/** What a progress bar needs. */
export interface ProgressEvent {
  readonly phase: "read" | "bin" | "screen" | "cross-validation" | "final" | "evaluate" | "analyse" | "write";
  /** Classifier, e.g. "fold 2/5 donor"; empty outside training and at its beginning. */
  readonly lane: string;
  /** Units done and in all: columns while binning, trees while training (a GPU reports the rounds of a batch together). */
  readonly done: number;
  readonly total: number;
  /** Validation metric of the round, where there is one. */
  readonly metric?: number;
  /** A sentence for the log, where there is one. */
  readonly message?: string;
}

/** Small named blobs that survive the process: a folder on disk, OPFS in a tab. */
export interface CheckpointStore {
  load(name: string): Promise<Uint8Array | null>;
  /** Atomic: a reader sees the old bytes or the new. */
  save(name: string, bytes: Uint8Array): Promise<void>;
  /**
   * Forgets everything. `train` calls it when it finds the checkpoint of another run; after a finished run it is
   * the caller's to call, once the files are safe.
   */
  clear(): Promise<void>;
}

/** Out-of-fold probabilities; every row is predicted once, by the fold that never saw its gene. */
export interface OutOfFold {
  /** Fold (0-based) per row. */
  readonly fold: Uint8Array;
  /**
   * (rows, 3) row-major, neither/donor/acceptor, as the delivered model gives them: calibrated, where it is, by a calibration that
   * never saw the row's fold, else each its own sigmoid (they need not sum to 1).
   */
  readonly probabilities: Float32Array;
  /** The same for the class shares of the data, where the model gives them for another prior: what rows of the data are judged by. */
  readonly atDataShares: Float32Array;
  /** Fixed-point margins (multiples of 2^-20) of the same shape, before any calibration. */
  readonly margins: Int32Array;
}

/** The classifiers of a fold, over the features of `TrainingRun.sample`. */
export type FoldModels = Readonly<Record<ClassName, TreeModel>>;

/** A repeated holdout: fresh models, judged on a fifth of the genes. */
export interface HoldoutSplit {
  /** From 1. */
  readonly split: number;
  readonly trainGenes: number;
  readonly trainRows: number;
  readonly evaluation: Evaluation;
}

export interface TrainingRun {
  readonly model: SigmoidEnsemble;
  /** SHA-256 (hex) of the model's file: one for the same data, settings and seed, on every device and any number of threads. */
  readonly modelSha256: string;
  /** Where the run was trained, and why there. */
  readonly device: DeviceChoice;
  /** What the kernels took, where the settings asked for it; null also where the device was lost on the way. */
  readonly profile: RunProfile | null;
  readonly settings: Readonly<Record<string, unknown>>;
  readonly folds: readonly FoldMetrics[];
  readonly aggregate: MetricSummary | null;
  /** The same metrics over the out-of-fold predictions of all rows at once; null with skipEval, as is `oof`. */
  readonly pooled: Evaluation | null;
  readonly oof: OutOfFold | null;
  /** The labels that were trained on: the data's, or a permutation of them with shuffleLabels. */
  readonly labels: Uint8Array;
  /** Fold (0-based) that held each gene out; null with skipEval. */
  readonly foldOfGene: Uint8Array | null;
  /** Per fold, 1 for each gene that it stopped early by; null without early stopping. */
  readonly validationOfFold: readonly Uint8Array[] | null;
  /** Models of the folds, where they were to be kept. */
  readonly foldModels: readonly FoldModels[] | null;
  /** Validation metric by round, fold by fold, classes in order within each; empty without early stopping. */
  readonly histories: readonly Float64Array[];
  readonly holdouts: readonly HoldoutSplit[];
  /** What the screen found; null where it was not asked for. */
  readonly leakage: FoldScreens | null;
  /** Whole genes with all features used; null where none were to be gathered. */
  readonly sample: FeatureSample | null;
  /** Every column of the data, whether the final model may use it, or why not. */
  readonly features: readonly FeatureReport[];
  /** Trees per class in the final model. */
  readonly rounds: Readonly<Record<ClassName, number>>;
  /** Remarks that change or may change results, in the order they arose (the data set's first). */
  readonly notes: readonly string[];
  /**
   * What manifest.json says of the run, JSON values only: versions, options as resolved, inputs with their hashes,
   * folds, seconds by phase. Not among `files()`: the command line adds the outputs' hashes and writes it last.
   */
  readonly manifest: Readonly<Record<string, unknown>>;
  /** Every file of the run directory, made one at a time. */
  files(): AsyncIterable<{ readonly path: string; readonly bytes: Uint8Array }>;
}

/** The signature of `train`. */
export type Train = (data: Dataset, settings?: TrainSettings) => Promise<TrainingRun>;
