/** SHAP values of tree models, on the CPU or on a device. */
import { createCpuPredictor } from "../../cpu/predictor.ts";
import { compileShapBackground } from "../../cpu/shap-background.ts";
import { compileShapPaths } from "../../cpu/shap-paths.ts";
import { explainOnCpu, type ShapProgram } from "../../cpu/shap.ts";
import type { Gpu } from "../../gpu/gpu.ts";
import { explainOnGpu } from "../../gpu/shap.ts";
import { SpliceboostError, usageError } from "../../numerics/errors.ts";
import { fromMargin } from "../../numerics/fixed.ts";
import type { TreeModel } from "../tree-model.ts";

/** Rows that stand for absent features. */
export interface BackgroundRows {
  /** f32 values per feature, in the models' feature order; missing is NaN. */
  readonly columns: readonly Float32Array[];
  /** At least one. */
  readonly rows: number;
}

/** What to compute, and where. */
export type ShapOptions =
  & (
    /** Absent features follow the splits' shares of the training rows. */
    | { readonly kind: "path-dependent" }
    /** Absent features are those of each background row in turn; on the CPU alone. */
    | { readonly kind: "interventional"; readonly background: BackgroundRows }
  )
  & {
    /** Threads of the CPU (default: all cores). The values do not depend on them. */
    readonly threads?: number;
    /** A device from `openGpu`, for path-dependent values: f32 work, so within a tolerance of the CPU's. */
    readonly gpu?: Gpu;
  };

export interface ShapValues {
  /** (features, rows) per model, log odds, feature-major: of feature f and row r at f x rows + r. Features no tree splits on have zeros. */
  readonly values: readonly Float32Array<ArrayBuffer>[];
  /** Per model: the margin with no feature known, log odds. Interventional: the mean margin of the background rows. */
  readonly bias: readonly number[];
  /** Exact fixed-point margins per model and row (multiples of 2^-20). */
  readonly margins: readonly Int32Array[];
  readonly additivity: {
    /** Per model: the largest |sum of a row's values + bias - its exact margin| of all rows; 0 without rows. */
    readonly maxError: readonly number[];
    /** What it does not exceed: else the call is rejected. */
    readonly tolerance: readonly number[];
  };
}

/** Rounding of a row's values to f32, and what the kernel's f32 arithmetic adds on a device, for each log odds of their absolute sum. */
const TOLERANCE = { cpu: 1e-6, gpu: 1e-4 };

/**
 * Exact SHAP values of every row under every model (docs/shap.md), checked to add up on every row.
 * @param columns f32 values per feature, in the models' feature order; missing is NaN; those that no tree splits on are not read
 * @throws SpliceboostError: "usage" for columns of another length, models of other features, an empty background, or options that exclude
 * each other; "runtime" where paths are too deep or values do not add up; "device" and "memory" as the device has it
 */
export async function shapValues(
  models: readonly TreeModel[],
  columns: readonly Float32Array[],
  rows: number,
  options: ShapOptions,
): Promise<ShapValues> {
  checkColumns(models, columns, rows, "");
  const threads = options.threads ?? globalThis.navigator?.hardwareConcurrency ?? 1;
  const predictor = createCpuPredictor({ threads });
  try {
    const { used, values, bias } = options.kind === "interventional"
      ? await interventional(models, columns, rows, options.background, threads, options.gpu, predictor)
      : await pathDependent(models, columns, rows, threads, options.gpu);
    const margins = await predictor.margins(models, columns, rows);
    const errors = values.map((own, m) => additivityOf(own, used.length, bias[m], margins[m]));
    const scale = options.gpu ? TOLERANCE.gpu : TOLERANCE.cpu;
    const tolerance = errors.map(({ size }) => scale * Math.max(1, size));
    errors.forEach(({ error, row }, m) => {
      if (!(error <= tolerance[m])) {
        throw doesNotAddUp(m, row, error, tolerance[m], options.gpu !== undefined);
      }
    });
    return {
      values: values.map((own) => spread(own, used, columns.length, rows)),
      bias,
      margins,
      additivity: { maxError: errors.map(({ error }) => error), tolerance },
    };
  } finally {
    predictor.close();
  }
}

/** Values of the used columns alone. */
interface UsedValues {
  readonly used: Int32Array;
  readonly values: readonly Float32Array[];
  readonly bias: readonly number[];
}

async function pathDependent(
  models: readonly TreeModel[],
  columns: readonly Float32Array[],
  rows: number,
  threads: number,
  gpu: Gpu | undefined,
): Promise<UsedValues> {
  if (gpu) {
    const { used, values, bias } = await explainOnGpu(gpu, models, columns, rows);
    return { used, values, bias: Array.from(bias) };
  }
  const paths = compileShapPaths(models);
  const { used } = paths;
  const values = await explainOnCpu({ paths }, pick(columns, used), rows, threads);
  return { used, values, bias: Array.from(paths.bias) };
}

async function interventional(
  models: readonly TreeModel[],
  columns: readonly Float32Array[],
  rows: number,
  background: BackgroundRows,
  threads: number,
  gpu: Gpu | undefined,
  predictor: ReturnType<typeof createCpuPredictor>,
): Promise<UsedValues> {
  if (gpu) throw usageError("interventional SHAP values are computed on the CPU alone: leave out gpu");
  if (!Number.isInteger(background.rows) || background.rows < 1) {
    throw usageError(`interventional SHAP values need at least one background row, found ${background.rows}`);
  }
  checkColumns(models, background.columns, background.rows, "background ");
  const program: ShapProgram = {
    background: compileShapBackground(models, background.columns, background.rows),
  };
  const { used } = program.background;
  const values = await explainOnCpu(program, pick(columns, used), rows, threads);
  const margins = await predictor.margins(models, background.columns, background.rows);
  const bias = margins.map((own) =>
    own.reduce((sum, margin) => sum + fromMargin(margin), 0) / background.rows
  );
  return { used, values, bias };
}

const pick = (columns: readonly Float32Array[], used: Int32Array): Float32Array[] =>
  Array.from(used, (column) => columns[column]);

function checkColumns(
  models: readonly TreeModel[],
  columns: readonly Float32Array[],
  rows: number,
  what: string,
): void {
  models.forEach(({ featureNames }, m) => {
    if (featureNames.length === columns.length) return;
    throw usageError(
      `model ${m} has ${featureNames.length} features, found ${columns.length} ${what}columns: pass one a feature`,
    );
  });
  const used = models.map((model) => model.usedFeatures());
  for (let f = 0; f < columns.length; f++) {
    if (used.every((flags) => flags[f] === 0)) continue;
    if (columns[f].length !== rows) {
      throw usageError(
        `${what}column "${models[0].featureNames[f]}": expected ${rows} values, found ${columns[f].length}`,
      );
    }
  }
}

/** Largest difference of a row's sum from its margin, that row, and the largest sum of absolute values. */
function additivityOf(
  values: Float32Array,
  columns: number,
  bias: number,
  margins: Int32Array,
): { readonly error: number; readonly row: number; readonly size: number } {
  const rows = margins.length;
  const sums = new Float64Array(rows).fill(bias);
  const sizes = new Float64Array(rows).fill(Math.abs(bias));
  for (let c = 0; c < columns; c++) {
    for (let row = 0; row < rows; row++) {
      const phi = values[c * rows + row];
      sums[row] += phi;
      sizes[row] += Math.abs(phi);
    }
  }
  let [error, worst, size] = [0, 0, 0];
  for (let row = 0; row < rows; row++) {
    const own = Math.abs(sums[row] - fromMargin(margins[row]));
    // NaN is the worst of all.
    if (!(own <= error)) [error, worst] = [own, row];
    size = Math.max(size, sizes[row]);
  }
  return { error, row: worst, size };
}

function doesNotAddUp(
  model: number,
  row: number,
  error: number,
  tolerance: number,
  onGpu: boolean,
): SpliceboostError {
  const advice = onGpu
    ? "the device miscomputes (spliceboost verify), or its f32 is too coarse for this model: explain on the CPU"
    : "please report it";
  return new SpliceboostError(
    onGpu ? "device" : "runtime",
    `the SHAP values of model ${model}, row ${row} miss its margin by ${error.toExponential(2)}, more than ${
      tolerance.toExponential(2)
    }: ${advice}`,
  );
}

/** Values of all features from those of the used ones. */
function spread(
  values: Float32Array,
  used: Int32Array,
  features: number,
  rows: number,
): Float32Array<ArrayBuffer> {
  const all = new Float32Array(features * rows);
  used.forEach((column, place) => all.set(values.subarray(place * rows, (place + 1) * rows), column * rows));
  return all;
}
