/** What the screen calls a leak, and what it must not. Nothing is told from the names of columns. */
import { describe, expect, it } from "vitest";
import type { FeatureSample } from "../../../src/evaluation/analysis.ts";
import { leakFinder, screenFolds, screenLeakage } from "../../../src/evaluation/leakage/screen.ts";
import type { FeatureScreen, LeakageScreen } from "../../../src/evaluation/leakage/types.ts";
import { type Row, scoreOf, Table } from "./tables.ts";

const OPTIONS = { threshold: 0.95, seed: 7 };

function screen(table: Table, options = OPTIONS): LeakageScreen {
  const sample = table.sample();
  return screenLeakage(sample, sample.genes, options);
}

function leaks({ features }: LeakageScreen): string[] {
  return features.filter(({ verdict }) => verdict === "leak").map(({ feature }) => feature);
}

function named({ features }: LeakageScreen, name: string): FeatureScreen {
  return features.find(({ feature }) => feature === name)!;
}

/** Screens an honest table with one more column; the column's screen, after a look that nothing else is called a leak. */
function added(valueOf: (row: Row, table: Table) => number, table: Table = new Table()): FeatureScreen {
  table.addHonest().add("x", (row) => valueOf(row, table));
  const found = screen(table);
  expect(leaks(found).filter((name) => name !== "x")).toEqual([]);
  return named(found, "x");
}

const exons = ({ gene }: Row, table: Table): number => table.ofGene(gene, 2);

describe("leaks", () => {
  it.each([
    ["zero", 0, 0],
    ["-1", -1, -1],
    ["missing", NaN, "missing"],
    ["a mean", 417.25, 417.25],
  ])("a property of the gene that negative rows lack: %s there", (_, fill, value) => {
    const { verdict, pattern, reason } = added((row, table) => row.label === 0 ? fill : exons(row, table));
    expect(verdict).toBe("leak");
    expect(pattern).toMatchObject({
      kind: "value",
      class: "neither",
      holders: "class",
      value,
      inHolders: 1,
      inOthers: 0,
      strength: 1,
    });
    expect(reason).toContain("100.0 % of the neither rows and 0.0 % of the site rows");
  });

  it("one that negative rows have from another column, which is named and stays", () => {
    const table = new Table().addHonest();
    table.add("x", (row) => row.label === 0 ? table.column("gene_length")[row.row] : exons(row, table));
    const found = screen(table);
    expect(leaks(found)).toEqual(["x"]);
    const { pattern, partners, reason } = named(found, "x");
    expect(pattern).toMatchObject({ kind: "value", value: null, strength: 1 });
    expect(partners).toEqual(["gene_length"]);
    expect(reason).toContain("it equals gene_length");
    expect(named(found, "gene_length")).toMatchObject({
      verdict: "ok",
      remark: expect.stringContaining("names the gene"),
    });
  });

  it("the mean of each gene, where negative rows have it", () => {
    const { verdict, pattern } = added((row, table) =>
      row.label === 0 ? exons(row, table) : exons(row, table) + row.stream.nextNormal()
    );
    expect([verdict, pattern?.value, pattern?.holders]).toEqual(["leak", null, "class"]);
  });

  it("an indicator, its opposite, and all that is filled on the same rows: partners of each other", () => {
    const table = new Table().addHonest();
    table.add("has", ({ label }) => label > 0 ? 1 : 0)
      .add("lacks", ({ label }) => label > 0 ? 0 : 1)
      .add("mean", (row) => row.label > 0 ? exons(row, table) : 0)
      .add("donor_only", ({ label }) => label === 1 ? 1 : 0);
    const found = screen(table);
    expect(leaks(found)).toEqual(["has", "lacks", "mean", "donor_only"]);
    expect(named(found, "has").partners).toEqual(["lacks", "mean"]);
    expect(named(found, "donor_only").partners).toEqual([]);
  });

  it.each([[1, "donor"], [2, "acceptor"]])("of class %i alone", (code, of) => {
    const value = added(({ label, stream }) => label === code ? -1 : stream.nextInt(50));
    expect(value.verdict).toBe("leak");
    expect(value.pattern).toMatchObject({ class: of, holders: "class", value: -1 });
    const missing = added(({ label, stream }) => label === code ? stream.nextNormal() : NaN);
    expect(missing.verdict).toBe("leak");
    expect(missing.pattern).toMatchObject({ class: of, holders: "others", value: "missing" });
  });

  it("with noise: 2 % of the rows on the wrong side", () => {
    const filled = (row: Row, table: Table): number =>
      (row.label > 0) !== (row.stream.nextFloat() < 0.02) ? exons(row, table) : 0;
    const { verdict, pattern } = added(filled, new Table(60));
    expect(verdict).toBe("leak");
    expect(pattern!.strength).toBeGreaterThan(0.95);
    expect(pattern!.strength).toBeLessThan(0.97);
    expect(pattern!.class).toBe("neither");
    const indicator = added((row, table) => filled(row, table) > 0 ? 1 : 0, new Table(60));
    expect(indicator.verdict).toBe("leak");
    // Half as sure, it is no pattern of this threshold.
    expect(
      added(({ label, stream }) => (label > 0) !== (stream.nextFloat() < 0.04) ? 1 : 0, new Table(60))
        .verdict,
    ).not.toBe("leak");
  });

  it("a score that never errs within a gene", () => {
    const { verdict, pattern } = added(({ gene, label, stream }) =>
      10 * gene + (label > 0 ? 5 : 0) + stream.nextFloat()
    );
    expect(verdict).toBe("leak");
    expect(pattern).toMatchObject({
      kind: "order",
      class: "neither",
      strength: 1,
      genes: 40,
      exactGenes: 40,
    });
    expect(added(({ label, stream }) => label + stream.nextFloat() / 2).verdict).toBe("leak");
    const gaps = (side: boolean) => ({ label, stream }: Row): number =>
      (label > 0) === side && stream.nextInt(3) === 0 ? NaN : label + stream.nextFloat() / 2;
    for (const side of [true, false]) expect(added(gaps(side)).pattern?.kind).toBe("order");
    expect(added(({ label, stream }) => stream.nextInt(3) === 0 ? NaN : label + stream.nextFloat() / 2))
      .toMatchObject({
        verdict: expect.not.stringContaining("leak"),
        pattern: null,
      });
  });

  it("what counts the gene's labels: their number, a line of it, their share", () => {
    const table = new Table();
    table.addHonest()
      .add("sites", ({ gene }) => table.count(gene, [1, 2]))
      .add("exons", ({ gene }) => 1 + table.count(gene, [1]))
      .add("half", ({ gene }) => table.count(gene, [1, 2]) / 2 + 1)
      .add("encoded", ({ gene }) => table.count(gene, [2]) / table.count(gene, [0, 1, 2]))
      .add("nearly", ({ gene }) => table.count(gene, [1, 2]) + gene % 3)
      .add("along", ({ gene }) => 1000 + 50 * table.count(gene, [1, 2]) + 4 * (gene % 5))
      .add("rows", ({ gene }) => table.count(gene, [0, 1, 2]));
    const found = screen(table);
    expect(leaks(found)).toEqual(["sites", "exons", "half", "encoded"]);
    expect(named(found, "sites").reason).toContain("the number of sites of the gene in 40 of 40 genes");
    expect(named(found, "encoded").reason).toContain("the share of acceptors");
  });
});

describe("relations of two columns", () => {
  const related = (): Table => {
    const table = new Table().addHonest();
    // The best of a window on true sites, the row's own score elsewhere.
    return table
      .add(
        "best",
        ({ row, label, stream }) => table.column("score")[row] * (label > 0 ? 1.2 + stream.nextFloat() : 1),
      )
      .add("position", ({ row, gene }) => 5 * (row - table.geneStart[gene]) + 1000 * (gene % 7))
      .add(
        "starts",
        ({ row, label, stream }) =>
          table.column("position")[row] - (label === 0 ? 250 : 100 + stream.nextInt(99)),
      );
  };

  it("that holds on one side only: the one that goes further with the classes is the leak, with the other as its partner", () => {
    const found = screen(related());
    expect(leaks(found)).toEqual(["best", "starts"]);
    expect(named(found, "best")).toMatchObject({
      partners: ["score"],
      pattern: { kind: "relation", value: 1 },
    });
    expect(named(found, "best").reason).toMatch(
      /^Equality with score holds on 100\.0 % of the neither rows and/,
    );
    expect(named(found, "starts").reason).toMatch(/^A difference of 250 to position holds on 100\.0 %/);
    expect(named(found, "starts")).toMatchObject({
      partners: ["position"],
      pattern: { kind: "relation", value: 250 },
    });
  });

  it("that holds on all rows, or by chance, is none", () => {
    const table = new Table().addHonest();
    table.add("twice", ({ row }) => 2 * table.column("score")[row])
      .add("same", ({ row }) => table.column("score")[row])
      .add("other", ({ row }) => 1 - table.column("gc")[row]);
    expect(leaks(screen(table))).toEqual([]);
  });
});

describe("honest features", () => {
  it("are never leaks, at any threshold at which they are as sure as one", () => {
    for (const threshold of [0.6, 0.8, 0.9, 0.95]) {
      const found = screen(new Table(60).addHonest(), { ...OPTIONS, threshold });
      const called = leaks(found);
      // A dinucleotide is not told from a leak by its values where the threshold asks for less than it has.
      expect(called.filter((name) => threshold > 0.94 || !["starts_gt", "ends_ag"].includes(name))).toEqual(
        [],
      );
    }
  });

  it("of a base model that hardly errs are strong: the score, rounded, called, one class against the other", () => {
    const table = new Table(60, 3);
    table.add("score", ({ label, stream }) => scoreOf(label > 0, 0.02, 0.015, stream))
      .add("rounded", ({ row }) => Math.round(100 * table.column("score")[row]) / 100)
      .add("coarse", ({ row }) => Math.round(5 * table.column("score")[row]) / 5)
      .add("called", ({ row }) => table.column("score")[row] >= 0.3 ? 1 : 0)
      .add("reversed", ({ row }) => table.column("score")[row] < 0.3 ? 1 : 0);
    const found = screen(table);
    expect(found.features.map(({ feature, verdict }) => [feature, verdict])).toEqual(
      ["score", "rounded", "coarse", "called", "reversed"].map((name) => [name, "strong"]),
    );
    // They would be leaks by how sure they are alone.
    for (const name of ["coarse", "called", "reversed"]) {
      expect(named(found, name).pattern!.strength, name).toBeGreaterThan(0.95);
    }
    expect(named(found, "called").reason).toContain("where it errs goes by score");
    expect(named(found, "coarse").reason).toContain("by degrees");
    expect(named(found, "score").auc.neither!).toBeLessThan(0.01);
  });

  it("has the call of such a score as a leak where the score is not there to explain it, and says so by its numbers", () => {
    const called = ({ label, stream }: Row): number => stream.nextFloat() < (label > 0 ? 0.99 : 0.01) ? 1 : 0;
    expect(added(called, new Table(60)).verdict).toBe("leak");
  });

  it("have no pattern where genes have so few sites that each looks like one", () => {
    const found = screen(new Table(60, 2, [0.015, 0.015]).addHonest());
    for (const name of ["gc", "gene_length", "score_2"]) {
      expect(named(found, name).pattern?.class).not.toBe("donor");
    }
    expect(leaks(found)).toEqual([]);
  });

  it("of one value, of one a gene, or none: remarked on, not called", () => {
    const found = screen(new Table().addHonest());
    expect(named(found, "window").remark).toContain("same on all rows");
    expect(named(found, "gene_start").remark).toContain("names the gene");
    expect(named(found, "kmer").remark).toBeNull();
    expect(named(found, "nothing")).toMatchObject({
      verdict: "ok",
      missing: 1,
      distinctValues: 1,
      pearson: { donor: null },
      spearman: { donor: null },
    });
  });
});

describe("folds", () => {
  it("leave out what their own training genes show, and the final model what all do", () => {
    const table = new Table(50);
    table.addHonest()
      .add("everywhere", ({ label }) => label > 0 ? 1 : 0)
      // Genes of the first fold are clean.
      .add("elsewhere", ({ gene, label, stream }) => gene % 5 === 0 ? stream.nextInt(2) : label > 0 ? 1 : 0);
    const sample = table.sample();
    const { all, folds, finalLeftOut, notes } = screenFolds(sample, 5, OPTIONS);
    expect(finalLeftOut.map(({ feature }) => feature)).toEqual(["everywhere"]);
    expect(leaks(all)).toEqual(["everywhere"]);
    expect(folds.map(({ fold, genes, leftOut }) => [fold, genes, leftOut.map(({ feature }) => feature)]))
      .toEqual([
        [0, 40, ["everywhere", "elsewhere"]],
        ...[1, 2, 3, 4].map((fold) => [fold, 40, ["everywhere"]]),
      ]);
    expect(notes).toEqual([]);
    const find = leakFinder(sample, OPTIONS);
    for (const { fold, leftOut } of folds) {
      const training = sample.genes.filter((gene) => gene % 5 !== fold);
      expect(find(training)).toEqual(leftOut);
      const alone = screenLeakage(sample, training, OPTIONS);
      // The screen says more: which other features equal the leak.
      expect(leaks(alone)).toEqual(leftOut.map(({ feature }) => feature));
      expect(alone.rows).toBe(sample.labels.length - rowsOf(sample, fold));
    }
  });

  it("do not look at the genes that they are judged by", () => {
    const table = new Table(50, 4).addHonest().add("x", ({ label }) => label > 0 ? 1 : 0);
    const sample = table.sample();
    const before = screenFolds(sample, 5, OPTIONS).folds[2];
    const labels = sample.labels.slice();
    const columns = sample.columns.map((column) => column.slice());
    for (const gene of sample.genes.filter((g) => g % 5 === 2)) {
      for (let row = sample.geneStart[gene]; row < sample.geneStart[gene + 1]; row++) {
        labels[row] = (row * 7) % 3;
        columns.forEach((column, i) => column[row] = (row * 31 + i) % 11);
      }
    }
    expect(screenFolds({ ...sample, labels, columns }, 5, OPTIONS).folds[2]).toEqual(before);
  });

  function rowsOf({ geneStart, genes }: FeatureSample, fold: number): number {
    return genes.filter((gene) => gene % 5 === fold).reduce(
      (sum, g) => sum + geneStart[g + 1] - geneStart[g],
      0,
    );
  }
});
