import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { reportCommand } from "../../src/cli/commands/report.ts";
import { simulateCommand } from "../../src/cli/commands/simulate.ts";
import { type Learner, trainCommand } from "../../src/cli/commands/train.ts";
import { EXIT_CODES, SpliceboostError } from "../../src/numerics/errors.ts";
import { simulatedAnalysis } from "../report/fixture/analysis.ts";
import { fakeLearner } from "./fake-learner.ts";
import { runCommand, type Said, temporaryFolder } from "./helpers.ts";

const folder = temporaryFolder();
const data = join(folder.path, "data");
const document = simulatedAnalysis({ genes: 12, features: 8, shapRows: 12 });
const MADE = ["report.html", "MODEL_CARD.md"];
let runs = 0;
let run = "";

beforeAll(async () => {
  await runCommand(simulateCommand, ["simulate", "--genes", "6", "--out", data, "--kmers", "1"]);
});
beforeEach(async () => {
  run = join(folder.path, `run${runs++}`);
  const { train, analyse } = fakeLearner();
  const learner: Learner = { train, analyse: async (...args) => ({ ...await analyse(...args), document }) };
  const args = ["train", "--dataset", data, "--out-dir", run];
  await runCommand((invocation, context) => trainCommand(invocation, context, learner), args);
});
afterAll(() => folder.remove());

const report = (...args: string[]): Promise<Said> => runCommand(reportCommand, ["report", ...args]);

async function failure(work: Promise<unknown>): Promise<SpliceboostError> {
  const error = await work.then(() => null, (reason: unknown) => reason);
  expect(error).toBeInstanceOf(SpliceboostError);
  return error as SpliceboostError;
}

function snapshot(): Record<string, string> {
  return Object.fromEntries(readdirSync(run).map((name) => [name, readFileSync(join(run, name), "latin1")]));
}

function changeAnalysis(change: (text: string) => string): void {
  const path = join(run, "analysis.json");
  writeFileSync(path, change(readFileSync(path, "utf8")));
}

async function digest(path: string): Promise<string> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", readFileSync(path))).toHex();
}

/** Whether the manifest has the bytes and hash of every file as it lies there. */
async function expectManifestTrue(): Promise<void> {
  const { outputs } = JSON.parse(readFileSync(join(run, "manifest.json"), "utf8"));
  for (const { path, bytes, sha256 } of outputs) {
    expect([path, readFileSync(join(run, path)).length, await digest(join(run, path))]).toEqual([
      path,
      bytes,
      sha256,
    ]);
  }
}

describe("report", () => {
  it("makes the same files again, with what the manifest says of the run", async () => {
    const before = snapshot();
    expect(before["report.html"]).toContain(JSON.parse(before["manifest.json"]).runtime);
    for (const name of MADE) rmSync(join(run, name));
    const { code, out, err } = await report(run);
    expect([code, err]).toEqual([0, ""]);
    for (const name of MADE) expect(out).toContain(`${join(run, name)}\n`);
    expect(snapshot()).toEqual(before);
    await report(`${run}/`);
    expect(snapshot()).toEqual(before);
  });

  it("says what it wrote as JSON", async () => {
    const { written } = JSON.parse((await report(run, "--json")).out);
    expect(written).toEqual(expect.arrayContaining(MADE.map((name) => join(run, name))));
    for (const path of written) expect(existsSync(path)).toBe(true);
  });

  it("--out writes the report there, and nothing in the run", async () => {
    const before = snapshot();
    for (const name of MADE) rmSync(join(run, name));
    const elsewhere = join(folder.path, "elsewhere", "mine.html");
    expect((await report(run, "--out", elsewhere)).out).toBe(`${elsewhere}\n`);
    expect(readFileSync(elsewhere, "latin1")).toBe(before["report.html"]);
    for (const name of MADE) expect(existsSync(join(run, name))).toBe(false);
  });

  it("--plot-format writes charts too, and they are in the manifest", async () => {
    await report(run, "--plot-format", "svg");
    const plots = readdirSync(join(run, "plots"));
    expect(plots.length).toBeGreaterThan(10);
    const { outputs, summary } = JSON.parse(readFileSync(join(run, "manifest.json"), "utf8"));
    const paths = outputs.map(({ path }: { path: string }) => path);
    expect(paths).toEqual(expect.arrayContaining(plots.map((name) => `plots/${name}`)));
    expect(paths.slice(0, summary.outputs.length)).toEqual(summary.outputs);
    await expectManifestTrue();
    // A run that takes its place takes the charts away.
    const learner = fakeLearner();
    const args = ["train", "--dataset", data, "--out-dir", run, "--force"];
    await runCommand((invocation, context) => trainCommand(invocation, context, learner), args);
    expect(readdirSync(join(run, "plots"))).toEqual([]);
  });

  it("without a manifest leaves out where and how fast, and says so", async () => {
    rmSync(join(run, "manifest.json"));
    const { code, err } = await report(run);
    expect(code).toBe(0);
    expect(err).toContain(`Note: ${run} has no manifest.json: the report does not say where and how fast`);
    expect(readFileSync(join(run, "report.html"), "utf8")).not.toContain("Deno ");
    expect(existsSync(join(run, "manifest.json"))).toBe(false);
  });

  it("tells of an analysis that is not what the training wrote", async () => {
    changeAnalysis((text) => text.replace('"seed":42', '"seed":43'));
    const { code, err } = await report(run);
    expect(code).toBe(0);
    expect(err).toContain("analysis.json is not what the training wrote, by the hash in manifest.json.");
  });
});

describe("report refuses, and leaves the run as it was:", () => {
  const changes: readonly (readonly [what: string, change: (text: string) => string, message: RegExp])[] = [
    ["text that is no JSON", (text) => text.slice(0, 99), /analysis\.json: expected JSON text/],
    [
      "another version",
      (text) => text.replace('"version":1', '"version":2'),
      /version: expected 1, found 2; .*run the/,
    ],
    ["another format", () => '{"format": "x"}', /analysis\.json: format: expected "spliceboost-analysis"/],
    ["a lacking part", (text) => text.replace('"curves":', '"curve":'), /analysis\.json: curves: expected/],
    [
      "a part of another shape",
      (text) => text.replace('"metrics":[', '"metrics":0,"m":['),
      /analysis\.json: expected an analysis that can be shown, found a damaged one: TypeError/,
    ],
  ];

  it.each(changes)("%s", async (_what, change, message) => {
    changeAnalysis(change);
    const before = snapshot();
    const error = await failure(report(run));
    expect(EXIT_CODES[error.kind]).toBe(3);
    expect(error.message).toMatch(message);
    expect(snapshot()).toEqual(before);
  });

  it("a run without an analysis, and what is no run", async () => {
    rmSync(join(run, "analysis.json"));
    const error = await failure(report(run));
    expect(error.kind).toBe("data");
    expect(error.message).toContain(`${run}: expected analysis.json in the run directory, found none`);
    for (const path of [join(folder.path, "nowhere"), join(run, "manifest.json")]) {
      expect((await failure(report(path))).message).toBe(`${path}: expected a run directory, found none.`);
    }
    mkdirSync(join(folder.path, "empty"));
    expect((await failure(report(join(folder.path, "empty")))).message).toContain("expected analysis.json");
  });
});
