/** The statistics of features as scipy and scikit-learn have them. */
import { describe, expect, it } from "vitest";
import { absoluteSpearman } from "../../../src/evaluation/importance/correlation.ts";
import { geneAuc, sortRows } from "../../../src/evaluation/importance/gene-auc.ts";
import { averageLinkage } from "../../../src/evaluation/importance/groups.ts";
import { signedRank } from "../../../src/evaluation/importance/signed-rank.ts";
import { testedRows, testFeature } from "../../../src/evaluation/importance/univariate.ts";
import { createTaskPool } from "../../../src/evaluation/workers/pool.ts";
import { argsort } from "../../../src/statistics/argsort.ts";
import { expectNear } from "./expect-near.ts";
import goldens from "./goldens/importance.json" with { type: "json" };

describe(`as ${goldens.source} have them`, () => {
  it.each(goldens.clusters)(
    "Spearman and average linkage at $cutoff",
    async ({ columns, similarity, ...expected }) => {
      const pool = createTaskPool({ threads: 1 });
      const found = await absoluteSpearman(columns.map((values) => Float32Array.from(values)), pool);
      pool.close();
      found.forEach((value, i) => expect(value).toBeCloseTo(similarity[i], 6)); // ranks are kept as f32
      expect(averageLinkage(found, columns.length, expected.cutoff)).toEqual(expected.groups);
    },
  );

  it.each(goldens.signedRanks)("signed-rank test: $name", ({ differences, p }) => {
    const found = signedRank(differences).p;
    expect(Math.abs(found - p!) / p!).toBeLessThan(1e-11);
  });

  it.each(goldens.clustered)("AUC with genes as clusters: $name", (sample) => {
    const values = Float32Array.from(sample.values);
    const labels = Uint8Array.from(sample.labels);
    const geneOf = Uint32Array.from(sample.geneOf);
    const sorted = sortRows(values, argsort(values), labels, geneOf);
    const found = geneAuc(sorted, sample.genes, [0, 1, 0]);
    expect(found.auc).toBeCloseTo(sample.auc!, 12);
    expect(found.standardError).toBeCloseTo(sample.standardError!, 12);
    expect(found.positives).toBe(labels.reduce((sum, label) => sum + label, 0));
    found.withinGene.forEach((auc, gene) => expectNear(auc, sample.withinGene[gene]));

    const geneStart = Uint32Array.from(
      { length: sample.genes + 1 },
      (_, g) => geneOf.filter((own) => own < g).length,
    );
    const { univariate } = testFeature(values, testedRows(labels, geneStart));
    expect(univariate.donor.auc.value).toBeCloseTo(sample.auc!, 12);
    expect(univariate.donor.rankBiserial).toBeCloseTo(2 * sample.auc! - 1, 12);
    // Where every value keeps a bin of its own.
    if (new Set(sample.values).size <= 32) {
      expect(univariate.donor.mutualInformation).toBeCloseTo(sample.mutualInformation, 12);
    }
  });
});
