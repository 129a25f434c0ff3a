import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { chromosomeCodes } from "../../src/data/chromosomes.ts";
import { ConstantAndDuplicateFinder } from "../../src/data/distinct.ts";
import { hashWords } from "../../src/data/hash.ts";
import { LabelReader } from "../../src/data/labels.ts";
import { openDataset } from "../../src/data/open.ts";
import { isUnknownKmer } from "../../src/data/schema.ts";
import { parquet, sites } from "./tables.ts";

describe("the choice of features", () => {
  it("leaves out what is no property of a site, with the reason", async () => {
    const one = (value: number): number[] => [value, value + 1, value + 2, value + 3];
    const table = {
      ...sites(["a"]),
      ...{
        transcript_id: ["t", "t", "t", ""],
        strand: ["+", "+", "+", "+"],
        absolute_position: one(1),
        true_position: one(2),
      },
      ...{
        window_start: one(3),
        pred_type: ["TP", "FP", "FN", "TN"],
        transcript_count: one(4),
        score: one(5),
      },
      ...{
        "3mer_ANN": one(6),
        "3mer_ACG": one(7),
        "3mer_acn": one(8),
        note: ["u", "v", "w", "x"],
        unwanted: one(9),
      },
    };
    const data = await openDataset(await parquet("f.parquet", table), { excludeFeatures: ["unwanted"] });
    expect(data.features).toEqual(["x", "y", "3mer_ACG"]);
    const reasons = Object.fromEntries(data.excluded.map(({ name, reason }) => [name, reason]));
    expect(reasons).toMatchObject({
      gene_id: "an identifier",
      splice_type: "the label",
      position: "a position, not a property",
      true_position: "gives the label away",
      pred_type: "gives the label away",
      window_start: "a position, not a property",
      transcript_count: "metadata",
      "3mer_ANN": "a k-mer with an unknown base (N)",
      unwanted: "excluded on request",
    });
    expect(reasons.note).toMatch(/^not a number/);
    expect(reasons.score).toMatch(/^repeats another column/);
    expect(data.notes.join()).toMatch(/2 k-mer columns with an unknown base/);
    expect(data.features.length + data.excluded.length).toBe(Object.keys(table).length);
  });

  it("knows k-mers with N from other names", () => {
    expect(["3mer_NNN", "5mer_ACGTN", "2mer_nA"].every(isUnknownKmer)).toBe(true);
    expect(["3mer_ACG", "4mer_NNN", "n_splice_sites", "3mer_AXN"].some(isUnknownKmer)).toBe(false);
  });
});

describe("ConstantAndDuplicateFinder", () => {
  it("names constant columns and copies of earlier ones", () => {
    const finder = new ConstantAndDuplicateFinder();
    const check = (name: string, ...values: number[]): string | null =>
      finder.check(name, Float32Array.from(values));
    expect(check("a", 1, 2, NaN)).toBeNull();
    expect(check("b", 3, 3, 3)).toBe("constant: 3 in every row");
    expect(check("c", NaN, NaN, NaN)).toBe("constant: no row has a value");
    expect(check("d", 3, NaN, 3)).toBeNull();
    expect(check("e", 1, 2, NaN)).toBe("same values as a");
    expect(check("f", 1, NaN, 2)).toBeNull();
    expect(check("g", 0, -0, 0)).toBe("constant: 0 in every row");
    expect(check("h", 0, 1, 2)).toBeNull();
    expect(check("i", -0, 1, 2)).toBe("same values as h");
  });

  it("keeps columns that differ in one place, whatever the length", () => {
    fc.assert(
      fc.property(fc.float32Array({ minLength: 2, maxLength: 40, noNaN: true }), fc.nat(), (values, at) => {
        const finder = new ConstantAndDuplicateFinder();
        const other = values.slice();
        other[at % values.length] += Math.max(1, Math.abs(other[at % values.length]));
        const distinct = (array: Float32Array): boolean => new Set([...array].map((x) => x + 0)).size > 1;
        fc.pre(distinct(values) && distinct(other));
        fc.pre(other[at % values.length] !== values[at % values.length]);
        expect(finder.check("a", values)).toBeNull();
        expect(finder.check("b", values.slice())).toBe("same values as a");
        expect(finder.check("c", other)).toBeNull();
      }),
    );
  });

  it("hashes lengths apart", () => {
    const seen = new Set(Array.from({ length: 20 }, (_, n) => hashWords(new Uint32Array(n)).join()));
    expect(seen.size).toBe(20);
  });
});

describe("LabelReader", () => {
  it("reads every spelling by one table and counts it", () => {
    const reader = new LabelReader("splice_type");
    expect([...reader.read(["Donor", "ACCEPTOR", "neither", null, "", "0", "1", "2", "donor"], "a")])
      .toEqual([1, 2, 0, 0, 0, 0, 1, 2, 1]);
    expect([...reader.read(Float64Array.from([0, 1, 2, NaN]), "b")]).toEqual([0, 1, 2, 0]);
    const spellings = Object.fromEntries(
      reader.spellings().map(({ spelling, label, rows }) => [spelling, [label, rows]]),
    );
    expect(spellings).toEqual({
      ...{
        Donor: ["donor", 1],
        donor: ["donor", 1],
        ACCEPTOR: ["acceptor", 1],
        neither: ["neither", 1],
        null: ["neither", 2],
      },
      ...{ '""': ["neither", 1], 0: ["neither", 2], 1: ["donor", 2], 2: ["acceptor", 2] },
    });
  });

  it("never swaps codes, though 2 be the most frequent", () => {
    expect([...new LabelReader("l").read(["2", "2", "2", "0"], "a")]).toEqual([2, 2, 2, 0]);
  });

  it("refuses all else", () => {
    for (const bad of ["3", "Donors", " donor", "0.0", "-1"]) {
      expect(() => new LabelReader("l").read(["donor", bad], "a.csv")).toThrow(/a\.csv: column "l", row 2/);
    }
  });
});

describe("chromosomeCodes", () => {
  it("follows the fixed table, and codes other names by themselves", () => {
    const codes = chromosomeCodes([
      "chr1",
      "22",
      "X",
      "chrY",
      "MT",
      "chrM",
      "GL2",
      "chrgl2",
      "GL1",
      "0",
      "23",
      "",
    ]);
    const fixed = { chr1: 1, 22: 22, X: 23, chrY: 24, MT: 25, chrM: 25 };
    for (const [name, code] of Object.entries(fixed)) expect(codes.get(name)).toBe(code);
    const others = ["GL2", "GL1", "0", "23"].map((name) => codes.get(name)!);
    expect(new Set(others).size).toBe(4);
    expect(Math.min(...others)).toBeGreaterThan(100);
    expect(codes.get("chrgl2")).toBe(codes.get("GL2"));
    expect(codes.has("")).toBe(false);
    // A name has the same code whatever stands beside it: a model meets it again in other data.
    expect(chromosomeCodes(["GL2"]).get("GL2")).toBe(codes.get("GL2"));
  });
});
