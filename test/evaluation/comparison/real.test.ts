import { existsSync, readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { openDataset } from "../../../src/data/open.ts";
import { comparePaired } from "../../../src/evaluation/comparison/compare.ts";
import type { EvaluatedRows } from "../../../src/evaluation/rows.ts";
import { createTaskPool } from "../../../src/evaluation/workers/pool.ts";

const folder = new URL("../../../../shared/data/lrg/osai80/master/", import.meta.url);
const present = existsSync(folder);

describe.skipIf(!present)(`real data${present ? "" : " (skipped: ../shared/data is absent)"}`, () => {
  it("tells a model from the base model only where it differs, with scikit-learn's values within the intervals", async () => {
    const shards = readdirSync(folder).filter((name) => name.endsWith(".parquet"))
      .map((name) => ({ name, data: new Uint8Array(readFileSync(new URL(name, folder))) }));
    const data = await openDataset(shards);
    if (data.labels === null || data.baseScores === null) {
      throw new Error("the set has labels and base scores");
    }
    const { donor, acceptor } = data.baseScores;
    const base: EvaluatedRows = {
      labels: data.labels,
      geneStart: data.geneStart,
      donor,
      acceptor,
      neither: donor.map((score, row) => Math.max(0, 1 - score - acceptor[row])),
    };
    // The base model with half of its doubt: the ranks stay, more sites are called.
    const surer = (scores: Float32Array) => scores.map(Math.sqrt);
    const meta: EvaluatedRows = { ...base, donor: surer(donor), acceptor: surer(acceptor) };
    const pool = createTaskPool({ threads: 2 });
    const facts = { genes: data.genes, chromosomes: data.genes.map(() => ""), foldOfGene: null };
    const options = {
      thresholds: { baseThresh: 0.5, threshold: 0.5 },
      seed: 42,
      pool,
      resamples: 100,
      permutations: 299,
    };
    const found = await comparePaired(base, meta, facts, options);
    pool.close();
    const metric = (name: string) => found.metrics.find((one) => one.metric === name)!;
    expect(metric("macroF1").base.value).toBeCloseTo(0.612427777498879, 12);
    expect(metric("apSplice").base.value).toBeCloseTo(0.71483063793718, 12);
    expect(metric("apDonor").difference).toEqual({ value: 0, low: 0, high: 0 });
    expect(metric("apDonor")).toMatchObject({ p: 1, finding: "not distinguishable" });
    expect(metric("macroF1").finding).toBe("better");
    for (const { base: { value, low, high } } of found.metrics) {
      expect(low! < value! && value! < high!).toBe(true);
    }
    expect(found.byBaseScore.reduce((sum, { rows }) => sum + rows, 0)).toBe(data.rows);
  });
});
