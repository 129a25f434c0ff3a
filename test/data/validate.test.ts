import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { fixDataset } from "../../src/data/fix.ts";
import { openDataset } from "../../src/data/open.ts";
import { type Finding, validateDataset } from "../../src/data/validate.ts";
import { collect, csv, parquet, sites } from "./tables.ts";

const fixture = new URL("fixtures/zstd.parquet", import.meta.url);

const texts = (findings: readonly Finding[], level: Finding["level"]): string[] =>
  findings.filter((finding) => finding.level === level).map(({ message }) => message);

describe("validateDataset", () => {
  it("finds nothing wrong with good data and says what it is", async () => {
    const findings = await validateDataset(await parquet("a.parquet", sites(["a", "b"])));
    expect(findings.every(({ level }) => level === "info")).toBe(true);
    expect(texts(findings, "info")).toContain("8 rows, 2 genes, 2 features.");
  });

  it("tells every fault, errors first, without throwing", async () => {
    const findings = await validateDataset([
      await parquet("a.parquet", { ...sites(["a"]), "3mer_NNA": [1, 2, 3, 4], z: [1, 2, 3, 4] }),
      await parquet("b.parquet", { ...sites(["b"]), x: ["p", "q", "r", "s"] }),
      { name: "c.parquet", data: new Uint8Array(5) },
    ]);
    expect(findings.map(({ level }) => level)).toEqual(["error", "error", "warning", "warning"]);
    expect(texts(findings, "error").join("\n")).toMatch(/c\.parquet: expected a Parquet file, found 5 bytes/);
    expect(texts(findings, "error").join("\n")).toMatch(/"x" holds numbers in a\.parquet/);
    expect(texts(findings, "warning")).toEqual([
      'a.parquet: column "3mer_NNA" counts k-mers with an unknown base (N).',
      'b.parquet: column "z" is absent here and present in other files.',
    ]);
    expect(findings.filter(({ fixable }) => fixable).length).toBe(3);
  });

  it.each(["parquet", "csv"])(
    "finds each infinite column, constants and duplicates by reading (%s)",
    async (kind) => {
      const table = {
        ...sites(["a"]),
        i: [1, 2, Infinity, 4],
        j: [-Infinity, 2, 3, 4],
        k: [5, 5, 5, 5],
        l: [1, 2, 3, 4],
        m: [1, 2, 3, 4],
      };
      const file = kind === "csv" ? csv("f.csv", table) : await parquet("f.parquet", table);
      const findings = await validateDataset(file);
      expect(findings.filter(({ level }) => level === "error").map(({ column }) => column)).toEqual([
        "i",
        "j",
      ]);
      expect(texts(findings, "error")[0]).toMatch(/column "i", row 3/);
      expect(texts(findings, "info").join("\n")).toMatch(
        /"k" is left out of training, constant: 5[^]*"m" is left out of training, same values as l/,
      );
    },
  );

  it("passes options that make no sense on as errors of use", async () => {
    await expect(validateDataset([])).rejects.toMatchObject({ kind: "usage" });
  });
});

describe("fixDataset", () => {
  it("gives nothing for files that agree", async () => {
    const files = await Promise.all(["a", "b"].map((name) => parquet(`${name}.parquet`, sites([name]))));
    for await (const shard of fixDataset(files)) throw new Error(shard.name);
  });

  it("makes identifiers text where files differ, never numbers", async () => {
    const keys = { transcript_id: [5, 5, 5, 5], chrom: [1, 1, 1, 1], kind: [0, 1, 2, 0] };
    const texts = {
      transcript_id: ["05", "5", "5", "5"],
      chrom: ["1", "1", "01", "1"],
      kind: ["0", "1", "2", "0"],
    };
    const files = [
      await parquet("a.parquet", { ...sites(["7"]), ...keys, gene_id: [7, 7, 7, 7] }),
      await parquet("b.parquet", { ...sites(["007"]), ...texts }),
    ];
    const fixed: { name: string; data: Uint8Array }[] = [files[1]];
    for await (const { name, bytes, changes } of fixDataset(files, { labelCol: "kind" })) {
      fixed.push({ name, data: bytes });
      expect(changes.join()).toMatch(/converted 4 columns: gene_id \(DOUBLE to string\)/);
    }
    expect(fixed.map(({ name }) => name)).toEqual(["b.parquet", "a.parquet"]);
    const data = await openDataset(fixed, { labelCol: "kind" });
    expect(data.genes).toEqual(["007", "7"]);
    expect([...data.labels!]).toEqual([0, 1, 2, 0, 0, 1, 2, 0]);
  });

  it("says which columns it cannot carry over", async () => {
    const dated = { name: "d.parquet", data: new Uint8Array(readFileSync(fixture)) };
    const columns = { ...sites(["a"]), more: [1, 2, 3, 4] };
    const shards = [];
    for await (const shard of fixDataset([dated, await parquet("e.parquet", columns)])) shards.push(shard);
    expect(shards.map(({ replaces, lost }) => [replaces, lost])).toEqual([["d.parquet", ["date"]], [
      "e.parquet",
      [],
    ]]);
    expect(shards[0].changes.at(-1)).toMatch(/lost 1 columns of types that cannot be written anew: date\./);
  });

  it("widens integers to integers, other numbers to float64", async () => {
    const w = { w: [1, 2, 3, 4], v: [1, 2, 3, 4] };
    const files = [
      await parquet("a.parquet", { ...sites(["a"]), ...w }, { w: "int32", v: "int32" }),
      await parquet("b.parquet", { ...sites(["b"]), ...w }, { w: "int64", v: "float32" }),
    ];
    const changes: string[] = [];
    for await (const shard of fixDataset(files)) changes.push(...shard.changes);
    expect(changes).toEqual([
      "converted 2 columns: w (INT32 to int64), v (INT32 to float64).",
      "converted 1 columns: v (FLOAT to float64).",
    ]);
  });

  it("unifies columns and types and drops k-mers with N, so that nothing is left to fix", async () => {
    const files = [
      await parquet("a.parquet", {
        ...sites(["a"]),
        n: [1, null, 3, 4],
        "3mer_NAA": [1, 2, 3, 4],
        z: [1, 2, 3, 4],
      }, { n: "int32" }),
      csv("b.csv", { ...sites(["b"]), n: [1.5, 2, 3, 4], splice_type: [0, 1, 2, null] }),
      await parquet("c.parquet", { ...sites(["c"]), n: ["7", "8", "", "9"], z: [4, 3, 2, 1] }),
    ];
    const fixed: { name: string; data: Uint8Array }[] = [];
    const changes: Record<string, readonly string[]> = {};
    for await (const { replaces, name, bytes, changes: made } of fixDataset(files)) {
      fixed.push({ name, data: bytes });
      changes[replaces] = made;
    }
    expect(fixed.map(({ name }) => name)).toEqual(["a.parquet", "b.parquet", "c.parquet"]);
    expect(changes["a.parquet"].join()).toMatch(/dropped 1 columns: 3mer_NAA.*converted 1 columns: n/);
    expect(changes["b.csv"].join()).toMatch(/added 1 columns without values: z/);
    expect((await validateDataset(fixed)).filter(({ fixable }) => fixable)).toEqual([]);
    for await (const shard of fixDataset(fixed)) throw new Error(shard.name);
    const data = await openDataset(fixed);
    expect(data.features).toEqual(["x", "y", "n", "z"]);
    const values = await collect(data.columns(data.features));
    expect(values.n).toEqual([1, NaN, 3, 4, 1.5, 2, 3, 4, 7, 8, NaN, 9]);
    expect(values.z.slice(4, 8)).toEqual([NaN, NaN, NaN, NaN]);
    expect([...data.labels!.slice(4, 8)]).toEqual([0, 1, 2, 0]);
  });
});
