/**
 * Prediction on the GPU beside prediction on the CPU, same trees and rows, both in memory already; simulated genes, their rows over and over:
 *
 *     node bin/deno.mjs run -A bench/gpu-predict.ts [--rows 1000000] [--trees 400] [--genes 60] [--threads N] [--repeats 5] [--record NAME]
 *
 * A software adapter gets its ratio printed and is not recorded.
 */
import { openDataset } from "../src/data/open.ts";
import { CLASS_NAMES } from "../src/data/dataset.ts";
import { simulateDataset } from "../src/genome/simulate.ts";
import { openGpu } from "../src/gpu/gpu.ts";
import type { TreePredictor } from "../src/numerics/predictor.ts";
import { train } from "../src/training/train.ts";
import { treePredictor } from "../src/trees/predictor.ts";
import { median, option, record } from "./process.ts";

const rows = Number(option("rows", "1000000"));
const nEstimators = Number(option("trees", "400"));
const threads = Number(option("threads", String(navigator.hardwareConcurrency)));
const repeats = Number(option("repeats", "5"));

const gpu = await openGpu();
console.log(gpu.description);
const files: File[] = [];
for await (const { path, bytes } of simulateDataset({ genes: Number(option("genes", "60")) })) {
  if (path.endsWith(".parquet")) files.push(new File([bytes as Uint8Array<ArrayBuffer>], path));
}
const data = await openDataset(files);
const { model } = await train(data, { nEstimators, skipEval: true, threads });
const models = CLASS_NAMES.map((name) => model.classifiers[name]);
const columns: Float32Array[] = [];
for await (const { values } of data.columns(model.featureNames)) {
  columns.push(Float32Array.from({ length: rows }, (_, row) => values[row % data.rows]));
}

/** Seconds of the first call, which uploads or compiles the trees, and the median of the later ones. */
async function time(
  predictor: TreePredictor,
): Promise<{ first: number; later: number; margins: Int32Array[] }> {
  const seconds: number[] = [];
  let margins: Int32Array[] = [];
  for (let i = 0; i <= repeats; i++) {
    const start = performance.now();
    margins = await predictor.margins(models, columns, rows);
    seconds.push((performance.now() - start) / 1000);
  }
  predictor.close();
  return { first: seconds[0], later: median(seconds.slice(1)), margins };
}

const onCpu = await time(treePredictor({ threads }));
const onGpu = await time(treePredictor({ gpu }));
const same = onGpu.margins.every((own, m) => own.every((margin, row) => margin === onCpu.margins[m][row]));
const { uploadedBytes, readBytes, dispatches, submits, peakBytes } = gpu.counters;
const each = (count: number): number => Math.round(count / (repeats + 1));
const used = models.map((one) => one.usedFeatures()).reduce((a, b) => a.map((flag, f) => flag | b[f]));
const result = {
  adapter: gpu.description,
  rows,
  features: columns.length,
  usedFeatures: used.reduce((sum, flag) => sum + flag, 0),
  trees: models.reduce((sum, { treeCount }) => sum + treeCount, 0),
  threads,
  cpu: { first: onCpu.first, seconds: onCpu.later, rowsPerSecond: Math.round(rows / onCpu.later) },
  gpu: { first: onGpu.first, seconds: onGpu.later, rowsPerSecond: Math.round(rows / onGpu.later) },
  /** Of one prediction. */
  uploadedBytes: each(uploadedBytes),
  readBytes: each(readBytes),
  dispatches: each(dispatches),
  submits: each(submits),
  peakBytes,
  ratio: onCpu.later / onGpu.later,
  same,
};
console.log(JSON.stringify(result, null, 2));
console.log(
  `the GPU predicts ${result.ratio.toFixed(2)} rows while ${threads} threads of the CPU predict one`,
);
const recordAs = option("record", "");
if (recordAs && gpu.facts.software) console.log("not recorded: a software adapter says nothing of a GPU");
else if (recordAs) await record(recordAs, result);
gpu.destroy();
if (!same) {
  console.error("the margins differ: expected the bytes of the CPU");
  Deno.exit(1);
}
