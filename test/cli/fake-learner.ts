/** A learner that learns nothing and an analysis that analyses nothing, for what is around them. */
import type { Learner } from "../../src/cli/commands/train.ts";
import type { Dataset } from "../../src/data/dataset.ts";
import type { Analysis } from "../../src/evaluation/document.ts";
import type { AnalysisSettings } from "../../src/training/analysis-settings.ts";
import type { Train, TrainingRun, TrainSettings } from "../../src/training/types.ts";

const LEFT_OUT = { status: "left out", reason: "A test left it out." } as const;

/** A document of which every part is left out. */
export function emptyAnalysis(data: Pick<Dataset, "genes" | "rows" | "features" | "inputs">): Analysis {
  return {
    format: "spliceboost-analysis",
    version: 1,
    run: {
      libraryVersion: "0.0.0",
      algorithm: "xgboost",
      seed: 42,
      data: {
        genes: data.genes.length,
        rows: data.rows,
        features: data.features.length,
        rowsByClass: { neither: data.rows, donor: 0, acceptor: 0 },
        chromosomes: [],
        inputs: data.inputs,
        labelSpellings: [],
        excluded: [],
        hasBaseScores: false,
      },
      settings: {},
      model: {
        sha256: "5eed".repeat(16),
        trees: { neither: 1, donor: 2, acceptor: 3 },
        featureNames: data.features,
        calibration: null,
        prior: null,
      },
      shuffledLabels: false,
      notes: [],
    },
    folds: LEFT_OUT,
    comparison: LEFT_OUT,
    againstRecalibrated: LEFT_OUT,
    curves: LEFT_OUT,
    thresholds: LEFT_OUT,
    calibration: LEFT_OUT,
    overconfidence: LEFT_OUT,
    leakage: LEFT_OUT,
    shuffled: LEFT_OUT,
    overfitting: LEFT_OUT,
    holdouts: LEFT_OUT,
    heldOut: LEFT_OUT,
    neighbours: LEFT_OUT,
    importance: LEFT_OUT,
    shap: LEFT_OUT,
    sampling: { diagnostics: null, shapRows: 0, sentences: [] },
  };
}

/** What a fake was called with. */
export interface Call {
  readonly data: Dataset;
  readonly settings: TrainSettings;
  /** Null until the run is analysed. */
  analysis: AnalysisSettings | null;
  /** Genes kept out of everything, while they could be read; null where none are. */
  holdout: readonly string[] | null;
}

export interface Fake extends Learner {
  readonly calls: Call[];
}

/**
 * A learner and its analysis.
 * @param act what happens in training
 * @param paths files of the run, each with its name in it
 */
export function fakeLearner(
  act: (data: Dataset, settings: TrainSettings) => void | Promise<void> = () => {},
  paths: readonly string[] = ["model.safetensors", "extra.json"],
): Fake {
  const calls: Call[] = [];
  const train: Train = async (data, settings = {}) => {
    calls.push({ data, settings, analysis: null, holdout: null });
    await act(data, settings);
    const run = {
      model: { featureNames: data.features },
      modelSha256: "5eed".repeat(16),
      device: { device: "cpu", asked: "auto", reason: "a test", adapter: null },
      profile: null,
      settings: {},
      folds: [],
      aggregate: null,
      oof: null,
      rounds: { neither: 1, donor: 2, acceptor: 3 },
      notes: [...data.notes, "a note of the training"],
      manifest: { engine: "none", seconds: { bin: 1, final: 3 } },
      async *files() {
        for (const path of paths) yield { path, bytes: new TextEncoder().encode(path) };
      },
    };
    return run as unknown as TrainingRun;
  };
  const analyse: Learner["analyse"] = (data, _run, settings = {}) => {
    const call = calls.at(-1)!;
    call.analysis = settings;
    call.holdout = settings.holdout?.genes ?? null;
    return Promise.resolve({
      document: emptyAnalysis(data),
      explanation: null,
      seconds: { comparison: 0.5 },
      failures: [],
    });
  };
  return { train, analyse, calls };
}
