import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { compareAlgorithmsCommand } from "../../src/cli/commands/compare-algorithms.ts";
import { simulateCommand } from "../../src/cli/commands/simulate.ts";
import { type Learner, trainCommand } from "../../src/cli/commands/train.ts";
import { COMPARE_ALGORITHMS_OPTIONS } from "../../src/cli/options.ts";
import { TRAIN_OPTIONS } from "../../src/cli/train-options.ts";
import { SpliceboostError } from "../../src/numerics/errors.ts";
import { fakeLearner } from "./fake-learner.ts";
import { runCommand, type Said, temporaryFolder } from "./helpers.ts";

const folder = temporaryFolder();
const data = join(folder.path, "data");
let runs = 0;
let outDir = "";

beforeAll(async () => {
  await runCommand(simulateCommand, ["simulate", "--genes", "6", "--out", data, "--kmers", "1"]);
});
beforeEach(() => {
  outDir = join(folder.path, `out${runs++}`);
});
afterAll(() => folder.remove());

/** Runs it, with xgboost alone unless other learners are named. */
function compare(learner: Learner, ...given: string[]): Promise<Said> {
  const args = given.includes("--algorithms") ? given : ["--algorithms", "xgboost", ...given];
  return runCommand(
    (invocation, context) => compareAlgorithmsCommand(invocation, context, learner),
    ["compare-algorithms", "--dataset", data, "--out-dir", outDir, ...args],
  );
}

describe("compare-algorithms", () => {
  it("trains each learner into a directory of its name; one has nothing to be compared with", async () => {
    const learner = fakeLearner();
    const { code, out, err } = await compare(learner);
    expect(code).toBe(0);
    expect(out).toBe(
      `One learner, so there is nothing to compare; its run lies in ${join(outDir, "xgboost")}.\n`,
    );
    expect(err).toContain(
      `Runs: spliceboost train --algorithm xgboost --out-dir ${join(outDir, "xgboost")} --dataset ${data}\n`,
    );
    expect(learner.calls).toHaveLength(1);
    expect(readdirSync(outDir)).toEqual(["xgboost"]);
    expect(JSON.parse(readFileSync(join(outDir, "xgboost", "manifest.json"), "utf8"))).toMatchObject({
      status: "finished",
      command: { name: "train", options: { algorithm: "xgboost" } },
    });
  });

  it("trains all learners where none is named", () => {
    const { default: names } = COMPARE_ALGORITHMS_OPTIONS.find(({ name }) => name === "algorithms")!;
    expect(names).toBe("xgboost,lightgbm");
  });

  it("passes on what was typed, and nothing else", async () => {
    const learner = fakeLearner();
    const args = [
      "--n-estimators",
      "9",
      "--seed",
      "7",
      "--calibrate",
      "--no-leakage-check",
      "--holdout-chroms",
      "2",
    ];
    await compare(learner, ...args, "--diag-sample", "500", "--skip-shap");
    const [{ settings, analysis, holdout }] = learner.calls;
    expect(settings).toMatchObject({
      algorithm: "xgboost",
      nEstimators: 9,
      seed: 7,
      calibrate: "splice",
      checkLeakage: false,
      diagSample: 500,
    });
    expect(settings).not.toHaveProperty("maxBin");
    expect(analysis).toMatchObject({ skipShap: true });
    expect(holdout).toEqual(["SIM00003", "SIM00004"]);
  });

  it("is one with train: a finished run is not redone", async () => {
    const learner = fakeLearner();
    await compare(learner, "--seed", "7");
    expect((await compare(learner, "--seed", "7")).err).toContain("Nothing to do");
    const train = ["train", "--dataset", data, "--out-dir", join(outDir, "xgboost"), "--seed", "7"];
    const said = await runCommand((invocation, context) => trainCommand(invocation, context, learner), train);
    expect(said.err).toContain("Nothing to do");
    expect(learner.calls).toHaveLength(1);
  });

  it("prints one JSON document with --json", async () => {
    const { out } = await compare(fakeLearner(), "--json", "--algorithms", " xgboost ,");
    expect(JSON.parse(out)).toEqual({ runs: [join(outDir, "xgboost")], compared: [] });
  });

  it("is silent with --quiet, notes aside", async () => {
    expect((await compare(fakeLearner(), "--quiet")).err).toBe("Note: a note of the training\n");
  });

  it("ends with the code of the first run that fails", async () => {
    const learner = fakeLearner(() => {
      throw new SpliceboostError("interrupted", "training was interrupted");
    });
    expect((await compare(learner)).code).toBe(130);
  });

  it.each([
    ["xgbost", 'expected names of xgboost, lightgbm, found "xgbost". Did you mean xgboost?'],
    ["xgboost,catboost", 'found "catboost"'],
    ["xgboost,xgboost", "expected different names"],
    [",", "expected different names"],
  ])("refuses the learners %s before any is trained", async (names, message) => {
    const learner = fakeLearner();
    const error = await compare(learner, "--algorithms", names).then(() => null, (reason: unknown) => reason);
    expect(error).toBeInstanceOf(SpliceboostError);
    expect(error).toMatchObject({ kind: "usage", message: expect.stringContaining(message) });
    expect([learner.calls, existsSync(outDir)]).toEqual([[], false]);
  });

  it("has every option of train but those of a single run", () => {
    const names = COMPARE_ALGORITHMS_OPTIONS.map(({ name }) => name);
    expect(TRAIN_OPTIONS.map(({ name }) => name).filter((name) => !names.includes(name))).toEqual([
      "algorithm",
      "algorithm-params",
      "dry-run",
    ]);
  });
});
