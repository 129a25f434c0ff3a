/** Pieces of the analysis' document that are made of the run itself: its facts, its tables of metrics. */
import type { Dataset } from "../data/dataset.ts";
import { calibrationInWords } from "../ensemble/calibration/describe.ts";
import type { SigmoidEnsemble } from "../ensemble/sigmoid.ts";
import type { Maybe } from "../evaluation/analysis.ts";
import { FILE_METRICS } from "../evaluation/columns.ts";
import type { FoldTable, HoldoutTable, RunDocument, Sampling } from "../evaluation/document.ts";
import { summarise } from "../evaluation/evaluate.ts";
import type { Evaluation, MetricSummary } from "../evaluation/types.ts";
import type { TrainingRun } from "./types.ts";

/** Facts of data, settings and model; where and how fast the run was made is not among them. */
export function runDocument(data: Dataset, run: TrainingRun): RunDocument {
  const { model, settings } = run;
  const { device: _device, ...others } = settings;
  const rows = [0, 0, 0];
  for (const label of run.labels) rows[label]++;
  return {
    libraryVersion: model.training.libraryVersion,
    algorithm: model.algorithm,
    seed: model.training.seed,
    data: {
      genes: data.genes.length,
      rows: data.rows,
      features: model.featureNames.length,
      rowsByClass: { neither: rows[0], donor: rows[1], acceptor: rows[2] },
      chromosomes: [...new Set(data.chromosomes)].filter((name) => name !== "").sort(),
      inputs: data.inputs,
      labelSpellings: data.labelSpellings,
      excluded: run.features.filter(({ used }) => !used).map(({ name, reason }) => ({ name, reason })),
      hasBaseScores: data.baseScores !== null,
    },
    settings: others,
    model: {
      sha256: run.modelSha256,
      trees: run.rounds,
      featureNames: model.featureNames,
      calibration: model.calibration && calibrationInWords(model.calibration),
      prior: priorOf(model),
    },
    shuffledLabels: settings.shuffleLabels === true,
    notes: run.notes,
  };
}

function priorOf({ calibration }: SigmoidEnsemble): RunDocument["model"]["prior"] {
  return calibration && (calibration.targetPrior ?? calibration.trainingShares);
}

/** Metrics by their names in the files; undefined ones are null. */
export function metricRecord(evaluation: Evaluation): Record<string, Maybe> {
  return Object.fromEntries(FILE_METRICS.map(([name, valueOf]) => [name, defined(valueOf(evaluation))]));
}

/** The table of folds; null where the cross-validation was skipped. */
export function foldTable(run: TrainingRun): FoldTable | null {
  if (!run.pooled || !run.aggregate) return null;
  return {
    folds: run.folds.map((fold) => ({
      fold: fold.fold + 1,
      genes: fold.testGenes,
      rows: fold.testRows,
      metrics: metricRecord(fold),
    })),
    ...meanAndSd(run.aggregate),
    pooled: metricRecord(run.pooled),
  };
}

/** The table of repeated holdouts. */
export function holdoutTable({ holdouts }: TrainingRun): HoldoutTable {
  return {
    splits: holdouts.map(({ split, trainGenes, trainRows, evaluation }) => ({
      split,
      trainGenes,
      testGenes: evaluation.testGenes,
      trainRows,
      testRows: evaluation.testRows,
      metrics: metricRecord(evaluation),
    })),
    ...meanAndSd(summarise(holdouts.map(({ evaluation }) => evaluation))),
  };
}

function meanAndSd(summary: MetricSummary): Pick<FoldTable, "mean" | "sd"> {
  const each = (value: (name: string) => number) =>
    Object.fromEntries(Object.keys(summary).map((name) => [name, defined(value(name))]));
  return { mean: each((name) => summary[name].mean), sd: each((name) => summary[name].sd) };
}

/** What was sampled, as numbers and as sentences. */
export function sampling(data: Dataset, { sample }: TrainingRun, shapRows: number): Sampling {
  const diagnostics = sample && {
    rows: sample.rows.length,
    genes: sample.genes.length,
    ofRows: data.rows,
    ofGenes: data.genes.length,
  };
  const sentences: string[] = [];
  if (diagnostics) {
    const { rows, genes, ofRows, ofGenes } = diagnostics;
    sentences.push(
      genes === ofGenes
        ? `Features were looked at on all ${ofRows} rows of ${ofGenes} genes.`
        : `Features were looked at on ${rows} of ${ofRows} rows: ${genes} whole genes of ${ofGenes}, drawn by the seed (--diag-sample).`,
    );
  }
  if (shapRows) {
    sentences.push(
      `SHAP values are of ${shapRows} rows, drawn by the seed over all genes (--shap-sample).`,
    );
  }
  return { diagnostics, shapRows, sentences };
}

function defined(value: number): Maybe {
  return Number.isFinite(value) ? value : null;
}
