import { existsSync, readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { openDataset } from "../../src/data/open.ts";
import { evaluate } from "../../src/evaluation/evaluate.ts";
import { verdict } from "../../src/evaluation/verdict.ts";

const lrg = new URL("../../../shared/data/lrg/", import.meta.url);
const present = existsSync(lrg);

/** The base model's macro F1, average precision and F1 at 0.5, from scikit-learn 1.9. */
const EXPECTED = [
  {
    set: "osai80",
    genes: 297,
    macroF1: 0.612427777498879,
    donorAp: 0.7231867531037977,
    acceptorAp: 0.6911619640108337,
    spliceAp: 0.71483063793718,
    spliceF1: 0.4372438024594964,
  },
  {
    set: "osai10k",
    genes: 100,
    macroF1: 0.9002161977261776,
    donorAp: 0.9636491096936655,
    acceptorAp: 0.9604616955809872,
    spliceAp: 0.9674751792333514,
    spliceF1: 0.8571932299012694,
  },
];

describe.skipIf(!present)(`real data${present ? "" : " (skipped: ../shared/data is absent)"}`, () => {
  it.each(EXPECTED)(
    "$set: a meta-model that repeats the base model is measured as it, and not praised",
    async (expected) => {
      const folder = new URL(`${expected.set}/master/`, lrg);
      const shards = readdirSync(folder).filter((name) => name.endsWith(".parquet"))
        .map((name) => ({ name, data: new Uint8Array(readFileSync(new URL(name, folder))) }));
      const { rows, labels, geneStart, baseScores } = await openDataset(shards);
      if (labels === null || baseScores === null) throw new Error("the set has labels and base scores");
      const { donor, acceptor } = baseScores;
      const probabilities = new Float32Array(3 * rows);
      for (let row = 0; row < rows; row++) {
        probabilities.set([Math.max(0, 1 - donor[row] - acceptor[row]), donor[row], acceptor[row]], 3 * row);
      }
      const { base, ...meta } = evaluate({
        labels,
        probabilities,
        geneStart,
        baseScores,
        threshold: 0.5,
        baseThresh: 0.5,
      });
      if (base === null) throw new Error("base scores were given");
      expect(meta).toMatchObject({ testRows: rows, testGenes: expected.genes, splice: base.splice });
      expect(base.confusion).toEqual(meta.confusion);
      expect(base.falsePositivesRescued + base.falseNegativesIntroduced).toBe(0);
      expect(base.macroF1).toBeCloseTo(expected.macroF1, 12);
      expect(base.ap.donor).toBeCloseTo(expected.donorAp, 12);
      expect(base.ap.acceptor).toBeCloseTo(expected.acceptorAp, 12);
      expect(base.splice.ap).toBeCloseTo(expected.spliceAp, 12);
      expect(base.splice.f1).toBeCloseTo(expected.spliceF1, 12);
      expect(verdict([{ ...meta, base, fold: 0 }])).toContain("is not clearly better");
    },
  );
});
