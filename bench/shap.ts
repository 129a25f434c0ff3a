/**
 * SHAP values against XGBoost and the shap package, with the very same trees and rows:
 *
 *     node bin/deno.mjs run -A bench/shap.ts --model RUN_DIR/model.safetensors --dataset DIR/master --python PYTHON
 *         [--per-class 1000] [--background 100] [--threads 2] [--repeats 3] [--record NAME]
 *
 * Ours is the whole call: trees compiled, threads started, every row's sum checked. XGBoost's rows are in its own form already.
 */
import { locateDataset, openFiles } from "../src/cli/dataset-path.ts";
import { CLASS_NAMES } from "../src/data/dataset.ts";
import { openDataset } from "../src/data/open.ts";
import { drawShapRows, takeRows } from "../src/evaluation/shap/draw.ts";
import { loadModel } from "../src/formats/model-file.ts";
import { type ShapOptions, type ShapValues, shapValues } from "../src/trees/shap/shap-values.ts";
import { measure, median, option, record, root } from "./process.ts";
import { cpuSeconds, vectorRate, vectorsForTwoRows } from "./shap-limit.ts";
import { xgboostJson } from "./xgboost-json.ts";

const threads = Number(option("threads", "2"));
const repeats = Number(option("repeats", "3"));
const perClass = Number(option("per-class", "1000"));
const backgroundRows = Number(option("background", "100"));
const work = await Deno.makeTempDir();

const model = await loadModel(await Deno.readFile(option("model", "results/demo/model.safetensors")));
const models = CLASS_NAMES.map((name) => model.classifiers[name]);
const files = openFiles(await locateDataset(option("dataset", `${root}../shared/data/lrg/osai80/master`)));
const data = await openDataset(files.sources);
const all: Float32Array[] = [];
for await (const { values } of data.columns(model.featureNames)) all.push(values);
files.close();
if (!data.labels) throw new Error("the data set has labels");
const sample = drawShapRows(data.labels, data.geneStart, perClass, 42);
const columns = takeRows(all, sample);
const step = Math.floor(data.rows / backgroundRows);
const background = takeRows(all, Uint32Array.from({ length: backgroundRows }, (_, i) => i * step));

interface Timed {
  /** Wall time of each call. */
  readonly seconds: number[];
  /** Processor time of all threads, a call: what other work on the machine hardly changes. */
  readonly cpuSeconds: number;
  readonly found: ShapValues;
}

async function timed(options: ShapOptions): Promise<Timed> {
  let found = await shapValues(models, columns, sample.length, options);
  const seconds: number[] = [];
  const before = cpuSeconds();
  for (let i = 0; i < repeats; i++) {
    const start = performance.now();
    found = await shapValues(models, columns, sample.length, options);
    seconds.push((performance.now() - start) / 1000);
  }
  return { seconds, cpuSeconds: (cpuSeconds() - before) / repeats, found };
}
const path = await timed({ kind: "path-dependent", threads });
const against = await timed({
  kind: "interventional",
  background: { columns: background, rows: backgroundRows },
  threads,
});
const rate = await vectorRate();

const rowMajor = (values: readonly Float32Array[]): Uint8Array => {
  const table = new Float32Array(values[0].length * values.length);
  values.forEach((own, c) => own.forEach((x, row) => table[row * values.length + c] = x));
  return new Uint8Array(table.buffer);
};
await Deno.writeTextFile(`${work}/features.txt`, model.featureNames.join("\n"));
await Deno.writeFile(`${work}/rows.bin`, rowMajor(columns));
await Deno.writeFile(`${work}/background.bin`, rowMajor(background));
for (const name of CLASS_NAMES) {
  await Deno.writeTextFile(`${work}/model_${name}.json`, xgboostJson(model.classifiers[name]));
}
const args = ["bench/peers/shap_peer.py", work, "--threads", String(threads), "--repeats", String(repeats)];
const { stdout } = await measure(option("python", "python3"), args, root);
const peer = JSON.parse(stdout.trim().split("\n").at(-1)!);

/** Largest difference from a peer's (models, rows, features) values. */
async function differenceFrom(file: string, rows: number, of: readonly Float32Array[]): Promise<number> {
  const theirs = new Float32Array((await Deno.readFile(`${work}/${file}`)).buffer);
  let largest = 0;
  of.forEach((own, m) => {
    for (let row = 0; row < rows; row++) {
      for (let f = 0; f < columns.length; f++) {
        const at = (m * rows + row) * columns.length + f;
        largest = Math.max(largest, Math.abs(own[f * sample.length + row] - theirs[at]));
      }
    }
  });
  return largest;
}
const rows = sample.length;
const leaves = models.reduce(
  (sum, { packed }) => sum + packed.column.filter((column) => column < 0).length,
  0,
);
const trees = models.reduce((sum, { treeCount }) => sum + treeCount, 0);
const leafRows = leaves * rows;
const [ours, oursAgainst] = [median(path.seconds), median(against.seconds)];
const theirs = median(peer.path_dependent_seconds);
// The shap package's own code has one thread and did a few rows of one classifier: its processor time for all of them, by leaves and rows.
const donorLeaves = models[1].packed.column.filter((column) => column < 0).length;
const all3 = (seconds: number): number => seconds * (rows / peer.own_rows) * (leaves / donorLeaves);
const shapPath = all3(peer.shap_path_dependent_donor_cpu_seconds);
const shapAgainst = all3(peer.shap_interventional_donor_cpu_seconds);
const ofLimit = vectorsForTwoRows(models) * rows / 2 / path.cpuSeconds / rate;
const result = {
  rows,
  features: columns.length,
  trees,
  leaves,
  backgroundRows,
  threads,
  pathDependent: {
    seconds: path.seconds,
    cpuSeconds: path.cpuSeconds,
    leafRowsPerSecond: leafRows / ours,
    additivity: path.found.additivity,
    differenceFromXgboost: await differenceFrom("path.bin", rows, path.found.values),
    ratioToXgboost: ours / theirs,
    cpuRatioToXgboost: path.cpuSeconds / peer.path_dependent_cpu_seconds,
    cpuRatioToShap: path.cpuSeconds / shapPath,
    ofVectorLimit: ofLimit,
    vectorLimit: {
      instructionsPerCpuSecond: rate,
      leafRowsPerCpuSecond: leafRows / path.cpuSeconds / ofLimit,
    },
  },
  interventional: {
    seconds: against.seconds,
    cpuSeconds: against.cpuSeconds,
    additivity: against.found.additivity,
    differenceFromShap: await differenceFrom("background_phi.bin", peer.own_rows, [against.found.values[1]]),
    cpuRatioToShap: against.cpuSeconds / shapAgainst,
  },
  peer,
};
const per = (x: number): string => `${(1 / x).toFixed(1)} times as fast`;
const { pathDependent, interventional } = result;
console.log(`${rows} rows, ${columns.length} features, ${trees} trees, ${leaves} leaves, ${threads} threads`);
console.log(
  `path-dependent: ${ours.toFixed(2)} s (${path.cpuSeconds.toFixed(2)} s of processor, ${
    (100 * ofLimit).toFixed(0)
  } % of its vector units, ${(leafRows / path.cpuSeconds / 1e9).toFixed(2)}e9 leaf rows a second); xgboost ${
    theirs.toFixed(2)
  } s (${peer.path_dependent_cpu_seconds.toFixed(2)}): ${per(pathDependent.ratioToXgboost)} (${
    per(pathDependent.cpuRatioToXgboost)
  }); shap's own code (${shapPath.toFixed(1)}): ${
    per(pathDependent.cpuRatioToShap)
  }; largest difference from xgboost ${pathDependent.differenceFromXgboost.toExponential(1)}`,
);
console.log(
  `interventional, ${backgroundRows} background rows: ${oursAgainst.toFixed(2)} s (${
    against.cpuSeconds.toFixed(2)
  } s of processor); shap (${shapAgainst.toFixed(1)}): ${
    per(interventional.cpuRatioToShap)
  }; largest difference from shap ${interventional.differenceFromShap.toExponential(1)}`,
);
const recordAs = option("record", "");
if (recordAs) await record(recordAs, result);
await Deno.remove(work, { recursive: true });
