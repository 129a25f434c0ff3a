/**
 * Logistic regression beside scikit-learn's, on the same rows, standardised alike, one class after another:
 *
 *     node bin/deno.mjs run -A --config deno.json bench/linear.ts --set osai80 --python PYTHON [--threads 2] [--saga-epochs 100] [--record NAME]
 *
 * Every fifth gene is held out and judged. Ours runs on one thread; the peer may use --threads. A tolerance means the same to ours and to lbfgs
 * (the largest gradient of the mean loss); saga stops by another rule, so what each has reached is printed. Processor time is what other work
 * on the machine hardly changes.
 */
import { locateDataset, openFiles } from "../src/cli/dataset-path.ts";
import { CLASS_NAMES } from "../src/data/dataset.ts";
import { openDataset } from "../src/data/open.ts";
import { buildDesign } from "../src/linear/design.ts";
import { fitDesign } from "../src/linear/fit-logistic.ts";
import { linearMargins } from "../src/linear/linear-model.ts";
import { resolveLogistic } from "../src/linear/parameters.ts";
import { measure, option, record, root } from "./process.ts";
import { cpuSeconds } from "./shap-limit.ts";

const set = option("set", "osai80");
const threads = option("threads", "2");
const work = await Deno.makeTempDir();
const files = openFiles(await locateDataset(`${root}../shared/data/lrg/${set}/master`));
const data = await openDataset(files.sources);
const columns: Float32Array[] = [];
for await (const { values } of data.columns(data.features)) columns.push(values);
files.close();
const { labels, geneStart } = data;
if (!labels) throw new Error("the data set has labels");
const held = new Uint8Array(data.rows);
for (let gene = 4; gene + 1 < geneStart.length; gene += 5) held.fill(1, geneStart[gene], geneStart[gene + 1]);
const rows = Uint32Array.from(held.keys()).filter((row) => held[row] === 0);

/** Wall and processor seconds of a call. */
function timed<T>(call: () => T): { seconds: number; cpuSeconds: number; found: T } {
  const [start, cpu] = [performance.now(), cpuSeconds()];
  const found = call();
  return { seconds: (performance.now() - start) / 1000, cpuSeconds: cpuSeconds() - cpu, found };
}

const runs = [
  ...[1e-4, 1e-6].flatMap((tol) => [0, 1, 2].map((code) => ({ penalty: "l2", C: 1, tol, code }))),
  { penalty: "l1", C: 1, tol: 1e-4, code: 1 },
];
const { found: design, ...standardising } = timed(() => buildDesign({ columns, rows }));
const margins = new Float64Array(runs.length * data.rows);
const ours = runs.map(({ code, ...options }, i) => {
  const target = labels.map((label) => label === code ? 1 : 0);
  const { found, ...times } = timed(() => fitDesign(design, target, resolveLogistic(options)));
  margins.set(linearMargins(found.model, columns, data.rows), i * data.rows);
  const { model, converged, iterations, optimality, separated } = found;
  const nonZero = model.standardised.filter((w) => w !== 0).length;
  return { ...times, converged, iterations, optimality, separated, nonZero };
});

await Deno.writeTextFile(`${work}/meta.json`, JSON.stringify({ features: data.features, runs }));
const bytesOf = ({ buffer, byteOffset, byteLength }: ArrayBufferView): Uint8Array =>
  new Uint8Array(buffer, byteOffset, byteLength);
for (const values of columns) {
  await Deno.writeFile(`${work}/columns.bin`, bytesOf(values), { append: true });
}
await Deno.writeFile(`${work}/labels.bin`, labels);
await Deno.writeFile(`${work}/split.bin`, held);
await Deno.writeFile(`${work}/ours.bin`, bytesOf(margins));
const args = [
  "bench/peers/linear_peer.py",
  work,
  "--threads",
  threads,
  "--saga-epochs",
  option("saga-epochs", "100"),
];
const { stdout } = await measure(option("python", "python3"), args, root);
const peer = JSON.parse(stdout.trim().split("\n").at(-1)!);
await Deno.remove(work, { recursive: true });

const cells = design.rows * design.columns.length;
const bytes = { stored: design.bytes, denseF32: 4 * cells, peerF64: peer.standardising.bytes };
const megabytes = (count: number): string => `${(count / 1e6).toFixed(1)} MB`;
console.log(
  `${set}: ${design.rows} training rows, ${design.columns.length} columns (${design.sparse.count} sparse), ` +
    `${megabytes(bytes.stored)} (dense f32 ${megabytes(bytes.denseF32)}, the peer's f64 ${
      megabytes(bytes.peerF64)
    })`,
);
console.log(
  `standardising: ${standardising.seconds.toFixed(2)} s, the peer ${peer.standardising.seconds.toFixed(2)} s`,
);
const results = runs.map((run, i) => {
  const { peers, ours: judged } = peer.results[i];
  const name = `${run.penalty} ${CLASS_NAMES[run.code]} tol ${run.tol}`;
  const own = ours[i];
  console.log(
    `${name}: ${own.seconds.toFixed(2)} s (processor ${own.cpuSeconds.toFixed(2)}), optimality ${
      own.optimality.toExponential(1)
    }, log-loss ${judged.log_loss.toFixed(5)}, AP ${judged.ap.toFixed(4)}`,
  );
  const ratios: Record<string, { wall: number; processor: number }> = {};
  for (const [solver, other] of Object.entries<Record<string, number>>(peers)) {
    ratios[solver] = {
      wall: own.seconds / other.seconds,
      processor: own.cpuSeconds / other.cpu_seconds,
    };
    console.log(
      `    ${solver}: ${other.seconds.toFixed(2)} s (processor ${other.cpu_seconds.toFixed(2)}), optimality ${
        other.optimality.toExponential(1)
      }, log-loss ${other.log_loss.toFixed(5)}, AP ${other.ap.toFixed(4)}; ours takes ${
        ratios[solver].wall.toFixed(2)
      } of its time (processor ${ratios[solver].processor.toFixed(2)})`,
    );
  }
  return { ...run, class: CLASS_NAMES[run.code], ours: { ...own, ...judged }, peers, ratios };
});
const recordAs = option("record", "");
if (recordAs) {
  await record(recordAs, {
    set,
    threads: Number(threads),
    rows: design.rows,
    heldOutRows: data.rows - design.rows,
    columns: design.columns.length,
    sparseColumns: design.sparse.count,
    bytes,
    standardising: { ours: standardising, peer: peer.standardising },
    versions: { "scikit-learn": peer["scikit-learn"], numpy: peer.numpy },
    results,
  });
}
