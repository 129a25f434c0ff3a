/** A training run: folds, binning, cross-validation, verdict, final model. */
import { CLASS_NAMES, type Dataset } from "../data/dataset.ts";
import { drawGeneSample } from "../data/genes.ts";
import { SigmoidEnsemble } from "../ensemble/sigmoid.ts";
import { summarise } from "../evaluation/evaluate.ts";
import { checkBaseScores } from "../evaluation/rows.ts";
import { modelHash, saveModel } from "../formats/model-file.ts";
import { inputsHash } from "../formats/model-metadata.ts";
import { type Engine, ROLE_TRAIN } from "../numerics/engine.ts";
import { dataError } from "../numerics/errors.ts";
import { PURPOSE, Stream } from "../numerics/random.ts";
import { choiceOf, type DeviceChoice, openEngine } from "../trees/devices.ts";
import { renumberColumns, TreeModel } from "../trees/tree-model.ts";
import { VERSION } from "../version.ts";
import { binFeatures, growthFor } from "./bin-features.ts";
import { Checkpoint } from "./checkpoint.ts";
import { finalRounds, judge, type PlannedSplit, planSplits } from "./cross-validate.ts";
import {
  countGenes,
  drawFolds,
  drawSplits,
  type GeneCounts,
  type GeneFolds,
  type HeldOut,
  heldOutBy,
  missingClasses,
} from "./folds.ts";
import { HOLDOUT_SHARE, judgeHoldouts } from "./holdouts.ts";
import { geneListHash, runIdentity } from "./identity.ts";
import { LaneFactory, type PlannedLane, type TrainedLane } from "./lanes.ts";
import { keptColumns, type LeakScreen, screenForLeaks, withLeaks } from "./leaks.ts";
import { calibrationRequest, outOfFold, priorNote } from "./out-of-fold.ts";
import { profiling, type ProfilingEngine } from "./profile.ts";
import { Progress } from "./progress.ts";
import { runFiles } from "./run-files.ts";
import { runManifest } from "./run-manifest.ts";
import { SampleGatherer } from "./samples.ts";
import { deviceOptions, type ResolvedSettings, resolveSettings, settingsRecord } from "./settings.ts";
import { throwIfAborted, trainLanes } from "./train-lanes.ts";
import type { FoldModels, TrainingRun, TrainSettings } from "./types.ts";

/**
 * Cross-validates a three-class one-vs-rest ensemble over gene folds and trains the final model on all genes. The
 * result is a function of data, settings and seed alone: threads, device, interruptions and checkpoints change no byte.
 *
 * @throws SpliceboostError: "usage" for settings, "data" for data that cannot be trained on, "interrupted" on abort; of a GPU: "device"
 * where it was asked for and cannot be had or fails, "memory" where the data does not fit it, "lost" where it is lost for good
 */
export async function train(data: Dataset, settings: TrainSettings = {}): Promise<TrainingRun> {
  const resolved = resolveSettings(settings);
  if (!data.labels) {
    throw dataError("expected labelled data, found no label column; training needs one (--label-col)");
  }
  const labels = resolved.shuffleLabels ? shuffled(data.labels, resolved.parameters.seed) : data.labels;
  const genes = countGenes(data, labels);
  const folds = planGenes(genes, resolved);
  // The verdict would refuse them after all the training.
  if (folds && data.baseScores) checkBaseScores(data.baseScores);
  throwIfAborted(settings.signal);
  const { engine, choice } = settings.engine
    ? { engine: settings.engine, choice: choiceOf(settings.engine) }
    : await openEngine(deviceOptions(settings, resolved));
  try {
    const place: Place = { choice, engine, timed: settings.profile ? profiling(engine, choice) : null };
    return await runOn(place, data, labels, genes, folds, settings, resolved);
  } finally {
    if (!settings.engine) await engine.close();
  }
}

/** The labels in another order: each class keeps its number of rows. */
function shuffled(labels: Uint8Array, seed: number): Uint8Array {
  return new Stream(seed, PURPOSE.shuffleLabels).shuffle(labels.slice());
}

/** Where a run is trained. */
interface Place {
  readonly choice: DeviceChoice;
  readonly engine: Engine;
  /** The engine, timed, where a profile was asked for. */
  readonly timed: ProfilingEngine | null;
}

/** The folds, or null where the cross-validation is skipped; refuses data that lacks a class. */
function planGenes(
  genes: readonly GeneCounts[],
  { skipEval, nFolds, validSize, parameters }: ResolvedSettings,
) {
  const missing = missingClasses(genes, () => true);
  if (missing.length > 0) {
    throw dataError(
      `expected rows of all three classes (${CLASS_NAMES.join(", ")}), found none of ${missing.join(", ")} ` +
        `in ${genes.length} genes; check the label column (--label-col)`,
    );
  }
  return skipEval ? null : drawFolds(genes, { nFolds, validSize, seed: parameters.seed });
}

async function runOn(
  { choice, timed, engine: untimed }: Place,
  data: Dataset,
  labels: Uint8Array,
  genes: readonly GeneCounts[],
  folds: GeneFolds | null,
  settings: TrainSettings,
  resolved: ResolvedSettings,
): Promise<TrainingRun> {
  const { signal } = settings;
  const { parameters } = resolved;
  const engine = timed ?? untimed;
  const progress = new Progress(settings.onProgress);
  const notes = [...data.notes, ...resolved.notes, ...(folds?.notes ?? [])];
  const note = (text: string): void => {
    notes.push(text);
    progress.say("read", text);
  };
  if (resolved.shuffleLabels) {
    note(
      "The labels were permuted over the rows (--shuffle-labels): this run is a check, and must fall to chance.",
    );
  }
  const { splits, notes: splitNotes } = drawSplits(genes, {
    repeats: folds ? resolved.holdoutRepeats : 0,
    testShare: HOLDOUT_SHARE,
    validSize: resolved.validSize,
    seed: parameters.seed,
  });
  splitNotes.forEach(note);

  progress.say("bin", `Trains on ${engine.description}: ${choice.reason}.`);
  const gatherer = resolved.diagSample > 0
    ? new SampleGatherer(
      data,
      labels,
      drawGeneSample(data.genes, data.geneStart, resolved.diagSample, parameters.seed, { labels }),
    )
    : null;
  const { matrix, report } = await progress.time(
    "bin",
    () =>
      binFeatures(
        data,
        parameters.maxBin,
        engine.allocator(),
        (done, total, name) => {
          throwIfAborted(signal);
          progress.report("bin", done, total, name);
        },
        (name, values) => gatherer?.take(name, values),
      ),
  );
  const sample = gatherer && gatherer.sample(folds?.foldOf ?? null);
  const featureNames = matrix.layout.columns.map(({ name }) => name);
  const screen = sample && resolved.leakageThreshold !== null
    ? await progress.time("screen", () => screenForLeaks(sample, folds, splits, resolved, note))
    : null;
  const growth = growthFor(parameters, data.features, matrix);
  const checkpoint = settings.checkpoint
    ? await Checkpoint.open(settings.checkpoint, runIdentity(data, matrix.layout, resolved), note)
    : null;
  const factory = new LaneFactory({ labels, ...parameters });
  const trainPhase = (
    phase: "cross-validation" | "final",
    plan: readonly PlannedLane[],
    keepTrees: boolean,
  ): Promise<TrainedLane[]> =>
    progress.time(phase, () =>
      trainLanes(engine, matrix, plan, {
        signal,
        checkpoint,
        keepTrees,
        onProgress: (done, total, lane, metric) => progress.report(phase, done, total, lane, metric),
      }));

  const planned = folds ? planSplits(data, plannedSplits(folds, splits, screen), factory, growth) : [];
  const lanes = folds && await trainPhase("cross-validation", planned, resolved.keepFoldModels);
  const foldLanes = folds && lanes && lanes.slice(0, CLASS_NAMES.length * folds.nFolds);
  const request = calibrationRequest(resolved, labels);
  if (request?.prior) note(priorNote(request.prior, labels));
  const judged = folds && lanes && foldLanes && await progress.time("evaluate", () => {
    const { oof, calibration } = outOfFold(data, labels, folds, foldLanes, request, note);
    const verdict = judge(data, labels, folds, oof.atDataShares, resolved);
    const holdouts = judgeHoldouts({
      ...{ data, labels, splits, threshold: resolved.threshold, baseThresh: resolved.baseThresh },
      lanes: lanes.slice(foldLanes.length),
      calibration: request && { request: { ...request, prior: null }, margins: oof.margins },
    });
    return { oof, calibration, verdict, holdouts };
  });

  const rounds = foldLanes ? finalRounds(foldLanes) : CLASS_NAMES.map(() => parameters.nEstimators);
  const finalPlan = factory.lanes(
    "final",
    "final",
    new Uint8Array(data.rows).fill(ROLE_TRAIN),
    rounds.map((count) => ({ ...growth, rounds: count, earlyStopping: null })),
    screen?.finalColumns ?? null,
  );
  const finalLanes = await trainPhase("final", finalPlan, true);
  const kept = keptColumns(featureNames.length, screen?.finalColumns ?? null);
  const keptNames = kept.map((column) => featureNames[column]);
  const [neither, donor, acceptor] = finalLanes.map(({ trees }, c) =>
    TreeModel.fromTrees(keptNames, finalPlan[c].lane.baseMargin, renumberColumns(trees!, kept))
  );
  const model = new SigmoidEnsemble({
    classifiers: { neither, donor, acceptor },
    algorithm: resolved.algorithm,
    parameters: { ...parameters, gradientBits: growth.gradientBits },
    cuts: kept.map((column) => matrix.layout.columns[column].cuts),
    calibration: judged?.calibration ?? null,
    training: {
      rows: data.rows,
      genes: data.genes.length,
      geneListSha256: geneListHash(data.genes),
      inputsSha256: inputsHash(data.inputs),
      seed: parameters.seed,
      libraryVersion: VERSION,
    },
  });
  const profile = timed && timed.profile();
  if (timed && !profile) progress.say("final", "The device was lost on the way, so there is no profile.");
  const run = {
    model,
    modelSha256: modelHash(saveModel(model)),
    device: choice,
    profile,
    settings: { ...settingsRecord(resolved), gradientBits: growth.gradientBits },
    folds: judged?.verdict.folds ?? [],
    aggregate: judged && summarise(judged.verdict.folds),
    pooled: judged && judged.verdict.pooled,
    oof: judged && judged.oof,
    labels,
    foldOfGene: folds && folds.foldOf,
    validationOfFold: folds && folds.validation,
    foldModels: foldLanes && resolved.keepFoldModels ? foldModels(featureNames, planned, foldLanes) : null,
    histories: foldLanes?.map(({ history }) => history) ?? [],
    holdouts: judged?.holdouts ?? [],
    leakage: screen && screen.screens,
    sample,
    features: withLeaks(report, screen),
    rounds: { neither: rounds[0], donor: rounds[1], acceptor: rounds[2] },
    notes,
  };
  const facts = { run, data, labels, genes, folds, foldLanes };
  return {
    ...run,
    manifest: runManifest(facts, engine.description, progress.seconds),
    files: () => runFiles(facts),
  };
}

/** The folds, then the holdouts, with the columns that each may use. */
function plannedSplits(
  folds: GeneFolds,
  splits: readonly HeldOut[],
  screen: LeakScreen | null,
): PlannedSplit[] {
  const { nFolds } = folds;
  return [
    ...Array.from({ length: nFolds }, (_, fold) => ({
      key: `fold-${fold + 1}`,
      title: `fold ${fold + 1}/${nFolds}`,
      heldOut: heldOutBy(folds, fold),
      columns: screen?.foldColumns[fold] ?? null,
    })),
    ...splits.map((heldOut, split) => ({
      key: `holdout-${split + 1}`,
      title: `holdout ${split + 1}/${splits.length}`,
      heldOut,
      columns: screen?.splitColumns[split] ?? null,
    })),
  ];
}

function foldModels(
  featureNames: readonly string[],
  plan: readonly PlannedLane[],
  lanes: readonly TrainedLane[],
): FoldModels[] {
  const models = lanes.map(({ trees }, i) =>
    TreeModel.fromTrees(featureNames, plan[i].lane.baseMargin, trees!)
  );
  return Array.from({ length: lanes.length / CLASS_NAMES.length }, (_, fold) => {
    const [neither, donor, acceptor] = models.slice(
      CLASS_NAMES.length * fold,
      CLASS_NAMES.length * (fold + 1),
    );
    return { neither, donor, acceptor };
  });
}
