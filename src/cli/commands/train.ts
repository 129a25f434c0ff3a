/** `spliceboost train`: reads, cross-validates, trains, and writes the run directory. */
import type { Dataset } from "../../data/dataset.ts";
import { verdict } from "../../evaluation/verdict.ts";
import { Sha256 } from "../../numerics/sha256.ts";
import { resolveSettings } from "../../training/settings.ts";
import type { Train, TrainingRun, TrainSettings } from "../../training/types.ts";
import { type Context, printJson } from "../context.ts";
import { dataLines, labelLines } from "../data-report.ts";
import { EventLog } from "../events.ts";
import { RunStore } from "../files.ts";
import { formatDuration, formatInteger } from "../format.ts";
import { interruptible } from "../interrupts.ts";
import {
  differences,
  identityOf,
  MANIFEST_FILE,
  otherRunError,
  readRecord,
  type RunIdentity,
  type RunRecord,
} from "../manifest.ts";
import { columnOptions, openData } from "../open-data.ts";
import type { Invocation } from "../parse.ts";
import { planLines, type TrainingPlan, trainingPlan } from "../plan.ts";
import { Progress } from "../progress.ts";
import {
  excludedFeatures,
  trainSettings,
  type TrainValues,
  trainValues,
  unknownExclusions,
} from "../settings.ts";

const EVENTS_FILE = "events.jsonl";
/** What `train` leaves in the checkpoint store while it is not finished. */
const CHECKPOINT_FILE = "run.json";

const INTERRUPTED = {
  first: "interrupted: stops after the current tree and keeps a checkpoint; again leaves at once.",
  after: "stopped; the same command goes on from the checkpoint.",
};

/** Runs `train`; returns the exit code. */
export async function trainCommand(
  invocation: Invocation,
  context: Context,
  train: Train = trainLater,
): Promise<number> {
  const settings = trainSettings(invocation);
  // Errors of usage come before any file is read.
  const { parameters } = resolveSettings(settings);
  const values = trainValues(invocation);
  const excluded = await excludedFeatures(values.excludeFeatures);
  const store = values.dryRun ? null : await RunStore.open(values.outDir);
  return await interruptible(context.log, INTERRUPTED, async (signal) => {
    const progress = new Progress(context);
    const { data, close } = await openData(values.dataset, {
      ...columnOptions(values),
      encodeChrom: values.encodeChrom,
      excludeFeatures: excluded,
      sampleGenes: values.sampleGenes,
      rowCap: values.rowCap,
      seed: parameters.seed,
      requireLabels: true,
      signal,
      onProgress: ({ phase, lane, done, total }) => progress.on({ phase, lane, done, total }),
    }, (text) => context.log.info(text)).finally(() => progress.close());
    try {
      sayData(data, excluded, context);
      if (!store) return printPlan(trainingPlan(data, settings), values, context);
      const identity = identityOf(invocation, excluded, data.inputs);
      const before = await finishedBefore(store, identity, values);
      const { record, status } = before ? { record: before, status: "unchanged" } : {
        record: await trainInto(store, identity, data, { ...settings, signal }, train, context),
        status: "finished",
      };
      if (before) {
        context.log.info(
          `Nothing to do: ${store.directory} holds the finished run of this data and these options (--force redoes it).`,
        );
      }
      if (values.json) printJson(context, { status, out_dir: values.outDir, ...record.summary });
      else context.out(record.verdict);
      return 0;
    } finally {
      close();
    }
  });
}

/** Loaded when needed: planning and refusing go without the learner. */
const trainLater: Train = async (data, settings) =>
  (await import("../../training/train.ts")).train(data, settings);

function sayData(data: Dataset, excluded: readonly string[], { log }: Context): void {
  for (const line of [...dataLines(data), ...labelLines(data)]) log.info(line);
  for (const { name, reason } of data.excluded) log.detail(`no feature: ${name} (${reason})`);
  const columns = [...data.features, ...data.excluded.map((column) => column.name)];
  for (const remark of unknownExclusions(excluded, columns)) log.warn(remark);
  for (const note of data.notes) log.warn(note);
}

function printPlan(plan: TrainingPlan, values: TrainValues, context: Context): number {
  if (values.json) printJson(context, plan);
  else context.out(planLines(plan).map((line) => `${line}\n`).join(""));
  return 0;
}

/** The finished run of this very identity, which is not redone; an error where another one is in the way. */
async function finishedBefore(
  store: RunStore,
  identity: RunIdentity,
  values: TrainValues,
): Promise<RunRecord | null> {
  if (values.force) {
    // What is redone starts anew; a forced run that was interrupted has no manifest any more and goes on.
    if (await store.read(MANIFEST_FILE)) await store.checkpoint.clear();
    await store.remove(MANIFEST_FILE);
    return null;
  }
  const record = await readRecord(store);
  const found = record ? differences(record, identity) : [];
  if (found.length > 0) throw otherRunError(store, found);
  return record;
}

/** Trains, with progress and events, and writes the run directory. */
async function trainInto(
  store: RunStore,
  identity: RunIdentity,
  data: Dataset,
  settings: TrainSettings,
  train: Train,
  context: Context,
): Promise<RunRecord> {
  const { log } = context;
  const resumes = await store.checkpoint.load(CHECKPOINT_FILE) !== null;
  const events = new EventLog(store.path(EVENTS_FILE), resumes);
  const progress = new Progress(context);
  progress.rows = data.rows;
  const said = new Set<string>(data.notes);
  const started = performance.now();
  try {
    if (resumes) log.info(`Goes on from the checkpoint in ${store.directory}.`);
    events.write(resumes ? "resume" : "start", {
      rows: data.rows,
      genes: data.genes.length,
      options: identity.options,
    });
    const result = await train(data, {
      ...settings,
      checkpoint: store.checkpoint,
      onProgress: (event) => {
        progress.on(event);
        events.onProgress(event);
        if (event.message) said.add(event.message);
      },
    });
    const record = await writeRun(store, identity, result, data);
    const seconds = (performance.now() - started) / 1000;
    progress.close();
    for (const note of result.notes.filter((note) => !said.has(note))) log.warn(note);
    events.write("finished", { seconds });
    await store.checkpoint.clear();
    log.info(`Done in ${formatDuration(seconds)}; the results lie in ${store.directory}.`);
    return record;
  } catch (error) {
    events.write("stopped", { reason: error instanceof Error ? error.message : String(error) });
    throw error;
  } finally {
    progress.close();
    events.close();
  }
}

/** Writes every file, then the manifest with their hashes: a directory with a manifest is whole. */
async function writeRun(
  store: RunStore,
  identity: RunIdentity,
  result: TrainingRun,
  data: Dataset,
): Promise<RunRecord> {
  const outputs: { path: string; bytes: number; sha256: string }[] = [];
  for await (const { path, bytes } of result.files()) {
    await store.write(path, bytes);
    outputs.push({ path, bytes: bytes.length, sha256: new Sha256().update(bytes).hex() });
  }
  const summary = {
    genes: data.genes.length,
    rows: data.rows,
    features: result.model.featureNames.length,
    rounds: result.rounds,
    folds: result.folds,
    aggregate: result.aggregate,
    notes: result.notes,
    outputs: outputs.map((output) => output.path),
  };
  const record: RunRecord = {
    ...result.manifest,
    status: "finished",
    command: { name: "train", options: identity.options },
    inputs: [...identity.inputs],
    outputs,
    verdict: verdictText(result, store),
    summary,
  };
  await store.write(MANIFEST_FILE, new TextEncoder().encode(JSON.stringify(record, null, 2) + "\n"));
  return record;
}

function verdictText(result: TrainingRun, store: RunStore): string {
  const trees = Object.entries(result.rounds).map(([name, rounds]) => `${name} ${formatInteger(rounds)}`)
    .join(", ");
  const model = `Final model: ${trees} trees; ${store.path("model.safetensors")}\n`;
  if (result.folds.length === 0) {
    return `No cross-validation was made (--skip-eval), so nothing is known of the quality.\n${model}`;
  }
  return verdict(result.folds) + model;
}
