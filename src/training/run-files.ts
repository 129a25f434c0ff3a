/** The files of a run directory, made one at a time. They are the same bytes for the same run, wherever it ran. */
import { CLASS_NAMES, type Dataset } from "../data/dataset.ts";
import { leakageCsv } from "../evaluation/leakage/csv.ts";
import { metricFiles } from "../evaluation/tables.ts";
import { saveModel } from "../formats/model-file.ts";
import { modelMetadata } from "../formats/model-metadata.ts";
import type { GeneCounts, GeneFolds } from "./folds.ts";
import { holdoutCsv, holdoutSummary } from "./holdouts.ts";
import { featureManifest, geneFoldsCsv, outOfFoldParquet } from "./run-tables.ts";
import type { TrainedLane } from "./lanes.ts";
import type { TrainingRun } from "./types.ts";

/** All that is known of a finished run. */
export interface RunFacts {
  readonly run: Omit<TrainingRun, "files" | "manifest">;
  readonly data: Dataset;
  readonly labels: Uint8Array;
  readonly genes: readonly GeneCounts[];
  /** Null where the cross-validation was skipped, as are the lanes. */
  readonly folds: GeneFolds | null;
  /** Fold by fold, classes in order within each. */
  readonly foldLanes: readonly TrainedLane[] | null;
}

export interface RunFile {
  readonly path: string;
  readonly bytes: Uint8Array;
}

/** Every file of the run directory but manifest.json. */
export async function* runFiles(facts: RunFacts): AsyncGenerator<RunFile> {
  const { run, data, labels, genes, folds } = facts;
  const { model, pooled, oof } = run;
  const paths: string[] = [];
  const file = (path: string, content: string | Uint8Array): RunFile => {
    paths.push(path);
    return { path, bytes: typeof content === "string" ? new TextEncoder().encode(content) : content };
  };
  if (folds && pooled && oof) {
    for (const { path, text } of metricFiles(run.folds, pooled)) yield file(path, text);
    yield file(
      "oof_predictions.parquet",
      await outOfFoldParquet(data, labels, oof, model.calibration !== null),
    );
    yield file("gene_folds.csv", geneFoldsCsv(genes, folds));
  }
  if (run.holdouts.length > 0) {
    yield file("holdout_evaluation_results.csv", holdoutCsv(run.holdouts));
    yield file("holdout_evaluation_summary.json", json(holdoutSummary(run.holdouts)));
  }
  if (run.leakage) yield file("leakage_report.csv", leakageCsv(run.leakage));
  yield file("feature_manifest.csv", featureManifest(run.features));
  yield file("train.features.json", json({ feature_names: model.featureNames }));
  yield file("model.safetensors", saveModel(model));
  const cvFolds = folds?.nFolds ?? null;
  yield file(
    "model_metadata.json",
    json(modelMetadata({ model, cvFolds, modelSha256: run.modelSha256, leakage: leakageClaim(run) })),
  );
  yield file("complete_training_results.json", json(trainingResults(facts, paths)));
}

/** Whether the model was trained on a feature that gives the label away, as far as the screen sees. */
function leakageClaim(
  { leakage, model }: RunFacts["run"],
): { readonly free: boolean | null; readonly note: string } {
  if (!leakage) {
    return { free: null, note: "not screened; whether a feature gives the label away was not measured" };
  }
  const used = new Set(model.featureNames);
  const { features, genes } = leakage.all;
  const leaks = features.filter(({ feature, verdict }) => verdict === "leak" && used.has(feature));
  const screened = `${features.length} features screened on ${genes} genes, see leakage_report.csv`;
  return leaks.length === 0
    ? { free: true, note: `no feature of the model shows a pattern that gives the label away (${screened})` }
    : { free: false, note: `of the model's features, ${leaks.length} give the label away (${screened})` };
}

/** complete_training_results.json: the run in one place. Undefined metrics are null. */
function trainingResults({ run, data, folds, foldLanes }: RunFacts, paths: readonly string[]): unknown {
  const { aggregate, rounds, model } = run;
  const { device: _device, ...settings } = run.settings;
  return {
    strategy: folds ? "gene_cross_validation" : "final_model_only",
    algorithm: model.algorithm,
    settings,
    data: { genes: data.genes.length, rows: data.rows, features: model.featureNames.length },
    n_folds: folds?.nFolds ?? null,
    metrics: aggregate &&
      Object.fromEntries(Object.entries(aggregate).map(([name, { mean }]) => [name, mean])),
    trees: rounds,
    folds: foldLanes && Array.from({ length: foldLanes.length / CLASS_NAMES.length }, (_, fold) => ({
      fold: fold + 1,
      classifiers: Object.fromEntries(CLASS_NAMES.map((name, c) => {
        const { treeCount, history } = foldLanes[fold * CLASS_NAMES.length + c];
        return [name, { trees: treeCount, validation: [...history] }];
      })),
    })),
    files: paths,
  };
}

function json(value: unknown): string {
  return JSON.stringify(value, null, 2) + "\n";
}
