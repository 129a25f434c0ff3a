import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ANALYSIS_OPTIONS } from "../../src/cli/analysis-options.ts";
import { camelCase } from "../../src/cli/option-types.ts";
import { type Invocation, parseArguments } from "../../src/cli/parse.ts";
import {
  analysisSettings,
  excludedFeatures,
  heldOutNames,
  trainSettings,
  trainValues,
} from "../../src/cli/settings.ts";
import { TRAIN_OPTIONS } from "../../src/cli/train-options.ts";
import { type AnalysisSettings, resolveAnalysis } from "../../src/training/analysis-settings.ts";
import { resolveSettings } from "../../src/training/settings.ts";
import type { TrainSettings } from "../../src/training/types.ts";

function train(...args: string[]): Invocation {
  const request = parseArguments(["train", "--dataset", "d", "--out-dir", "o", ...args]);
  if (request.kind !== "run") throw new Error("expected a command");
  return request;
}

/** Importance of features is judged unless it is left out, and looks into the models of the folds. */
const MODELS = { keepFoldModels: true };

/** What is typed, and the settings of the training and of the analysis that come of it, the same as of nothing where absent. */
type Case = readonly [args: readonly string[], training?: TrainSettings, analysis?: AnalysisSettings];

const TRAINING: readonly Case[] = [
  [["--algorithm", "xgboost"], { algorithm: "xgboost", ...MODELS }],
  [["--algorithm", "lightgbm", "--algorithm-params", '{"num_leaves": 15}'], {
    algorithm: "lightgbm",
    algorithmParams: { num_leaves: 15 },
    ...MODELS,
  }],
  [["--n-estimators", "400"], { nEstimators: 400, ...MODELS }],
  [["--max-bin", "64"], { maxBin: 64, ...MODELS }],
  [["--n-folds", "3"], { nFolds: 3, ...MODELS }],
  [["--n-splits", "4"], { nFolds: 4, ...MODELS }],
  [["--early-stopping-patience", "9"], { earlyStoppingPatience: 9, ...MODELS }],
  [["--early-stopping-patience", "9", "--valid-size", "0.2"], {
    earlyStoppingPatience: 9,
    validSize: 0.2,
    ...MODELS,
  }],
  [["--early-stopping-patience", "9", "--early-stopping-min-delta", "0.01"], {
    earlyStoppingPatience: 9,
    earlyStoppingMinDelta: 0.01,
    ...MODELS,
  }],
  [["--early-stopping-patience", "9", "--early-stopping-metric", "aucpr"], {
    earlyStoppingPatience: 9,
    earlyStoppingMetric: "aucpr",
    ...MODELS,
  }],
  [["--base-thresh", "0.3"], { baseThresh: 0.3, ...MODELS }],
  [["--threshold", "0.4"], { threshold: 0.4, ...MODELS }],
  [["--seed", "7"], { seed: 7, ...MODELS }],
  [["--threads", "2"], { threads: 2, ...MODELS }, { threads: 2 }],
  [["--device", "cpu"], { device: "cpu", ...MODELS }],
  [["--device", "webgpu", "--profile"], { device: "webgpu", profile: true, ...MODELS }],
  [["--skip-eval"], { skipEval: true }],
  [["--algorithm-params", '{"max_depth": 4}'], { algorithmParams: { max_depth: 4 }, ...MODELS }],
  [["--tree-method", "approx"], { algorithmParams: { tree_method: "approx" }, ...MODELS }],
  [["--tree-method", "hist", "--algorithm-params", '{"eta": 0.3}'], {
    algorithmParams: { eta: 0.3, tree_method: "hist" },
    ...MODELS,
  }],
];

const ANALYSES: readonly Case[] = [
  [["--calibrate-per-class"], { calibrate: "per-class", ...MODELS }],
  [["--calibrate"], { calibrate: "splice", ...MODELS }],
  [["--calibrate", "--calib-method", "beta"], { calibrate: "splice", calibMethod: "beta", ...MODELS }],
  [["--calibrate-per-class", "--prior", "0.98, 0.015, 0.005"], {
    calibrate: "per-class",
    prior: { neither: 0.98, donor: 0.015, acceptor: 0.005 },
    ...MODELS,
  }],
  [["--calibrate-per-class", "--site-rate", "4e-4"], {
    calibrate: "per-class",
    siteRate: 0.0004,
    ...MODELS,
  }],
  [["--calibration-analysis"], MODELS, { calibrationAnalysis: true }],
  [["--calibration-analysis", "--calibration-sample", "900"], MODELS, {
    calibrationAnalysis: true,
    calibrationSample: 900,
  }],
  [["--calibrate", "--calibration-sample", "900"], { calibrate: "splice", ...MODELS }, {
    calibrationSample: 900,
  }],
  [["--no-overconfidence-check"], MODELS, { overconfidenceCheck: false }],
  [["--no-leakage-check"], { checkLeakage: false, ...MODELS }],
  [["--leakage-threshold", "0.9"], { leakageThreshold: 0.9, ...MODELS }],
  [["--auto-exclude-leaky"], { autoExcludeLeaky: true, ...MODELS }],
  [["--shuffle-labels"], { shuffleLabels: true, ...MODELS }],
  [["--holdout-repeats", "0"], { holdoutRepeats: 0, ...MODELS }],
  [["--target-precision", "0.99"], MODELS, { targetPrecision: 0.99 }],
  [["--target-recall", "0.9"], MODELS, { targetRecall: 0.9 }],
  [["--monitor-overfitting"], MODELS, { monitorOverfitting: true }],
  [["--monitor-overfitting", "--overfitting-threshold", "0.1"], MODELS, {
    monitorOverfitting: true,
    overfittingThreshold: 0.1,
  }],
  [["--monitor-overfitting", "--convergence-improvement", "0.01"], MODELS, {
    monitorOverfitting: true,
    convergenceImprovement: 0.01,
  }],
  [["--diag-sample", "10000"], { diagSample: 10_000, ...MODELS }],
  [["--max-diag-sample", "5000"], { diagSample: 5000, ...MODELS }],
  [["--max-diag-sample", "50000"], { diagSample: 25_000, ...MODELS }],
  [["--diag-sample", "10000", "--max-diag-sample", "5000"], { diagSample: 5000, ...MODELS }],
  [["--diag-sample", "100", "--max-diag-sample", "5000"], { diagSample: 100, ...MODELS }],
  [["--minimal-diagnostics"], { holdoutRepeats: 0 }, { minimalDiagnostics: true }],
  [["--skip-feature-importance"], {}, { skipFeatureImportance: true }],
  [["--skip-feature-importance", "--monitor-overfitting"], MODELS, {
    skipFeatureImportance: true,
    monitorOverfitting: true,
  }],
  [["--skip-shap"], MODELS, { skipShap: true }],
  [["--shap-sample", "20"], MODELS, { shapSample: 20 }],
  [["--fast-shap"], MODELS, { shapSample: 200 }],
  [["--fast-shap", "--shap-kind", "interventional"], MODELS, { shapSample: 200, shapKind: "interventional" }],
  [["--neigh-sample", "30"], MODELS, { neighSample: 30 }],
  [["--neigh-sample", "30", "--neigh-window", "20"], MODELS, { neighSample: 30, neighWindow: 20 }],
  [["--n-roc-points", "11"], MODELS, { nRocPoints: 11 }],
];

/** Their effect is on the data, on the files that are read and written, or on the run's identity: test/cli/analysis.test.ts. */
const ELSEWHERE = ["holdout-genes", "holdout-chroms", "plot-format"];

describe("settings of the library", () => {
  it("are empty where nothing was typed, the folds' models aside", () => {
    expect(trainSettings(train())).toEqual(MODELS);
    expect(analysisSettings(train())).toEqual({});
  });

  const cases = [...TRAINING, ...ANALYSES].map(([args, training = MODELS, analysis = {}]) =>
    [args, training, analysis] as const
  );

  it.each(cases)("of %j", (args, training, analysis) => {
    const invocation = train(...args);
    const settings = trainSettings(invocation);
    expect(settings).toEqual(training);
    expect(analysisSettings(invocation)).toEqual(analysis);
    expect(() => resolveSettings(settings)).not.toThrow();
    expect(() => resolveAnalysis(analysisSettings(invocation), settings.calibrate !== undefined)).not
      .toThrow();
  });

  it("are told of every option that judges and explains", () => {
    const tried = new Set(ANALYSES.flatMap(([args]) => args));
    const untried = ANALYSIS_OPTIONS.map(({ name }) => name).filter((name) => !tried.has(`--${name}`));
    expect(untried).toEqual(ELSEWHERE);
  });

  it("refuse two tree methods", () => {
    const two = train("--tree-method", "hist", "--algorithm-params", '{"tree_method": "approx"}');
    expect(() => trainSettings(two)).toThrow("leave one of them out");
  });

  it.each(["0.9,0.1", "0.9,0.05,0.04", "0.9,0.1,0", "1.2,-0.1,-0.1", "0.9,0.05,", "a,b,c", "0.9;0.05;0.05"])(
    "refuse the prior %s",
    (prior) => {
      expect(() => trainSettings(train("--calibrate", "--prior", prior))).toThrow(
        `--prior: expected three shares above 0 that sum to 1 (neither, donor, acceptor), found "${prior}".`,
      );
    },
  );

  it.each([
    [["--skip-feature-importance"], "diag-sample"],
    [["--minimal-diagnostics"], "diag-sample"],
    [["--skip-eval"], "max-diag-sample"],
  ])("refuse a sample that nobody reads: --no-leakage-check %j --%s", (others, sample) => {
    const unread = train("--no-leakage-check", ...others, `--${sample}`, "500");
    expect(() => trainSettings(unread)).toThrow(`--${sample} has no effect where features are neither`);
    expect(trainSettings(train(...others, `--${sample}`, "500")).diagSample).toBe(500);
    const monitored = ["--no-leakage-check", "--skip-feature-importance", "--monitor-overfitting"];
    expect(trainSettings(train(...monitored, `--${sample}`, "500")).diagSample).toBe(500);
  });

  it("refuse a window around no neighbours", () => {
    const settings = analysisSettings(train("--neigh-sample", "0", "--neigh-window", "5"));
    expect(() => resolveAnalysis(settings, false)).toThrow("without neighSample (--neigh-sample)");
  });

  it("have the defaults that the table prints", () => {
    const { parameters, ...run } = resolveSettings({});
    const early = resolveSettings({ earlyStoppingPatience: 1 });
    const library: Record<string, unknown> = {
      ...run,
      ...resolveAnalysis({}, false),
      nEstimators: parameters.nEstimators,
      maxBin: parameters.maxBin,
      seed: parameters.seed,
      earlyStoppingPatience: parameters.earlyStoppingRounds,
      earlyStoppingMinDelta: parameters.earlyStoppingMinDelta,
      earlyStoppingMetric: parameters.evalMetric,
      treeMethod: "treeMethod" in parameters ? parameters.treeMethod : undefined,
      validSize: early.validSize,
      calibMethod: resolveSettings({ calibrate: "splice" }).calibration?.method,
    };
    const compared = TRAIN_OPTIONS.filter((option) =>
      "default" in option && camelCase(option.name) in library
    );
    expect(compared.map((option) => option.name).sort()).toEqual([
      "algorithm",
      "base-thresh",
      "calib-method",
      "convergence-improvement",
      "diag-sample",
      "early-stopping-metric",
      "early-stopping-min-delta",
      "early-stopping-patience",
      "holdout-repeats",
      "leakage-threshold",
      "max-bin",
      "n-estimators",
      "n-folds",
      "n-roc-points",
      "neigh-sample",
      "neigh-window",
      "overfitting-threshold",
      "seed",
      "shap-kind",
      "shap-sample",
      "target-precision",
      "target-recall",
      "threshold",
      "tree-method",
      "valid-size",
    ]);
    for (const option of compared) {
      expect("default" in option && option.default, option.name).toBe(library[camelCase(option.name)]);
    }
  });
});

describe("lists of names", () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "spliceboost-lists-"));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  function file(name: string, text: string): string {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  }

  const heldOut = (...args: string[]) => heldOutNames(trainValues(train(...args)));

  it("--exclude-features takes a comma list, however long", async () => {
    expect(await excludedFeatures(undefined)).toEqual([]);
    expect(await excludedFeatures("a, b,,a")).toEqual(["a", "b"]);
    const long = Array.from({ length: 2000 }, (_, i) => `feature_${i}`);
    expect(await excludedFeatures(long.join(","))).toEqual(long);
  });

  it("--exclude-features takes a file with comments", async () => {
    const path = file("list.txt", "# leaky\na\r\nb # why\n\nc,d\n");
    expect(await excludedFeatures(path)).toEqual(["a", "b", "c", "d"]);
    rmSync(path);
    await expect(excludedFeatures(path)).rejects.toThrow("no such file");
  });

  it("--holdout-genes and --holdout-chroms take a file or a list", async () => {
    expect(await heldOut()).toEqual({ genes: [], chromosomes: [] });
    const genes = file("genes.txt", "# judged last\ng2\ng1\n");
    const chroms = file("chroms.txt", "1\nX\n");
    expect(await heldOut("--holdout-genes", genes, "--holdout-chroms", "chr2,3")).toEqual({
      genes: ["g2", "g1"],
      chromosomes: ["chr2", "3"],
    });
    expect(await heldOut("--holdout-genes", "g1,g2", "--holdout-chroms", chroms)).toEqual({
      genes: ["g1", "g2"],
      chromosomes: ["1", "X"],
    });
  });

  it.each(["holdout-genes", "holdout-chroms"])(
    "--%s names something, in a file that is there",
    async (option) => {
      const empty = file("empty.txt", "# nothing\n");
      await expect(heldOut(`--${option}`, empty)).rejects.toMatchObject({
        kind: "usage",
        message: `--${option} ${empty}: expected at least one name, found none.`,
      });
      await expect(heldOut(`--${option}`, ",")).rejects.toThrow("expected at least one name");
      await expect(heldOut(`--${option}`, join(folder, "none.txt"))).rejects.toMatchObject({
        kind: "usage",
        message: expect.stringMatching(new RegExp(`^--${option} .*: no such file`)),
      });
    },
  );
});
