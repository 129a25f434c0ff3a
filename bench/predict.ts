/**
 * Prediction against XGBoost with the very same trees and rows, both in memory already:
 *
 *     node bin/deno.mjs run -A bench/predict.ts --model RUN_DIR/model.safetensors --dataset DIR/master --python PYTHON
 *         [--threads 2] [--repeats 5] [--record NAME]
 */
import { locateDataset, openFiles } from "../src/cli/dataset-path.ts";
import { CLASS_NAMES } from "../src/data/dataset.ts";
import { openDataset } from "../src/data/open.ts";
import { loadModel } from "../src/formats/model-file.ts";
import { fromMargin } from "../src/numerics/fixed.ts";
import { treePredictor } from "../src/trees/predictor.ts";
import { measure, median, option, record, root } from "./process.ts";
import { xgboostJson } from "./xgboost-json.ts";

const threads = Number(option("threads", "2"));
const repeats = Number(option("repeats", "5"));
const dataset = option("dataset", `${root}../shared/data/lrg/osai80/master`);
const work = await Deno.makeTempDir();

const model = await loadModel(await Deno.readFile(option("model", "results/demo/model.safetensors")));
const files = openFiles(await locateDataset(dataset));
const data = await openDataset(files.sources, { features: model.featureNames });
const columns: Float32Array[] = [];
for await (const { values } of data.columns(model.featureNames)) columns.push(values);
files.close();

const predictor = treePredictor({ threads });
const models = CLASS_NAMES.map((name) => model.classifiers[name]);
const seconds: number[] = [];
let margins = await predictor.margins(models, columns, data.rows);
for (let i = 0; i < repeats; i++) {
  const start = performance.now();
  margins = await predictor.margins(models, columns, data.rows);
  seconds.push((performance.now() - start) / 1000);
}
predictor.close();

await Deno.writeTextFile(`${work}/features.txt`, model.featureNames.join("\n"));
const table = new Float32Array(data.rows * columns.length);
columns.forEach((values, c) => values.forEach((x, row) => table[row * columns.length + c] = x));
await Deno.writeFile(`${work}/rows.bin`, new Uint8Array(table.buffer));
for (const name of CLASS_NAMES) {
  await Deno.writeTextFile(`${work}/model_${name}.json`, xgboostJson(model.classifiers[name]));
}
const args = [
  "bench/peers/predict_peer.py",
  work,
  "--threads",
  String(threads),
  "--repeats",
  String(repeats),
];
const { stdout } = await measure(option("python", "python3"), args, root);
const peer = JSON.parse(stdout.trim().split("\n").at(-1)!);
const theirs = new Float32Array((await Deno.readFile(`${work}/margins.bin`)).buffer);
let difference = 0;
margins.forEach((own, m) =>
  own.forEach((margin, row) => {
    difference = Math.max(difference, Math.abs(fromMargin(margin) - theirs[m * data.rows + row]));
  })
);
const ours = median(seconds);
const trees = models.reduce((sum, { treeCount }) => sum + treeCount, 0);
console.log(`${data.rows} rows, ${columns.length} features, ${trees} trees, ${threads} threads`);
console.log(
  `spliceboost ${ours.toFixed(3)} s, xgboost ${peer.seconds.toFixed(3)} s: ratio ${
    (ours / peer.seconds).toFixed(2)
  }; ` +
    `largest difference of a margin ${difference.toExponential(1)}`,
);
const recordAs = option("record", "");
if (recordAs) {
  await record(recordAs, {
    rows: data.rows,
    features: columns.length,
    trees,
    threads,
    seconds,
    peer,
    ratio: ours / peer.seconds,
    difference,
  });
}
await Deno.remove(work, { recursive: true });
