import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { geneAuc, sortRows } from "../../../src/evaluation/importance/gene-auc.ts";
import { averageLinkage } from "../../../src/evaluation/importance/groups.ts";
import { signedRank } from "../../../src/evaluation/importance/signed-rank.ts";
import { adjustTests, testedRows, testFeature } from "../../../src/evaluation/importance/univariate.ts";
import { argsort } from "../../../src/statistics/argsort.ts";
import { expectNear } from "./expect-near.ts";

/** All sign patterns, one by one. */
function slowSignedRankP(differences: readonly number[]): number {
  const sizes = differences.map(Math.abs);
  const ranks = sizes.map((a) =>
    sizes.filter((b) => b < a).length + (sizes.filter((b) => b === a).length + 1) / 2
  );
  const centre = ranks.reduce((sum, rank) => sum + rank, 0) / 2;
  const far = (positive: (i: number) => boolean): number =>
    Math.abs(ranks.reduce((sum, rank, i) => sum + (positive(i) ? rank : 0), 0) - centre);
  const observed = far((i) => differences[i] > 0);
  let hits = 0;
  for (let pattern = 0; pattern < 2 ** ranks.length; pattern++) {
    if (far((i) => ((pattern >> i) & 1) === 1) >= observed) hits++;
  }
  return hits / 2 ** ranks.length;
}

describe("signedRank", () => {
  it("counts all sign patterns where there are ties", () => {
    const difference = fc.integer({ min: -3, max: 3 }).filter((d) => d !== 0);
    fc.assert(fc.property(fc.array(difference, { minLength: 1, maxLength: 9 }), (differences) => {
      expect(signedRank(differences).p).toBeCloseTo(slowSignedRankP(differences), 12);
    }));
  });

  it("leaves zeros and NaN out, and has no answer without any difference", () => {
    expect(signedRank([0, 1, NaN, 2, -3])).toEqual(signedRank([1, 2, -3]));
    expect(signedRank([0, NaN, 0])).toEqual({ units: 0, positiveRanks: 0, p: NaN });
    expect(signedRank([]).p).toBeNaN();
  });

  it("does not depend on the sign as a whole", () => {
    const values = fc.array(fc.integer({ min: -40, max: 60 }), { minLength: 1, maxLength: 70 });
    fc.assert(fc.property(values, (values) => {
      expectNear(signedRank(values.map((d) => -d)).p, signedRank(values).p);
    }));
  });
});

const row = fc.record({
  value: fc.oneof(fc.integer({ min: -3, max: 3 }), fc.constant(NaN)),
  label: fc.nat({ max: 2 }),
  gene: fc.nat({ max: 3 }),
});

describe("geneAuc", () => {
  it("counts pairs, over all rows and within genes, whatever ties, missing values and classes there are", () => {
    const positives = fc.constantFrom([0, 1, 0] as const, [0, 0, 1] as const, [0, 1, 1] as const);
    fc.assert(fc.property(fc.array(row, { maxLength: 30 }), positives, (rows, positive) => {
      const present = rows.filter(({ value }) => !Number.isNaN(value));
      const values = Float32Array.from(present, ({ value }) => value);
      const sorted = sortRows(
        values,
        argsort(values),
        Uint8Array.from(present, ({ label }) => label),
        Uint32Array.from(present, ({ gene }) => gene),
      );
      const found = geneAuc(sorted, 4, positive);
      const slow = (among: typeof rows): number => {
        const pairs = among.filter(({ label }) => positive[label] === 1).flatMap((a) =>
          among.filter(({ label }) => label === 0).map((b) => (Math.sign(a.value - b.value) + 1) / 2)
        );
        return pairs.reduce((sum, pair) => sum + pair, 0) / pairs.length;
      };
      expectNear(found.auc, slow(present));
      found.withinGene.forEach((auc, gene) =>
        expectNear(auc, slow(present.filter((one) => one.gene === gene)))
      );
    }));
  });
});

describe("averageLinkage", () => {
  const similarity = (pairs: readonly (readonly number[])[], n: number): Float64Array => {
    const matrix = new Float64Array(n * n);
    for (const [a, b, value] of pairs) matrix[a * n + b] = matrix[b * n + a] = value;
    return matrix;
  };

  it("joins by the mean of the pairs, not by the nearest one", () => {
    // 0-1 alike, 2 like 1 only: the mean of 0-2 and 1-2 is 0.45.
    const matrix = similarity([[0, 1, 0.9], [1, 2, 0.8], [0, 2, 0.1]], 3);
    expect(averageLinkage(matrix, 3, 0.5)).toEqual([[0, 1], [2]]);
    expect(averageLinkage(matrix, 3, 0.4)).toEqual([[0, 1, 2]]);
  });

  it("leaves features alone whose correlation is undefined", () => {
    expect(averageLinkage(similarity([[0, 1, NaN], [0, 2, 1]], 3), 3, 0.7)).toEqual([[0, 2], [1]]);
    expect(averageLinkage(new Float64Array(), 0, 0.7)).toEqual([]);
    expect(averageLinkage(Float64Array.of(1), 1, 0.7)).toEqual([[0]]);
  });

  it("puts every feature in one group, in order, ties or not", () => {
    const sized = fc.nat({ max: 9 }).chain((n) =>
      fc.tuple(fc.constant(n), fc.array(fc.nat({ max: 4 }), { minLength: n * n, maxLength: n * n }))
    );
    fc.assert(fc.property(sized, ([n, cells]) => {
      const matrix = new Float64Array(n * n);
      for (let a = 0; a < n; a++) {
        for (let b = 0; b < n; b++) matrix[a * n + b] = cells[Math.max(a, b) * n + Math.min(a, b)] / 4;
      }
      const groups = averageLinkage(matrix, n, 0.6);
      expect(groups.flat().sort((a, b) => a - b)).toEqual(Array.from({ length: n }, (_, i) => i));
      expect(groups.map(([first]) => first)).toEqual(groups.map(([first]) => first).sort((a, b) => a - b));
      for (const members of groups) expect(members).toEqual([...members].sort((a, b) => a - b));
    }));
  });
});

describe("testFeature", () => {
  const labels = Uint8Array.of(0, 1, 2, 0, 0, 1, 2, 0);
  const rows = testedRows(labels, Uint32Array.of(0, 4, 8));

  it("says why there is no p-value", () => {
    const p = (values: number[], own = rows) => {
      const { p, reason } = testFeature(Float32Array.from(values), own).univariate.donor;
      return [p, reason];
    };
    expect(p([1, 1, 1, 1, 2, 2, 2, 2])).toEqual([null, expect.stringContaining("within every gene")]);
    expect(p([1, NaN, 1, 1, 2, NaN, 2, 2])).toEqual([null, "no row of the class has a value"]);
    expect(p([NaN, 1, 1, NaN, NaN, 2, 2, NaN])).toEqual([null, "no row of class neither has a value"]);
    expect(p([1, NaN, 1, 1, NaN, 2, 2, NaN])).toEqual([null, "no gene has rows of both sides with a value"]);
    expect(p([], testedRows(new Uint8Array(), Uint32Array.of(0)))).toEqual([null, expect.any(String)]);
    expect(p([1, 2, 1, 1, 1, 2, 2, 1])).toEqual([0.5, null]); // two genes, one sign: 2 of 4 patterns
  });

  it("has no interval from fewer than five genes, and nothing that is NaN", () => {
    const value = fc.oneof(fc.integer({ min: 0, max: 3 }), fc.constant(NaN));
    fc.assert(fc.property(fc.array(value, { minLength: 8, maxLength: 8 }), (values) => {
      const [tests] = adjustTests([testFeature(Float32Array.from(values), rows)]);
      expect(JSON.parse(JSON.stringify(tests))).toEqual(tests);
      expect(tests.univariate.splice.auc.low).toBeNull();
      expect(tests.univariate.splice.withinGeneAuc.low).toBeNull();
    }));
  });

  it("adjusts p over the features of a contrast", () => {
    const tests = adjustTests([
      testFeature(Float32Array.of(1, 2, 1, 1, 1, 2, 2, 1), rows),
      testFeature(Float32Array.of(1, 1, 1, 1, 2, 2, 2, 2), rows),
      testFeature(Float32Array.of(1, 2, 3, 1, 1, 0, 2, 1), rows),
    ]);
    expect(tests.map(({ univariate }) => univariate.donor.p)).toEqual([0.5, null, 1]);
    expect(tests.map(({ univariate }) => univariate.donor.q)).toEqual([1, null, 1]);
  });

  it("tells genes from rows: many rows of few genes are little evidence", () => {
    const many = Uint8Array.from({ length: 2000 }, (_, i) => i % 2);
    const values = Float32Array.from(many, (label, i) => label + (i % 7) / 10);
    const { donor } = testFeature(values, testedRows(many, Uint32Array.of(0, 1000, 2000))).univariate;
    expect(donor.auc.value).toBe(1);
    expect(donor.p).toBe(0.5);
  });
});
