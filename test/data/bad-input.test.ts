import { type FileMetaData, parquetMetadata } from "hyparquet";
import { ByteWriter } from "hyparquet-writer";
import { writeMetadata } from "hyparquet-writer/src/metadata.js";
import { describe, expect, it } from "vitest";
import type { DataInput } from "../../src/data/byte-source.ts";
import { openDataset, type OpenOptions } from "../../src/data/open.ts";
import { writeParquet } from "../../src/data/parquet-write.ts";
import { collect, csv, parquet, sites } from "./tables.ts";

/** Opens and reads everything; the error, if any, must be one of the data. */
async function failure(
  inputs: DataInput | DataInput[],
  options: OpenOptions = {},
  kind = "data",
): Promise<string> {
  try {
    const data = await openDataset(inputs, options);
    await collect(data.columns(data.features));
  } catch (error) {
    expect((error as { kind?: string }).kind).toBe(kind);
    return (error as Error).message;
  }
  throw new Error("nothing was thrown");
}

describe("bad input is named by file, column and row", () => {
  it("a missing column, with the nearest name", async () => {
    const { gene_id, splice_type, ...rest } = sites(["a", "b"]);
    expect(await failure(await parquet("f.parquet", { ...rest, splice_type }))).toMatch(
      /f\.parquet: expected a column "gene_id", found none/,
    );
    expect(await failure(await parquet("f.parquet", { ...rest, gene_id, splice_typ: splice_type }))).toMatch(
      /"splice_type", found none\. Did you mean "splice_typ"/,
    );
    expect(await failure(await parquet("f.parquet", sites(["a"])), { positionCol: "pos" })).toMatch(
      /"pos", found none/,
    );
  });

  it("a role column that only some files have", async () => {
    const { splice_type: _, ...without } = sites(["b"]);
    const files = [await parquet("a.parquet", sites(["a"])), await parquet("b.parquet", without)];
    expect(await failure(files)).toMatch(
      /b\.parquet: expected column "splice_type" as in the other files \(1 of 2/,
    );
    expect(await failure(files, { requireLabels: false })).toMatch(/b\.parquet/);
  });

  it("infinities, in f64 or only in f32", async () => {
    for (const [bad, text] of [[Infinity, "Infinity"], [-1e39, "-1e\\+39"]] as const) {
      const table = sites(["a", "b"]);
      table.x[5] = bad;
      expect(await failure([await parquet("z.parquet", table), await parquet("a.parquet", sites(["c"]))]))
        .toMatch(new RegExp(`z\\.parquet: column "x", row 6: .*found ${text}`));
    }
    const text = csv("c.csv", { ...sites(["a"], 2), x: ["1", "inf"] });
    expect(await failure(text)).toMatch(/c\.csv: column "x", row 2/);
  });

  it("labels of one class, and labels that are none", async () => {
    const table = sites(["a"]);
    expect(await failure(await parquet("f.parquet", { ...table, splice_type: ["neither", null, "", "0"] })))
      .toMatch(/"splice_type": expected labels of at least two.*found only neither \(4 rows\)/);
    expect(await failure(await parquet("f.parquet", { ...table, splice_type: ["donor", "donr", "", "0"] })))
      .toMatch(/f\.parquet: column "splice_type", row 2: .*found "donr"/);
    expect(await failure(await parquet("f.parquet", { ...table, splice_type: [0, 1, 2, 3] }))).toMatch(
      /row 4: .*found 3/,
    );
  });

  it("a row without a gene, and no rows at all", async () => {
    const table = sites(["a", ""]);
    expect(await failure(await parquet("f.parquet", table))).toMatch(
      /f\.parquet: column "gene_id", row 5: expected a gene id, found an empty text/,
    );
    table.gene_id[2] = null;
    expect(await failure(await parquet("f.parquet", table))).toMatch(/row 3: expected a gene id, found null/);
    const none = await parquet("n.parquet", sites([]), { gene_id: "string", splice_type: "string" });
    expect(await failure(none)).toMatch(/no rows/);
  });

  it("a feature that is a number here and text there", async () => {
    const files = [
      await parquet("a.parquet", sites(["a"])),
      await parquet("b.parquet", { ...sites(["b"]), x: ["1", "2", "3", "4"] }),
    ];
    expect(await failure(files)).toMatch(
      /"x" holds numbers in a\.parquet \(DOUBLE\) but not in b\.parquet \((STRING|UTF8)\)/,
    );
  });

  it("types that differ harmlessly: numbers of two widths, labels, columns that are no features", async () => {
    const files = [
      await parquet("a.parquet", { ...sites(["a"]), strand: ["+", "+", "-", "-"] }, { x: "float32" }),
      await parquet("b.parquet", { ...sites(["b"]), splice_type: [0, 1, 2, null], strand: [1, 1, 1, 1] }),
    ];
    const data = await openDataset(files);
    expect([data.rows, data.features]).toEqual([8, ["x", "y"]]);
    expect([...data.labels!.slice(4)]).toEqual([0, 1, 2, 0]);
  });

  it("a feature asked for that is not there or no number", async () => {
    const file = await parquet("f.parquet", {
      ...sites(["a"]),
      note: ["a", "b", "c", "d"],
      donor_sco: [1, 2, 3, 4],
    });
    expect(await failure(file, { features: ["x", "donor_score2"] })).toMatch(
      /Feature "donor_score2" is in none of the 1 files\. Did you mean "donor_sco"/,
    );
    expect(await failure(file, { features: ["x", "note"] })).toMatch(
      /f\.parquet: feature "note" must be a number/,
    );
  });

  it("options that make no sense", async () => {
    const file = await parquet("f.parquet", sites(["a"]));
    expect(await failure(file, { excludeFeatures: ["xx"] }, "usage")).toMatch(
      /no column is called "xx".*"x"/,
    );
    expect(await failure(file, { sampleGenes: -1 }, "usage")).toMatch(/sampleGenes: expected a whole number/);
    const data = await openDataset(file);
    await expect(collect(data.columns(["zz"]))).rejects.toThrow(/"zz"/);
  });

  it("CSV with uneven rows, open quotes, a name twice, no header", async () => {
    const text = (name: string, content: string): DataInput => ({
      name,
      data: new TextEncoder().encode(content),
    });
    expect(await failure(text("u.csv", "gene_id,x\ng,1\ng\n"))).toMatch(
      /u\.csv: row 2 has 1 fields where the header has 2/,
    );
    expect(await failure(text("q.csv", 'gene_id,x\n"g,1\n'))).toMatch(/q\.csv: not readable as CSV/);
    expect(await failure(text("t.csv", "x,x\n1,2\n"))).toMatch(/t\.csv: column "x" appears twice/);
    expect(await failure(text("e.csv", ""))).toMatch(/e\.csv: expected a line of column names/);
    expect(await failure({ name: "z.csv.gz", data: new Uint8Array([1, 2, 3]) })).toMatch(
      /z\.csv\.gz: not readable/,
    );
  });
});

describe("a record without end is refused before it fills the memory", () => {
  /** Endless repetitions of a text, of which no more than `limit` bytes may be read. */
  const endless = (name: string, text: string, limit: number): DataInput => ({
    name,
    size: 2 ** 40,
    slice: (start: number, end: number) => {
      if (start > limit) throw new Error("read on");
      const bytes = Uint8Array.from(text, (letter) => letter.charCodeAt(0));
      return Promise.resolve(
        new Uint8Array(end - start).map((_, i) => bytes[(start + i) % bytes.length]).buffer,
      );
    },
  });

  it("where a line does not end", async () => {
    expect(await failure(endless("long.csv", "a", 2 ** 28))).toMatch(
      /long\.csv: a record of more than 67108864 characters/,
    );
  });

  it("where a quote is not closed", async () => {
    const text = `x,y\n1,2\n"${"1,2\n".repeat(2 ** 18)}`;
    expect(await failure(endless("quote.csv", text, text.length))).toMatch(
      /quote\.csv: a record of more than 65536 lines; is a quote left open\?/,
    );
  });

  it("but quoted line ends in records of their own are counted anew", async () => {
    const rows = Array.from({ length: 30_000 }, (_, i) => `g,${i % 3},"a\nb\n""c"\n`);
    const data = new TextEncoder().encode(`gene_id,splice_type,note\n${rows.join("")}`);
    expect(await openDataset({ name: "n.csv", data }).catch((error) => error.message)).toMatch(
      /No column is left/,
    );
  });
});

describe("a Parquet footer that promises rows", () => {
  const roles = { geneCol: "x", labelCol: "x" };
  /** A file of zeros with its footer changed. */
  async function lying(change: (footer: FileMetaData) => void): Promise<DataInput> {
    const bytes = await writeParquet(
      ["x", "y"].map((name) => ({ name, type: "float32", values: new Float32Array(1000) })),
    );
    const footer = parquetMetadata(new Uint8Array(bytes).buffer);
    change(footer);
    const out = new ByteWriter();
    out.appendBytes(bytes.subarray(0, bytes.length - 8 - footer.metadata_length));
    writeMetadata(out, footer);
    out.appendBytes(new TextEncoder().encode("PAR1"));
    return { name: "lie.parquet", data: out.getBytes() };
  }
  const promise = (footer: FileMetaData, rows: number): void => {
    footer.num_rows = footer.row_groups[0].num_rows = BigInt(rows);
    for (const { meta_data } of footer.row_groups[0].columns) meta_data!.num_values = BigInt(rows);
  };

  it("beyond what a file of its size holds is refused", async () => {
    expect(await failure(await lying((footer) => promise(footer, 2 ** 26)))).toMatch(
      /lie\.parquet: its footer promises 67108864 rows in \d+ bytes/,
    );
  });

  it("that its column chunks do not hold is refused", async () => {
    const file = await lying((footer) => {
      promise(footer, 1001);
      footer.row_groups[0].columns[0].meta_data!.num_values = 1000n;
    });
    expect(await failure(file)).toMatch(
      /lie\.parquet: column "x" has 1000 values in row group 1, where 1001 rows are promised/,
    );
  });

  it("that its pages do not hold is refused", async () => {
    const file = await lying((footer) => promise(footer, 1001));
    expect(await failure(file, roles)).toMatch(/lie\.parquet: column "x" is damaged/);
  });

  it("as they are is read", async () => {
    expect(await failure(await lying(() => {}), roles)).toMatch(/expected labels of at least two/);
  });
});

describe("odd input that is allowed", () => {
  it("all-null columns are no features, in one file or in all", async () => {
    const nulls = [null, null, null, null];
    const types = { none: "string", half: "string" } as const;
    const files = [
      await parquet("a.parquet", { ...sites(["a"]), none: nulls, half: nulls }, types),
      await parquet("b.parquet", { ...sites(["b"]), none: nulls, half: [1, 2, 3, 4] }, { none: "string" }),
    ];
    const data = await openDataset(files);
    expect(data.features).toEqual(["x", "y", "half"]);
    expect(data.excluded).toContainEqual({ name: "none", reason: "no row has a value" });
    expect((await collect(data.columns(["half"]))).half).toEqual([NaN, NaN, NaN, NaN, 1, 2, 3, 4]);
  });

  it("files with different columns: missing there, and noted", async () => {
    const files = [
      await parquet("a.parquet", sites(["a"])),
      await parquet("b.parquet", { ...sites(["b"]), z: [1, 2, 3, 4] }),
    ];
    const data = await openDataset(files);
    expect(data.notes.join()).toMatch(/1 feature is absent from some files \(first: "z" from a\.parquet\)/);
    expect((await collect(data.columns(["z"]))).z).toEqual([NaN, NaN, NaN, NaN, 1, 2, 3, 4]);
  });

  it("repeated positions and rows are kept and counted", async () => {
    const table = sites(["a", "b"]);
    const twice = Object.fromEntries(
      Object.entries(table).map(([name, values]) => [name, [...values, values[0], values[5]]]),
    );
    twice.x[8] = 99;
    const data = await openDataset(await parquet("f.parquet", twice));
    expect(data.rows).toBe(10);
    expect(data.notes).toEqual([
      "2 rows repeat the gene and position of an earlier row; they are kept.",
      "1 rows are exact copies of an earlier row; they are kept.",
    ]);
    const { position: _, ...nowhere } = twice;
    const notes = (await openDataset(await parquet("f.parquet", nowhere))).notes.join("\n");
    expect(notes).toMatch(/1 rows are exact copies/);
    expect(notes).toMatch(/no position column/);
  });

  it("the same copy in two files is found, whatever the width of its numbers", async () => {
    const table = { ...sites(["a"]), x: [1, 2, 3, 4] };
    const files = [await parquet("a.parquet", table), await parquet("b.parquet", table, { x: "int32" })];
    expect((await openDataset(files)).notes.join()).toMatch(/4 rows repeat.*4 rows are exact copies/);
  });

  it("data without labels, where they are not needed", async () => {
    const { splice_type: _, ...table } = sites(["a"]);
    const data = await openDataset(await parquet("f.parquet", table), { features: ["y", "x"] });
    expect([data.labels, data.labelSpellings, data.features]).toEqual([null, [], ["y", "x"]]);
  });

  it("gene ids that look like numbers stay apart", async () => {
    const data = await openDataset(csv("f.csv", { ...sites(["007", "7"]) }));
    expect(data.genes).toEqual(["007", "7"]);
  });
});
