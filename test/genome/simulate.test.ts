import { describe, expect, it } from "vitest";
import { kmerNames } from "../../src/genome/kmers.ts";
import {
  simulateDataset,
  type SimulateDatasetSettings,
  type SimulatedFile,
  simulateGenes,
} from "../../src/genome/simulate.ts";
import { geneRows } from "../../src/genome/table.ts";
import { openBytes, openReal, readColumns, realDataPresent, same, whyAbsent } from "./tables.ts";

async function collect(settings: SimulateDatasetSettings): Promise<SimulatedFile[]> {
  const files: SimulatedFile[] = [];
  for await (const file of simulateDataset(settings)) files.push(file);
  return files;
}

const bytesOf = (files: SimulatedFile[], path: string) => files.find((file) => file.path === path)!.bytes;

describe("simulateDataset", () => {
  it("writes shards and a manifest that name the same genes", async () => {
    const files = await collect({ genes: 5, seed: 3, genesPerShard: 2 });
    expect(files.map(({ path }) => path)).toEqual([
      "master/batch_00001.parquet",
      "master/batch_00002.parquet",
      "master/batch_00003.parquet",
      "master/gene_manifest.csv",
    ]);
    const [header, ...lines] = new TextDecoder().decode(files[3].bytes).trimEnd().split("\n")
      .map((line) => line.split(","));
    expect(lines.length).toBe(5);
    for (const [shard, file] of files.slice(0, 3).entries()) {
      const source = await openBytes(file.bytes);
      expect(source.rows).toBe(file.rows);
      const { gene_id, splice_type } = await readColumns(source, ["gene_id", "splice_type"]);
      const mine = lines.filter((line) => line[header.indexOf("file_index")] === String(shard));
      expect([...new Set(gene_id)]).toEqual(mine.map((line) => line[header.indexOf("gene_id")]));
      for (const line of mine) {
        const donors = splice_type.filter((type, row) =>
          type === "donor" && gene_id[row] === line[header.indexOf("gene_id")]
        );
        expect(String(donors.length)).toBe(line[header.indexOf("donor_sites")]);
      }
    }
  });

  it("gives the same bytes again, and a gene the same rows in every shard and set", async () => {
    const settings = { genes: 3, seed: 8, genesPerShard: 3 };
    const files = await collect(settings);
    const again = await collect(settings);
    for (const { path, bytes } of files) expect(same(bytesOf(again, path), bytes)).toBe(true);
    const alone = await collect({ ...settings, genesPerShard: 1 });
    const larger = await collect({ ...settings, genes: 4 });
    const shard = "master/batch_00001.parquet";
    expect(same(bytesOf(larger, shard), bytesOf(files, shard))).toBe(true);
    const source = await openBytes(bytesOf(alone, "master/batch_00002.parquet"));
    const whole = await openBytes(bytesOf(files, shard));
    const names = ["gene_id", "position", "donor_score", "probability_entropy", "3mer_GTA", "gc_content"];
    const { gene_id, ...mine } = await readColumns(source, names);
    const theirs = await readColumns(whole, names);
    const first = theirs.gene_id.indexOf(gene_id[0]);
    for (const [name, values] of Object.entries(mine)) {
      expect(same(theirs[name].slice(first, first + values.length), values)).toBe(true);
    }
  });

  it("counts the k-mers asked for, in the order asked for", async () => {
    const [file] = await collect({ genes: 1, kmerSizes: [2, 4] });
    const source = await openBytes(file.bytes);
    const names = source.columns.map(({ name }) => name).filter((name) => /^\dmer_/.test(name));
    expect(names).toEqual([...kmerNames(2), ...kmerNames(4)]);
    const counts = await readColumns(source, [...names, "sequence_length"]);
    for (let row = 0; row < source.rows; row++) {
      const total = kmerNames(4).reduce((sum, name) => sum + Number(counts[name][row]), 0);
      expect(total).toBe(Number(counts.sequence_length[row]) - 3);
    }
  });

  it("gives scores that sum to 1 exactly in f32, and says nothing of a row by its label but the label", () => {
    for (const gene of simulateGenes({ genes: 10, seed: 4 })) {
      const columns = geneRows(gene, [3]);
      const [donor, acceptor, neither] = columns.slice(9, 12) as Float32Array[];
      donor.forEach((d, row) => expect(d + acceptor[row] + neither[row]).toBe(1));
      // A gene without its sites makes the same columns from sequence and scores; transcript, label and outcome differ.
      const blind = geneRows({ ...gene, sites: new Map() }, [3]);
      const differing = columns.flatMap((values, c) =>
        values.some((value, row) => value !== blind[c][row]) ? [c] : []
      );
      expect(differing).toEqual([2, 7, 8]);
    }
  });

  it("has classes and base-model errors in the proportions of the real set", async () => {
    const files = await collect({ genes: 30, seed: 42, kmerSizes: [1] });
    const { splice_type, pred_type } = await readColumns(await openBytes(files[0].bytes), [
      "splice_type",
      "pred_type",
    ]);
    const share = (values: readonly unknown[], what: string) =>
      values.filter((value) => value === what).length / values.length;
    expect(share(splice_type, "neither")).toBeGreaterThan(0.9);
    expect(share(splice_type, "neither")).toBeLessThan(0.92);
    expect(share(splice_type, "donor")).toBe(share(splice_type, "acceptor"));
    const [truePositives, missed, false_] = ["TP", "FN", "FP"].map((what) => share(pred_type, what));
    expect(missed / (missed + truePositives)).toBeGreaterThan(0.5);
    expect(missed / (missed + truePositives)).toBeLessThan(0.85);
    expect(false_).toBeGreaterThan(0.003);
    expect(false_).toBeLessThan(0.012);
  });

  it("refuses settings out of range, naming them", async () => {
    const refused: [SimulateDatasetSettings, RegExp][] = [
      [{ genes: 0 }, /genes: expected an integer of at least 1, found 0/],
      [{ genes: 1.5 }, /found 1.5/],
      [{ genes: 1, seed: -1 }, /seed: .*found -1/],
      [{ genes: 1, genesPerShard: 0 }, /genesPerShard: /],
      [{ genes: 1, kmerSizes: [9] }, /k-mer size: expected an integer from 1 to 6, found 9/],
      [{ genes: 1, kmerSizes: [3, 3] }, /each size may be given once; found 3, 3/],
    ];
    for (const [settings, message] of refused) {
      await expect(collect(settings)).rejects.toMatchObject({
        kind: "usage",
        message: expect.stringMatching(message),
      });
    }
  });

  it("stops at an abort, before the next gene", async () => {
    const controller = new AbortController();
    const done: number[] = [];
    const settings: SimulateDatasetSettings = {
      genes: 4,
      signal: controller.signal,
      onProgress: (genesDone) => {
        done.push(genesDone);
        if (genesDone === 2) controller.abort();
      },
    };
    await expect(collect(settings)).rejects.toMatchObject({ kind: "interrupted" });
    expect(done).toEqual([1, 2]);
  });
});

describe.skipIf(!realDataPresent)(`the real table's layout${whyAbsent}`, () => {
  it("is kept: same columns, order and types", async () => {
    const [file] = await collect({ genes: 1, kmerSizes: [3] });
    const layout = (source: Awaited<ReturnType<typeof openBytes>>) =>
      source.columns.map(({ name, storage }) => `${name} ${storage}`);
    expect(layout(await openBytes(file.bytes))).toEqual(
      layout(await openReal("osai80/master/batch_00001.parquet")),
    );
    const [wide] = await collect({ genes: 1, kmerSizes: [3, 5] });
    expect(layout(await openBytes(wide.bytes))).toEqual(
      layout(await openReal("osai80_kmers/master/batch_00001.parquet")),
    );
  });
});
