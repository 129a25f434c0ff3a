import { existsSync, readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { openDataset } from "../../../src/data/open.ts";
import type { FeatureSample } from "../../../src/evaluation/analysis.ts";
import { analyseImportance } from "../../../src/evaluation/importance/analyse.ts";
import { modelMetrics } from "../../../src/evaluation/metrics.ts";
import { createTaskPool } from "../../../src/evaluation/workers/pool.ts";
import { PURPOSE, Stream } from "../../../src/numerics/random.ts";
import { probability } from "../../../src/numerics/sigmoid.ts";
import { GradientBoostedTrees } from "../../../src/trees/gradient-boosted-trees.ts";

const folder = new URL("../../../../shared/data/lrg/osai80_leaky/master/", import.meta.url);
const present = existsSync(folder);
const FOLDS = 2;
const SEED = 42;

async function openSample(): Promise<FeatureSample> {
  const files = readdirSync(folder).filter((name) => name.endsWith(".parquet"))
    .map((name) => ({ name, data: new Uint8Array(readFileSync(new URL(name, folder))) }));
  const data = await openDataset(files);
  const columns: Float32Array[] = [];
  for await (const { values } of data.columns(data.features)) columns.push(values);
  return {
    names: data.features,
    columns,
    labels: data.labels!,
    geneStart: data.geneStart,
    genes: Uint32Array.from(data.genes, (_, g) => g),
    rows: Uint32Array.from(data.labels!, (_, row) => row),
    foldOfGene: Uint8Array.from(data.genes, (_, g) => g % FOLDS),
  };
}

function rowsOf({ geneStart, foldOfGene }: FeatureSample, fold: number, inFold: boolean): Uint32Array {
  const rows: number[] = [];
  foldOfGene.forEach((own, g) => {
    if ((own === fold) !== inFold) return;
    for (let row = geneStart[g]; row < geneStart[g + 1]; row++) rows.push(row);
  });
  return Uint32Array.from(rows);
}

const take = (values: Float32Array, rows: Uint32Array) => Float32Array.from(rows, (row) => values[row]);

describe.skipIf(!present)(`real data${present ? "" : " (skipped: ../shared/data is absent)"}`, () => {
  it("a set that gives the label away: trained folds, permuted, against predicting anew", async () => {
    const sample = await openSample();
    const foldModels = [];
    for (let fold = 0; fold < FOLDS; fold++) {
      const training = rowsOf(sample, fold, false);
      const trees = new GradientBoostedTrees({
        n_estimators: 8,
        max_depth: 5,
        device: "cpu",
        base_score: 0.5,
      });
      const table = Object.fromEntries(
        sample.names.map((name, f) => [name, take(sample.columns[f], training)]),
      );
      await trees.fit(table, Uint8Array.from(training, (row) => sample.labels[row]));
      const [neither, donor, acceptor] = trees.models_;
      foldModels.push({ classifiers: { neither, donor, acceptor } });
    }
    const pool = createTaskPool({ threads: 2 });
    const part = await analyseImportance({
      sample,
      foldModels,
      finalModel: null,
      seed: SEED,
      pool,
      repeats: 1,
    });
    pool.close();
    if (part.status !== "done") throw new Error(part.reason);
    const { features, groups, method } = part.result;
    expect(method).toMatchObject({ genes: 60, rows: 20892, permutedGenes: 60, permutedRows: 20892 });

    const best = groups.reduce((a, b) =>
      a.permutation!.logLoss.estimate.value! > b.permutation!.logLoss.estimate.value! ? a : b
    );
    for (const [fold, { classifiers }] of foldModels.entries()) {
      const rows = rowsOf(sample, fold, true);
      const order = new Stream(SEED, PURPOSE.permutation, fold, 1).shuffle(
        Uint32Array.from(rows, (_, i) => i),
      );
      const permuted = Uint32Array.from(order, (i) => rows[i]);
      const labels = Uint8Array.from(rows, (row) => sample.labels[row]);
      const measure = (group: readonly string[]) => {
        const columns = sample.columns.map((values, f) =>
          take(values, group.includes(sample.names[f]) ? permuted : rows)
        );
        const [neither, donor, acceptor] = [classifiers.neither, classifiers.donor, classifiers.acceptor].map(
          (model) => Float32Array.from(model.marginsOf(columns, rows.length), probability),
        );
        return modelMetrics(
          { labels, geneStart: Uint32Array.of(0, rows.length), neither, donor, acceptor },
          0.5,
        );
      };
      const [before, after] = [measure([]), measure(best.features)];
      expect(method.folds[fold].logLoss).toBeCloseTo(before.logLoss, 10);
      expect(method.folds[fold].macroAp).toBeCloseTo(before.macroAp, 10);
      expect(best.permutation!.logLoss.folds[fold]).toBeCloseTo(after.logLoss - before.logLoss, 10);
      expect(best.permutation!.macroAp.folds[fold]).toBeCloseTo(before.macroAp - after.macroAp, 10);
    }
    const scores = features.filter(({ name }) => name === "donor_score" || name === "acceptor_score");
    for (const { name, univariate } of scores) {
      const own = name === "donor_score" ? univariate.donor : univariate.acceptor;
      expect(own.auc.low).toBeGreaterThan(0.8);
      expect(own.q).toBeLessThan(1e-6);
    }
    // Structure columns that are 0 on every row that is no site, and not on all sites.
    const leak = features.reduce((a, b) =>
      a.univariate.splice.mutualInformation! > b.univariate.splice.mutualInformation! ? a : b
    );
    expect(leak.univariate.splice.auc.value).toBeGreaterThan(0.95);
    expect(JSON.parse(JSON.stringify(part))).toEqual(part);
  });
});
