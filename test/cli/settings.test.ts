import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { camelCase } from "../../src/cli/option-types.ts";
import { type Invocation, parseArguments } from "../../src/cli/parse.ts";
import { excludedFeatures, trainSettings } from "../../src/cli/settings.ts";
import { TRAIN_OPTIONS } from "../../src/cli/train-options.ts";
import { resolveSettings } from "../../src/training/settings.ts";

function train(...args: string[]): Invocation {
  const request = parseArguments(["train", "--dataset", "d", "--out-dir", "o", ...args]);
  if (request.kind !== "run") throw new Error("expected a command");
  return request;
}

describe("settings of the library", () => {
  it("are empty where nothing was typed", () => expect(trainSettings(train())).toEqual({}));

  it.each([
    [["--algorithm", "xgboost"], { algorithm: "xgboost" }],
    [["--n-estimators", "400"], { nEstimators: 400 }],
    [["--max-bin", "64"], { maxBin: 64 }],
    [["--n-folds", "3"], { nFolds: 3 }],
    [["--n-splits", "4"], { nFolds: 4 }],
    [["--early-stopping-patience", "9"], { earlyStoppingPatience: 9 }],
    [["--early-stopping-patience", "9", "--valid-size", "0.2"], { earlyStoppingPatience: 9, validSize: 0.2 }],
    [["--early-stopping-patience", "9", "--early-stopping-min-delta", "0.01"], {
      earlyStoppingPatience: 9,
      earlyStoppingMinDelta: 0.01,
    }],
    [["--early-stopping-patience", "9", "--early-stopping-metric", "aucpr"], {
      earlyStoppingPatience: 9,
      earlyStoppingMetric: "aucpr",
    }],
    [["--base-thresh", "0.3"], { baseThresh: 0.3 }],
    [["--threshold", "0.4"], { threshold: 0.4 }],
    [["--seed", "7"], { seed: 7 }],
    [["--threads", "2"], { threads: 2 }],
    [["--device", "cpu"], { device: "cpu" }],
    [["--device", "webgpu", "--profile"], { device: "webgpu", profile: true }],
    [["--skip-eval"], { skipEval: true }],
    [["--algorithm-params", '{"max_depth": 4}'], { algorithmParams: { max_depth: 4 } }],
    [["--tree-method", "approx"], { algorithmParams: { tree_method: "approx" } }],
    [["--tree-method", "hist", "--algorithm-params", '{"eta": 0.3}'], {
      algorithmParams: { eta: 0.3, tree_method: "hist" },
    }],
  ])("of %j", (args, expected) => {
    const settings = trainSettings(train(...args));
    expect(settings).toEqual(expected);
    expect(() => resolveSettings(settings)).not.toThrow();
  });

  it("refuse two tree methods", () => {
    const two = train("--tree-method", "hist", "--algorithm-params", '{"tree_method": "approx"}');
    expect(() => trainSettings(two)).toThrow("leave one of them out");
  });

  it("have the defaults that the table prints", () => {
    const { parameters, ...run } = resolveSettings({});
    const early = resolveSettings({ earlyStoppingPatience: 1 });
    const library: Record<string, unknown> = {
      ...run,
      nEstimators: parameters.nEstimators,
      maxBin: parameters.maxBin,
      seed: parameters.seed,
      earlyStoppingPatience: parameters.earlyStoppingRounds,
      earlyStoppingMinDelta: parameters.earlyStoppingMinDelta,
      earlyStoppingMetric: parameters.evalMetric,
      treeMethod: parameters.treeMethod,
      validSize: early.validSize,
    };
    const compared = TRAIN_OPTIONS.filter((option) =>
      "default" in option && camelCase(option.name) in library
    );
    expect(compared.map((option) => option.name).sort()).toEqual([
      "algorithm",
      "base-thresh",
      "early-stopping-metric",
      "early-stopping-min-delta",
      "early-stopping-patience",
      "max-bin",
      "n-estimators",
      "n-folds",
      "seed",
      "threshold",
      "tree-method",
      "valid-size",
    ]);
    for (const option of compared) {
      expect("default" in option && option.default, option.name).toBe(library[camelCase(option.name)]);
    }
  });
});

describe("--exclude-features", () => {
  it("takes a comma list, however long", async () => {
    expect(await excludedFeatures(undefined)).toEqual([]);
    expect(await excludedFeatures("a, b,,a")).toEqual(["a", "b"]);
    const long = Array.from({ length: 2000 }, (_, i) => `feature_${i}`);
    expect(await excludedFeatures(long.join(","))).toEqual(long);
  });

  it("takes a file with comments", async () => {
    const folder = mkdtempSync(join(tmpdir(), "spliceboost-exclude-"));
    const path = join(folder, "list.txt");
    writeFileSync(path, "# leaky\na\r\nb # why\n\nc,d\n");
    expect(await excludedFeatures(path)).toEqual(["a", "b", "c", "d"]);
    rmSync(folder, { recursive: true });
    await expect(excludedFeatures(path)).rejects.toThrow("no such file");
  });
});
