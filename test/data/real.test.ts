import { existsSync, readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { openDataset } from "../../src/data/open.ts";
import { collect } from "./tables.ts";

const lrg = new URL("../../../shared/data/lrg/", import.meta.url);
const present = existsSync(lrg);

function shards(set: string): { name: string; data: Uint8Array }[] {
  const folder = new URL(`${set}/master/`, lrg);
  return readdirSync(folder).filter((name) => name.endsWith(".parquet"))
    .map((name) => ({ name, data: new Uint8Array(readFileSync(new URL(name, folder))) }));
}

/** From polars. */
const OSAI80 = {
  donorScore: 2594.1005904078484,
  geneLength: 19276969386,
  donorScoreOfDonors: 0.3225660950407827,
};

describe.skipIf(!present)(`real data${present ? "" : " (skipped: ../shared/data is absent)"}`, () => {
  it("osai80: eight zstd shards, 297 genes, sums as polars gives them", async () => {
    const data = await openDataset(shards("osai80").reverse());
    expect([data.rows, data.genes.length, data.features.length]).toEqual([124_280, 297, 113]);
    expect(data.labelSpellings).toEqual([
      { spelling: "neither", label: "neither", rows: 113_023 },
      { spelling: "donor", label: "donor", rows: 5_672 },
      { spelling: "acceptor", label: "acceptor", rows: 5_585 },
    ]);
    expect(data.notes).toEqual([]);
    const { donor_score, gene_length } = await collect(data.columns(["gene_length", "donor_score"]));
    const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
    expect(sum(donor_score)).toBeCloseTo(OSAI80.donorScore, 4);
    expect(sum(gene_length)).toBe(OSAI80.geneLength);
    expect(donor_score.every((score, row) => score === data.baseScores!.donor[row])).toBe(true);
    // Sites score higher than other rows only if labels and scores lie in the same order.
    const mean = (code: number): number => {
      const chosen = donor_score.filter((_, row) => data.labels![row] === code);
      return sum(chosen) / chosen.length;
    };
    expect(mean(1)).toBeCloseTo(OSAI80.donorScoreOfDonors, 6);
  });

  it("osai80_kmers: 1,137 features, none with N", async () => {
    const data = await openDataset(shards("osai80_kmers"));
    expect([data.rows, data.genes.length, data.features.length]).toEqual([13_044, 40, 1_137]);
  });
});
