/** The real thing: child processes through the launcher. Few, as each takes a while to start. */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { V8_FLAGS } from "../../bin/deno.mjs";
import { VERSION } from "../../src/version.ts";
import { temporaryFolder } from "./helpers.ts";

const launcher = fileURLToPath(new URL("../../bin/spliceboost.mjs", import.meta.url));
const folder = temporaryFolder();
const environment = { ...process.env, CI: "true", NO_COLOR: "1" };
afterAll(() => folder.remove());

function spliceboost(...args: string[]): { code: number | null; out: string; err: string } {
  const { status, stdout, stderr } = spawnSync("node", [launcher, ...args], {
    cwd: folder.path,
    encoding: "utf8",
    env: environment,
  });
  return { code: status, out: stdout, err: stderr };
}

describe("the launcher", () => {
  it("gives Deno the flags that the task of deno.json gives", () => {
    const config = JSON.parse(readFileSync(new URL("../../deno.json", import.meta.url), "utf8"));
    expect(config.tasks.spliceboost.split(" ")).toContain(V8_FLAGS);
  });

  it("prints the bare version", () => {
    expect(spliceboost("--version")).toEqual({ code: 0, out: `${VERSION}\n`, err: "" });
  });

  it("exits 2 for a usage error, with stdout empty", () => {
    const { code, out, err } = spliceboost("train", "--dataset", "d", "--out-dir", "o", "--n-estimator", "4");
    expect([code, out]).toEqual([2, ""]);
    expect(err).toContain("Did you mean --n-estimators?");
  });

  it("exits 3 for data that is not there", () => {
    const { code, out, err } = spliceboost("train", "--dataset", "nowhere", "--out-dir", "o");
    expect([code, out]).toEqual([3, ""]);
    expect(err).toContain("nowhere");
    expect(existsSync(join(folder.path, "o"))).toBe(false);
  });

  it("exits 1 where the out-dir cannot be written", () => {
    const { code, err } = spliceboost("train", "--dataset", "nowhere", "--out-dir", join(launcher, "x"));
    expect(code).toBe(1);
    expect(err).toContain("a part of the path is a file");
  });
});

describe("an interrupted training", () => {
  const args = (out: string) => [
    ...[
      "train",
      "--dataset",
      "data",
      "--out-dir",
      out,
      "--n-folds",
      "2",
      "--n-estimators",
      "60",
      "--threads",
      "2",
      // Less to wait for; the holdouts' models would be cross-validated too.
      "--minimal-diagnostics",
    ],
  ];
  let child: ChildProcess | null = null;
  afterAll(() => child?.kill("SIGKILL"));

  beforeAll(() => {
    expect(spliceboost("simulate", "--genes", "10", "--out", "data", "--kmers", "1").code).toBe(0);
  });

  /** Sends the signal once the training is under way. */
  function interrupt(out: string, signal: NodeJS.Signals): Promise<{ code: number | null; err: string }> {
    return new Promise((resolve) => {
      const running = spawn("node", [launcher, ...args(out)], { cwd: folder.path, env: environment });
      child = running;
      let err = "";
      let sent = false;
      running.stderr.setEncoding("utf8").on("data", (text: string) => {
        err += text;
        if (sent || !err.includes("cross-validation:")) return;
        sent = true;
        // Not running.kill(): after it Deno takes the exit code 130 for a death by the signal.
        process.kill(running.pid as number, signal);
      });
      running.on("exit", (code) => resolve({ code, err }));
    });
  }

  it("exits 130, then 143, and resumes to the same bytes", async () => {
    // Of one name, which the model card and MultiQC's files say.
    const [broken, whole] = ["broken/run", "whole/run"];
    const first = await interrupt(broken, "SIGINT");
    expect(first.code).toBe(130);
    expect(first.err).toContain("the same command goes on");
    expect(existsSync(join(folder.path, broken, ".checkpoint"))).toBe(true);
    expect(existsSync(join(folder.path, broken, "manifest.json"))).toBe(false);
    const second = await interrupt(broken, "SIGTERM");
    expect(second.code).toBe(143);
    const resumed = spliceboost(...args(broken));
    expect(resumed.code, resumed.err).toBe(0);
    expect(resumed.err).toContain("Goes on from the checkpoint");

    expect(resumed.out).toBe(spliceboost(...args(whole)).out);
    const files = readdirSync(join(folder.path, whole)).sort();
    expect(files).toEqual(expect.arrayContaining(["analysis.json", "model.safetensors", "report.html"]));
    expect(readdirSync(join(folder.path, broken)).sort()).toEqual(files);
    // Date and seconds are in these three: when and how fast a run was made is no result of it.
    const timed = ["events.jsonl", "manifest.json", "report.html"];
    for (const name of files.filter((name) => !timed.includes(name))) {
      const [a, b] = [broken, whole].map((run) => readFileSync(join(folder.path, run, name)));
      expect(a.equals(b), name).toBe(true);
    }
  });

  // Here, as fonts and rasteriser come from the installed packages, which tests within vitest cannot resolve.
  it.each([["png", "\x89PNG"], ["pdf", "%PDF"]])("has charts as %s, made anew by report", (format, begin) => {
    const run = join(folder.path, "whole", "run");
    const { code, out, err } = spliceboost("report", run, "--plot-format", format);
    expect(code, err).toBe(0);
    const charts = readdirSync(join(run, "plots")).filter((name) => name.endsWith(`.${format}`));
    expect(charts.length).toBeGreaterThan(3);
    for (const name of charts) {
      expect(readFileSync(join(run, "plots", name)).toString("latin1").slice(0, 4)).toBe(begin);
      expect(out).toContain(join(run, "plots", name));
    }
  });
});
