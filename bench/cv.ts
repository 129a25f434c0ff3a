/**
 * The gene-aware cross-validation against XGBoost and LightGBM: whole processes in turn, on the same folds and features.
 *
 *     node bin/deno.mjs run -A bench/cv.ts --python PYTHON [--dataset DIR/master] [--trees 400] [--seeds 42,43,44]
 *         [--threads 2] [--peers xgboost,lightgbm] [--record NAME]
 *         [--algorithm lightgbm [--algorithm-params JSON]]
 *
 * Every seed is one run of each side: its folds and its learners' seed. Ours is `spliceboost train` as a user runs it: it
 * reads the Parquet files, cross-validates, judges, and also trains the final model on all genes and writes the run
 * directory, which the peers do not ("cv only" leaves out the seconds of that final model). A peer's seconds end before
 * its metrics are computed. PYTHON has xgboost, lightgbm, polars, scikit-learn (see bench/peers/cv_peers.py).
 * Scores are of all rows, out of fold. With --algorithm lightgbm ours has the parameters of the peer of that name, the only one then;
 * --algorithm-params are those of both instead.
 */
import { measure, median, option, type OurTraining, record, root, trainOurs } from "./process.ts";

const dataset = option("dataset", `${root}../shared/data/lrg/osai80/master`);
const trees = option("trees", "400");
const threads = option("threads", "2");
const seeds = option("seeds", "42").split(",");
const python = option("python", "python3");
const algorithm = option("algorithm", "xgboost");
const given = option("algorithm-params", "");
const peers = option("peers", algorithm === "lightgbm" ? "lightgbm" : "xgboost,lightgbm").split(",").filter((
  peer,
) => peer !== "");
const work = await Deno.makeTempDir();

type Scores = OurTraining["scores"];
interface Run {
  readonly seconds: number;
  readonly peakMiB: number;
  readonly scores: Scores;
}
/** The peer's parameters of bench/peers/cv_peers.py, which has the reasons. */
const MATCHED = {
  max_depth: 6,
  num_leaves: 64,
  bagging_fraction: 0.8,
  bagging_freq: 1,
  feature_fraction: 0.8,
  lambda_l2: 1,
  min_sum_hessian_in_leaf: 1,
  min_data_in_leaf: 1,
};
const algorithmParams = given || (algorithm === "lightgbm" ? JSON.stringify(MATCHED) : "");

interface OurRun extends Run {
  readonly cvOnlySeconds: number;
  readonly bytesPerCell: number;
}

async function ours(seed: string): Promise<OurRun> {
  const out = `${work}/run`;
  const args = ["--dataset", dataset, "--n-estimators", trees, "--threads", threads, "--seed", seed];
  args.push("--algorithm", algorithm, ...(algorithmParams ? ["--algorithm-params", algorithmParams] : []));
  const { wallSeconds, peakBytes, scores, rows, phases } = await trainOurs(out, args);
  const manifest = await Deno.readTextFile(`${out}/feature_manifest.csv`);
  const features = manifest.split("\n").filter((line) => line.includes(",yes,")).map((line) =>
    line.split(",")[0]
  );
  await Deno.writeTextFile(`${work}/features.txt`, features.join("\n"));
  await Deno.copyFile(`${out}/gene_folds.csv`, `${work}/folds.csv`);
  return {
    seconds: wallSeconds,
    cvOnlySeconds: wallSeconds - phases.final,
    peakMiB: peakBytes / 2 ** 20,
    bytesPerCell: peakBytes / (rows * features.length),
    scores,
  };
}

async function peer(name: string, seed: string): Promise<Run & { versions: unknown }> {
  const args = [
    "bench/peers/cv_peers.py",
    dataset,
    "--peer",
    name,
    "--features-file",
    `${work}/features.txt`,
    ...(given ? ["--parameters", given] : []),
  ];
  args.push("--folds", `${work}/folds.csv`, "--trees", trees, "--threads", threads, "--seed", seed);
  const { stdout } = await measure(python, args, root);
  const report = JSON.parse(stdout.trim().split("\n").at(-1)!);
  return {
    seconds: report.seconds.total,
    peakMiB: report.peak_rss_bytes / 2 ** 20,
    scores: {
      macroF1: report.metrics.macro_f1,
      apDonor: report.metrics.donor_ap,
      apAcceptor: report.metrics.acceptor_ap,
      aucDonor: report.metrics.donor_auc,
      aucAcceptor: report.metrics.acceptor_auc,
      logLoss: report.metrics.log_loss,
    },
    versions: report.versions,
  };
}

const show = ({ seconds, peakMiB, scores }: Run): string =>
  `${seconds.toFixed(1)} s, ${peakMiB.toFixed(0)} MiB, F1 ${scores.macroF1.toFixed(4)}, AP ${
    scores.apDonor.toFixed(4)
  } ` +
  `${scores.apAcceptor.toFixed(4)}, log-loss ${scores.logLoss.toFixed(5)}`;

const our: OurRun[] = [];
const theirs: Record<string, Awaited<ReturnType<typeof peer>>[]> = Object.fromEntries(
  peers.map((name) => [name, []]),
);
console.log(`load average ${Deno.loadavg()[0].toFixed(2)}; ratios on a busy machine mean little`);
for (const seed of seeds) {
  our.push(await ours(seed));
  console.log(
    `seed ${seed}  spliceboost: ${show(our.at(-1)!)} (${our.at(-1)!.cvOnlySeconds.toFixed(1)} s cv only)`,
  );
  for (const name of peers) {
    theirs[name].push(await peer(name, seed));
    console.log(`seed ${seed}  ${name}: ${show(theirs[name].at(-1)!)}`);
  }
}

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;
const comparisons = Object.fromEntries(peers.map((name) => {
  const ratio = (f: (run: OurRun) => number, g: (run: Run) => number): number =>
    median(theirs[name].map((run, i) => f(our[i]) / g(run)));
  const difference = (key: keyof Scores): number =>
    mean(our.map(({ scores }) => scores[key])) - mean(theirs[name].map(({ scores }) => scores[key]));
  const result = {
    wallRatio: ratio((run) => run.seconds, (run) => run.seconds),
    cvOnlyRatio: ratio((run) => run.cvOnlySeconds, (run) => run.seconds),
    memoryRatio: ratio((run) => run.peakMiB, (run) => run.peakMiB),
    meanDifference: {
      macroF1: difference("macroF1"),
      apDonor: difference("apDonor"),
      apAcceptor: difference("apAcceptor"),
      aucDonor: difference("aucDonor"),
      aucAcceptor: difference("aucAcceptor"),
      logLoss: difference("logLoss"),
    },
  };
  console.log(
    `ours over ${name}: wall ${result.wallRatio.toFixed(2)}, cv only ${
      result.cvOnlyRatio.toFixed(2)
    }, memory ${result.memoryRatio.toFixed(2)} (medians); mean difference ${
      Object.entries(result.meanDifference).map(([key, value]) =>
        `${key} ${value >= 0 ? "+" : ""}${value.toFixed(4)}`
      ).join(", ")
    }`,
  );
  return [name, result];
}));
console.log(`bytes per cell (peak memory of the process): ${our[0].bytesPerCell.toFixed(1)}`);
const recordAs = option("record", "");
if (recordAs) {
  const about = {
    dataset: dataset.split("/").slice(-2).join("/"),
    algorithm,
    ...(algorithmParams && { algorithmParams: JSON.parse(algorithmParams) }),
    trees: Number(trees),
    threads: Number(threads),
    seeds,
  };
  await record(recordAs, { ...about, comparisons, spliceboost: our, ...theirs });
}
await Deno.remove(work, { recursive: true });
