/** The public shape of a training run. No file system here: files go through a RunStore. */
import type { ClassName, Dataset } from "../data/dataset.ts";
import type { SigmoidEnsemble } from "../ensemble/sigmoid.ts";
import type { Evaluation, FoldMetrics, MetricSummary } from "../evaluation/types.ts";
import type { Engine } from "../numerics/engine.ts";
import type { Device, DeviceChoice } from "../trees/devices.ts";
import type { RunProfile } from "./profile.ts";

/**
 * Settings of `train`, as a user gives them; every one has the command line's name in camel case. One that is given but could
 * have no effect (validSize without early stopping, nFolds with skipEval, ...) is an error, so pass what was asked for only.
 */
export interface TrainSettings {
  /** Learner; more come with later work. */
  algorithm?: "xgboost";
  /** Parameters in the algorithm's own names and aliases; unknown names are errors. */
  algorithmParams?: Readonly<Record<string, unknown>>;
  /** Boosting rounds per class (default 800). */
  nEstimators?: number;
  /** Largest number of bins of a column (default 256). */
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
  /** Stops training after the current trees; the run can be resumed from its checkpoint. */
  signal?: AbortSignal;
  onProgress?: (event: ProgressEvent) => void;
  /** Where checkpoints go; without it an aborted run starts anew. */
  checkpoint?: CheckpointStore;
}

/** What a progress bar needs. */
export interface ProgressEvent {
  readonly phase: "read" | "bin" | "cross-validation" | "final" | "evaluate" | "write";
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
  /** (rows, 3) row-major, neither/donor/acceptor, each its own sigmoid (they need not sum to 1). */
  readonly probabilities: Float32Array;
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
