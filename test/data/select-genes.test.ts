import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { openDataset } from "../../src/data/open.ts";
import { selectGenes } from "../../src/data/select-genes.ts";
import { collect, parquet, type Table } from "./tables.ts";

const GENES = ["g1", "g2", "g3", "g4"];
const CHROMOSOMES = ["chr1", "2", "1", "X"];

function table(): Table {
  const rows = GENES.flatMap((gene, g) => [0, 1, 2].map((i) => ({ gene, g, i })));
  return {
    gene_id: rows.map(({ gene }) => gene),
    position: rows.map(({ i }) => i * 10),
    chrom: rows.map(({ g }) => CHROMOSOMES[g]),
    splice_type: rows.map(({ i }) => ["neither", "donor", "acceptor"][i]),
    x: rows.map(({ g, i }) => g * 10 + i),
  };
}

describe("genes kept or left out", () => {
  it("opens only them, and says how many", async () => {
    const file = await parquet("a.parquet", table());
    const only = await openDataset(file, { onlyGenes: ["g3", "g1"] });
    expect(only.genes).toEqual(["g1", "g3"]);
    expect(only.notes).toContain("2 of 4 genes (6 rows) are selected (2 by id).");
    expect((await collect(only.columns(["x"]))).x).toEqual([0, 1, 2, 20, 21, 22]);
    const except = await openDataset(file, { exceptGenes: ["g3", "g1"] });
    expect(except.genes).toEqual(["g2", "g4"]);
    expect(except.notes).toContain("2 of 4 genes (6 rows) are held out (2 by id).");
  });

  it("takes chromosomes with and without chr, in any case", async () => {
    const file = await parquet("a.parquet", table());
    expect((await openDataset(file, { onlyChromosomes: ["1", "CHRx"] })).genes).toEqual(["g1", "g3", "g4"]);
    const except = await openDataset(file, { exceptChromosomes: ["chr1"] });
    expect(except.genes).toEqual(["g2", "g4"]);
    expect(except.notes).toContain("2 of 4 genes (6 rows) are held out (by chromosome: chr1).");
  });

  it("selects before it samples: the draw is among the genes left", async () => {
    const file = await parquet("a.parquet", table());
    for (let seed = 0; seed < 8; seed++) {
      const data = await openDataset(file, { exceptGenes: ["g2"], sampleGenes: 2, seed });
      expect(data.genes).toHaveLength(2);
      expect(data.genes).not.toContain("g2");
      expect(data.notes.join(" ")).toContain(
        `2 of 3 genes are used, 6 of 9 rows (gene sample, seed ${seed})`,
      );
    }
    const all = await openDataset(file, { exceptGenes: ["g2"], sampleGenes: 3 });
    expect(all.notes).toContain("3 genes were asked for and the data has 3: all are used.");
  });

  it("names the first gene or chromosome that is not there", async () => {
    const file = await parquet("a.parquet", table());
    const open = (options: Parameters<typeof openDataset>[1]) => openDataset(file, options);
    await expect(open({ exceptGenes: ["g1", "gene9", "g7"] })).rejects.toMatchObject({
      kind: "usage",
      message: expect.stringContaining(
        'exceptGenes (--holdout-genes): the data has no gene "gene9" (4 are known)',
      ),
    });
    await expect(open({ onlyChromosomes: ["7"] })).rejects.toMatchObject({
      kind: "usage",
      message: expect.stringContaining('no chromosome "7"'),
    });
    await expect(open({ onlyChromosomes: [""] })).rejects.toMatchObject({ kind: "usage" });
    await expect(open({ exceptGenes: GENES })).rejects.toMatchObject({
      kind: "usage",
      message: expect.stringContaining("No gene is left of 4"),
    });
    await expect(open({ onlyGenes: [] })).rejects.toMatchObject({ kind: "usage" });
  });

  it("needs a chromosome column to go by chromosome", async () => {
    const { chrom: _, ...without } = table();
    const file = await parquet("a.parquet", without);
    await expect(openDataset(file, { exceptChromosomes: ["1"] })).rejects.toMatchObject({
      kind: "data",
      message: expect.stringContaining('expected a column "chrom"'),
    });
  });

  it("splits the data in two: what except leaves out, only keeps", () => {
    const names = Array.from({ length: 9 }, (_, g) => `g${g}`);
    const chromosomes = names.map((_, g) => `${g % 3}`);
    const counts = Uint32Array.from(names, (_, g) => g + 1);
    fc.assert(fc.property(fc.subarray(names), fc.subarray(["0", "1", "2"]), (genes, chroms) => {
      const kept = (selection: Parameters<typeof selectGenes>[3]): number[] => {
        try {
          return [...selectGenes(names, counts, chromosomes, selection).keep];
        } catch {
          return names.map(() => 0);
        }
      };
      const only = kept({ onlyGenes: genes, onlyChromosomes: chroms });
      const except = kept({ exceptGenes: genes, exceptChromosomes: chroms });
      expect(only.map((flag) => 1 - flag)).toEqual(except);
    }));
  });
});
