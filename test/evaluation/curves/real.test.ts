import { existsSync, readdirSync, readFileSync } from "node:fs";
import { afterAll, describe, expect, it } from "vitest";
import { openDataset } from "../../../src/data/open.ts";
import { analyseCurves } from "../../../src/evaluation/curves/analyse.ts";
import { analyseNeighbours } from "../../../src/evaluation/neighbours/analyse.ts";
import { suggestThresholds } from "../../../src/evaluation/thresholds/suggest.ts";
import { createTaskPool } from "../../../src/evaluation/workers/pool.ts";
import { judgedRows } from "../judged.ts";

const master = new URL("../../../../shared/data/lrg/osai80/master/", import.meta.url);
const present = existsSync(master);

/** A meta-model that repeats the base model, so that both are known from scikit-learn (see test/evaluation/real.test.ts). */
async function baseAsMeta() {
  const shards = readdirSync(master).filter((name) => name.endsWith(".parquet"))
    .map((name) => ({ name, data: new Uint8Array(readFileSync(new URL(name, master))) }));
  const { rows, labels, geneStart, baseScores, positions, strands } = await openDataset(shards);
  if (labels === null || baseScores === null) throw new Error("the set has labels and base scores");
  const { donor, acceptor } = baseScores;
  const probabilities = new Float32Array(3 * rows);
  for (let row = 0; row < rows; row++) {
    probabilities.set([Math.max(0, 1 - donor[row] - acceptor[row]), donor[row], acceptor[row]], 3 * row);
  }
  return {
    strands,
    judged: judgedRows({ labels, probabilities, geneStart, baseScores }, { folds: 5, positions }),
  };
}

describe.skipIf(!present)(`osai80${present ? "" : " (skipped: ../shared/data is absent)"}`, () => {
  const pool = createTaskPool({ threads: 1 });
  afterAll(() => pool.close());

  it("has the areas that scikit-learn gives, with intervals around them, and thresholds that hold on other genes", async () => {
    const { judged, strands } = await baseAsMeta();
    expect(new Set(strands)).toEqual(new Set(["+", "-"]));
    const { classes } = await analyseCurves(judged, { seed: 42, pool, resamples: 100 });
    const areas = { donor: 0.7231867531037973, acceptor: 0.6911619640108337, splice: 0.71483063793718 };
    for (const { className, meta, base } of classes) {
      expect(base).toEqual(meta);
      const { value, low, high } = meta.pr.area;
      if (className !== "neither") expect(value).toBeCloseTo(areas[className], 12);
      expect(low! < value! && value! < high!).toBe(true);
      expect(meta.pr.curve!.x.length).toBe(101);
      expect(meta.roc.curve!.largestDeviation).toBeLessThan(0.01);
      expect(meta.pr.curve!.largestDeviation).toBeLessThan(0.01);
    }
    const { suggestions } = await suggestThresholds(judged, { seed: 42, pool, resamples: 50 });
    for (const { achieved, nested, reason } of suggestions) {
      expect(reason).toBeNull();
      expect(Math.abs(nested.achieved!.f1.value! - achieved!.f1.value!)).toBeLessThan(0.02);
    }
    const { centres, genes } = analyseNeighbours(judged, { seed: 42 })!;
    expect(genes).toBe(297);
    expect(centres.slice(0, 2).map(({ centres }) => centres)).toEqual([5672, 5585]);
  });
});
