import { describe, expect, it } from "vitest";
import type { Dataset } from "../../src/data/dataset.ts";
import type { Analysis } from "../../src/evaluation/document.ts";
import { parseAnalysis } from "../../src/evaluation/parse-document.ts";
import { loadModel, saveModel } from "../../src/formats/model-file.ts";
import { SpliceboostError } from "../../src/numerics/errors.ts";
import { analyse, type RunAnalysis } from "../../src/training/analyse.ts";
import { analysisFiles } from "../../src/training/analysis-files.ts";
import type { AnalysisSettings } from "../../src/training/analysis-settings.ts";
import { train } from "../../src/training/train.ts";
import type { TrainingRun, TrainSettings } from "../../src/training/types.ts";
import { FakeEngine } from "./fake-engine.ts";
import { tinyDataset } from "./tiny-dataset.ts";

const QUICK = {
  nEstimators: 12,
  nFolds: 3,
  keepFoldModels: true,
  algorithmParams: { learning_rate: 0.5 },
} as const;
const FULL = { monitorOverfitting: true, neighSample: 8, calibrationAnalysis: true, threads: 1 } as const;

const trainTiny = (settings: TrainSettings = {}, data: Dataset = tinyDataset()) =>
  train(data, { ...QUICK, engine: new FakeEngine(), ...settings });

async function analyseTiny(
  settings: TrainSettings = {},
  analysis: AnalysisSettings = FULL,
  data: Dataset = tinyDataset(),
): Promise<RunAnalysis & { readonly run: TrainingRun }> {
  const run = await trainTiny(settings, data);
  return { ...await analyse(data, run, analysis), run };
}

const PARTS = [
  ...["folds", "comparison", "againstRecalibrated", "curves", "thresholds", "calibration", "overconfidence"],
  ...["leakage", "shuffled", "overfitting", "holdouts", "heldOut", "neighbours", "importance", "shap"],
] as const;
type Name = (typeof PARTS)[number] & keyof Analysis;

/** Status of every part. */
function statuses(document: Analysis): Record<string, string> {
  return Object.fromEntries(
    PARTS.map((name) => [name, (document[name as Name] as { status: string }).status]),
  );
}

function numbersIn(value: unknown): unknown[] {
  if (typeof value !== "object" || value === null) return [value];
  return Object.values(value).flatMap(numbersIn);
}

describe("the analysis of a run", () => {
  it("makes every part that was asked for, of JSON values only", async () => {
    const { document, failures, seconds } = await analyseTiny({
      calibrate: "per-class",
      autoExcludeLeaky: true,
    });
    expect(failures).toEqual([]);
    expect(statuses(document)).toEqual({
      ...Object.fromEntries(PARTS.map((name) => [name, "done"])),
      ...{ overconfidence: "left out", shuffled: "left out", heldOut: "left out" },
    });
    expect(JSON.parse(JSON.stringify(document))).toEqual(document);
    for (const value of numbersIn(document)) {
      if (typeof value === "number") expect(Number.isFinite(value)).toBe(true);
    }
    expect(Object.keys(seconds)).toContain("comparison");
    expect(parseAnalysis(new TextEncoder().encode(JSON.stringify(document)), "analysis.json")).toEqual(
      document,
    );
  });

  it("is the same with other threads, devices of threads and runs", async () => {
    const one = await analyseTiny();
    const three = await analyseTiny({}, { ...FULL, threads: 3 });
    expect(JSON.stringify(three.document)).toBe(JSON.stringify(one.document));
  });

  it("leaves out what was not asked for, and says which flag asks", async () => {
    const { document } = await analyseTiny({ checkLeakage: false, holdoutRepeats: 0 }, {
      ...{ skipShap: true, skipFeatureImportance: true, overconfidenceCheck: false, threads: 1 },
    });
    for (
      const [name, flag] of [
        ["calibration", "--calibration-analysis"],
        ["overconfidence", "--no-overconfidence-check"],
        ["leakage", "--no-leakage-check"],
        ["overfitting", "--monitor-overfitting"],
        ["holdouts", "--holdout-repeats"],
        ["neighbours", "--neigh-sample"],
        ["importance", "--skip-feature-importance"],
        ["shap", "--skip-shap"],
      ] as const
    ) {
      expect(document[name]).toMatchObject({ status: "left out", reason: expect.stringContaining(flag) });
    }
    const minimal = await analyseTiny({ holdoutRepeats: 0, keepFoldModels: false }, {
      minimalDiagnostics: true,
    });
    expect(statuses(minimal.document)).toMatchObject({
      ...{ comparison: "done", curves: "done", thresholds: "done", overconfidence: "done" },
      ...{ shap: "left out", importance: "left out", overfitting: "left out", neighbours: "left out" },
    });
  });

  it("judges the delivered, calibrated probabilities and saves what it judged", async () => {
    const data = tinyDataset();
    const { run, document } = await analyseTiny(
      { calibrate: "per-class", calibMethod: "isotonic" },
      FULL,
      data,
    );
    expect(run.model.calibration?.method).toBe("isotonic");
    const { probabilities, margins } = run.oof!;
    expect(margins).toHaveLength(3 * data.rows);
    for (let row = 0; row < data.rows; row++) {
      const sum = probabilities[3 * row] + probabilities[3 * row + 1] + probabilities[3 * row + 2];
      expect(sum).toBeCloseTo(1, 5);
    }
    const raw = await trainTiny({}, data);
    expect(run.oof!.margins).toEqual(raw.oof!.margins);
    expect(run.pooled!.logLoss).not.toBe(raw.pooled!.logLoss);
    const loaded = await loadModel(saveModel(run.model));
    expect(await loaded.predictProba(data)).toEqual(await run.model.predictProba(data));
    expect(document.run.model.calibration).toMatch(/isotonic/i);
    const { calibration } = document;
    expect(calibration.status === "done" && calibration.result.models.map(({ model }) => model))
      .toEqual(["base", "raw", "calibrated"]);
  });

  it("means the prior that was asked for", async () => {
    const { run, document } = await analyseTiny({ calibrate: "per-class", siteRate: 0.01 });
    const prior = document.run.model.prior!;
    expect(prior.donor + prior.acceptor).toBeCloseTo(0.01);
    const plain = await analyseTiny({ calibrate: "per-class" });
    const mean = (of: TrainingRun) =>
      of.oof!.probabilities.reduce((sum, p, i) => sum + (i % 3 === 0 ? p : 0), 0);
    expect(mean(run)).toBeGreaterThan(mean(plain.run));
    // Judged at the data's shares: the prior is no reason to call the model worse.
    expect(document.comparison).toEqual(plain.document.comparison);
    expect(run.pooled).toEqual(plain.run.pooled);
    expect(run.holdouts).toEqual(plain.run.holdouts);
    expect(document.run.notes.join("\n")).toMatch(/for rows of which 1 % are sites .* on the data, where \d/);
    expect(plain.document.run.notes.join("\n")).not.toMatch(/for rows of which/);
    const threshold = ({ thresholds }: Analysis) =>
      thresholds.status === "done" ? thresholds.result.suggestions[0].threshold.value! : NaN;
    expect(threshold(document)).toBeLessThan(threshold(plain.document));
    const { thresholds } = document;
    expect(thresholds.status === "done" && thresholds.result.notes.join("\n")).toMatch(
      /where sites are rarer/,
    );
  });

  it("leaves leaks out of folds, holdouts and the final model", async () => {
    const { labels } = tinyDataset();
    const data = tinyDataset({ extra: { leaky: (row) => (labels![row] > 0 ? 1 : 0) } });
    const engine = new FakeEngine();
    const run = await trainTiny({ engine, autoExcludeLeaky: true }, data);
    expect(run.leakage!.finalLeftOut.map(({ feature }) => feature)).toEqual(["leaky"]);
    expect(run.model.featureNames).toEqual(["donor_signal", "acceptor_signal", "noise"]);
    expect(run.features.find(({ name }) => name === "leaky")).toMatchObject({
      used: false,
      reason: expect.stringMatching(/^gives the label away: /),
    });
    const masks = engine.calls.flat().map(({ columns }) => columns && [...columns]);
    expect(masks).toHaveLength(3 * (3 + 3 + 1));
    for (const mask of masks) expect(mask).toEqual([1, 1, 1, 0]);
    expect(await run.model.predictProba({ donor_signal: [1], acceptor_signal: [0], noise: [0] }))
      .toHaveLength(3);

    const used = await trainTiny({}, data);
    expect(used.model.featureNames).toContain("leaky");
    expect(used.notes.join("\n")).toMatch(/Features that give the label away: 1 \(leaky\); they were used/);
  });

  it("falls to chance on permuted labels, and says so", async () => {
    const { run, document } = await analyseTiny({ shuffleLabels: true }, FULL, tinyDataset({ genes: 30 }));
    expect([...run.labels].sort()).toEqual([...tinyDataset({ genes: 30 }).labels!].sort());
    expect(run.labels).not.toEqual(tinyDataset({ genes: 30 }).labels);
    expect(document.shuffled.status === "done" && document.shuffled.result.atChance).toBe(true);
    expect(document.run.shuffledLabels).toBe(true);
  });

  it("judges the delivered model on genes that were kept out of everything", async () => {
    const holdout = tinyDataset({ genes: 9, seed: 31 });
    const { document, run } = await analyseTiny({ calibrate: "splice" }, { ...FULL, holdout });
    const { heldOut } = document;
    if (heldOut.status !== "done") throw new Error(heldOut.reason);
    expect(heldOut.result).toMatchObject({ genes: 9, rows: holdout.rows });
    const { comparison } = heldOut.result;
    if (comparison.status !== "done") throw new Error(comparison.reason);
    expect(comparison.result.byGene.map(({ fold }) => fold)).toEqual(new Array(9).fill(null));
    expect(comparison.result.metrics[0].folds.reason).toMatch(/folds are not known/);
    const probabilities = await run.model.predictProba(holdout);
    let hits = 0;
    for (let row = 0; row < holdout.rows; row++) {
      const own = [0, 1, 2].map((c) => probabilities[3 * row + c]);
      if (own.indexOf(Math.max(...own)) === holdout.labels![row]) hits++;
    }
    expect(heldOut.result.metrics.accuracy).toBeCloseTo(hits / holdout.rows, 12);
  });

  it("writes its tables", async () => {
    const analysis = await analyseTiny();
    const files = new Map<string, string>();
    for await (const { path, bytes } of analysisFiles(analysis)) {
      files.set(path, new TextDecoder().decode(bytes));
    }
    expect([...files.keys()]).toEqual([
      ...["analysis.json", "base_meta_significance.csv", "gene_effects.csv", "roc_pr_curves.csv"],
      ...[
        "threshold_suggestion.txt",
        "learning_curves.csv",
        "neighbour_analysis.csv",
        "feature_importance.csv",
      ],
      ...["feature_groups.csv", "shap_values.parquet"],
    ]);
    expect(files.get("gene_effects.csv")!.trim().split("\n")).toHaveLength(13);
    expect(files.get("base_meta_significance.csv")!.trim().split("\n")).toHaveLength(13);
  });
});

describe("data that does not allow a part", () => {
  const rowsOf = (data: Dataset, rows: number): Dataset => ({
    ...data,
    rows,
    genes: data.genes.slice(0, 1),
    geneStart: Uint32Array.of(0, rows),
    labels: data.labels!.slice(0, rows),
    positions: data.positions!.slice(0, rows),
    chromosomes: [""],
    strands: [""],
    baseScores: {
      donor: data.baseScores!.donor.slice(0, rows),
      acceptor: data.baseScores!.acceptor.slice(0, rows),
    },
    async *columns(names) {
      for await (const { name, values } of data.columns(names)) yield { name, values: values.slice(0, rows) };
    },
  });

  it("has no base scores: no comparison, the rest is made", async () => {
    const { document, failures } = await analyseTiny({}, FULL, tinyDataset({ baseScores: false }));
    expect(failures).toEqual([]);
    expect(document.comparison).toMatchObject({
      status: "impossible",
      reason: expect.stringMatching(/donor_score/),
    });
    expect(document.againstRecalibrated.status).toBe("impossible");
    expect(statuses(document)).toMatchObject({ curves: "done", thresholds: "done", shap: "done" });
  });

  it("has no positions: no neighbours", async () => {
    const { document, failures } = await analyseTiny({}, FULL, tinyDataset({ positions: false }));
    expect(failures).toEqual([]);
    expect(document.neighbours).toMatchObject({
      status: "impossible",
      reason: expect.stringMatching(/--position-col/),
    });
  });

  it("lacks a class in a fold", async () => {
    const data = tinyDataset({ genes: 12, without: (g) => (g < 9 ? [2] : []) });
    const { document, failures } = await analyseTiny({ nFolds: 4, calibrate: "per-class" }, FULL, data);
    expect(failures).toEqual([]);
    expect(document.comparison.status).toBe("done");
  });

  it.each(["donor_signal", "acceptor_signal"])("has a constant %s, and ties everywhere", async (name) => {
    const plain = tinyDataset();
    const constant = new Float32Array(plain.rows).fill(0.5);
    const data: Dataset = {
      ...plain,
      baseScores: { donor: constant, acceptor: constant },
      async *columns(names) {
        for await (const column of plain.columns(names)) {
          yield column.name === name ? { name, values: constant } : column;
        }
      },
    };
    const { document, failures } = await analyseTiny({ calibrate: "per-class" }, FULL, data);
    expect(failures).toEqual([]);
    for (const value of numbersIn(document)) {
      if (typeof value === "number") expect(Number.isFinite(value)).toBe(true);
    }
  });

  it("has one gene: the final model alone, and every judgement says why it is not there", async () => {
    const data = rowsOf(tinyDataset(), 20);
    const run = await train(data, { engine: new FakeEngine(), nEstimators: 3, skipEval: true });
    const { document, failures } = await analyse(data, run, { threads: 1 });
    expect(failures).toEqual([]);
    expect(document.comparison).toMatchObject({
      status: "left out",
      reason: expect.stringMatching(/--skip-eval/),
    });
    expect(document.shap.status).toBe("left out");
  });

  it("has two genes of three rows", async () => {
    const plain = tinyDataset({ genes: 2 });
    const labels = Uint8Array.of(0, 1, 2, 0, 1, 2);
    const data: Dataset = {
      ...rowsOf(plain, 6),
      genes: ["a", "b"],
      geneStart: Uint32Array.of(0, 3, 6),
      labels,
      chromosomes: ["", ""],
      strands: ["", ""],
    };
    const { document, failures } = await analyseTiny({ nFolds: 2, calibrate: "per-class" }, FULL, data);
    expect(failures).toEqual([]);
    const { comparison } = document;
    if (comparison.status !== "done") throw new Error(comparison.reason);
    // Too few genes for an interval: none is invented.
    expect(comparison.result.metrics[0].difference).toMatchObject({ low: null, high: null });
  });

  it("has scores that are no numbers: refused before hours of training", async () => {
    const data = tinyDataset();
    data.baseScores!.donor[5] = NaN;
    await expect(trainTiny({}, data)).rejects.toThrow(/base donor score from 0 to 1, found NaN in row 5/);
  });
});

describe("settings of the analysis", () => {
  it.each<[AnalysisSettings, RegExp]>([
    [{ nRocPoints: 2 }, /"nRocPoints": expected a whole number from 3 to 1000, found 2/],
    [{ overfittingThreshold: 0.1 }, /overfittingThreshold can have no effect without monitorOverfitting/],
    [{ convergenceImprovement: 0.1 }, /convergenceImprovement can have no effect/],
    [{ neighWindow: 5 }, /neighWindow can have no effect without neighSample/],
    [{ calibrationSample: 5 }, /calibrationSample can have no effect/],
    [{ skipShap: true, shapKind: "interventional" }, /shapKind can have no effect with skipShap/],
    [{ skipShap: true, shapSample: 5 }, /shapSample can have no effect with skipShap/],
    [{ minimalDiagnostics: true, neighSample: 5 }, /neighSample can have no effect with minimalDiagnostics/],
    [{ shapSampel: 5 } as AnalysisSettings, /unknown setting "shapSampel"; did you mean "shapSample"/],
  ])("%j is refused", async (settings, message) => {
    const data = tinyDataset();
    const run = await trainTiny({}, data);
    const error = await analyse(data, run, settings).then(() => null, (reason: unknown) => reason);
    expect(error).toBeInstanceOf(SpliceboostError);
    expect((error as SpliceboostError).kind).toBe("usage");
    expect((error as SpliceboostError).message).toMatch(message);
  });

  it("reach their parts", async () => {
    const data = tinyDataset();
    const run = await trainTiny({ calibrate: "splice" }, data);
    const { document } = await analyse(data, run, {
      ...{ threads: 1, nRocPoints: 7, targetPrecision: 0.6, targetRecall: 0.7, monitorOverfitting: true },
      ...{ overfittingThreshold: 0.3, convergenceImprovement: 0.2, neighSample: 4, neighWindow: 6 },
      ...{ shapSample: 3, shapKind: "interventional", calibrationSample: 100 },
    });
    const { curves, thresholds, overfitting, neighbours, shap, calibration } = document;
    expect(curves).toMatchObject({ result: { points: 7 } });
    expect(thresholds).toMatchObject({ result: { goals: { precision: 0.6, recall: 0.7 } } });
    expect(overfitting).toMatchObject({ result: { overfittingThreshold: 0.3, convergenceImprovement: 0.2 } });
    expect(neighbours).toMatchObject({ result: { window: 6, genes: 4, allGenes: 12 } });
    expect(shap).toMatchObject({ result: { kind: "interventional", rowsByLabel: [3, 3, 3] } });
    expect(calibration).toMatchObject({ result: { sampledFrom: { rows: data.rows, genes: 12 } } });
  });

  it("stops on abort", async () => {
    const data = tinyDataset();
    const run = await trainTiny({}, data);
    const aborter = new AbortController();
    aborter.abort();
    await expect(analyse(data, run, { signal: aborter.signal })).rejects.toMatchObject({
      kind: "interrupted",
    });
  });
});
