/** The GPU benches run to their ends on whatever adapter there is and print what they promise, so that they are there when a GPU is. */
import { execFileSync } from "node:child_process";
import { readFileSync, rmSync } from "node:fs";
import process from "node:process";
import { describe, expect, it } from "vitest";
import { describeAdapter } from "../../src/gpu/gpu.ts";

const facts = await describeAdapter();
const promised = (process.env.SPLICEBOOST_EXPECT_ADAPTERS ?? "") !== "";
const RESULT = "bench/results/test-of-bench-gpu.json";

function bench(file: string, ...args: string[]): string {
  return execFileSync("node", ["bin/deno.mjs", "run", "-A", file, ...args], { encoding: "utf8" });
}

/** The number behind `name` in the report. */
function figure(report: string, pattern: RegExp): number {
  const found = pattern.exec(report);
  expect(found, `${pattern} in\n${report}`).not.toBeNull();
  return Number(found![1]);
}

describe.skipIf(!facts && !promised)("the GPU benches (skipped where there is no adapter)", () => {
  const ROUNDS = 6;

  it("time, count and compare a training", () => {
    const smoke = ["--preset", "smoke", "--rounds", String(ROUNDS), "--python", "no-such-python"];
    let recorded: Record<string, unknown>;
    let report: string;
    try {
      report = bench("bench/gpu.ts", ...smoke, "--record", "test-of-bench-gpu");
      recorded = JSON.parse(readFileSync(RESULT, "utf8"));
    } finally {
      rmSync(RESULT, { force: true });
    }
    expect(report).toContain("same trees            yes");
    expect(report).toContain("not found: no-such-python could not be run");
    expect(report).toMatch(/round, warm +\S+ ms mean, \S+ ms median of \d+ batches/);
    expect(report).toMatch(/CPU engine .* the GPU takes \S+ times as long/);
    expect(report).toMatch(/target +a round at most 0.25 of XGBoost's with CUDA: no XGBoost here/);
    expect(figure(report, /dispatches +(\d+) a round/)).toBeLessThanOrEqual(60);
    expect(figure(report, /readbacks +(\d+) in 6 rounds/)).toBeLessThanOrEqual(ROUNDS + 1);
    // No child is larger than its parent, and of two the smaller is built.
    const listed = figure(report, /rows with gradients +(\d+)/);
    const built = /by level ([\d, ]+)/.exec(report)![1].split(", ").map(Number);
    expect(built).toHaveLength(6);
    expect(built[0]).toBe(listed);
    for (const rows of built.slice(1)) expect(rows).toBeLessThanOrEqual(listed / 2);
    // 0.8 of 40 features; built is printed rounded.
    const updates = figure(report, /updates +(\S+) a round/);
    expect(updates / (32 * figure(report, /rows built from +(\d+)/))).toBeCloseTo(1, 3);
    expect(figure(report, /: (\S+) times the floor/)).toBeGreaterThan(1);
    if (facts!.features.includes("timestamp-query")) {
      for (
        const kernel of ["gradients", "histogram-packed", "search", "choose", "scatter", "route", "margins"]
      ) {
        expect(report).toMatch(new RegExp(`^  ${kernel} +[\\d.]+ +[\\d.]+ % +[\\d.]+ `, "m"));
      }
    }

    const { sizes, adapter, measured } = recorded as {
      sizes: Record<string, unknown>[];
      adapter: string;
      measured: string;
    };
    expect(report).toContain(adapter);
    expect(recorded).toMatchObject({
      command: expect.stringContaining("--preset smoke"),
      preset: "smoke",
      software: facts!.software,
    });
    expect(sizes[0]).toMatchObject({
      rows: 4000,
      counts: { rounds: ROUNDS, dispatches: expect.any(Number) },
    });
    expect(Object.hasOwn(sizes[0], "speed")).toBe(!facts!.software);
    if (facts!.software) expect(measured).toMatch(/^counts only/);
  });

  it("compare histogram kernels, which must agree", () => {
    const report = bench(
      "bench/gpu-lab.ts",
      "--repeats",
      "1",
      "--scale",
      "0.0005",
      "--only",
      "histograms,readback",
    );
    expect(report).toMatch(/readback +256 bytes from an idle queue +[\d.]+ ms/);
    for (
      const variant of [
        "histogram-packed",
        "16 cells a workgroup",
        "histogram-paired",
        "histogram-private",
        "in one addition",
        "no counters",
      ]
    ) {
      expect(report).toContain(variant);
    }
  });
});
