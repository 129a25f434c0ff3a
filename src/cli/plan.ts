/** The plan of a training run, before any of it is done. */
import type { Dataset } from "../data/dataset.ts";
import { TILE_CELLS } from "../numerics/matrix.ts";
import { planText } from "../gpu/group-plan.ts";
import { SpliceboostError } from "../numerics/errors.ts";
import { resolveSettings } from "../training/settings.ts";
import type { TrainSettings } from "../training/types.ts";
import type { DeviceChoice } from "../trees/devices.ts";
import type { AlgorithmParameters } from "../trees/algorithms.ts";
import { devicePlan } from "./device-plan.ts";
import { formatBytes, formatInteger } from "./format.ts";

const MIB = 1024 * 1024;

/** What `--dry-run` prints. */
export interface TrainingPlan {
  readonly genes: number;
  readonly rows: number;
  readonly features: number;
  readonly excluded: number;
  /** 0 without cross-validation. */
  readonly folds: number;
  /** Most trees that will be grown; early stopping grows fewer. */
  readonly trees: number;
  /** Estimate of the memory while training, bytes: high where columns turn out constant, small or alike. */
  readonly memory_bytes: number;
  /** Where it will train, and why there. */
  readonly device: "webgpu" | "cpu";
  readonly device_reason: string;
  /** Estimate of the GPU's memory, bytes and in words, or why it may not do; null on the CPU. */
  readonly device_memory_bytes: number | null;
  readonly device_memory: string | null;
}

/** The program and its buffers. */
const BASE_BYTES = 250 * MIB;
/** Bytes a row of the columns with a role: gene, place in order, position, label, base scores. */
const KEY_ROW_BYTES = 25;
/** Bytes a row while a column is read: as in its file, and as it is binned. */
const READ_ROW_BYTES = 12;
/** Bytes a row of the three targets, and of the roles in a fold. */
const TARGET_ROW_BYTES = 3;
const FOLD_ROW_BYTES = 1;
/** Bytes a row of the held-out probabilities, and of what they are judged by. */
const HELD_OUT_ROW_BYTES = 40;
/** Bytes a row of a team of threads, bytes of its histograms at most, and of a bin in them (cpu/workspace.ts). */
const TEAM_ROW_BYTES = 46;
const HISTOGRAM_BYTES = 256 * MIB;
const BIN_BYTES = 8;
/** A column-major copy of a matrix of at most this size is kept (cpu/layout.ts). */
const COPY_BYTES = 1024 * MIB;

/** Bytes a row of each model that a GPU trains: what is made on the host and copied. */
const GPU_LANE_ROW_BYTES = 12;

/** Sizes up a run on the device that was chosen for it. */
export function trainingPlan(data: Dataset, settings: TrainSettings, choice: DeviceChoice): TrainingPlan {
  const { skipEval, nFolds, parameters } = resolveSettings(settings);
  const folds = skipEval ? 0 : Math.min(nFolds, data.genes.length);
  return {
    genes: data.genes.length,
    rows: data.rows,
    features: data.features.length,
    excluded: data.excluded.length,
    folds,
    trees: 3 * parameters.nEstimators * (folds + 1),
    memory_bytes: hostBytes(data, folds) +
      (choice.device === "cpu"
        ? cpuBytes(data, folds, settings.threads ?? navigator.hardwareConcurrency, parameters)
        : data.rows * lanesOf(folds) * GPU_LANE_ROW_BYTES),
    device: choice.device,
    device_reason: choice.reason,
    ...deviceMemory(data, folds, parameters, choice),
  };
}

/** Models trained at a time. */
function lanesOf(folds: number): number {
  return Math.max(3, 3 * folds);
}

/** Memory of the data, whatever trains on it. */
function hostBytes({ rows, features }: Dataset, folds: number): number {
  const matrix = rows * TILE_CELLS * Math.ceil(features.length / TILE_CELLS);
  const perRow = KEY_ROW_BYTES + READ_ROW_BYTES + TARGET_ROW_BYTES + folds * FOLD_ROW_BYTES +
    (folds > 0 ? HELD_OUT_ROW_BYTES : 0);
  return BASE_BYTES + matrix + rows * perRow;
}

/** What the CPU engine takes besides. */
function cpuBytes(data: Dataset, folds: number, threads: number, parameters: AlgorithmParameters): number {
  const { rows } = data;
  const features = data.features.length;
  const cells = rows * features;
  const teams = Math.min(threads, lanesOf(folds));
  return (cells <= COPY_BYTES ? cells : 0) +
    teams * (rows * TEAM_ROW_BYTES + histogramBytes(rows, features, parameters));
}

function deviceMemory(
  data: Dataset,
  folds: number,
  parameters: AlgorithmParameters,
  { device, adapter }: DeviceChoice,
): Pick<TrainingPlan, "device_memory_bytes" | "device_memory"> {
  if (device === "cpu" || !adapter) return { device_memory_bytes: null, device_memory: null };
  const shape = { rows: data.rows, features: data.features.length, lanes: lanesOf(folds), parameters };
  try {
    const plan = devicePlan(shape, adapter);
    return { device_memory_bytes: plan.total, device_memory: planText(plan) };
  } catch (error) {
    if (!(error instanceof SpliceboostError)) throw error;
    // A bound: columns may turn out to be constant, small or alike.
    return { device_memory_bytes: null, device_memory: `may not do: ${error.message}` };
  }
}

/** Histograms that a team keeps, as far as there is room. */
function histogramBytes(rows: number, features: number, parameters: AlgorithmParameters): number {
  const one = features * Math.min(parameters.maxBin, rows) * BIN_BYTES;
  const wanted = histogramCount(parameters, rows);
  return one * Math.min(wanted, Math.max(1, Math.floor(HISTOGRAM_BYTES / Math.max(1, one))));
}

/** Those of the nodes two levels above the leaves; leaf by leaf, those of all leaves and as many in advance. */
function histogramCount(parameters: AlgorithmParameters, rows: number): number {
  if ("numLeaves" in parameters) {
    return parameters.numLeaves < 3 ? 0 : 2 * Math.min(parameters.numLeaves, rows);
  }
  return parameters.maxDepth < 2 ? 0 : Math.min(2 ** (parameters.maxDepth - 2), rows);
}

/** The plan for people. */
export function planLines(plan: TrainingPlan): string[] {
  const folds = plan.folds === 0 ? "no cross-validation" : `${plan.folds} folds`;
  return [
    `genes     ${formatInteger(plan.genes)}`,
    `rows      ${formatInteger(plan.rows)}`,
    `features  ${formatInteger(plan.features)} (${plan.excluded} other columns)`,
    `folds     ${folds}`,
    `trees     at most ${formatInteger(plan.trees)}`,
    `memory    about ${formatBytes(plan.memory_bytes)}`,
    `device    ${plan.device} (${plan.device_reason})`,
    ...(plan.device_memory === null ? [] : [`its memory  ${plan.device_memory}`]),
    "Nothing was trained or written (--dry-run).",
  ];
}
