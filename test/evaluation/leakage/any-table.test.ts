/** The screen on tables of any shape: few rows or none, a class missing, ties everywhere, nothing but missing. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { FeatureSample } from "../../../src/evaluation/analysis.ts";
import { leakageCsv } from "../../../src/evaluation/leakage/csv.ts";
import { screenFolds, screenLeakage } from "../../../src/evaluation/leakage/screen.ts";
import { Table } from "./tables.ts";

const OPTIONS = { threshold: 0.95, seed: 1 };

function tables(): fc.Arbitrary<FeatureSample> {
  const value = fc.oneof(
    fc.constantFrom(NaN, 0, -0, 1, 1e30, -1e30, Infinity),
    fc.integer({ min: -3, max: 3 }),
    fc.float(),
  );
  return fc.record({
    sizes: fc.array(fc.integer({ min: 0, max: 30 }), { maxLength: 12 }),
    classes: fc.constantFrom([0], [1], [0, 1], [1, 2], [0, 1, 2]),
    columns: fc.array(fc.array(value, { minLength: 1, maxLength: 40 }), { maxLength: 5 }),
    seed: fc.nat(),
  }).map(({ sizes, classes, columns, seed }) => {
    const geneStart = Uint32Array.from([0, ...sizes]);
    for (let g = 0; g < sizes.length; g++) geneStart[g + 1] += geneStart[g];
    const rows = geneStart[sizes.length];
    const labels = Uint8Array.from(
      { length: rows },
      (_, row) => classes[(row * 7919 + seed) % classes.length],
    );
    const genes = Uint32Array.from(sizes, (_, gene) => gene);
    return {
      names: columns.map((_, i) => `f${i}`),
      columns: columns.map((own) =>
        Float32Array.from(labels, (_, row) => own[(row + (row >> 3)) % own.length])
      ),
      labels,
      geneStart,
      genes,
      rows: Uint32Array.from(labels, (_, row) => row),
      foldOfGene: Uint8Array.from(genes, (gene) => gene % 3),
    };
  });
}

/** All numbers within, with the names of their places. */
function numbers(value: unknown, at: string = ""): [string, number][] {
  if (typeof value === "number") return [[at, value]];
  if (value === null || typeof value !== "object") return [];
  return Object.entries(value).flatMap(([key, inner]) => numbers(inner, `${at}.${key}`));
}

describe("the screen of any table", () => {
  it("is made of JSON values within their bounds, and calls a leak what has a pattern as strong", () => {
    fc.assert(
      fc.property(tables(), (sample) => {
        const found = screenFolds(sample, 3, OPTIONS);
        expect(JSON.parse(JSON.stringify(found))).toEqual(found);
        for (const [at, number] of numbers(found)) {
          expect(Number.isFinite(number), at).toBe(true);
          if (/\.(auc|pearson|spearman)\./.test(at)) expect(Math.abs(number), at).toBeLessThanOrEqual(1);
          if (/\.(strength|missing|informationShare)$/.test(at)) expect(number, at).toBeLessThanOrEqual(1);
        }
        for (const { verdict, reason, pattern } of found.all.features) {
          expect(reason === "").toBe(verdict === "ok");
          if (verdict === "leak") expect(pattern!.strength).toBeGreaterThanOrEqual(0.95);
        }
        expect(leakageCsv(found).split("\n").length).toBe(sample.names.length + 2);
      }),
      { numRuns: 200 },
    );
  });

  it("does not go by the order of genes, columns, or rows within a gene", () => {
    const table = new Table(20).addHonest().add("x", ({ label, row }) => label > 0 ? row % 9 : -1);
    const sample = table.sample();
    const before = screenLeakage(sample, sample.genes, OPTIONS);
    const genes = [...sample.genes].reverse();
    const rows = genes.flatMap((gene) => {
      const [first, end] = [sample.geneStart[gene], sample.geneStart[gene + 1]];
      return Array.from({ length: end - first }, (_, i) => end - 1 - i);
    });
    const geneStart = Uint32Array.from([
      0,
      ...genes.map((g) => sample.geneStart[g + 1] - sample.geneStart[g]),
    ]);
    for (let g = 0; g < genes.length; g++) geneStart[g + 1] += geneStart[g];
    const turned: FeatureSample = {
      ...sample,
      names: [...sample.names].reverse(),
      columns: [...sample.columns].reverse().map((column) => Float32Array.from(rows, (row) => column[row])),
      labels: Uint8Array.from(rows, (row) => sample.labels[row]),
      geneStart,
    };
    const after = screenLeakage(turned, sample.genes, OPTIONS);
    const exact = ({ feature, verdict, pattern, auc, partners }: (typeof after.features)[number]) => ({
      feature,
      verdict,
      pattern: pattern && { ...pattern, strength: round(pattern.strength), inHolders: null, inOthers: null },
      auc,
      partners,
    });
    expect([...after.features].reverse().map(exact)).toEqual(before.features.map(exact));
  });

  it("names values that are no JSON numbers", () => {
    const table = new Table(10)
      .add("zero", ({ label, row }) => label > 0 ? row : -0)
      .add("infinite", ({ label, row }) => label > 0 ? row : Infinity)
      .add("negative", ({ label, row }) => label > 0 ? row : -Infinity);
    const sample = table.sample();
    const found = screenLeakage(sample, sample.genes, OPTIONS);
    expect(JSON.parse(JSON.stringify(found))).toEqual(found);
    const values = found.features.map(({ pattern }) => pattern!.value);
    expect(values).toEqual([0, "infinity", "-infinity"]);
  });

  it("says what is too little to judge by", () => {
    const sample = new Table(2).add("x", ({ label }) => label).sample();
    const { all, notes } = screenFolds(sample, 2, OPTIONS);
    expect(all.features[0].verdict).toBe("strong");
    expect(all.features[0].pattern).toBeNull();
    expect(all.notes).toEqual([expect.stringMatching(/^2 genes with \d+ rows .* too few to find leaks/)]);
    expect(notes).toHaveLength(2);
    expect(notes[0]).toMatch(/^fold 1: 1 genes/);
    const empty = screenLeakage(sample, [], OPTIONS);
    expect(empty).toMatchObject({ genes: 0, rows: 0, labelEntropy: null });
    expect(empty.features[0]).toMatchObject({ verdict: "ok", missing: null, auc: { donor: null } });
  });

  it("refuses what it cannot read, saying what was expected and found", () => {
    const sample = new Table(4).add("x", ({ label }) => label).sample();
    const usage = (message: string): unknown =>
      expect.objectContaining({ kind: "usage", message: expect.stringContaining(message) });
    const thrown = (run: () => unknown): unknown => {
      try {
        return run();
      } catch (error) {
        return error;
      }
    };
    for (const threshold of [0.5, 1.01, NaN]) {
      expect(thrown(() => screenLeakage(sample, [0], { threshold, seed: 1 }))).toEqual(
        usage("leakage_threshold"),
      );
    }
    expect(thrown(() => screenLeakage(sample, [0, 4], OPTIONS))).toEqual(usage("from 0 to 3, found 4"));
    expect(thrown(() => screenLeakage(sample, [2, 2], OPTIONS))).toEqual(usage("gene index 2 twice"));
    expect(thrown(() => screenLeakage({ ...sample, columns: [new Float32Array(3)] }, [0], OPTIONS))).toEqual(
      usage(`3 rows in "x"`),
    );
    const labels = sample.labels.slice().fill(3, 5, 6);
    expect(thrown(() => screenLeakage({ ...sample, labels }, [0], OPTIONS))).toMatchObject({
      kind: "data",
      message: expect.stringContaining("found 3 in row 5"),
    });
  });

  function round(number: number): number {
    return Number(number.toFixed(9));
  }
});

describe("leakage_report.csv", () => {
  it("has a line a feature, and the folds that left it out, from 1", () => {
    const table = new Table(25).add('a,"b"', ({ label, stream }) => label > 0 ? stream.nextFloat() : NaN)
      .add("c", ({ stream }) => stream.nextInt(9))
      .add("d", ({ gene, label, stream }) => gene % 5 === 1 ? stream.nextInt(2) : Number(label > 0));
    const [header, first, second, third, end] = leakageCsv(screenFolds(table.sample(), 5, OPTIONS)).split(
      "\n",
    );
    expect(header.startsWith("feature,verdict,reason,remark,missing_share")).toBe(true);
    expect(header.endsWith(",partners,folds_flagged")).toBe(true);
    expect(first).toMatch(/^"a,""b""",leak,"No value \(missing\) is held by 100\.0 % of the neither rows/);
    expect(first).toMatch(/,value,neither,class,missing,1,0,1,25,25,,1 2 3 4 5$/);
    expect(second).toMatch(/^c,ok,,,0,9,/);
    expect(third).toMatch(/^d,ok.*,2$/);
    expect(end).toBe("");
  });
});
