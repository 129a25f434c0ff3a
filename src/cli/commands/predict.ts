/** `spliceboost predict`: applies a trained model to a data set. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { CLASS_NAMES, type Dataset } from "../../data/dataset.ts";
import type { SigmoidEnsemble } from "../../ensemble/sigmoid.ts";
import { describe } from "../../gpu/adapter.ts";
import { dataError, SpliceboostError } from "../../numerics/errors.ts";
import type { TreePredictor } from "../../numerics/predictor.ts";
import { type DeviceChoice, openPredictor } from "../../trees/devices.ts";
import { type Context, printJson } from "../context.ts";
import { FileSource } from "../dataset-path.ts";
import { isDirectory, PartialFile } from "../files.ts";
import { formatInteger } from "../format.ts";
import { interruptible } from "../interrupts.ts";
import { columnOptions, openData } from "../open-data.ts";
import type { Values } from "../option-types.ts";
import type { PREDICT_OPTIONS } from "../options.ts";
import type { Invocation } from "../parse.ts";
import { predictionColumns, tableWriter } from "../prediction-table.ts";
import { type ClassCaller, openPolicy } from "../threshold-policy.ts";

type PredictValues = Values<typeof PREDICT_OPTIONS>;

const MODEL_FILE = "model.safetensors";

const INTERRUPTED = {
  first: "interrupted: stops at the next step; again leaves at once.",
  after: "stopped; nothing was written.",
};

/** Runs `predict`; returns the exit code. */
export async function predictCommand(invocation: Invocation, context: Context): Promise<number> {
  const values = invocation.values as unknown as PredictValues;
  const { log } = context;
  const makeWriter = tableWriter(values.out);
  return await interruptible(log, INTERRUPTED, async (signal) => {
    const model = await openModel(values.model);
    const caller = await openPolicy(values.thresholdPolicy, values.model);
    const { device, threads } = values;
    const { predictor, choice } = await openPredictor({ device, threads });
    try {
      const { data, close } = await openData(values.dataset, {
        ...columnOptions(values),
        features: model.featureNames,
        // A model that was trained with --encode-chrom has the column among its features.
        encodeChrom: model.featureNames.includes(values.chromCol),
        requireLabels: false,
        signal,
      }, (text) => log.info(text));
      try {
        for (const note of data.notes) log.warn(note);
        log.info(
          `Predicts ${formatInteger(data.rows)} rows of ${formatInteger(data.genes.length)} genes on ${
            placeOf(choice)
          }.`,
        );
        log.info(caller.said);
        const counts = await predictInto(values, model, data, predictor, { makeWriter, caller, signal });
        log.info(
          `Predicted ${CLASS_NAMES.map((name) => `${name} ${formatInteger(counts[name])}`).join(", ")}.`,
        );
        if (values.json) {
          printJson(context, {
            out: values.out,
            rows: data.rows,
            genes: data.genes.length,
            predicted: counts,
            threshold_policy: values.thresholdPolicy,
            thresholds: caller.thresholds,
            device: choice.device,
          });
        } else context.out(`${values.out}\n`);
        return 0;
      } finally {
        close();
      }
    } finally {
      predictor.close();
    }
  });
}

/** The device and the reason, for the log. */
function placeOf({ device, reason, adapter }: DeviceChoice): string {
  return `${device === "webgpu" && adapter ? describe(adapter) : "the CPU"} (${reason})`;
}

/** How predictions become a file. */
interface Output {
  readonly makeWriter: ReturnType<typeof tableWriter>;
  readonly caller: ClassCaller;
  readonly signal: AbortSignal;
}

/** Predicts and writes the file; returns the rows of each predicted class. */
async function predictInto(
  { out, batchRows }: PredictValues,
  model: SigmoidEnsemble,
  data: Dataset,
  predictor: TreePredictor,
  output: Output,
): Promise<Record<string, number>> {
  // Before the work, so that a path that cannot be written is told at once.
  const file = await PartialFile.create(out);
  try {
    const probabilities = await model.predictProba(data, { predictor });
    const counts = await write(data, probabilities, batchRows, file, output);
    await file.commit();
    return counts;
  } catch (error) {
    await file.abandon();
    throw error;
  }
}

/** The model of a run directory, or of a file. */
export async function openModel(path: string): Promise<SigmoidEnsemble> {
  const { loadModel } = await import("../../formats/model-file.ts");
  const file = await isDirectory(path) ? join(path, MODEL_FILE) : path;
  if (file !== path && !existsSync(file)) {
    throw dataError(
      `${path}: expected ${MODEL_FILE} in the run directory, found none. Has the training finished?`,
    );
  }
  const source = new FileSource(file, file);
  try {
    return await loadModel(source);
  } finally {
    source.close();
  }
}

async function write(
  data: Dataset,
  probabilities: Float32Array,
  batchRows: number,
  file: PartialFile,
  { makeWriter, caller, signal }: Output,
): Promise<Record<string, number>> {
  const { columns, block, counts } = predictionColumns(data, probabilities, caller.call(probabilities));
  const writer = makeWriter(columns, (bytes) => file.write(bytes), batchRows);
  for (let start = 0; start < data.rows; start += batchRows) {
    if (signal.aborted) throw new SpliceboostError("interrupted", "prediction was interrupted");
    await writer.append(block(start, Math.min(data.rows, start + batchRows)));
  }
  await writer.finish();
  return counts;
}
