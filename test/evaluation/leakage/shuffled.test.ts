import { afterAll, describe, expect, it } from "vitest";
import type { JudgedRows } from "../../../src/evaluation/analysis.ts";
import { judgeShuffledLabels } from "../../../src/evaluation/leakage/shuffled.ts";
import { DONOR, rankingMetrics } from "../../../src/evaluation/ranking.ts";
import { createTaskPool } from "../../../src/evaluation/workers/pool.ts";
import { Stream } from "../../../src/numerics/random.ts";
import { Table } from "./tables.ts";

const pool = createTaskPool({ threads: 1 });
afterAll(() => pool.close());

/** Predictions that know nothing, or, by `knows`, something of the donors. */
function judged(table: Table, knows: number = 0): JudgedRows {
  const { labels, geneStart, genes, foldOfGene } = table.sample();
  const stream = new Stream(3, 203);
  const donor = Float32Array.from(labels, (label) => (stream.nextFloat() + (label === 1 ? knows : 0)) / 2);
  const acceptor = Float32Array.from(labels, () => stream.nextFloat() / 2);
  const neither = donor.map((score, row) => 1 - score - acceptor[row]);
  return {
    genes: Array.from(genes, String),
    chromosomes: Array.from(genes, () => ""),
    foldOfGene,
    positions: null,
    meta: { labels, donor, acceptor, neither, geneStart },
    base: null,
  };
}

describe("a run on permuted labels", () => {
  it("that finds nothing fell to chance", async () => {
    const rows = judged(new Table(40));
    const { classes, atChance, sentence } = await judgeShuffledLabels(rows, { seed: 1, pool });
    expect(atChance).toBe(true);
    expect(sentence).toMatch(/^With permuted labels the run falls to chance: neither AUC 0\.[45]/);
    const { meta } = rows;
    const { auc, ap } = rankingMetrics(meta.donor, meta.labels, DONOR);
    expect(classes.donor.auc.value).toBeCloseTo(auc, 12);
    expect(classes.donor.ap.value).toBeCloseTo(ap, 12);
    expect(classes.donor.auc.low!).toBeLessThan(auc);
    expect(classes.donor.auc.high!).toBeGreaterThan(auc);
    const donors = meta.labels.filter((label) => label === 1).length;
    expect(classes.donor.prevalence).toBe(donors / meta.labels.length);
  });

  it("that finds donors did not; one that errs below chance is no leak", async () => {
    const found = await judgeShuffledLabels(judged(new Table(40), 0.4), { seed: 1, pool });
    expect(found.atChance).toBe(false);
    expect(found.sentence).toContain("still finds something for neither and donor, which");
    const below = await judgeShuffledLabels(judged(new Table(40), -0.4), { seed: 1, pool });
    expect(below.classes.donor.auc.high!).toBeLessThan(0.5);
    expect(below.classes.acceptor.auc.low!).toBeLessThan(0.5);
    expect(below.sentence).not.toMatch(/something for (neither and )?donor/);
  });

  it("cannot be judged without a class, or by few genes", async () => {
    const few = await judgeShuffledLabels(judged(new Table(3)), { seed: 1, pool });
    expect(few).toMatchObject({ atChance: null, classes: { donor: { auc: { low: null, high: null } } } });
    const none = await judgeShuffledLabels(judged(new Table(12, 1, [0.1, 0])), { seed: 1, pool });
    expect(none.classes.acceptor).toEqual({
      auc: { value: null, low: null, high: null },
      ap: { value: null, low: null, high: null },
      prevalence: 0,
    });
    expect(JSON.parse(JSON.stringify(none))).toEqual(none);
  });
});
