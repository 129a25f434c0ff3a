/** Options of `train` that judge and explain, where their effect is in the command line: data, files, identity, the guide's commands. */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { simulateCommand } from "../../src/cli/commands/simulate.ts";
import { type Learner, trainCommand } from "../../src/cli/commands/train.ts";
import { SpliceboostError } from "../../src/numerics/errors.ts";
import { readPredictions } from "../../src/cli/run-predictions.ts";
import { parquet, sites } from "../data/tables.ts";
import { simulatedAnalysis } from "../report/fixture/analysis.ts";
import { type Fake, fakeLearner } from "./fake-learner.ts";
import { runCommand, type Said, temporaryFolder } from "./helpers.ts";

const folder = temporaryFolder();
const data = join(folder.path, "data");
/** Genes on X, 12, 2, 2, 10 and 5. */
const GENES = Array.from({ length: 6 }, (_, i) => `SIM0000${i + 1}`);
let runs = 0;
let outDir = "";

beforeAll(async () => {
  await runCommand(simulateCommand, ["simulate", "--genes", "6", "--out", data, "--kmers", "1"]);
});
beforeEach(() => {
  outDir = join(folder.path, `run${runs++}`);
});
afterAll(() => folder.remove());

function train(learner: Partial<Learner>, ...args: string[]): Promise<Said> {
  return runCommand((invocation, context) => trainCommand(invocation, context, learner), [
    "train",
    ...(args.includes("--dataset") ? [] : ["--dataset", data]),
    ...(args.includes("--out-dir") ? [] : ["--out-dir", outDir]),
    ...args,
  ]);
}

async function callOf(...args: string[]): Promise<Fake["calls"][number]> {
  const learner = fakeLearner();
  await train(learner, ...args);
  return learner.calls[0];
}

async function failure(work: Promise<unknown>): Promise<SpliceboostError> {
  const error = await work.then(() => null, (reason: unknown) => reason);
  expect(error).toBeInstanceOf(SpliceboostError);
  return error as SpliceboostError;
}

function listed(...lines: string[]): string {
  const path = join(folder.path, "list.txt");
  writeFileSync(path, lines.map((line) => `${line}\n`).join(""));
  return path;
}

const manifest = () => JSON.parse(readFileSync(join(outDir, "manifest.json"), "utf8"));

describe("genes that are kept out of everything", () => {
  it("are none unless asked for", async () => {
    const { data, holdout } = await callOf();
    expect([data.genes, holdout]).toEqual([GENES, null]);
  });

  it.each([
    ["a list of genes", () => ["--holdout-genes", "SIM00002,SIM00005"], [1, 4]],
    ["a file of genes", () => ["--holdout-genes", listed("# last", "SIM00006")], [5]],
    ["a list of chromosomes", () => ["--holdout-chroms", "chr2,X"], [0, 2, 3]],
    ["a file of chromosomes", () => ["--holdout-chroms", listed("12", "5")], [1, 5]],
    ["both", () => ["--holdout-genes", "SIM00002", "--holdout-chroms", "2"], [1, 2, 3]],
  ])("are those of %s, and judged", async (_what, args, expected) => {
    const { data, holdout } = await callOf(...args());
    expect(holdout).toEqual(expected.map((g) => GENES[g]));
    expect(data.genes).toEqual(GENES.filter((_, g) => !expected.includes(g)));
    expect(data.notes.join()).toContain(`${expected.length} of 6 genes`);
    expect(data.notes.join()).toContain("are held out");
  });

  it("are taken out before --sample-genes and --row-cap", async () => {
    for (const seed of ["1", "2", "3", "4", "5"]) {
      outDir = join(folder.path, `run${runs++}`);
      const { data, holdout } = await callOf(
        "--holdout-genes",
        "SIM00002",
        "--sample-genes",
        "4",
        "--seed",
        seed,
      );
      expect(holdout).toEqual(["SIM00002"]);
      expect(data.genes).toHaveLength(4);
      expect(data.genes).not.toContain("SIM00002");
    }
  });

  it("need no chromosomes where they are named by id", async () => {
    const path = join(folder.path, "plain");
    mkdirSync(path);
    const table = sites(["a", "b", "c", "d"], 8);
    expect(Object.keys(table)).not.toContain("chrom");
    writeFileSync(join(path, "a.parquet"), (await parquet("x.parquet", table)).data);
    const { data, holdout } = await callOf("--dataset", path, "--holdout-genes", "b");
    expect([data.genes, holdout]).toEqual([["a", "c", "d"], ["b"]]);
    outDir += "b";
    const error = await failure(train(fakeLearner(), "--dataset", path, "--holdout-chroms", "1"));
    expect([error.kind, existsSync(outDir)]).toEqual(["data", false]);
    expect(error.message).toContain("--chrom-col");
  });

  it.each([
    [["--holdout-genes", "SIM0002"], 'exceptGenes (--holdout-genes): the data has no gene "SIM0002"'],
    [["--holdout-chroms", "7"], 'exceptChromosomes (--holdout-chroms): the data has no chromosome "7"'],
    [["--holdout-genes", GENES.join()], "No gene is left of 6"],
    [["--holdout-genes", "nowhere.txt"], "--holdout-genes nowhere.txt: no such file"],
    [["--holdout-chroms", ","], "--holdout-chroms ,: expected at least one name"],
  ])("%j is refused before anything is trained", async (args, message) => {
    const learner = fakeLearner();
    const error = await failure(train(learner, ...args));
    expect(error.kind).toBe("usage");
    expect(error.message).toContain(message);
    expect([learner.calls, existsSync(outDir)]).toEqual([[], false]);
  });

  it("are in no fold, no prediction, no tree; the delivered model is judged on them", async () => {
    const args = ["--n-estimators", "4", "--n-folds", "2", "--minimal-diagnostics", "--threads", "1"];
    await train({}, ...args, "--holdout-chroms", "2");
    const { heldOut, run } = JSON.parse(readFileSync(join(outDir, "analysis.json"), "utf8"));
    expect(heldOut).toMatchObject({
      status: "done",
      result: { genes: 2, chromosomes: ["2"], comparison: { status: "done", result: { genes: 2 } } },
    });
    expect(heldOut.result.metrics.test_macro_f1).toEqual(expect.any(Number));
    expect(run.data).toMatchObject({ genes: 4, chromosomes: ["10", "12", "5", "X"] });
    const { data: predicted } = await readPredictions(outDir);
    expect(predicted.genes).toEqual(["SIM00001", "SIM00002", "SIM00005", "SIM00006"]);
    expect(predicted.rows + heldOut.result.rows).toBe((await callOf("--force")).data.rows);
  });
});

describe("what reaches the analysis", () => {
  it("is what was typed, with the signal that stops it", async () => {
    const { analysis, settings } = await callOf(
      "--fast-shap",
      "--max-diag-sample",
      "5000",
      "--n-roc-points",
      "11",
    );
    expect(analysis).toMatchObject({ shapSample: 200, nRocPoints: 11, signal: expect.any(AbortSignal) });
    expect(settings).toMatchObject({ diagSample: 5000, keepFoldModels: true });
  });

  it("--calibrate, --prior and --site-rate reach the training", async () => {
    const { settings } = await callOf("--calibrate-per-class", "--prior", "0.98,0.01,0.01");
    expect(settings).toMatchObject({
      calibrate: "per-class",
      prior: { neither: 0.98, donor: 0.01, acceptor: 0.01 },
    });
    outDir += "b";
    expect((await callOf("--calibrate", "--site-rate", "0.001")).settings).toMatchObject({
      calibrate: "splice",
      siteRate: 0.001,
    });
  });

  it.each([
    [["--site-rate", "0.1"], "--site-rate has no effect without --calibrate-per-class or --calibrate"],
    [
      ["--minimal-diagnostics", "--shap-sample", "9"],
      "--shap-sample has no effect with --minimal-diagnostics",
    ],
    [["--skip-eval", "--fast-shap"], "--fast-shap has no effect with --skip-eval"],
    [["--neigh-sample", "0", "--neigh-window", "5"], "--neigh-sample"],
    [
      ["--no-leakage-check", "--skip-feature-importance", "--diag-sample", "9"],
      "--diag-sample has no effect",
    ],
    [["--calibrate", "--prior", "1,2,3"], "--prior: expected three shares above 0 that sum to 1"],
  ])("%j is refused before any file is read", async (args, message) => {
    const error = await failure((async () => await train(fakeLearner(), "--dataset", "nowhere", ...args))());
    expect(error.kind).toBe("usage");
    expect(error.message).toContain(message);
  });
});

describe("what the run's failures and findings become", () => {
  const saying = (change: (made: Awaited<ReturnType<Learner["analyse"]>>) => object): Learner => {
    const { train, analyse } = fakeLearner();
    return {
      train,
      analyse: async (...args) => {
        const made = await analyse(...args);
        return { ...made, ...change(made) };
      },
    };
  };

  it("a part that failed is a note on stderr, and the run goes on", async () => {
    const failures = ['The part "curves" of the analysis failed, which is a fault of spliceboost: boom'];
    const { code, out, err } = await train(saying(() => ({ failures })));
    expect(code).toBe(0);
    expect(out).toContain("SHA-256 of the model");
    expect(err).toContain(`Note: ${failures[0]}`);
  });

  it("what was found is in the verdict, its tables are files", async () => {
    const document = simulatedAnalysis({ genes: 12, features: 8, shapRows: 12 });
    const { out } = await train(saying(() => ({ document })));
    expect(out).toMatch(/Gain over the base model, 95 % intervals over genes: macro F1 \+0\.\d+ \(\+0/);
    expect(out).toMatch(/Over the base model recalibrated on the same labels: /);
    expect(out).toContain("Features that give the label away: peak_height.");
    const tables = [
      "base_meta_significance.csv",
      "gene_effects.csv",
      "roc_pr_curves.csv",
      "threshold_suggestion.txt",
    ];
    expect(readdirSync(outDir)).toEqual(expect.arrayContaining([...tables, "feature_importance.csv"]));
    expect(JSON.parse(readFileSync(join(outDir, "analysis.json"), "utf8"))).toEqual(document);
    expect(manifest().verdict).toBe(out);
  });

  it("says what the analysis took beside the training", async () => {
    const { err } = await train(fakeLearner());
    expect(err).toMatch(/^Training took .+, the analysis .+\.$/m);
    expect(manifest().analysis_seconds).toEqual({ comparison: 0.5 });
  });

  it("an abort in the analysis leaves the checkpoint, and the same command goes on", async () => {
    const { train: trains, analyse } = fakeLearner(async (_data, settings) => {
      await settings.checkpoint?.save("lane", new Uint8Array([1]));
    });
    const stops: Learner = {
      train: trains,
      analyse: () => Promise.reject(new SpliceboostError("interrupted", "analysis was interrupted")),
    };
    expect((await train(stops)).code).toBe(130);
    expect([existsSync(join(outDir, "manifest.json")), existsSync(join(outDir, ".checkpoint"))]).toEqual([
      false,
      true,
    ]);
    expect((await train({ train: trains, analyse })).err).toContain("Goes on from the checkpoint");
    expect(manifest().status).toBe("finished");
  });
});

describe("--plot-format", () => {
  it("writes every chart into plots, and lists it in the manifest", async () => {
    const document = simulatedAnalysis({ genes: 12, features: 8, shapRows: 12 });
    const { train: trains, analyse } = fakeLearner();
    const learner: Learner = {
      train: trains,
      analyse: async (...args) => ({ ...await analyse(...args), document }),
    };
    await train(learner, "--plot-format", "svg");
    const plots = readdirSync(join(outDir, "plots"));
    expect(plots.length).toBeGreaterThan(10);
    expect(plots.filter((name) => !name.endsWith(".svg"))).toEqual([]);
    for (const name of plots) {
      expect(readFileSync(join(outDir, "plots", name)).toString("latin1").slice(0, 4)).toBe("<svg");
    }
    const outputs = manifest().outputs.map(({ path }: { path: string }) => path);
    expect(outputs).toEqual(expect.arrayContaining(plots.map((name) => `plots/${name}`)));
    // Forced without charts, the run has none.
    await train(learner, "--force");
    expect(existsSync(join(outDir, "plots")) ? readdirSync(join(outDir, "plots")) : []).toEqual([]);
  });

  it("makes no charts unless asked for", async () => {
    await train(fakeLearner());
    expect(existsSync(join(outDir, "plots"))).toBe(false);
  });
});

describe("the identity of a run", () => {
  it.each([
    [["--calibrate"], "--calibrate was false, is true"],
    [["--target-recall", "0.9"], "--target-recall was 0.95, is 0.9"],
    [["--holdout-genes", "SIM00001"], '--holdout-genes was [], is ["SIM00001"]'],
    [["--holdout-chroms", "2"], '--holdout-chroms was [], is ["2"]'],
    [["--plot-format", "svg"], '--plot-format was not set, is "svg"'],
    [["--skip-shap"], "--skip-shap was false, is true"],
  ])("has %j", async (args, message) => {
    await train(fakeLearner());
    const error = await failure(train(fakeLearner(), ...args));
    expect(error.kind).toBe("usage");
    expect(error.message).toContain(message);
  });

  it.each([
    ["--holdout-genes", "SIM00001", "SIM00002"],
    ["--holdout-chroms", "2", "5"],
    ["--exclude-features", "1mer_A", "1mer_C"],
  ])("has the names of %s, not the file that they are in", async (option, name, other) => {
    await train(fakeLearner(), option, listed(name));
    const learner = fakeLearner();
    expect((await train(learner, option, name)).err).toContain("Nothing to do");
    const changed = listed(other);
    const error = await failure(train(learner, option, changed));
    expect(error.message).toContain(`${option} was ["${name}"], is ["${other}"]`);
    expect(learner.calls).toEqual([]);
  });
});

/** As docs and scripts have them, from the guide: its Quick Start, Production, Development and Analysis sections. */
const GUIDE: readonly (readonly [words: string, settings: object, analysis: object])[] = [
  [
    "--n-estimators 400 --calibrate-per-class --auto-exclude-leaky --verbose",
    { nEstimators: 400, calibrate: "per-class", autoExcludeLeaky: true },
    {},
  ],
  [
    "--n-estimators 800 --calibrate-per-class --auto-exclude-leaky --monitor-overfitting --calibration-analysis " +
    "--neigh-sample 2000 --early-stopping-patience 30 --verbose",
    { nEstimators: 800, calibrate: "per-class", autoExcludeLeaky: true, earlyStoppingPatience: 30 },
    { monitorOverfitting: true, calibrationAnalysis: true, neighSample: 2000 },
  ],
  [
    "--n-estimators 800 --calibrate-per-class --auto-exclude-leaky --monitor-overfitting --neigh-sample 2000 " +
    "--early-stopping-patience 30 --verbose",
    { earlyStoppingPatience: 30 },
    { monitorOverfitting: true, neighSample: 2000 },
  ],
  [
    "--sample-genes 5 --n-estimators 200 --n-folds 3 --calibrate-per-class --auto-exclude-leaky --skip-shap " +
    "--minimal-diagnostics --verbose",
    { nFolds: 3, calibrate: "per-class", holdoutRepeats: 0 },
    { skipShap: true, minimalDiagnostics: true },
  ],
  [
    "--sample-genes 5 --n-estimators 50 --n-folds 2 --skip-shap --skip-feature-importance --minimal-diagnostics --verbose",
    { nEstimators: 50, holdoutRepeats: 0 },
    { skipShap: true, skipFeatureImportance: true, minimalDiagnostics: true },
  ],
  [
    "--shap-sample 1000 --diag-sample 10000 --neigh-sample 500",
    { diagSample: 10_000 },
    { shapSample: 1000, neighSample: 500 },
  ],
  ["--max-diag-sample 5000 --skip-shap", { diagSample: 5000 }, { skipShap: true }],
  ["--fast-shap", {}, { shapSample: 200 }],
  ["--skip-shap --minimal-diagnostics", {}, { skipShap: true, minimalDiagnostics: true }],
  ["--n-estimators 400 --n-folds 3 --early-stopping-patience 20", { earlyStoppingPatience: 20 }, {}],
];

describe("the guide's commands", () => {
  it.each(GUIDE)("%s", async (words, settings, analysis) => {
    const learner = fakeLearner();
    const { code } = await train(learner, ...words.split(" "));
    expect(code).toBe(0);
    expect(learner.calls[0].settings).toMatchObject(settings);
    expect(learner.calls[0].analysis).toMatchObject(analysis);
  });
});
