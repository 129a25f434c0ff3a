/**
 * What the analysis costs beside the training that it follows: whole runs of `spliceboost train` with everything that it can judge.
 *
 *     node bin/deno.mjs run -A bench/analysis.ts [--dataset DIR/master] [--trees 400] [--threads 2] [--repeats 1] [--record NAME]
 *
 * "Training" is binning, the folds, the repeated holdouts and the final model; the same without the holdouts is given too. Both and the
 * parts of the analysis are seconds of the same process.
 */
import { V8_FLAGS } from "../bin/deno.mjs";
import { measure, median, option, record, root } from "./process.ts";

const dataset = option("dataset", `${root}../shared/data/lrg/osai80/master`);
const trees = option("trees", "400");
const threads = option("threads", "2");
const repeats = Number(option("repeats", "1"));
const name = option("record", "");
const work = await Deno.makeTempDir();

const EVERYTHING = [
  "--calibrate-per-class",
  "--auto-exclude-leaky",
  "--monitor-overfitting",
  "--neigh-sample",
  "2000",
];

interface Run {
  readonly seconds: Readonly<Record<string, number>>;
  readonly parts: Readonly<Record<string, number>>;
  readonly training: number;
  readonly trainingWithoutHoldouts: number;
  readonly analysis: number;
  readonly peakMiB: number;
}

const FOLDS = 5;
const HOLDOUTS = 3;
const sum = (values: Iterable<number>): number => [...values].reduce((total, value) => total + value, 0);

async function once(): Promise<Run> {
  const out = `${work}/run`;
  const command = ["run", "-A", V8_FLAGS, "src/cli/main.ts", "train", "--dataset", dataset, "--out-dir", out];
  const { peakBytes } = await measure(Deno.execPath(), [
    ...[...command, "--force", "--quiet", "--n-estimators", trees, "--threads", threads],
    ...EVERYTHING,
  ], root);
  const { seconds, analysis_seconds: parts } = JSON.parse(await Deno.readTextFile(`${out}/manifest.json`));
  const holdouts = seconds["cross-validation"] * HOLDOUTS / (FOLDS + HOLDOUTS);
  const training = seconds.bin + seconds["cross-validation"] + seconds.final;
  return {
    ...{ seconds, parts, training },
    trainingWithoutHoldouts: training - holdouts,
    // The screen for leaks is a part of the analysis that comes before the training.
    analysis: sum(Object.values(parts)) + (seconds.screen ?? 0) + seconds.evaluate,
    peakMiB: peakBytes / 2 ** 20,
  };
}

console.log(`load average ${Deno.loadavg()[0].toFixed(2)}; ratios on a busy machine mean little`);
const runs: Run[] = [];
for (let i = 0; i < repeats; i++) {
  const run = await once();
  runs.push(run);
  const { training, trainingWithoutHoldouts, analysis, parts } = run;
  console.log(
    `training ${training.toFixed(1)} s (${trainingWithoutHoldouts.toFixed(1)} s without holdouts), analysis ${
      analysis.toFixed(1)
    } s: ` +
      `${(analysis / training).toFixed(2)} of the training, ${
        (analysis / trainingWithoutHoldouts).toFixed(2)
      } without holdouts`,
  );
  for (const [part, s] of Object.entries(parts)) if (s >= 0.05) console.log(`  ${part}: ${s.toFixed(1)} s`);
}
const ratio = median(runs.map(({ analysis, training }) => analysis / training));
const ratioWithoutHoldouts = median(
  runs.map(({ analysis, trainingWithoutHoldouts }) => analysis / trainingWithoutHoldouts),
);
if (name !== "") {
  await record(name, {
    dataset: dataset.split("/").slice(-2).join("/"),
    trees,
    threads,
    ratio,
    ratioWithoutHoldouts,
    runs,
  });
}
await Deno.remove(work, { recursive: true });
