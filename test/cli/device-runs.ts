/** Small runs of the command line on a data set of their own, for the tests of devices. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, vi } from "vitest";
import { predictCommand } from "../../src/cli/commands/predict.ts";
import { simulateCommand } from "../../src/cli/commands/simulate.ts";
import { trainCommand } from "../../src/cli/commands/train.ts";
import { SpliceboostError } from "../../src/numerics/errors.ts";
import { runCommand, type Said, temporaryFolder } from "./helpers.ts";

/** Makes the data before the tests of a file, with a finished run "cpu" on the CPU; removes all after them. */
export function deviceRuns() {
  const folder = temporaryFolder();
  const at = (name: string): string => join(folder.path, name);
  const data = at("data");
  const args = (out: string, ...more: string[]): string[] => [
    ...["train", "--dataset", data, "--out-dir", at(out), "--n-estimators", "4", "--n-folds", "2"],
    "--minimal-diagnostics",
    ...more,
  ];
  const train = (out: string, ...more: string[]): Promise<Said> =>
    runCommand(trainCommand, args(out, ...more));
  const predict = (out: string, ...more: string[]): Promise<Said> =>
    runCommand(predictCommand, [
      ...["predict", "--model", at("cpu"), "--dataset", data, "--out", at(out)],
      ...more,
    ]);
  beforeAll(async () => {
    await runCommand(simulateCommand, ["simulate", "--genes", "6", "--out", data, "--kmers", "1"]);
    await train("cpu", "--device", "cpu");
  });
  afterAll(() => folder.remove());
  const manifestOf = (out: string) => JSON.parse(readFileSync(at(`${out}/manifest.json`), "utf8"));
  /** Files with their hashes, but for those that say the run's name, or when and how fast it was made. */
  const resultsOf = (out: string): { readonly path: string; readonly sha256: string }[] =>
    manifestOf(out).outputs.filter(({ path }: { path: string }) =>
      !/^(report\.html|MODEL_CARD\.md|.*_mqc\.json)$/.test(path)
    );
  return { at, data, args, train, predict, manifestOf, resultsOf };
}

/** The hash that `train` prints. */
export function hashIn(said: Said): string | undefined {
  return /SHA-256 of the model: ([0-9a-f]{64})\n/.exec(said.out)?.[1];
}

/** The error that work ends with. */
export async function failure(work: Promise<unknown>): Promise<SpliceboostError> {
  const error = await work.then(() => null, (reason: unknown) => reason);
  expect(error).toBeInstanceOf(SpliceboostError);
  return error as SpliceboostError;
}

/** Runs with `navigator.gpu` replaced. */
export async function withGpu<T>(gpu: GPU | undefined, work: () => Promise<T>): Promise<T> {
  vi.stubGlobal("navigator", { userAgent: navigator.userAgent, hardwareConcurrency: 2, gpu });
  try {
    return await work();
  } finally {
    vi.unstubAllGlobals();
  }
}
