import fc from "fast-check";
import { tableFromArrays } from "apache-arrow";
import { afterEach, describe, expect, it, vi } from "vitest";
import type { Dataset } from "../../src/data/dataset.ts";
import { openDataset, type ReadProgress } from "../../src/data/open.ts";
import { type Cell, collect, csv, parquet, sites, type Table } from "./tables.ts";

const GENES = ["ENSG3", "ENSG1", "ENSG10", "ENSG2"];

/** All that a data set tells, its inputs aside. */
async function told(data: Dataset): Promise<unknown> {
  const { columns, canonical: _, inputs: __, ...rest } = data;
  return { ...rest, values: await collect(columns(data.features)) };
}

describe("openDataset", () => {
  it("puts rows in order of gene and position, and reads roles and features", async () => {
    const data = await openDataset(await parquet("a.parquet", sites(GENES, 3)));
    expect(data.genes).toEqual(["ENSG1", "ENSG10", "ENSG2", "ENSG3"]);
    expect([...data.geneStart]).toEqual([0, 3, 6, 9, 12]);
    expect([...data.positions!]).toEqual([0, 10, 20, 0, 10, 20, 0, 10, 20, 0, 10, 20]);
    expect([...data.labels!]).toEqual([2, 0, 0, 0, 0, 1, 0, 1, 2, 1, 2, 0]);
    expect(data.features).toEqual(["x", "y"]);
    expect(data.baseScores).toBeNull();
    expect(data.chromosomes).toEqual(["", "", "", ""]);
    const values = await collect(data.columns(["y", "x"]));
    expect(Object.keys(values)).toEqual(["y", "x"]);
    expect(values.x.slice(0, 3)).toEqual([1, Math.fround(1.1), Math.fround(1.2)]);
    expect(values.y.slice(0, 3)).toEqual([NaN, 1, NaN]);
    expect(data.inputs).toMatchObject([{
      name: "a.parquet",
      sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
    }]);
  });

  it("gives the same data set for any order of files and rows, and any cut of genes into files", async () => {
    const whole = sites(GENES, 4);
    const rows = whole.gene_id.length;
    const expected = await told(await openDataset(await parquet("0.parquet", whole)));
    await fc.assert(
      fc.asyncProperty(
        fc.shuffledSubarray(Array.from({ length: rows }, (_, i) => i), { minLength: rows }),
        fc.array(fc.nat(2), { minLength: rows, maxLength: rows }),
        fc.shuffledSubarray([0, 1, 2], { minLength: 3 }),
        async (order, shardOf, given) => {
          const shards = [0, 1, 2].map((s) => order.filter((row) => shardOf[row] === s));
          fc.pre(shards.every((shard) => shard.length > 0));
          const files = await Promise.all(
            shards.map((shard, s) => parquet(`${s}.parquet`, pick(whole, shard), TYPES)),
          );
          expect(await told(await openDataset(given.map((s) => files[s])))).toEqual(expected);
        },
      ),
      { numRuns: 25 },
    );
  });

  it("keeps rows of one position in the order of the sorted files and of their rows", async () => {
    const same = { position: [5, 5], splice_type: ["donor", "neither"] };
    const files = [
      await parquet("b.parquet", { gene_id: ["g", "g"], ...same, x: [3, 4] }),
      await parquet("a.parquet", { gene_id: ["g", "g"], ...same, x: [2, 1] }),
    ];
    const data = await openDataset(files);
    expect((await collect(data.columns(["x"]))).x).toEqual([2, 1, 3, 4]);
  });

  it("reads CSV, TSV, gzip, Arrow tables and Parquet alike", async () => {
    const table = sites(GENES, 3);
    const expected = await told(await openDataset(await parquet("a.parquet", table)));
    const plain = csv("a.csv", table);
    const zipped = new Response(
      new Blob([plain.data as BlobPart]).stream().pipeThrough(new CompressionStream("gzip")),
    );
    const inputs = [
      plain,
      csv("a.tsv", table, "\t"),
      { name: "a.csv.gz", data: await zipped.arrayBuffer() },
      new File([plain.data as BlobPart], "b.csv"),
      plain.data,
      {
        name: "table",
        data: tableFromArrays({ ...table, position: Float64Array.from(table.position as number[]) }),
      },
    ];
    for (const input of inputs) {
      // A CSV file has no null text: it spells neither "".
      const data = await openDataset(input);
      expect({ ...(await told(data) as object), labelSpellings: [] }).toEqual({
        ...expected as object,
        labelSpellings: [],
      });
    }
  });

  it("rounds features to f32 and takes booleans and integers for numbers", async () => {
    const table = { ...sites(["g1"], 4), flag: [true, false, null, true], big: [2 ** 31 + 1, -1, 0, 1] };
    const data = await openDataset(await parquet("a.parquet", table, { big: "int64" }));
    const values = await collect(data.columns(data.features));
    expect(values.flag).toEqual([1, 0, NaN, 1]);
    expect(values.big).toEqual([Math.fround(2 ** 31 + 1), -1, 0, 1]);
    expect(values.x[1]).toBe(Math.fround(0.1));
  });

  it("reads base scores, chromosomes, and encodes these on request", async () => {
    const n = GENES.length;
    const chrom = ["chr2", "X", "KI2", "KI1"];
    const table = {
      ...sites(GENES, 1),
      chrom,
      donor_score: [0.1, 0.2, 0.3, 0.4],
      acceptor_score: Array<number>(n).fill(0.5),
    };
    const file = await parquet("a.parquet", table);
    const plain = await openDataset(file);
    expect(plain.chromosomes).toEqual(["X", "KI2", "KI1", "chr2"]);
    expect([...plain.baseScores!.donor]).toEqual([0.2, 0.3, 0.4, 0.1].map(Math.fround));
    expect(plain.excluded).toContainEqual({ name: "chrom", reason: expect.stringMatching(/on request/) });
    const encoded = await openDataset(file, { encodeChrom: true });
    expect((await collect(encoded.columns(["chrom"]))).chrom).toEqual([23, 23606, 690749, 2]);
    expect(encoded.notes.join()).toMatch(/chr2=2, X=23, KI2=23606, KI1=690749/);
  });

  it("reports progress and stops on a signal", async () => {
    const files = await Promise.all(["a", "b"].map((name) => parquet(`${name}.parquet`, sites([name]))));
    const events: ReadProgress[] = [];
    await openDataset(files, { onProgress: (event) => events.push(event) });
    expect(events.map(({ done, total }) => [done, total])).toEqual([[1, 2], [2, 2]]);
    await expect(openDataset(files, { signal: AbortSignal.abort() })).rejects.toMatchObject({
      kind: "interrupted",
    });
  });
});

describe("whole genes drawn", () => {
  const many = Array.from({ length: 30 }, (_, i) => `G${i}`);

  it("samples from all files, by seed and gene id alone", async () => {
    const one = await parquet("1.parquet", sites(many.slice(0, 15)));
    const two = await parquet("2.parquet", sites(many.slice(15)));
    const draw = async (seed: number): Promise<readonly string[]> =>
      (await openDataset([one, two], { sampleGenes: 10, seed })).genes;
    const first = await draw(1);
    expect(first).toHaveLength(10);
    expect(await draw(1)).toEqual(first);
    expect(await draw(2)).not.toEqual(first);
    expect(first.some((gene) => many.indexOf(gene) < 15) && first.some((gene) => many.indexOf(gene) >= 15))
      .toBe(true);
    // A gene that is taken away leaves the places of the others as they were.
    const rest = many.filter((gene) => gene !== first[0]);
    const fewer = await openDataset(await parquet("r.parquet", sites(rest)), { sampleGenes: 9, seed: 1 });
    expect(fewer.genes).toEqual(first.slice(1));
  });

  it("reads no labels for data to predict, unless they are asked for", async () => {
    const csv = "gene_id,position,splice_type,a\nG1,1,who knows,1\nG1,2,donor,2\n";
    const input = { name: "a.csv", data: new TextEncoder().encode(csv) };
    expect((await openDataset(input, { features: ["a"] })).labels).toBe(null);
    await expect(openDataset(input, { features: ["a"], labelCol: "splice_type" })).rejects.toThrow(
      /who knows/,
    );
    await expect(openDataset(input, { features: ["a"], requireLabels: true })).rejects.toThrow(/who knows/);
  });

  it("caps rows by whole genes and says so", async () => {
    const file = await parquet("a.parquet", sites(many, 4));
    const data = await openDataset(file, { rowCap: 22 });
    expect([data.genes.length, data.rows, data.labels?.length]).toEqual([5, 20, 20]);
    expect(data.notes.join()).toMatch(
      /5 of 30 genes are used, 20 of 120 rows \(row cap 22, whole genes only, seed 42\)/,
    );
    expect(data.labelSpellings.reduce((sum, { rows }) => sum + rows, 0)).toBe(20);
    expect((await collect(data.columns(["x"]))).x).toHaveLength(20);
    await expect(openDataset(file, { rowCap: 3 })).rejects.toThrow(/less than the first gene drawn has/);
  });

  it("uses all genes where more are asked for, and says so", async () => {
    const data = await openDataset(await parquet("a.parquet", sites(["a", "b"])), { sampleGenes: 9 });
    expect([data.genes.length, data.notes[0]]).toEqual([
      2,
      "9 genes were asked for and the data has 2: all are used.",
    ]);
  });
});

describe("inputs", () => {
  afterEach(() => {
    vi.unstubAllGlobals();
  });

  it("fetches a URL by ranges", async () => {
    const { data } = await parquet("a.parquet", sites(GENES));
    const asked: (string | null)[] = [];
    vi.stubGlobal("fetch", (_: string, init: RequestInit) => {
      const range = new Headers(init.headers).get("range");
      asked.push(range);
      if (init.method === "HEAD") {
        return Promise.resolve(new Response(null, { headers: { "content-length": `${data.length}` } }));
      }
      const [start, end] = range!.slice(6).split("-").map(Number);
      return Promise.resolve(new Response(data.slice(start, end + 1), { status: 206 }));
    });
    const opened = await openDataset("https://example.org/sets/a.parquet?x=1");
    expect((await openDataset(new URL("https://example.org/a.parquet"))).rows).toBe(16);
    expect([opened.rows, opened.inputs[0].name]).toEqual([16, "a.parquet"]);
    expect(asked.length).toBeGreaterThan(4);
  });

  it("names a URL that cannot be fetched", async () => {
    vi.stubGlobal("fetch", () => Promise.resolve(new Response(null, { status: 404 })));
    await expect(openDataset("https://example.org/a.parquet")).rejects.toThrow(
      /^https:\/\/example\.org\/a\.parquet: cannot be fetched/,
    );
  });

  it("takes { name, size, slice }, and refuses paths and nothing", async () => {
    const { name, data } = await parquet("a.parquet", sites(GENES));
    const source = {
      name,
      size: data.length,
      slice: (a: number, b: number) => Promise.resolve(data.slice(a, b).buffer as ArrayBuffer),
    };
    expect((await openDataset(source)).rows).toBe(16);
    await expect(openDataset("data/master")).rejects.toThrow(/found the text "data\/master".*opens no paths/);
    await expect(openDataset([])).rejects.toThrow(/at least one file/);
  });

  it("sorts files by name, not as given, and knows changed bytes", async () => {
    const a = await parquet("a.parquet", sites(["g1"]));
    const b = await parquet("b.parquet", sites(["g2"]));
    const inputs = (await openDataset([b, a])).inputs;
    expect(inputs.map(({ name }) => name)).toEqual(["a.parquet", "b.parquet"]);
    expect(inputs[0].sha256).not.toBe(inputs[1].sha256);
  });
});

const TYPES = {
  gene_id: "string",
  position: "float64",
  splice_type: "string",
  x: "float64",
  y: "float64",
} as const;

function pick(table: Table, rows: readonly number[]): Table {
  return Object.fromEntries(
    Object.entries(table).map(([name, values]): [string, Cell[]] => [name, rows.map((row) => values[row])]),
  );
}
