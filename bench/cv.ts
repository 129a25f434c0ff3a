/**
 * The gene-aware cross-validation against XGBoost and LightGBM, whole processes in turn on the same folds and features:
 *
 *     deno run -A bench/cv.ts --dataset ../shared/data/lrg/osai80/master --python PYTHON [--trees 400] [--repeats 3]
 *         [--threads 2] [--peers xgboost,lightgbm] [--record NAME] [--seed 42]
 *
 * Ours is `spliceboost train` as a user runs it: it reads the Parquet files, cross-validates, judges, and also trains the
 * final model on all genes and writes the run directory, which the peers do not. `oursCvOnly` leaves out that final
 * model (its share of the trees is timed in the manifest). PYTHON has xgboost, lightgbm, polars, scikit-learn.
 */
import { measure, median, option, record, root } from "./process.ts";

const dataset = option("dataset", `${root}../shared/data/lrg/osai80/master`);
const trees = option("trees", "400");
const threads = option("threads", "2");
const seed = option("seed", "42");
const repeats = Number(option("repeats", "3"));
const python = option("python", "python3");
const peers = option("peers", "xgboost,lightgbm").split(",").filter((peer) => peer !== "");
const work = await Deno.makeTempDir();

interface Run {
  readonly wall: number;
  readonly peak: number;
  readonly scores: Record<string, number>;
}

async function ours(): Promise<Run & { cvOnly: number; bytesPerCell: number }> {
  const out = `${work}/run`;
  const args = [
    "run",
    "-A",
    "src/cli/main.ts",
    "train",
    "--dataset",
    dataset,
    "--out-dir",
    out,
    "--force",
    "--quiet",
  ];
  args.push("--n-estimators", trees, "--threads", threads, "--seed", seed);
  const { wallSeconds, peakBytes } = await measure(Deno.execPath(), args, root);
  const manifest = JSON.parse(await Deno.readTextFile(`${out}/manifest.json`));
  const metrics = JSON.parse(await Deno.readTextFile(`${out}/metrics_aggregate.json`));
  const rows = metrics.out_of_fold.test_rows;
  const features = (await Deno.readTextFile(`${out}/feature_manifest.csv`)).split("\n").filter((line) =>
    line.includes(",yes,")
  );
  const final = manifest.seconds.final;
  await Deno.writeTextFile(`${work}/features.txt`, features.map((line) => line.split(",")[0]).join("\n"));
  await Deno.copyFile(`${out}/gene_folds.csv`, `${work}/folds.csv`);
  return {
    wall: wallSeconds,
    peak: peakBytes,
    cvOnly: wallSeconds - final,
    bytesPerCell: peakBytes / (rows * features.length),
    scores: {
      macroF1: metrics.test_macro_f1,
      apDonor: metrics.donor_ap,
      apAcceptor: metrics.acceptor_ap,
      logLoss: metrics.metrics.log_loss.mean,
    },
  };
}

async function peer(name: string): Promise<Run> {
  const args = [
    "bench/peers/cv_peers.py",
    dataset,
    "--peer",
    name,
    "--features-file",
    `${work}/features.txt`,
  ];
  args.push("--folds", `${work}/folds.csv`, "--trees", trees, "--threads", threads, "--seed", seed);
  const { wallSeconds, peakBytes, stdout } = await measure(python, args, root);
  const line = JSON.parse(stdout.trim().split("\n").at(-1)!);
  return { wall: wallSeconds, peak: peakBytes, scores: line };
}

const mib = (bytes: number): string => `${(bytes / 2 ** 20).toFixed(0)} MiB`;
const our: Awaited<ReturnType<typeof ours>>[] = [];
const theirs: Record<string, Run[]> = Object.fromEntries(peers.map((name) => [name, []]));
console.log(
  `load average ${Deno.loadavg()[0].toFixed(2)} (ratios on a busy machine flatter whoever waits less)`,
);
for (let i = 0; i < repeats; i++) {
  our.push(await ours());
  console.log(
    `spliceboost  ${our[i].wall.toFixed(1)} s  (${our[i].cvOnly.toFixed(1)} s without the final model)  ${
      mib(our[i].peak)
    }`,
  );
  for (const name of peers) {
    const run = await peer(name);
    theirs[name].push(run);
    const ratio = `wall x${(our[i].wall / run.wall).toFixed(2)}, cross-validation only x${
      (our[i].cvOnly / run.wall).toFixed(2)
    }, memory x${(our[i].peak / run.peak).toFixed(2)}`;
    console.log(`${name.padEnd(12)} ${run.wall.toFixed(1)} s  ${mib(run.peak)}  ours is ${ratio}`);
  }
}
const summary: Record<string, unknown> = {
  dataset: dataset.split("/").slice(-2).join("/"),
  trees: Number(trees),
  threads: Number(threads),
  repeats,
  spliceboost: {
    wallSeconds: our.map((run) => run.wall),
    cvOnlySeconds: our.map((run) => run.cvOnly),
    peakMiB: our.map((run) => run.peak / 2 ** 20),
    bytesPerCell: our[0].bytesPerCell,
    scores: our[0].scores,
  },
};
for (const name of peers) {
  const ratios = theirs[name].map((run, i) => our[i].wall / run.wall);
  const cv = theirs[name].map((run, i) => our[i].cvOnly / run.wall);
  const memory = theirs[name].map((run, i) => our[i].peak / run.peak);
  summary[name] = {
    wallSeconds: theirs[name].map((run) => run.wall),
    peakMiB: theirs[name].map((run) => run.peak / 2 ** 20),
    wallRatio: median(ratios),
    cvOnlyRatio: median(cv),
    memoryRatio: median(memory),
    report: theirs[name][0].scores,
  };
  console.log(
    `median ratio to ${name}: wall ${median(ratios).toFixed(2)}, cross-validation only ${
      median(cv).toFixed(2)
    }, memory ${median(memory).toFixed(2)}`,
  );
}
const recordAs = option("record", "");
if (recordAs) await record(recordAs, summary);
await Deno.remove(work, { recursive: true });
