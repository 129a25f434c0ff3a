/** Whole runs: the real engine, and real data where it is present. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { openDataset, train } from "../../src/index.ts";
import { createCpuEngine } from "../../src/cpu/engine.ts";
import type { TrainingRun } from "../../src/training/types.ts";
import { MemoryStore } from "./memory-store.ts";
import { tinyDataset } from "./tiny-dataset.ts";

async function filesOf(run: TrainingRun): Promise<Map<string, Uint8Array>> {
  const files = new Map<string, Uint8Array>();
  for await (const { path, bytes } of run.files()) files.set(path, bytes);
  return files;
}

describe("train on the CPU engine", () => {
  const data = tinyDataset();
  const settings = { nEstimators: 20, nFolds: 3, earlyStoppingPatience: 5, validSize: 0.2 };

  it("gives the same bytes for any number of threads, and after an interruption", async () => {
    const one = await filesOf(await train(data, { ...settings, threads: 1 }));
    expect(await filesOf(await train(data, { ...settings, threads: 3 }))).toEqual(one);

    const checkpoint = new MemoryStore();
    const controller = new AbortController();
    const engine = createCpuEngine({ threads: 1 });
    const save = checkpoint.save.bind(checkpoint);
    checkpoint.save = (name, bytes) => {
      if (name === "fold-2-donor.safetensors") controller.abort();
      return save(name, bytes);
    };
    const aborted = train(data, { ...settings, engine, checkpoint, signal: controller.signal });
    await expect(aborted).rejects.toMatchObject({ kind: "interrupted" });
    await engine.close();
    checkpoint.save = save;
    const resumed = await train(data, { ...settings, checkpoint, threads: 1 });
    expect(await filesOf(resumed)).toEqual(one);
  });

  const folder = new URL("../../../shared/data/lrg/osai80_leaky/master/", import.meta.url).pathname;
  const reason = existsSync(folder) ? "" : " (skipped: ../shared/data is absent)";
  it.skipIf(reason !== "")(`separates the classes of a set that gives the label away${reason}`, async () => {
    const files = readdirSync(folder).filter((name) => name.endsWith(".parquet"))
      .map((name) => ({ name, data: new Uint8Array(readFileSync(folder + name)) }));
    const run = await train(await openDataset(files), { nEstimators: 10, nFolds: 2, threads: 2 });
    expect(run.pooled!.testGenes).toBe(60);
    expect(run.pooled!.macroF1).toBeGreaterThan(run.pooled!.base!.macroF1 + 0.2);
    expect(run.aggregate!.test_macro_f1.defined).toBe(2);
  });
});
