import { describe, expect, it } from "vitest";
import { accelerationOf, bcaInterval } from "../../src/statistics/bca.ts";
import { correctedT } from "../../src/statistics/corrected-t.ts";
import { pearson, spearman } from "../../src/statistics/correlation.ts";
import * as distributions from "../../src/statistics/distributions.ts";
import { discretise, entropyBits, mutualInformationBits } from "../../src/statistics/information.ts";
import { benjaminiHochberg, holm } from "../../src/statistics/multiple-tests.ts";
import * as normal from "../../src/statistics/normal.ts";
import { signFlip } from "../../src/statistics/permutation.ts";
import { quantiles, variance } from "../../src/statistics/quantile.ts";
import { midranks, rankSum } from "../../src/statistics/ranks.ts";
import goldens from "./goldens/statistics.json" with { type: "json" };

/** Relative error, absolute below `tiny`; null and NaN are the same. */
function expectNear(found: number, expected: number | null, relative: number, tiny = 1e-300): void {
  if (expected === null) return expect(found).toBeNaN();
  expect(Math.abs(found - expected)).toBeLessThanOrEqual(relative * Math.max(Math.abs(expected), tiny));
}

describe(`statistics as ${goldens.source} has them`, () => {
  const functions: Record<string, (...numbers: number[]) => number> = { ...normal, ...distributions };
  it.each(Object.entries(goldens.distributions))("%s", (name, table: number[][]) => {
    expect(table.length).toBeGreaterThan(10);
    for (const numbers of table) {
      expectNear(functions[name](...numbers.slice(0, -1)), numbers.at(-1)!, 2e-12);
    }
  });

  describe.each(goldens.samples)("sample: $name", (sample) => {
    const x = Float64Array.from(sample.x);
    const y = Float64Array.from(sample.y);

    it("correlations, ranks, quantiles", () => {
      expectNear(pearson(x, y), sample.pearson, 1e-12);
      expectNear(spearman(x, y), sample.spearman, 1e-12);
      expect(Array.from(midranks(x).ranks)).toEqual(sample.ranks);
      quantiles(x, [0, 0.025, 0.25, 0.5, 0.9, 1]).forEach((q, i) =>
        expectNear(q, sample.quantiles[i], 1e-14, 1)
      );
      expectNear(variance(x), sample.variance, 1e-12);
    });

    it("rank-sum test and AUC", () => {
      const { u, auc, p, first, second } = rankSum(x, sample.group);
      expect(first + second).toBe(x.length);
      expectNear(auc, sample.auc, 1e-14);
      expectNear(sample.u === null ? NaN : u, sample.u, 0);
      expectNear(p, sample.p, 1e-12);
    });

    it("entropy and mutual information", () => {
      const [codesX, codesY] = [discretise(x, 100), discretise(y, 100)];
      expectNear(mutualInformationBits(codesX, codesY), sample.mutualInformation, 1e-12, 1);
      const counts = new Float64Array(codesX.count);
      for (const code of codesX.codes) counts[code]++;
      expectNear(entropyBits(counts), sample.entropy, 1e-12, 1);
    });
  });

  it.each(goldens.corrections)("corrections of $p", ({ p, ...expected }) => {
    holm(p).forEach((q, i) => expectNear(q, expected.holm[i], 1e-14));
    benjaminiHochberg(p).forEach((q, i) => expectNear(q, expected.benjaminiHochberg[i], 1e-14));
  });

  it.each(goldens.signFlips)("exact sign-flip test of $differences", ({ differences, p }) => {
    expect(signFlip(differences, 1)).toMatchObject({ exact: true, units: differences.length });
    expectNear(signFlip(differences, 1).p, p, 1e-14);
  });

  it.each(goldens.correctedT)(
    "corrected t test of $differences",
    ({ differences, testOverTrain, ...expected }) => {
      const found = correctedT(differences, testOverTrain);
      expect(found).toMatchObject({ folds: differences.length, df: differences.length - 1 });
      expectNear(found.standardError, expected.standardError, 1e-12);
      expectNear(found.t, expected.t, 1e-12);
      expectNear(found.p, expected.p, 1e-12);
    },
  );

  it("BCa interval", () => {
    const { value, interval, acceleration, scipyBootstrap } = goldens.bca;
    const leftOut = Float64Array.from(goldens.bca.leftOut);
    expectNear(accelerationOf(leftOut), acceleration, 1e-10);
    const found = bcaInterval(value, Float64Array.from(goldens.bca.resampled), leftOut, 0.95);
    found.forEach((end, i) => expectNear(end, interval[i], 1e-12));
    // scipy's own resamples are others: the ends agree within their noise.
    const width = scipyBootstrap[1] - scipyBootstrap[0];
    found.forEach((end, i) => expect(Math.abs(end - scipyBootstrap[i])).toBeLessThan(0.1 * width));
  });
});
