/** Every command with its table of options: the one place that says what the command line takes. */
import { LATER_OPTIONS } from "./later-options.ts";
import type { CommandSpec, OptionSpec } from "./option-types.ts";
import {
  COLUMN_OPTIONS,
  DEVICE_OPTION,
  JSON_OPTION,
  LABEL_OPTION,
  LOG_OPTIONS,
  QUIET_OPTION,
  THREADS_OPTION,
  VERBOSE_OPTION,
} from "./shared-options.ts";
import { ALGORITHMS, TRAIN_OPTIONS } from "./train-options.ts";

export const PREDICT_OPTIONS = [
  {
    name: "model",
    type: "text",
    value: "PATH",
    required: true,
    help: "Run directory, or a model.safetensors file.",
    example: "--model results/quick_test",
  },
  {
    name: "dataset",
    type: "text",
    value: "PATH",
    required: true,
    help: "Data to predict: as for train; labels are not needed.",
    example: "--dataset other_set/master",
  },
  {
    name: "out",
    type: "text",
    value: "FILE",
    required: true,
    help: "Predictions, a .parquet or .csv file; replaced when whole.",
    example: "--out predictions.parquet",
  },
  {
    name: "threshold-policy",
    type: "text",
    value: "POLICY",
    default: "argmax",
    help:
      "How predicted_class is called: argmax, the class of the largest probability; best-f1, precision or recall, " +
      "by the thresholds suggested in the run directory that --model names; or a file of thresholds like threshold_suggestion.txt.",
    original: "wrote the file and read it nowhere",
    example: "--threshold-policy best-f1",
  },
  ...COLUMN_OPTIONS,
  DEVICE_OPTION,
  THREADS_OPTION,
  {
    name: "batch-rows",
    type: "integer",
    value: "N",
    min: 1,
    max: 100_000_000,
    default: 65536,
    help: "Rows of a row group of the file written.",
    example: "--batch-rows 100000",
  },
  ...LOG_OPTIONS,
] as const satisfies readonly OptionSpec[];

export const REPORT_OPTIONS = [
  {
    name: "out",
    type: "text",
    value: "FILE",
    help: "Where to write the report; report.html of the run without it.",
    example: "--out report.html",
  },
  {
    name: "plot-format",
    type: "choice",
    value: "NAME",
    choices: ["svg", "png", "pdf"],
    help: "Write every chart as a file of this format too, into the folder plots of the run.",
    example: "--plot-format svg",
  },
  ...LOG_OPTIONS,
] as const satisfies readonly OptionSpec[];

export const COMPARE_OPTIONS = [
  {
    name: "out",
    type: "text",
    value: "FILE",
    help: "Write the whole comparison as JSON too; replaced when whole.",
    example: "--out comparison.json",
  },
  {
    name: "threshold",
    type: "number",
    value: "P",
    min: 0,
    max: 1,
    default: 0.5,
    help: "Threshold on donor + acceptor for the binary counts.",
    example: "--threshold 0.4",
  },
  {
    name: "seed",
    type: "integer",
    value: "N",
    min: 0,
    max: 4294967295,
    default: 42,
    help: "Seed of the resamples and permutations.",
    example: "--seed 7",
  },
  THREADS_OPTION,
  ...LOG_OPTIONS,
] as const satisfies readonly OptionSpec[];

export const COMPARE_ALGORITHMS_OPTIONS = [
  {
    name: "algorithms",
    type: "text",
    value: "LIST",
    default: ALGORITHMS.join(","),
    help: "Learners to train, comma separated; each gets a run directory of its name in --out-dir.",
    example: "--algorithms xgboost",
  },
  ...TRAIN_OPTIONS.filter(({ name }) => !["algorithm", "algorithm-params", "dry-run"].includes(name)),
] as readonly OptionSpec[];

export const SIMULATE_OPTIONS = [
  {
    name: "genes",
    type: "integer",
    value: "N",
    min: 1,
    max: 1_000_000,
    default: 60,
    help: "Number of genes.",
    example: "--genes 200",
  },
  {
    name: "out",
    type: "text",
    value: "DIR",
    required: true,
    help: "Directory to write; the shards go into its folder `master`.",
    example: "--out data/demo",
  },
  {
    name: "seed",
    type: "integer",
    value: "N",
    min: 0,
    max: 4294967295,
    default: 42,
    help: "Seed of every random draw.",
    example: "--seed 7",
  },
  {
    name: "kmers",
    type: "integers",
    value: "LIST",
    min: 1,
    max: 6,
    default: [3],
    help: "Sizes of the k-mers counted in the 500-nt window, comma separated.",
    example: "--kmers 3,5",
  },
  {
    name: "force",
    type: "flag",
    help:
      "Replaces a simulated data set that is there already; a folder with other files in it is left alone.",
    example: "--force",
  },
  ...LOG_OPTIONS,
] as const satisfies readonly OptionSpec[];

export const VALIDATE_OPTIONS = [
  {
    name: "dataset",
    type: "text",
    value: "PATH",
    required: true,
    help: "Data to check: as for train.",
    example: "--dataset data/demo",
  },
  ...COLUMN_OPTIONS,
  LABEL_OPTION,
  {
    name: "fix",
    type: "flag",
    help:
      "Rewrite the shards that need it (k-mer columns with N dropped, column sets and types made equal); each original is kept as NAME.bak.",
    example: "--fix",
  },
  ...LOG_OPTIONS,
] as const satisfies readonly OptionSpec[];

export const DESCRIBE_OPTIONS = [
  ...COLUMN_OPTIONS,
  LABEL_OPTION,
  ...LOG_OPTIONS,
] as const satisfies readonly OptionSpec[];

export const DOCTOR_OPTIONS = [
  {
    name: "out-dir",
    type: "text",
    value: "DIR",
    default: ".",
    help: "Directory whose writability is checked.",
    example: "--out-dir results",
  },
  JSON_OPTION,
  VERBOSE_OPTION,
] as const satisfies readonly OptionSpec[];

export const VERIFY_OPTIONS = [
  JSON_OPTION,
  QUIET_OPTION,
  VERBOSE_OPTION,
] as const satisfies readonly OptionSpec[];

export const DEMO_OPTIONS = [
  DEVICE_OPTION,
  THREADS_OPTION,
  {
    name: "force",
    type: "flag",
    help: "Train again where results/demo holds a finished run.",
    example: "--force",
  },
  QUIET_OPTION,
  VERBOSE_OPTION,
] as const satisfies readonly OptionSpec[];

export const COMPLETION_OPTIONS = [VERBOSE_OPTION] as const satisfies readonly OptionSpec[];

/** All commands, in the order of the help. */
export const COMMANDS: readonly CommandSpec[] = [
  {
    name: "train",
    summary: "Cross-validate over genes, then train the three classifiers on all genes.",
    description: [
      "Writes a run directory: the model, the metrics of every fold, the out-of-fold predictions, and a manifest.",
      "Ctrl-C finishes the current tree and keeps a checkpoint; the same command goes on from it. A finished run is not redone.",
    ],
    options: TRAIN_OPTIONS,
    later: LATER_OPTIONS,
    examples: [
      "spliceboost train --dataset DIR/master --out-dir results/quick_test --n-estimators 400 --verbose",
      "spliceboost train --dataset DIR --out-dir results/dev --sample-genes 200 --n-estimators 200 --n-folds 3",
    ],
  },
  {
    name: "predict",
    summary: "Apply a trained model to a data set.",
    options: PREDICT_OPTIONS,
    examples: [
      "spliceboost predict --model results/quick_test --dataset OTHER/master --out predictions.parquet",
      "spliceboost predict --model results/quick_test --dataset OTHER --out sites.csv --threshold-policy precision",
    ],
  },
  {
    name: "report",
    summary: "Make the report of a finished run anew.",
    argument: { name: "RUN", help: "Run directory.", required: true },
    options: REPORT_OPTIONS,
    examples: ["spliceboost report results/quick_test"],
  },
  {
    name: "compare",
    summary: "Compare runs on their common genes: paired tests of each against the first.",
    description: [
      "Takes the out-of-fold predictions of every run. Intervals and p-values count genes; Holm's correction is over the metrics.",
    ],
    argument: {
      name: "RUN",
      help: "Run directories; the first is what the others are held against.",
      required: true,
      several: 2,
    },
    options: COMPARE_OPTIONS,
    examples: ["spliceboost compare results/xgboost results/catboost"],
  },
  {
    name: "compare-algorithms",
    summary: "Train several learners on the same data and folds, and compare them.",
    description: [
      "What the guide does in a loop of the shell. Other options are those of train, the same for all.",
    ],
    options: COMPARE_ALGORITHMS_OPTIONS,
    examples: [
      "spliceboost compare-algorithms --dataset DIR/master --out-dir results/comparison --n-estimators 400",
    ],
  },
  {
    name: "simulate",
    summary: "Make a data set of simulated genes in the guide's layout.",
    options: SIMULATE_OPTIONS,
    examples: ["spliceboost simulate --genes 60 --out data/demo"],
  },
  {
    name: "validate",
    summary: "Check a data set and say what is wrong with it.",
    description: ["Exit code 3 when there are errors, 0 when there are none or when --fix mended them."],
    options: VALIDATE_OPTIONS,
    examples: ["spliceboost validate --dataset DIR/master --fix"],
  },
  {
    name: "describe",
    summary: "Say what a data set, a model or a run directory holds.",
    argument: { name: "TARGET", help: "Data set, model file or run directory.", required: true },
    options: DESCRIBE_OPTIONS,
    examples: ["spliceboost describe results/quick_test", "spliceboost describe data/demo"],
  },
  {
    name: "doctor",
    summary: "Say what this machine offers, and whether anything is in the way.",
    options: DOCTOR_OPTIONS,
    examples: ["spliceboost doctor"],
  },
  {
    name: "verify",
    summary: "Compare what the GPU computes with what it should compute, kernel by kernel.",
    description: [
      "Runs every kernel beside its twin in TypeScript, and a few whole trainings beside the CPU engine, on the adapter that --device webgpu would take.",
      "Exit code 0 when all agree, 1 on a difference, 4 when there is no adapter.",
    ],
    options: VERIFY_OPTIONS,
    examples: ["spliceboost verify"],
  },
  {
    name: "demo",
    summary: "Simulate 60 genes into data/demo, train into results/demo, print the verdict.",
    options: DEMO_OPTIONS,
    examples: ["spliceboost demo"],
  },
  {
    name: "completion",
    summary: "Print the completion script of a shell.",
    argument: {
      name: "SHELL",
      help: "bash, zsh or fish.",
      choices: ["bash", "zsh", "fish"],
      required: true,
    },
    options: COMPLETION_OPTIONS,
    examples: ['eval "$(spliceboost completion bash)"'],
  },
];

/** The command of that name, or undefined. */
export function commandNamed(name: string): CommandSpec | undefined {
  return COMMANDS.find((command) => command.name === name);
}
