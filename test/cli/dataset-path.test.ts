import { mkdirSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { FileSource, locateDataset, openFiles } from "../../src/cli/dataset-path.ts";
import { SpliceboostError } from "../../src/numerics/errors.ts";

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "spliceboost-path-"));
});
afterEach(() => rmSync(root, { recursive: true }));

function touch(...paths: string[]): void {
  for (const path of paths) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), path);
  }
}

async function found(path: string): Promise<string[]> {
  const { paths } = await locateDataset(join(root, path));
  return paths.map((p) => p.slice(root.length + 1));
}

async function failure(path: string): Promise<string> {
  const error = await locateDataset(join(root, path)).then(() => null, (reason: unknown) => reason);
  expect(error).toBeInstanceOf(SpliceboostError);
  expect((error as SpliceboostError).kind).toBe("data");
  return (error as SpliceboostError).message;
}

describe("a data set is found", () => {
  beforeEach(() =>
    touch(
      "set/master/batch_00002.parquet",
      "set/master/batch_00001.parquet",
      "set/master/gene_manifest.csv",
      "set/batch_00001_raw.parquet",
    )
  );
  const shards = ["set/master/batch_00001.parquet", "set/master/batch_00002.parquet"];

  it("as master itself, without its manifest", async () => expect(await found("set/master")).toEqual(shards));
  it("as the directory that holds master", async () => expect(await found("set")).toEqual(shards));
  it("with a slash at the end", async () => expect(await found("set/")).toEqual(shards));
  it("as one file", async () => expect(await found(shards[1])).toEqual([shards[1]]));
  it("as a glob", async () => expect(await found("*/master/*2.parquet")).toEqual([shards[1]]));

  it("and what is read is said", async () => {
    const { said } = await locateDataset(join(root, "set"));
    expect(said).toContain("holds master");
    expect(said).toContain("Reads 2 Parquet files");
    expect(said).toContain("not gene_manifest.csv");
  });

  it("as CSV where there is no Parquet, hidden and unfinished files aside", async () => {
    touch("csv/b.tsv", "csv/a.csv.gz", "csv/.hidden.csv", "csv/c.csv.partial", "csv/readme.txt");
    expect(await found("csv")).toEqual(["csv/a.csv.gz", "csv/b.tsv"]);
  });

  it("as a URL, untouched", async () => {
    expect((await locateDataset("https://example.org/a.parquet")).paths).toEqual([
      "https://example.org/a.parquet",
    ]);
  });

  it("and names files from the folder they share", async () => {
    touch("other/master/batch_00001.parquet");
    const files = await locateDataset(join(root, "*/master/*1.parquet"));
    const { sources, close } = openFiles(files);
    const names = sources.map((source) => typeof source === "string" ? source : source.name);
    close();
    expect(names).toEqual(["other/master/batch_00001.parquet", "set/master/batch_00001.parquet"]);
  });
});

describe("a data set is not found, and the message helps", () => {
  it("where the directory is misspelt", async () => {
    touch("train_set/master/a.parquet");
    expect(await failure("trian_set")).toContain(`Did you mean ${join(root, "train_set")}?`);
  });
  it("where its parent is absent", async () =>
    expect(await failure("no/where")).toContain("does not exist either"));
  it("where master is asked for and the shards lie above", async () => {
    touch("set/a.parquet");
    expect(await failure("set/master")).toContain(`use --dataset ${join(root, "set")}`);
  });
  it("where a directory holds none", async () => {
    touch("set/readme.txt");
    expect(await failure("set")).toContain("found readme.txt");
    mkdirSync(join(root, "empty"));
    expect(await failure("empty")).toContain("an empty directory");
  });
  it("where a glob names nothing", async () =>
    expect(await failure("*.parquet")).toContain("no file has such a name"));
});

describe("a file read by range", () => {
  it("gives the bytes asked for, and no more than there are", async () => {
    touch("a");
    writeFileSync(join(root, "a"), Uint8Array.from({ length: 100 }, (_, i) => i));
    const source = new FileSource(join(root, "a"));
    expect(source.name).toBe("a");
    expect(source.size).toBe(100);
    const parts = await Promise.all([source.slice(90, 200), source.slice(0, 2), source.slice(50, 53)]);
    source.close();
    expect(parts.map((part) => [...new Uint8Array(part)])).toEqual([
      [90, 91, 92, 93, 94, 95, 96, 97, 98, 99],
      [0, 1],
      [50, 51, 52],
    ]);
  });

  it("says when the file shrank under it", async () => {
    touch("a");
    writeFileSync(join(root, "a"), new Uint8Array(100));
    const source = new FileSource(join(root, "a"));
    truncateSync(join(root, "a"), 10);
    await expect(source.slice(0, 100)).rejects.toThrow("it changed while it was read");
    source.close();
  });
});
