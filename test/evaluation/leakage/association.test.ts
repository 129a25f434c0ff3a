import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { associate, valueCounts } from "../../../src/evaluation/leakage/association.ts";
import { codeColumn } from "../../../src/evaluation/leakage/coded-column.ts";
import { discretise, mutualInformationBits } from "../../../src/statistics/information.ts";

interface Golden {
  readonly values: readonly (number | null)[];
  readonly labels: readonly number[];
  readonly auc: readonly (number | null)[];
  readonly pearson: readonly (number | null)[];
  readonly spearman: readonly (number | null)[];
  readonly mutualInformation: number;
}

const { cases } = JSON.parse(
  readFileSync(new URL("goldens/association.json", import.meta.url), "utf8"),
) as { readonly cases: readonly Golden[] };

function associationsOf(values: Float32Array, labels: Uint8Array) {
  const column = codeColumn(values);
  const sample = {
    labels,
    geneStart: Uint32Array.of(0, labels.length),
    genes: 1,
    counts: new Uint32Array(3),
  };
  return associate(column, valueCounts(column, sample, Uint32Array.of(0)));
}

describe("associations of a column with the classes", () => {
  it.each(cases.map((golden, i) => [i + 1, golden] as const))(
    "are scikit-learn's and scipy's (case %i)",
    (_, golden) => {
      const found = associationsOf(
        Float32Array.from(golden.values, (value) => value ?? NaN),
        Uint8Array.from(golden.labels),
      );
      for (const measure of ["auc", "pearson", "spearman"] as const) {
        const { neither, donor, acceptor } = found[measure];
        [neither, donor, acceptor].forEach((value, c) => {
          const expected = golden[measure][c];
          if (expected === null || value === null) expect(value, `${measure} of class ${c}`).toBe(expected);
          else expect(value, `${measure} of class ${c}`).toBeCloseTo(expected, 10);
        });
      }
      expect(found.mutualInformation).toBeCloseTo(golden.mutualInformation, 10);
    },
  );

  it("bin many values for the mutual information as the shared statistics do", () => {
    fc.assert(fc.property(
      fc.array(fc.tuple(fc.option(fc.integer({ min: 0, max: 5000 })), fc.integer({ min: 0, max: 2 })), {
        minLength: 1,
        maxLength: 400,
      }),
      (rows) => {
        const values = Float32Array.from(rows, ([value]) => value ?? NaN);
        const labels = Uint8Array.from(rows, ([, label]) => label);
        const expected = mutualInformationBits(discretise(values), {
          codes: Uint16Array.from(labels),
          count: 3,
        });
        expect(associationsOf(values, labels).mutualInformation).toBeCloseTo(expected, 10);
      },
    ));
  });

  it("count missing as one value, and say its share", () => {
    const found = associationsOf(Float32Array.of(1, NaN, 1, 0, -0, NaN), Uint8Array.of(0, 1, 0, 2, 2, 1));
    expect(found.missing).toBeCloseTo(1 / 3);
    expect(found.distinctValues).toBe(3);
    // All donors are missing: above or below all values, the class is apart.
    expect(found.auc.donor).toBe(1);
    expect(found.informationShare).toBeCloseTo(1);
  });
});
