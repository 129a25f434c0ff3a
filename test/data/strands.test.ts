import { describe, expect, it } from "vitest";
import { openDataset } from "../../src/data/open.ts";
import { type Cell, parquet, type Table } from "./tables.ts";

function table(strand: readonly Cell[] | null, genes = ["a", "b", "c"], position = "position"): Table {
  const rows = genes.flatMap((gene) => [0, 1].map((i) => ({ gene, i })));
  return {
    gene_id: rows.map(({ gene }) => gene),
    [position]: rows.map(({ i }) => i),
    ...(strand ? { strand } : {}),
    splice_type: rows.map(({ i }) => ["neither", "donor"][i]),
    x: rows.map(({ i }) => i),
  };
}

describe("strands", () => {
  it("are those of the genes' first rows; 1 and -1 are strands too", async () => {
    const text = await openDataset(await parquet("a.parquet", table(["+", "+", "-", "-", "", ""])));
    expect(text.strands).toEqual(["+", "-", ""]);
    expect(text.notes).toEqual([]);
    expect(text.features).toEqual(["x"]);
    const numbers = await openDataset(await parquet("a.parquet", table([1, 1, -1, -1, null, null])));
    expect(numbers.strands).toEqual(["+", "-", ""]);
  });

  it("are unknown without the column", async () => {
    const data = await openDataset(await parquet("a.parquet", table(null)));
    expect(data.strands).toEqual(["", "", ""]);
    expect(data.notes).toEqual([]);
  });

  it("are unknown where a file lacks the column, and the notes say so", async () => {
    const files = [
      await parquet("a.parquet", table(null, ["a"])),
      await parquet("b.parquet", table(["-", "-"], ["b"])),
    ];
    const data = await openDataset(files);
    expect(data.strands).toEqual(["", "-"]);
    expect(data.notes).toContain('Column "strand" is in 1 of 2 files; elsewhere the strand is unknown.');
  });

  it("that are none or disagree within a gene are told", async () => {
    const data = await openDataset(await parquet("a.parquet", table(["+", "-", "x", "y", "-", "-"])));
    expect(data.strands).toEqual(["+", "", "-"]);
    expect(data.notes).toContain("1 genes have rows of several strands; the first row's is taken.");
    expect(data.notes).toContain('2 rows have a strand that is none (first: "x"): taken as unknown.');
  });
});

describe("genomic positions", () => {
  it("are told by the name of their column", async () => {
    const file = await parquet(
      "a.parquet",
      table(["+", "+", "-", "-", "", ""], undefined, "absolute_position"),
    );
    const data = await openDataset(file, { positionCol: "absolute_position" });
    expect(data.genomicPositions).toBe(true);
    expect(data.notes.join(" ")).toContain('"absolute_position" holds genomic positions');
    expect(data.notes.join(" ")).toContain("leaves 1 genes of unknown strand out");
    const usual = await openDataset(await parquet("a.parquet", table(["+", "+", "-", "-", "", ""])));
    expect(usual.genomicPositions).toBe(false);
  });
});
