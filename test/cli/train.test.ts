import { appendFileSync, cpSync, existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { simulateCommand } from "../../src/cli/commands/simulate.ts";
import { type Learner, trainCommand } from "../../src/cli/commands/train.ts";
import type { Dataset } from "../../src/data/dataset.ts";
import { dataError, SpliceboostError } from "../../src/numerics/errors.ts";
import type { ProgressEvent } from "../../src/training/types.ts";
import { VERSION } from "../../src/version.ts";
import { fakeLearner } from "./fake-learner.ts";
import { runCommand, type Said, temporaryFolder } from "./helpers.ts";

/** Files of an analysis without parts, in the order they are written. */
const ANALYSED = ["analysis.json", "report.html", "MODEL_CARD.md", "spliceboost_general_mqc.json"];

const folder = temporaryFolder();
const data = join(folder.path, "data");
let runs = 0;
let outDir = "";

beforeAll(async () => {
  await runCommand(simulateCommand, ["simulate", "--genes", "6", "--out", data, "--kmers", "1"]);
});
beforeEach(() => {
  outDir = join(folder.path, `run${runs++}`);
});
afterAll(() => folder.remove());

function train(learner: Learner, ...args: string[]): Promise<Said> {
  return runCommand((invocation, context) => trainCommand(invocation, context, learner), [
    "train",
    ...(args.includes("--dataset") ? [] : ["--dataset", data]),
    "--out-dir",
    outDir,
    ...args,
  ]);
}

async function failure(work: Promise<unknown>): Promise<SpliceboostError> {
  const error = await work.then(() => null, (reason: unknown) => reason);
  expect(error).toBeInstanceOf(SpliceboostError);
  return error as SpliceboostError;
}

/** The data set that the learner was given. */
async function dataWith(...args: string[]): Promise<Dataset> {
  const learner = fakeLearner();
  await train(learner, ...args);
  return learner.calls[0].data;
}

describe("options of the data have their effect", () => {
  it("--sample-genes and --seed", async () => {
    const samples = new Set<string>();
    for (const seed of ["1", "2", "3", "4"]) {
      outDir = join(folder.path, `run${runs++}`);
      const { genes } = await dataWith("--sample-genes", "3", "--seed", seed);
      expect(genes).toHaveLength(3);
      samples.add(genes.join());
    }
    expect(samples.size).toBeGreaterThan(1);
  });

  it("--row-cap, in whole genes, and said", async () => {
    const all = await dataWith();
    outDir += "b";
    const said = await train(fakeLearner(), "--row-cap", String(all.rows - 1));
    expect(said.err).toMatch(/Note: .*of 6 genes/);
  });

  it("--exclude-features", async () => {
    const { features, excluded } = await dataWith("--exclude-features", "1mer_A,gc_content");
    expect(features).not.toContain("1mer_A");
    expect(features).not.toContain("gc_content");
    expect(excluded.map((column) => column.name)).toContain("1mer_A");
  });

  it("--encode-chrom", async () => {
    expect((await dataWith()).features).not.toContain("chrom");
    outDir += "b";
    expect((await dataWith("--encode-chrom")).features).toContain("chrom");
  });

  it.each(["gene-col", "label-col", "position-col", "chrom-col", "donor-score-col", "acceptor-score-col"])(
    "--%s",
    async (option) => {
      const error = await failure(train(fakeLearner(), `--${option}`, "no_such_column"));
      expect(error.kind).toBe("data");
      expect(error.message).toContain('"no_such_column"');
      expect(error.message).toContain(`--${option}`);
      expect(existsSync(outDir)).toBe(false);
    },
  );

  it("--dataset, in its absence", async () => {
    const error = await failure(train(fakeLearner(), "--dataset", join(folder.path, "daat")));
    expect(error.kind).toBe("data");
    expect(error.message).toContain(`Did you mean ${data}?`);
    expect(existsSync(outDir)).toBe(false);
  });
});

describe("a run directory", () => {
  it("holds the files, a manifest with hashes, and no checkpoint", async () => {
    const learner = fakeLearner();
    const { code, out } = await train(learner, "--seed", "7", "--threads", "2");
    expect(code).toBe(0);
    expect(out).toMatch(
      /Trees of the final model: neither 1, donor 2, acceptor 3\.\nSHA-256 of the model: (5eed){16}\n$/,
    );
    expect(readdirSync(outDir).sort()).toEqual([
      "MODEL_CARD.md",
      "analysis.json",
      "events.jsonl",
      "extra.json",
      "manifest.json",
      "model.safetensors",
      "report.html",
      "spliceboost_general_mqc.json",
    ]);
    const manifest = JSON.parse(readFileSync(join(outDir, "manifest.json"), "utf8"));
    expect(manifest).toMatchObject({
      status: "finished",
      engine: "none",
      command: { name: "train", options: { seed: 7, "n-estimators": 800 } },
      inputs: [{ name: "batch_00001.parquet" }],
      runtime: expect.stringContaining("Deno"),
      analysis_seconds: { comparison: 0.5 },
    });
    expect(manifest.inputs[0].sha256).toMatch(/^[0-9a-f]{64}$/);
    expect(manifest.outputs.map(({ path }: { path: string }) => path).slice(2)).toEqual(ANALYSED);
    for (const { path, bytes, sha256 } of manifest.outputs) {
      const file = readFileSync(join(outDir, path));
      expect(file).toHaveLength(bytes);
      expect(sha256).toBe(new Uint8Array(await crypto.subtle.digest("SHA-256", file)).toHex());
    }
    expect(learner.calls[0].settings).toMatchObject({ seed: 7, threads: 2 });
  });

  it("says notes once, and each message", async () => {
    const learner = fakeLearner((_data, settings) => {
      settings.onProgress?.({ phase: "bin", lane: "", done: 0, total: 0, message: "a message" });
    });
    const { err } = await train(learner, "--sample-genes", "5");
    expect(err.match(/genes are used/g)).toHaveLength(1);
    expect(err.match(/a note of the training/g)).toHaveLength(1);
    expect(err.match(/a message/g)).toHaveLength(1);
  });

  it("has its events, one JSON object a line", async () => {
    const learner = fakeLearner((_data, settings) => {
      for (let done = 1; done <= 40; done++) {
        settings.onProgress?.({ phase: "final", lane: "final donor", done, total: 40, metric: 1 / done });
      }
    });
    await train(learner);
    const lines = readFileSync(join(outDir, "events.jsonl"), "utf8").trim().split("\n").map((line) =>
      JSON.parse(line)
    );
    expect(lines.map((line) => line.event)).toEqual(["start", ...Array(10).fill("milestone"), "finished"]);
    expect(lines[1]).toMatchObject({ phase: "final", done: 4, total: 40, lane: "final donor", metric: 0.25 });
  });

  it("is silent on stderr with --quiet, notes aside, and says columns with --verbose", async () => {
    expect((await train(fakeLearner(), "--quiet")).err).toBe("Note: a note of the training\n");
    outDir += "b";
    expect((await train(fakeLearner(), "--verbose")).err).toContain("no feature: gene_id");
    outDir += "b";
    expect((await train(fakeLearner())).err).not.toContain("no feature: gene_id");
  });

  it("prints one JSON document with --json", async () => {
    const { out } = await train(fakeLearner(), "--json");
    expect(JSON.parse(out)).toMatchObject({
      status: "finished",
      out_dir: outDir,
      genes: 6,
      rounds: { donor: 2 },
      model_sha256: "5eed".repeat(16),
      device: "cpu",
      outputs: ["model.safetensors", "extra.json", ...ANALYSED],
    });
  });
});

describe("--dry-run", () => {
  it("prints the plan and writes nothing", async () => {
    const learner = fakeLearner();
    const { out } = await train(learner, "--dry-run", "--json", "--n-folds", "3", "--n-estimators", "50");
    expect(JSON.parse(out)).toMatchObject({ genes: 6, folds: 3, trees: 3 * 50 * 4 });
    expect((await train(learner, "--dry-run")).out).toContain("genes     6\n");
    expect(learner.calls).toEqual([]);
    expect(existsSync(outDir)).toBe(false);
  });

  it("counts no folds with --skip-eval, and no more folds than genes", async () => {
    const plan = async (...args: string[]) =>
      JSON.parse((await train(fakeLearner(), "--dry-run", "--json", ...args)).out);
    expect(await plan("--skip-eval", "--n-estimators", "50")).toMatchObject({ folds: 0, trees: 150 });
    expect(await plan("--n-folds", "9")).toMatchObject({ folds: 6 });
    expect(await plan("--algorithm-params", '{"n_estimators": 7}')).toMatchObject({ trees: 3 * 7 * 6 });
  });
});

describe("a finished run", () => {
  it("is not redone, and prints the same verdict", async () => {
    const learner = fakeLearner();
    const first = await train(learner);
    const second = await train(learner, "--threads", "3", "--verbose");
    expect(learner.calls).toHaveLength(1);
    expect(second.code).toBe(0);
    expect(second.out).toBe(first.out);
    expect(second.err).toContain("Nothing to do");
    expect(JSON.parse((await train(learner, "--json")).out)).toMatchObject({ status: "unchanged", genes: 6 });
  });

  it("is not replaced by one with other options, which are named", async () => {
    const learner = fakeLearner();
    await train(learner);
    const error = await failure(train(learner, "--seed", "9", "--algorithm-params", '{"max_depth": 3}'));
    expect(error.kind).toBe("usage");
    expect(error.message).toContain("--seed was 42, is 9");
    expect(error.message).toContain('--algorithm-params was not set, is {"max_depth":3}');
    expect(error.message).not.toContain("--n-folds");
    expect(learner.calls).toHaveLength(1);
  });

  it("is not replaced by one of other inputs, which are named", async () => {
    const copy = join(outDir, "..", "copy");
    cpSync(join(data, "master"), copy, { recursive: true });
    const learner = fakeLearner();
    await train(learner, "--dataset", copy);
    expect((await train(learner, "--dataset", data)).err).toContain("Nothing to do");
    cpSync(join(copy, "batch_00001.parquet"), join(copy, "batch_00002.parquet"));
    const error = await failure(train(learner, "--dataset", copy));
    expect(error.message).toContain("input batch_00002.parquet is new");
  });

  it("is not replaced by one of another version, which is named", async () => {
    await train(fakeLearner());
    const path = join(outDir, "manifest.json");
    const manifest = JSON.parse(readFileSync(path, "utf8"));
    manifest.library.version = "0.0.9";
    writeFileSync(path, JSON.stringify(manifest));
    const error = await failure(train(fakeLearner()));
    expect(error.kind).toBe("usage");
    expect(error.message).toContain(`spliceboost was version 0.0.9, is ${VERSION}`);
  });

  it("is redone with --force, and none of its files outlive it", async () => {
    await train(fakeLearner());
    writeFileSync(join(outDir, "mine.txt"), "kept");
    const learner = fakeLearner(() => {}, ["model.safetensors"]);
    await train(learner, "--seed", "9", "--force");
    expect(learner.calls).toHaveLength(1);
    expect(readdirSync(outDir).sort()).toEqual([
      "MODEL_CARD.md",
      "analysis.json",
      "events.jsonl",
      "manifest.json",
      "mine.txt",
      "model.safetensors",
      "report.html",
      "spliceboost_general_mqc.json",
    ]);
  });

  it("stays whole until the run that replaces it is ready", async () => {
    await train(fakeLearner());
    const before = readdirSync(outDir).sort();
    const model = readFileSync(join(outDir, "model.safetensors"));
    const refuses = fakeLearner(() => {
      throw dataError("infinity in a feature");
    });
    await failure(train(refuses, "--seed", "9", "--force"));
    expect(readdirSync(outDir).sort()).toEqual(before);
    const stops = fakeLearner(() => {
      throw new SpliceboostError("interrupted", "training was interrupted");
    });
    expect((await train(stops, "--seed", "9", "--force")).code).toBe(130);
    expect(readFileSync(join(outDir, "model.safetensors")).equals(model)).toBe(true);
    expect((await train(fakeLearner())).err).toContain("Nothing to do");
    // The replacement goes on where it stopped, and then takes the place.
    expect((await train(fakeLearner(), "--seed", "9", "--force")).err).toContain(
      "Goes on from the checkpoint",
    );
    expect((await train(fakeLearner(), "--seed", "9")).err).toContain("Nothing to do");
  });

  it("with a manifest that is none is an error", async () => {
    await train(fakeLearner());
    writeFileSync(join(outDir, "manifest.json"), '{"status": "finished"}');
    const error = await failure(train(fakeLearner()));
    expect(error.kind).toBe("data");
    expect(error.message).toContain("manifest.json");
    await train(fakeLearner(), "--force");
  });
});

describe("an interrupted run", () => {
  const interrupted = () =>
    fakeLearner(async (_data, settings) => {
      await settings.checkpoint?.save("lane", new Uint8Array([1]));
      throw new SpliceboostError("interrupted", "training was interrupted");
    });

  it("exits 130, keeps its checkpoint, and goes on with the same command", async () => {
    const { code, err, out } = await train(interrupted());
    expect(code).toBe(130);
    expect(out).toBe("");
    expect(err).toContain("the same command goes on");
    expect(existsSync(join(outDir, "manifest.json"))).toBe(false);
    let found: Uint8Array | null | undefined = null;
    const learner = fakeLearner(async (_data, settings) => {
      found = await settings.checkpoint?.load("lane");
    });
    expect((await train(learner)).err).toContain("Goes on from the checkpoint");
    expect(found).toEqual(new Uint8Array([1]));
    const events = readFileSync(join(outDir, "events.jsonl"), "utf8").trim().split("\n").map((l) =>
      JSON.parse(l).event
    );
    expect(events).toEqual(["start", "stopped", "resume", "finished"]);
    expect(existsSync(join(outDir, ".checkpoint"))).toBe(false);
  });

  it("is not thrown away by another command, unless forced", async () => {
    await train(interrupted());
    const learner = fakeLearner();
    const error = await failure(train(learner, "--seed", "5"));
    expect(error.message).toContain("an interrupted run that differs");
    expect(error.message).toContain("--seed was 42, is 5");
    expect((await train(learner, "--seed", "5", "--force")).err).not.toContain("Goes on");
    expect(learner.calls).toHaveLength(1);
  });

  it("that was forced goes on when it is forced again", async () => {
    await train(fakeLearner());
    await train(interrupted(), "--force");
    expect((await train(fakeLearner(), "--force")).err).toContain("Goes on from the checkpoint");
  });
});

describe("a run that fails", () => {
  it("before the first tree leaves nothing behind", async () => {
    const learner = fakeLearner(() => {
      throw dataError("infinity in a feature");
    });
    expect((await failure(train(learner))).message).toBe("infinity in a feature");
    expect(existsSync(outDir)).toBe(false);
  });

  it("for its data keeps what was trained, before it was resumed or since", async () => {
    const failing = (phase: ProgressEvent["phase"]) =>
      fakeLearner(async (_data, settings) => {
        settings.onProgress?.({ phase, lane: "", done: 1, total: 9 });
        await settings.checkpoint?.save(phase, new Uint8Array([1]));
        throw dataError("a score out of range");
      });
    for (const phase of ["cross-validation", "bin", "final"] as const) {
      await failure(train(failing(phase)));
      expect(readdirSync(outDir).sort()).toEqual([".checkpoint", "events.jsonl"]);
    }
    const kept = ["bin", "command.json", "cross-validation", "final"];
    expect(readdirSync(join(outDir, ".checkpoint")).sort()).toEqual(kept);
    outDir += "b";
    await failure(train(failing("bin")));
    expect(existsSync(outDir)).toBe(false);
  });

  it("in the analysis keeps the model that was trained, and no manifest", async () => {
    const learner = fakeLearner();
    const analyse = () => Promise.reject(new SpliceboostError("memory", "the analysis does not fit"));
    const error = await failure(train({ ...learner, analyse }));
    expect(error.kind).toBe("memory");
    expect(existsSync(join(outDir, "model.safetensors"))).toBe(true);
    expect(existsSync(join(outDir, "manifest.json"))).toBe(false);
    expect((await train(learner)).code).toBe(0);
  });

  it("to draw its report is whole without it, and says so", async () => {
    const learner = fakeLearner();
    const analyse: typeof learner.analyse = async (...args) => {
      const analysis = await learner.analyse(...args);
      const document = { ...analysis.document, holdouts: { status: "done", result: null, notes: [] } };
      return { ...analysis, document } as unknown as typeof analysis;
    };
    const { code, err } = await train({ ...learner, analyse });
    expect(code).toBe(0);
    expect(err).toMatch(/Note: The report could not be made, which is a fault of spliceboost: /);
    expect(existsSync(join(outDir, "report.html"))).toBe(false);
    const manifest = JSON.parse(readFileSync(join(outDir, "manifest.json"), "utf8"));
    expect(manifest.failures).toEqual([expect.stringMatching(/^The report could not be made/)]);
    expect(manifest.outputs.map(({ path }: { path: string }) => path)).toContain("analysis.json");
  });

  it("in the middle keeps its checkpoint and no manifest", async () => {
    const learner = fakeLearner(async (_data, settings) => {
      await settings.checkpoint?.save("lane", new Uint8Array([1]));
      throw new TypeError("boom");
    });
    await expect(train(learner)).rejects.toThrow("boom");
    expect(readdirSync(outDir).sort()).toEqual([".checkpoint", "events.jsonl"]);
  });

  it("for options that make no sense reads no data", async () => {
    const args = ["--algorithm-params", '{"max_dept": 3}', "--dataset", "nowhere"];
    const error = await failure(train(fakeLearner(), ...args));
    expect(error.kind).toBe("usage");
    expect(error.message).toContain("max_depth");
  });

  it.each([
    ["--valid-size", "0.2"],
    ["--early-stopping-min-delta", "0.1"],
    ["--early-stopping-metric", "aucpr"],
  ])("for %s where nothing stops early", async (...option) => {
    for (const stops of [[], ["--early-stopping-patience", "0"]]) {
      const error = await failure(train(fakeLearner(), "--dataset", "nowhere", ...option, ...stops));
      expect(error.kind).toBe("usage");
      expect(error.message).toContain(option[0]);
      expect(error.message).toContain("--early-stopping-patience");
    }
    for (
      const stops of [["--early-stopping-patience", "3"], [
        "--algorithm-params",
        '{"early_stopping_rounds": 3}',
      ]]
    ) {
      const learner = fakeLearner();
      await train(learner, "--force", ...option, ...stops);
      expect(learner.calls).toHaveLength(1);
    }
  });

  it("where the out-dir cannot be made says so before reading", async () => {
    const file = join(folder.path, "file");
    appendFileSync(file, "");
    outDir = join(file, "run");
    const error = await failure(train(fakeLearner(), "--dataset", "nowhere"));
    expect(error.kind).toBe("runtime");
    expect(error.message).toContain(outDir);
  });
});
