import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openPolicy } from "../../src/cli/threshold-policy.ts";
import { temporaryFolder } from "./helpers.ts";

const folder = temporaryFolder();
const run = join(folder.path, "run");
const suggestion = join(run, "threshold_suggestion.txt");
const bare = join(folder.path, "bare");
afterAll(() => folder.remove());

function file(name: string, ...lines: string[]): string {
  const path = join(folder.path, name);
  writeFileSync(path, lines.join("\n"));
  return path;
}

beforeAll(() => {
  mkdirSync(run);
  mkdirSync(bare);
  file(
    "run/threshold_suggestion.txt",
    "format = spliceboost-thresholds-1",
    "threshold_global = 0.9",
    "best-f1.global.threshold = 0.5",
    "precision.global.threshold = none",
    "precision.donor.threshold = 0.75",
    "precision.acceptor.threshold = 0.25",
    "recall.global.threshold = none",
    "recall.donor.threshold = 0.125",
  );
});

/** neither, donor, acceptor of a few rows. */
const ROWS = Float32Array.of(
  ...[0.4, 0.25, 0.25],
  ...[0.1, 0.125, 0.25],
  ...[0.1, 0.75, 0.1],
  ...[0.2, 0.1, 0.875],
  ...[0.5, 0.5, 0.5],
  ...[0.2, 0.5, 0.5],
);
const [N, D, A] = [0, 1, 2];

async function called(policy: string, model = run): Promise<number[]> {
  return [...(await openPolicy(policy, model)).call(ROWS)];
}

describe("--threshold-policy", () => {
  it("argmax calls the largest probability, ties to the lowest class, and asks no run", async () => {
    expect(await called("argmax", "nowhere")).toEqual([N, A, D, A, N, D]);
    const { thresholds, said } = await openPolicy("argmax", "nowhere");
    expect(thresholds).toBeNull();
    expect(said).toContain("largest probability");
  });

  it("best-f1 calls sites by donor + acceptor, as the run suggests", async () => {
    expect(await called("best-f1")).toEqual([D, N, D, A, D, D]);
    const { thresholds, said } = await openPolicy("best-f1", run);
    expect(thresholds).toEqual({ global: 0.5, donor: null, acceptor: null });
    expect(said).toBe(`Calls a site by donor + acceptor of at least 0.5 (best-f1, ${suggestion}).`);
  });

  it("precision calls each type by its own threshold where there is none for both", async () => {
    expect(await called("precision")).toEqual([A, A, D, A, A, A]);
    expect((await openPolicy("precision", run)).said).toBe(
      "Calls a site by a donor probability of at least 0.75 or an acceptor probability of at least 0.25 " +
        `(precision, ${suggestion}).`,
    );
  });

  it("FILE calls by its own lines, whatever the model is", async () => {
    expect(await called(suggestion, "model.safetensors")).toEqual([N, N, N, A, D, D]);
    const own = file("own.txt", "# mine", "threshold_donor = 0.75", "threshold_acceptor = 0.875");
    expect(await called(own)).toEqual([N, N, D, A, N, N]);
    const original = file(
      "original.txt",
      "output_layer\tsigmoid",
      "calibrated\tTrue",
      "threshold_global\t0.95",
    );
    expect(await called(original)).toEqual([N, N, N, A, D, D]);
  });

  it.each([
    [
      "recall",
      () => run,
      "data",
      /recall: .*threshold_suggestion\.txt has no such threshold.*could not be met/,
    ],
    ["best-f1", () => bare, "data", /expected threshold_suggestion\.txt in .*bare, found none.*--skip-eval/],
    [
      "best-f1",
      () => join(run, "model.safetensors"),
      "data",
      /--model .*model\.safetensors is none: name the/,
    ],
    [
      "best_f1",
      () => run,
      "usage",
      /expected argmax, best-f1, precision, recall or a file.*Did you mean best-f1\?/,
    ],
    ["nowhere.txt", () => run, "usage", /found "nowhere\.txt", which is no such file\.$/],
  ])("%s that cannot call is an error", async (policy, model, kind, message) => {
    await expect(openPolicy(policy, model())).rejects.toMatchObject({
      kind,
      message: expect.stringMatching(message),
    });
  });

  it.each([
    [["threshold_global = 3"], /bad\.txt: Threshold file, line 1: expected threshold_global from 0 to 2/],
    [
      ["# none", "treshold_global = 0.3"],
      /bad\.txt: Threshold file, line 2: .*did you mean "threshold_global"/,
    ],
    [["threshold_global = none"], /bad\.txt: .*found no threshold/],
    [["threshold_donor = 0.3"], /bad\.txt: expected a line threshold_global, or threshold_donor and/],
    [["best-f1.global.threshold = 0.3"], /bad\.txt: expected a line threshold_global/],
  ])("a file of %j is an error of the data, with its path", async (lines, message) => {
    await expect(openPolicy(file("bad.txt", ...lines), run)).rejects.toMatchObject({
      kind: "data",
      message: expect.stringMatching(message),
    });
  });

  it("a directory is no file", async () => {
    await expect(openPolicy(bare, run)).rejects.toThrow("it is a directory, where a file was expected");
  });
});
