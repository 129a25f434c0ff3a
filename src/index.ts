/**
 * spliceboost: trains, judges and applies splice-site meta-models.
 *
 *     const data = await openDataset(files);
 *     const run = await train(data, { nEstimators: 400, nFolds: 5, seed: 42 });
 *     const p = await run.model.predictProba(rows); // (n, 3): neither, donor, acceptor
 */
export { openDataset, type OpenOptions, type ReadProgress } from "./data/open.ts";
export type { ByteSource, DataInput } from "./data/byte-source.ts";
export {
  CLASS_NAMES,
  type ClassName,
  type Dataset,
  type ExcludedColumn,
  type LabelSpelling,
} from "./data/dataset.ts";
export { type Finding, validateDataset, type ValidateOptions } from "./data/validate.ts";

export { train } from "./training/train.ts";
export { analyse, type RunAnalysis } from "./training/analyse.ts";
export { analysisFiles } from "./training/analysis-files.ts";
export type { AnalysisSettings } from "./training/analysis-settings.ts";
export type { Analysis } from "./evaluation/document.ts";
export { parseAnalysis } from "./evaluation/parse-document.ts";
export type { KernelProfile, RunProfile } from "./training/profile.ts";
export type {
  CheckpointStore,
  OutOfFold,
  ProgressEvent,
  Train,
  TrainingRun,
  TrainSettings,
} from "./training/types.ts";
export type {
  BaseMetrics,
  Evaluation,
  FoldMetrics,
  FoldSummary,
  MetricSummary,
  ModelMetrics,
  PerClass,
  SpliceMetrics,
} from "./evaluation/types.ts";
export { verdict } from "./evaluation/verdict.ts";

export { applyPolicy } from "./evaluation/thresholds/policy.ts";
export { parseThresholds } from "./evaluation/thresholds/text.ts";
export { applyCalibration, fitCalibration } from "./ensemble/calibration/calibration.ts";
export type { Calibration, CalibrationMethod, CalibrationMode } from "./ensemble/calibration/types.ts";
export { shapValues } from "./trees/shap/shap-values.ts";
export { SigmoidEnsemble } from "./ensemble/sigmoid.ts";
export type { EnsembleDescription, TrainingFacts } from "./ensemble/sigmoid.ts";
export type { FeatureTable } from "./data/feature-table.ts";
export { loadModel, modelHash, saveModel } from "./formats/model-file.ts";

export { type FitOptions, GradientBoostedTrees } from "./trees/gradient-boosted-trees.ts";
export { type LogisticFitOptions, LogisticRegression } from "./linear/logistic-regression.ts";
export type { ClassLabel } from "./trees/class-labels.ts";
export type { FlatTable, Table } from "./trees/table.ts";
export type { Algorithm, AlgorithmParameters } from "./trees/algorithms.ts";
export type { LightgbmParameters } from "./trees/lightgbm-table.ts";
export type { TreeParameters } from "./trees/parameters.ts";
export {
  chooseDevice,
  type Device,
  type DeviceChoice,
  type DeviceOptions,
  openEngine,
  openPredictor,
} from "./trees/devices.ts";
export { type PredictOptions, type PredictorOptions, treePredictor } from "./trees/predictor.ts";
export type { Predictor } from "./trees/tree-model.ts";

export { simulateDataset, type SimulateDatasetSettings, type SimulatedFile } from "./genome/simulate.ts";

export { type CpuEngineOptions, createCpuEngine } from "./cpu/engine.ts";
export { createGpuEngine, type GpuEngine, type GpuEngineOptions } from "./gpu/engine.ts";
export {
  type AdapterFacts,
  describeAdapter,
  type Gpu,
  type GpuOptions,
  type KernelTime,
  openGpu,
} from "./gpu/gpu.ts";
export {
  differencesOf,
  verifyGpu,
  type VerifyOptions,
  type VerifyReport,
  type VerifyRow,
} from "./gpu/verify.ts";
export type { Engine } from "./numerics/engine.ts";
export type { TreePredictor } from "./numerics/predictor.ts";
export { type ErrorKind, SpliceboostError } from "./numerics/errors.ts";
export { VERSION } from "./version.ts";
