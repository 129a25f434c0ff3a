import { appendFileSync, cpSync, existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { simulateCommand } from "../../src/cli/commands/simulate.ts";
import { trainCommand } from "../../src/cli/commands/train.ts";
import type { Dataset } from "../../src/data/dataset.ts";
import { dataError, SpliceboostError } from "../../src/numerics/errors.ts";
import type { ProgressEvent, Train, TrainingRun, TrainSettings } from "../../src/training/types.ts";
import { VERSION } from "../../src/version.ts";
import { runCommand, type Said, temporaryFolder } from "./helpers.ts";

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

/** A learner that learns nothing, and what it was called with. */
function fake(
  act: (data: Dataset, settings: TrainSettings) => void | Promise<void> = () => {},
  paths: readonly string[] = ["model.safetensors", "extra.json"],
) {
  const calls: { data: Dataset; settings: TrainSettings }[] = [];
  const train: Train = async (data, settings = {}) => {
    calls.push({ data, settings });
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
      manifest: { engine: "none" },
      async *files() {
        for (const path of paths) yield { path, bytes: new TextEncoder().encode(path) };
      },
    };
    return run as unknown as TrainingRun;
  };
  return { train, calls };
}

function train(learner: { train: Train }, ...args: string[]): Promise<Said> {
  return runCommand((invocation, context) => trainCommand(invocation, context, learner.train), [
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
  const learner = fake();
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
    const said = await train(fake(), "--row-cap", String(all.rows - 1));
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
      const error = await failure(train(fake(), `--${option}`, "no_such_column"));
      expect(error.kind).toBe("data");
      expect(error.message).toContain('"no_such_column"');
      expect(error.message).toContain(`--${option}`);
      expect(existsSync(outDir)).toBe(false);
    },
  );

  it("--dataset, in its absence", async () => {
    const error = await failure(train(fake(), "--dataset", join(folder.path, "daat")));
    expect(error.kind).toBe("data");
    expect(error.message).toContain(`Did you mean ${data}?`);
    expect(existsSync(outDir)).toBe(false);
  });
});

describe("a run directory", () => {
  it("holds the files, a manifest with hashes, and no checkpoint", async () => {
    const learner = fake();
    const { code, out } = await train(learner, "--seed", "7", "--threads", "2");
    expect(code).toBe(0);
    expect(out).toMatch(
      /Trees of the final model: neither 1, donor 2, acceptor 3\.\nSHA-256 of the model: (5eed){16}\n$/,
    );
    expect(readdirSync(outDir).sort()).toEqual([
      "events.jsonl",
      "extra.json",
      "manifest.json",
      "model.safetensors",
    ]);
    const manifest = JSON.parse(readFileSync(join(outDir, "manifest.json"), "utf8"));
    expect(manifest).toMatchObject({
      status: "finished",
      engine: "none",
      command: { name: "train", options: { seed: 7, "n-estimators": 800 } },
      inputs: [{ name: "batch_00001.parquet" }],
      outputs: [{ path: "model.safetensors", bytes: 17 }, { path: "extra.json", bytes: 10 }],
    });
    expect(manifest.inputs[0].sha256).toMatch(/^[0-9a-f]{64}$/);
    const digest = await crypto.subtle.digest("SHA-256", readFileSync(join(outDir, "extra.json")));
    expect(manifest.outputs[1].sha256).toBe(new Uint8Array(digest).toHex());
    expect(learner.calls[0].settings).toMatchObject({ seed: 7, threads: 2 });
  });

  it("says notes once, and each message", async () => {
    const learner = fake((_data, settings) => {
      settings.onProgress?.({ phase: "bin", lane: "", done: 0, total: 0, message: "a message" });
    });
    const { err } = await train(learner, "--sample-genes", "5");
    expect(err.match(/genes are used/g)).toHaveLength(1);
    expect(err.match(/a note of the training/g)).toHaveLength(1);
    expect(err.match(/a message/g)).toHaveLength(1);
  });

  it("has its events, one JSON object a line", async () => {
    const learner = fake((_data, settings) => {
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
    expect((await train(fake(), "--quiet")).err).toBe("Note: a note of the training\n");
    outDir += "b";
    expect((await train(fake(), "--verbose")).err).toContain("no feature: gene_id");
    outDir += "b";
    expect((await train(fake())).err).not.toContain("no feature: gene_id");
  });

  it("prints one JSON document with --json", async () => {
    const { out } = await train(fake(), "--json");
    expect(JSON.parse(out)).toMatchObject({
      status: "finished",
      out_dir: outDir,
      genes: 6,
      rounds: { donor: 2 },
      model_sha256: "5eed".repeat(16),
      device: "cpu",
      outputs: ["model.safetensors", "extra.json"],
    });
  });
});

describe("--dry-run", () => {
  it("prints the plan and writes nothing", async () => {
    const learner = fake();
    const { out } = await train(learner, "--dry-run", "--json", "--n-folds", "3", "--n-estimators", "50");
    expect(JSON.parse(out)).toMatchObject({ genes: 6, folds: 3, trees: 3 * 50 * 4 });
    expect((await train(learner, "--dry-run")).out).toContain("genes     6\n");
    expect(learner.calls).toEqual([]);
    expect(existsSync(outDir)).toBe(false);
  });

  it("counts no folds with --skip-eval, and no more folds than genes", async () => {
    const plan = async (...args: string[]) =>
      JSON.parse((await train(fake(), "--dry-run", "--json", ...args)).out);
    expect(await plan("--skip-eval", "--n-estimators", "50")).toMatchObject({ folds: 0, trees: 150 });
    expect(await plan("--n-folds", "9")).toMatchObject({ folds: 6 });
    expect(await plan("--algorithm-params", '{"n_estimators": 7}')).toMatchObject({ trees: 3 * 7 * 6 });
  });
});

describe("a finished run", () => {
  it("is not redone, and prints the same verdict", async () => {
    const learner = fake();
    const first = await train(learner);
    const second = await train(learner, "--threads", "3", "--verbose");
    expect(learner.calls).toHaveLength(1);
    expect(second.code).toBe(0);
    expect(second.out).toBe(first.out);
    expect(second.err).toContain("Nothing to do");
    expect(JSON.parse((await train(learner, "--json")).out)).toMatchObject({ status: "unchanged", genes: 6 });
  });

  it("is not replaced by one with other options, which are named", async () => {
    const learner = fake();
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
    const learner = fake();
    await train(learner, "--dataset", copy);
    expect((await train(learner, "--dataset", data)).err).toContain("Nothing to do");
    cpSync(join(copy, "batch_00001.parquet"), join(copy, "batch_00002.parquet"));
    const error = await failure(train(learner, "--dataset", copy));
    expect(error.message).toContain("input batch_00002.parquet is new");
  });

  it("is not replaced by one of another version, which is named", async () => {
    await train(fake());
    const path = join(outDir, "manifest.json");
    const manifest = JSON.parse(readFileSync(path, "utf8"));
    manifest.library.version = "0.0.9";
    writeFileSync(path, JSON.stringify(manifest));
    const error = await failure(train(fake()));
    expect(error.kind).toBe("usage");
    expect(error.message).toContain(`spliceboost was version 0.0.9, is ${VERSION}`);
  });

  it("is redone with --force, and none of its files outlive it", async () => {
    await train(fake());
    writeFileSync(join(outDir, "mine.txt"), "kept");
    const learner = fake(() => {}, ["model.safetensors"]);
    await train(learner, "--seed", "9", "--force");
    expect(learner.calls).toHaveLength(1);
    expect(readdirSync(outDir).sort()).toEqual([
      "events.jsonl",
      "manifest.json",
      "mine.txt",
      "model.safetensors",
    ]);
  });

  it("stays whole until the run that replaces it is ready", async () => {
    await train(fake());
    const before = readdirSync(outDir).sort();
    const model = readFileSync(join(outDir, "model.safetensors"));
    const refuses = fake(() => {
      throw dataError("infinity in a feature");
    });
    await failure(train(refuses, "--seed", "9", "--force"));
    expect(readdirSync(outDir).sort()).toEqual(before);
    const stops = fake(() => {
      throw new SpliceboostError("interrupted", "training was interrupted");
    });
    expect((await train(stops, "--seed", "9", "--force")).code).toBe(130);
    expect(readFileSync(join(outDir, "model.safetensors")).equals(model)).toBe(true);
    expect((await train(fake())).err).toContain("Nothing to do");
    // The replacement goes on where it stopped, and then takes the place.
    expect((await train(fake(), "--seed", "9", "--force")).err).toContain("Goes on from the checkpoint");
    expect((await train(fake(), "--seed", "9")).err).toContain("Nothing to do");
  });

  it("with a manifest that is none is an error", async () => {
    await train(fake());
    writeFileSync(join(outDir, "manifest.json"), '{"status": "finished"}');
    const error = await failure(train(fake()));
    expect(error.kind).toBe("data");
    expect(error.message).toContain("manifest.json");
    await train(fake(), "--force");
  });
});

describe("an interrupted run", () => {
  const interrupted = () =>
    fake(async (_data, settings) => {
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
    const learner = fake(async (_data, settings) => {
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
    const learner = fake();
    const error = await failure(train(learner, "--seed", "5"));
    expect(error.message).toContain("an interrupted run that differs");
    expect(error.message).toContain("--seed was 42, is 5");
    expect((await train(learner, "--seed", "5", "--force")).err).not.toContain("Goes on");
    expect(learner.calls).toHaveLength(1);
  });

  it("that was forced goes on when it is forced again", async () => {
    await train(fake());
    await train(interrupted(), "--force");
    expect((await train(fake(), "--force")).err).toContain("Goes on from the checkpoint");
  });
});

describe("a run that fails", () => {
  it("before the first tree leaves nothing behind", async () => {
    const learner = fake(() => {
      throw dataError("infinity in a feature");
    });
    expect((await failure(train(learner))).message).toBe("infinity in a feature");
    expect(existsSync(outDir)).toBe(false);
  });

  it("for its data keeps what was trained, before it was resumed or since", async () => {
    const failing = (phase: ProgressEvent["phase"]) =>
      fake(async (_data, settings) => {
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

  it("in the middle keeps its checkpoint and no manifest", async () => {
    const learner = fake(async (_data, settings) => {
      await settings.checkpoint?.save("lane", new Uint8Array([1]));
      throw new TypeError("boom");
    });
    await expect(train(learner)).rejects.toThrow("boom");
    expect(readdirSync(outDir).sort()).toEqual([".checkpoint", "events.jsonl"]);
  });

  it("for options that make no sense reads no data", async () => {
    const args = ["--algorithm-params", '{"max_dept": 3}', "--dataset", "nowhere"];
    const error = await failure(train(fake(), ...args));
    expect(error.kind).toBe("usage");
    expect(error.message).toContain("max_depth");
  });

  it.each([
    ["--valid-size", "0.2"],
    ["--early-stopping-min-delta", "0.1"],
    ["--early-stopping-metric", "aucpr"],
  ])("for %s where nothing stops early", async (...option) => {
    for (const stops of [[], ["--early-stopping-patience", "0"]]) {
      const error = await failure(train(fake(), "--dataset", "nowhere", ...option, ...stops));
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
      const learner = fake();
      await train(learner, "--force", ...option, ...stops);
      expect(learner.calls).toHaveLength(1);
    }
  });

  it("where the out-dir cannot be made says so before reading", async () => {
    const file = join(folder.path, "file");
    appendFileSync(file, "");
    outDir = join(file, "run");
    const error = await failure(train(fake(), "--dataset", "nowhere"));
    expect(error.kind).toBe("runtime");
    expect(error.message).toContain(outDir);
  });
});
