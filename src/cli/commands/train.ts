/** `spliceboost train`: reads, cross-validates, trains, analyses, and writes the run directory. */
import { basename, resolve } from "node:path";
import type { Dataset } from "../../data/dataset.ts";
import { openGpu } from "../../gpu/gpu.ts";
import { SpliceboostError } from "../../numerics/errors.ts";
import type { RunFile } from "../../training/run-files.ts";
import type { RunAnalysis } from "../../training/analyse.ts";
import { analysisFiles } from "../../training/analysis-files.ts";
import { type AnalysisSettings, resolveAnalysis } from "../../training/analysis-settings.ts";
import type { RunProfile } from "../../training/profile.ts";
import { deviceOptions, resolveSettings } from "../../training/settings.ts";
import type { ProgressEvent, Train, TrainingRun, TrainSettings } from "../../training/types.ts";
import { chooseDevice } from "../../trees/devices.ts";
import { type Context, printJson } from "../context.ts";
import { dataLines, labelLines } from "../data-report.ts";
import { EventLog } from "../events.ts";
import { checkWritable, RunStore } from "../files.ts";
import { formatDuration } from "../format.ts";
import { interruptible } from "../interrupts.ts";
import { identityOf, type RunIdentity, type RunRecord, settle } from "../manifest.ts";
import { columnOptions, openData, type OpenedData } from "../open-data.ts";
import type { Invocation } from "../parse.ts";
import { planLines, type TrainingPlan, trainingPlan } from "../plan.ts";
import { profileText } from "../profile-text.ts";
import { Progress } from "../progress.ts";
import { type PlotFormat, reportFiles } from "../report-files.ts";
import { RunWriter } from "../run-writer.ts";
import { verdictText } from "../verdict-text.ts";
import {
  analysisSettings,
  checkEarlyStopping,
  excludedFeatures,
  heldOutNames,
  trainSettings,
  type TrainValues,
  trainValues,
} from "../settings.ts";

const RUNTIME = `Deno ${Deno.version.deno}, ${Deno.build.os} ${Deno.build.arch}`;
const EVENTS_FILE = "events.jsonl";

/** Phases whose trees a checkpoint may hold. */
const TRAINING_PHASES: ReadonlySet<ProgressEvent["phase"]> = new Set(["cross-validation", "final"]);

const INTERRUPTED = {
  first: "interrupted: stops after the current trees and keeps a checkpoint; again leaves at once.",
  after: "stopped; the same command goes on from the checkpoint.",
};

/** Runs `train`; returns the exit code. */
export async function trainCommand(
  invocation: Invocation,
  context: Context,
  { train = trainLater, analyse = analyseLater }: Partial<Learner> = {},
): Promise<number> {
  const settings = trainSettings(invocation);
  // Errors of usage come before any file is read.
  const resolved = resolveSettings(settings);
  const { parameters } = resolved;
  checkEarlyStopping(invocation, parameters);
  const analysis = analysisSettings(invocation);
  resolveAnalysis(analysis, settings.calibrate !== undefined);
  const values = trainValues(invocation);
  const { log } = context;
  // So does word of a device that was asked for and cannot be had.
  if (parameters.device === "webgpu") (await openGpu()).destroy();
  const excluded = await excludedFeatures(values.excludeFeatures);
  const heldOut = await heldOutNames(values);
  const isHeldOut = heldOut.genes.length + heldOut.chromosomes.length > 0;
  if (!values.dryRun) await checkWritable(values.outDir);
  return await interruptible(log, INTERRUPTED, async (signal) => {
    const progress = new Progress(context);
    const openOptions = {
      ...columnOptions(values),
      encodeChrom: values.encodeChrom,
      excludeFeatures: excluded,
      requireLabels: true,
      seed: parameters.seed,
      signal,
    };
    const { data, close } = await openData(values.dataset, {
      ...openOptions,
      exceptGenes: named(heldOut.genes),
      exceptChromosomes: named(heldOut.chromosomes),
      sampleGenes: values.sampleGenes,
      rowCap: values.rowCap,
      onProgress: ({ phase, lane, done, total }) => progress.on({ phase, lane, done, total }),
    }, (text) => log.info(text)).finally(() => progress.close());
    const holdoutOptions = {
      onlyGenes: named(heldOut.genes),
      onlyChromosomes: named(heldOut.chromosomes),
    };
    const openHoldout = isHeldOut
      ? () => openData(values.dataset, { ...openOptions, ...holdoutOptions }, (text) => log.detail(text))
      : null;
    try {
      sayData(data, context);
      if (values.dryRun) {
        const choice = await chooseDevice(deviceOptions(settings, resolved));
        return printPlan(trainingPlan(data, settings, choice), values, context);
      }
      const identity = identityOf(invocation, {
        "exclude-features": excluded,
        "holdout-genes": heldOut.genes,
        "holdout-chroms": heldOut.chromosomes,
      }, data.inputs);
      const store = await RunStore.open(values.outDir);
      const { finished, ...settled } = await settle(store, identity, values.force);
      if (finished) {
        log.info(`Nothing to do: ${values.outDir} holds this very run, finished (--force redoes it).`);
        if (values.profile) {
          log.warn("--profile: nothing was trained; manifest.json has what was timed then.");
        }
      }
      const { record, profile } = finished ? { record: finished, profile: null } : await trainInto(
        store,
        {
          ...{ identity, ...settled, data, settings: { ...settings, signal } },
          learner: { train, analyse },
          ...{ analysis: { ...analysis, signal }, openHoldout, plotFormat: values.plotFormat ?? null },
        },
        context,
      );
      const status = finished ? "unchanged" : "finished";
      if (values.json) printJson(context, { status, out_dir: values.outDir, ...record.summary });
      else context.out(record.verdict + (profile ? `\n${profileText(profile)}` : ""));
      return 0;
    } finally {
      close();
    }
  });
}

/** A list that was given; an empty one would ask for chromosomes that the data may not have. */
function named(names: readonly string[]): readonly string[] | undefined {
  return names.length > 0 ? names : undefined;
}

/** What trains, and what analyses. */
export interface Learner {
  readonly train: Train;
  readonly analyse: typeof import("../../training/analyse.ts").analyse;
}

/** Loaded when needed: planning and refusing go without the learner. */
const trainLater: Train = async (data, settings) =>
  (await import("../../training/train.ts")).train(data, settings);
const analyseLater: Learner["analyse"] = async (data, run, settings) =>
  (await import("../../training/analyse.ts")).analyse(data, run, settings);

function sayData(data: Dataset, { log }: Context): void {
  for (const line of [...dataLines(data), ...labelLines(data)]) log.info(line);
  for (const { name, reason } of data.excluded) log.detail(`no feature: ${name} (${reason})`);
  for (const note of data.notes) log.warn(note);
}

function printPlan(plan: TrainingPlan, values: TrainValues, context: Context): number {
  if (values.json) printJson(context, plan);
  else context.out(planLines(plan).map((line) => `${line}\n`).join(""));
  return 0;
}

/** What a run is made of. */
interface Work {
  readonly identity: RunIdentity;
  readonly resumes: boolean;
  /** Files of the run that this one takes the place of. */
  readonly replaces: readonly string[];
  readonly data: Dataset;
  readonly settings: TrainSettings;
  readonly learner: Learner;
  readonly analysis: AnalysisSettings;
  /** Opens the genes that are kept out of everything; null where there are none. */
  readonly openHoldout: (() => Promise<OpenedData>) | null;
  readonly plotFormat: PlotFormat | null;
}

/** Trains, with progress and events, and writes the run directory. */
async function trainInto(
  store: RunStore,
  work: Work,
  context: Context,
): Promise<{ readonly record: RunRecord; readonly profile: RunProfile | null }> {
  const { log } = context;
  const { identity, resumes, replaces, data } = work;
  const events = new EventLog(store.path(EVENTS_FILE), resumes || replaces.length > 0);
  const progress = new Progress(context);
  progress.rows = data.rows;
  const said = new Set<string>(data.notes);
  let trained = false;
  const started = performance.now();
  try {
    if (resumes) log.info(`Goes on from the checkpoint in ${store.directory}.`);
    events.write(resumes ? "resume" : "start", {
      rows: data.rows,
      genes: data.genes.length,
      options: identity.command.options,
    });
    const result = await work.learner.train(data, {
      ...work.settings,
      checkpoint: store.checkpoint,
      onProgress: (event) => {
        progress.on(event);
        events.onProgress(event);
        trained ||= TRAINING_PHASES.has(event.phase) && event.done > 0;
        if (event.message) said.add(event.message);
      },
    });
    const trainedAt = performance.now();
    // Before the analysis, which may fail: a model that took hours is on the disk then.
    const writer = await RunWriter.begin(store, replaces);
    await writer.writeAll(result.files());
    const analysis = await analyseRun(work, result, progress, context);
    const analysedAt = performance.now();
    const record = await writeAnalysis(store, writer, work, result, analysis, context);
    const seconds = (performance.now() - started) / 1000;
    progress.close();
    for (const note of result.notes.filter((note) => !said.has(note))) log.warn(note);
    events.write("finished", { seconds });
    await store.checkpoint.clear();
    log.info(timeLine((trainedAt - started) / 1000, (analysedAt - trainedAt) / 1000));
    log.info(`Done in ${formatDuration(seconds)}; the results lie in ${store.directory}.`);
    return { record, profile: result.profile };
  } catch (error) {
    events.write("stopped", { reason: error instanceof Error ? error.message : String(error) });
    events.close();
    if (isRefusal(error) && !resumes && !trained) {
      // Nothing was trained, now or before, so nothing is left behind.
      await store.checkpoint.clear();
      if (replaces.length === 0) await store.remove(EVENTS_FILE);
      await store.leave();
    }
    throw error;
  } finally {
    progress.close();
    events.close();
  }
}

/** Data, options or a device that cannot be trained on, or with. */
function isRefusal(error: unknown): boolean {
  return error instanceof SpliceboostError && ["data", "usage", "device", "memory"].includes(error.kind);
}

/** Writes what the analysis gave, the report, and the manifest. */
async function writeAnalysis(
  store: RunStore,
  writer: RunWriter,
  { identity, data, plotFormat }: Work,
  result: TrainingRun,
  analysis: RunAnalysis,
  { log }: Context,
): Promise<RunRecord> {
  await writer.writeAll(analysisFiles(analysis));
  const manifest = { ...result.manifest, analysis_seconds: roundedSeconds(analysis.seconds) };
  const facts = { ...manifest, runtime: RUNTIME, finished: new Date().toISOString() };
  const name = basename(resolve(store.directory));
  const failures: string[] = [];
  const report = reportFiles(analysis.document, facts, plotFormat, name);
  await writer.writeAll(unlessFaulty(report, (message) => {
    failures.push(`The report could not be made, which is a fault of spliceboost: ${message}`);
  }));
  for (const failure of failures) log.warn(failure);
  const { outputs } = writer;
  const summary = {
    genes: data.genes.length,
    rows: data.rows,
    features: result.model.featureNames.length,
    rounds: result.rounds,
    model_sha256: result.modelSha256,
    device: result.device.device,
    folds: result.folds,
    aggregate: result.aggregate,
    notes: result.notes,
    outputs: outputs.map((output) => output.path),
    ...(result.profile && { profile: result.profile }),
  };
  const record = {
    ...facts,
    status: "finished" as const,
    ...identity,
    outputs,
    verdict: verdictText(result, analysis.document),
    summary,
    ...(failures.length + analysis.failures.length > 0 && { failures: [...analysis.failures, ...failures] }),
  };
  await writer.finish(record);
  return record;
}

/** Files up to the first that cannot be made; where one cannot be written is another matter. */
async function* unlessFaulty(
  files: AsyncGenerator<RunFile>,
  onFault: (message: string) => void,
): AsyncGenerator<RunFile> {
  for (;;) {
    let step: IteratorResult<RunFile>;
    try {
      step = await files.next();
    } catch (error) {
      onFault(error instanceof Error ? error.message : String(error));
      return;
    }
    if (step.done) return;
    yield step.value;
  }
}

/** Analyses the run, with the genes that were kept out of everything. */
async function analyseRun(
  { data, learner, analysis, openHoldout }: Work,
  result: TrainingRun,
  progress: Progress,
  { log }: Context,
): Promise<RunAnalysis> {
  const opened = openHoldout && await openHoldout();
  try {
    const done = await learner.analyse(data, result, {
      ...analysis,
      ...(opened && { holdout: opened.data }),
      onProgress: (event) => progress.on(event),
    });
    for (const failure of done.failures) log.warn(failure);
    return done;
  } finally {
    opened?.close();
  }
}

/** What the analysis cost beside the training; both in seconds. */
function timeLine(training: number, analysis: number): string {
  const share = training > 0 ? ` (${Math.round((100 * analysis) / training)} % of it)` : "";
  return `Training took ${formatDuration(training)}, the analysis ${formatDuration(analysis)}${share}.`;
}

function roundedSeconds(seconds: Readonly<Record<string, number>>): Record<string, number> {
  return Object.fromEntries(Object.entries(seconds).map(([part, s]) => [part, Number(s.toFixed(3))]));
}
