/** A training run: folds, binning, cross-validation, verdict, final model. */
import { CLASS_NAMES, type Dataset } from "../data/dataset.ts";
import { SigmoidEnsemble } from "../ensemble/sigmoid.ts";
import { summarise } from "../evaluation/evaluate.ts";
import { checkBaseScores } from "../evaluation/rows.ts";
import { modelHash, saveModel } from "../formats/model-file.ts";
import { inputsHash } from "../formats/model-metadata.ts";
import { type Engine, ROLE_TRAIN } from "../numerics/engine.ts";
import { dataError } from "../numerics/errors.ts";
import { choiceOf, type DeviceChoice, openEngine } from "../trees/devices.ts";
import { TreeModel } from "../trees/tree-model.ts";
import { VERSION } from "../version.ts";
import { binFeatures, growthFor } from "./bin-features.ts";
import { Checkpoint } from "./checkpoint.ts";
import { finalRounds, gatherOutOfFold, judge, planFolds } from "./cross-validate.ts";
import { countGenes, drawFolds, type GeneCounts, type GeneFolds, missingClasses } from "./folds.ts";
import { geneListHash, runIdentity } from "./identity.ts";
import { LaneFactory, type PlannedLane, type TrainedLane } from "./lanes.ts";
import { profiling, type ProfilingEngine } from "./profile.ts";
import { Progress } from "./progress.ts";
import { runFiles } from "./run-files.ts";
import { runManifest } from "./run-manifest.ts";
import { type ResolvedSettings, resolveSettings, settingsRecord } from "./settings.ts";
import { throwIfAborted, trainLanes } from "./train-lanes.ts";
import type { TrainingRun, TrainSettings } from "./types.ts";

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
  const genes = countGenes(data, data.labels);
  const folds = planGenes(genes, resolved);
  // The verdict would refuse them after all the training.
  if (folds && data.baseScores) checkBaseScores(data.baseScores);
  throwIfAborted(settings.signal);
  const { engine, choice } = settings.engine
    ? { engine: settings.engine, choice: choiceOf(settings.engine) }
    : await openEngine({ device: resolved.parameters.device, gpu: settings.gpu, threads: settings.threads });
  try {
    const place: Place = { choice, engine, timed: settings.profile ? profiling(engine, choice) : null };
    return await runOn(place, data, data.labels, genes, folds, settings, resolved);
  } finally {
    if (!settings.engine) await engine.close();
  }
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

  progress.say("bin", `Trains on ${engine.description}: ${choice.reason}.`);
  const { matrix, report } = await progress.time(
    "bin",
    () =>
      binFeatures(data, parameters.maxBin, engine.allocator(), (done, total, name) => {
        throwIfAborted(signal);
        progress.report("bin", done, total, name);
      }),
  );
  const featureNames = matrix.layout.columns.map(({ name }) => name);
  const growth = growthFor(parameters, data.features, matrix);
  const checkpoint = settings.checkpoint
    ? await Checkpoint.open(settings.checkpoint, runIdentity(data, matrix.layout, resolved), note)
    : null;
  const factory = new LaneFactory({ labels, ...parameters });
  const trainPhase = (
    phase: "cross-validation" | "final",
    plan: readonly PlannedLane[],
  ): Promise<TrainedLane[]> =>
    progress.time(phase, () =>
      trainLanes(engine, matrix, plan, {
        signal,
        checkpoint,
        keepTrees: phase === "final",
        onProgress: (done, total, lane, metric) => progress.report(phase, done, total, lane, metric),
      }));

  const foldLanes = folds && await trainPhase("cross-validation", planFolds(data, folds, factory, growth));
  const oof = folds && foldLanes && gatherOutOfFold(data, folds, foldLanes);
  const verdict = folds && oof &&
    await progress.time("evaluate", () => judge(data, labels, folds, oof, resolved));

  const rounds = foldLanes ? finalRounds(foldLanes) : CLASS_NAMES.map(() => parameters.nEstimators);
  const finalPlan = factory.lanes(
    "final",
    "final",
    new Uint8Array(data.rows).fill(ROLE_TRAIN),
    rounds.map((count) => ({ ...growth, rounds: count, earlyStopping: null })),
  );
  const finalLanes = await trainPhase("final", finalPlan);
  const [neither, donor, acceptor] = finalLanes.map(({ trees }, c) =>
    TreeModel.fromTrees(featureNames, finalPlan[c].lane.baseMargin, trees!)
  );
  const model = new SigmoidEnsemble({
    classifiers: { neither, donor, acceptor },
    algorithm: resolved.algorithm,
    parameters: { ...parameters, gradientBits: growth.gradientBits },
    cuts: matrix.layout.columns.map(({ cuts }) => cuts),
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
    folds: verdict?.folds ?? [],
    aggregate: verdict && summarise(verdict.folds),
    pooled: verdict && verdict.pooled,
    oof,
    rounds: { neither: rounds[0], donor: rounds[1], acceptor: rounds[2] },
    notes,
  };
  const facts = { run, data, labels, genes, folds, foldLanes, report };
  return {
    ...run,
    manifest: runManifest(facts, engine.description, progress.seconds),
    files: () => runFiles(facts),
  };
}
