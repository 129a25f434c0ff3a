/** The screen on real tables: all structure columns of the leaky one, and nothing else anywhere. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { openDataset } from "../../../src/data/open.ts";
import type { FeatureSample } from "../../../src/evaluation/analysis.ts";
import { screenFolds } from "../../../src/evaluation/leakage/screen.ts";

const lrg = new URL("../../../../shared/data/lrg/", import.meta.url);
const present = existsSync(lrg);

async function sampleOf(set: string): Promise<FeatureSample> {
  const folder = new URL(`${set}/master/`, lrg);
  const shards = readdirSync(folder).filter((name) => name.endsWith(".parquet"))
    .map((name) => ({ name, data: new Uint8Array(readFileSync(new URL(name, folder))) }));
  const data = await openDataset(shards);
  const names: string[] = [];
  const columns: Float32Array[] = [];
  for await (const { name, values } of data.columns(data.features)) {
    names.push(name);
    columns.push(values);
  }
  const genes = Uint32Array.from(data.genes, (_, gene) => gene);
  return {
    names,
    columns,
    labels: data.labels!,
    geneStart: data.geneStart,
    genes,
    rows: Uint32Array.from({ length: data.rows }, (_, row) => row),
    foldOfGene: Uint8Array.from(genes, (gene) => gene % 5),
  };
}

describe.skipIf(!present)(`real tables${present ? "" : " (skipped: ../shared/data is absent)"}`, () => {
  it("all columns that the original builder filled by label, and none that are honest, in all folds", async () => {
    const leaky = await sampleOf("osai80_leaky");
    const honest = (await sampleOf("osai80")).names;
    const structure = leaky.names.filter((name) => !honest.includes(name));
    expect(structure).toHaveLength(9);
    const { all, folds, finalLeftOut } = screenFolds(leaky, 5, { threshold: 0.95, seed: 42 });
    expect(finalLeftOut.map(({ feature }) => feature)).toEqual(structure);
    for (const { leftOut } of folds) expect(leftOut.map(({ feature }) => feature)).toEqual(structure);
    const transcript = all.features.find(({ feature }) => feature === "transcript_length")!;
    expect(transcript.partners).toContain("gene_length");
    expect(transcript.reason).toContain("it equals gene_length");
  });

  it.each(["osai80", "osai10k", "osai80_kmers"])(
    "%s has no leak, at this threshold or lower ones",
    async (set) => {
      const sample = await sampleOf(set);
      for (const threshold of [0.95, 0.65]) {
        const { all, folds, finalLeftOut } = screenFolds(sample, 5, { threshold, seed: 42 });
        expect(finalLeftOut, `threshold ${threshold}`).toEqual([]);
        expect(folds.flatMap(({ leftOut }) => leftOut)).toEqual([]);
        expect(all.features.find(({ feature }) => feature === "donor_score")!.verdict).toBe("strong");
        expect(all.features.find(({ feature }) => feature === "gene_start")!.remark).toContain(
          "names the gene",
        );
      }
    },
  );
});
