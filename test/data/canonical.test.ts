import { describe, expect, it } from "vitest";
import { CANONICAL, NOT_CANONICAL, siteCode, UNKNOWN } from "../../src/data/canonical.ts";
import { openDataset } from "../../src/data/open.ts";
import { parquet } from "./tables.ts";

/** A gene of A's with these texts at these places. */
function gene(length: number, ...inserts: readonly (readonly [number, string])[]): string {
  let text = "A".repeat(length);
  for (const [at, insert] of inserts) text = text.slice(0, at) + insert + text.slice(at + insert.length);
  return text;
}

const windowOf = (sequence: string, position: number): string =>
  sequence.slice(Math.max(0, position - 250), position + 250);

describe("canonical sites", () => {
  // exons 0..99, 400..699, 900..; introns GT..AG between, the second GC..AC
  const sequence = gene(1000, [100, "GT"], [398, "AG"], [700, "GC"], [898, "AC"]);
  const code = (position: number, label: number) => siteCode(windowOf(sequence, position), position, label);

  it("have GT after the last base of an exon and AG before the first", () => {
    expect(code(99, 1)).toBe(CANONICAL); // in a window that the gene's start cut off
    expect(code(400, 2)).toBe(CANONICAL);
    expect(code(699, 1)).toBe(NOT_CANONICAL);
    expect(code(900, 2)).toBe(NOT_CANONICAL); // in a window that the gene's end cut off
    expect(code(98, 1)).toBe(NOT_CANONICAL);
    expect(code(100, 1)).toBe(NOT_CANONICAL);
    expect(code(401, 2)).toBe(NOT_CANONICAL);
  });

  it("of no class are canonical where they could be either", () => {
    expect(code(99, 0)).toBe(CANONICAL);
    expect(code(400, 0)).toBe(CANONICAL);
    expect(code(500, 0)).toBe(NOT_CANONICAL);
  });

  it("are unknown beyond the window, at unknown bases, and where a short window cannot be placed", () => {
    expect(code(999, 1)).toBe(UNKNOWN);
    expect(code(1, 2)).toBe(UNKNOWN);
    expect(siteCode(windowOf(sequence, 99), NaN, 1)).toBe(UNKNOWN);
    expect(siteCode(gene(500, [251, "NT"]), NaN, 1)).toBe(UNKNOWN);
    expect(siteCode(gene(500, [251, "gu"]), NaN, 1)).toBe(CANONICAL);
    expect(siteCode("", 5, 1)).toBe(UNKNOWN);
  });

  it("are read from the data, in its order; null without sequences", async () => {
    const positions = [99, 400, 699, 900, 500];
    const labels = ["donor", "acceptor", "donor", "acceptor", "neither"];
    const order = [3, 0, 4, 2, 1];
    const columns = {
      gene_id: order.map(() => "g"),
      position: order.map((i) => positions[i]),
      splice_type: order.map((i) => labels[i]),
      x: order.map((i) => i),
    };
    const sequences = order.map((i) => windowOf(sequence, positions[i]));
    const data = await openDataset(await parquet("a.parquet", { ...columns, sequence: sequences }));
    expect(data.features).toEqual(["x"]);
    expect([...(await data.canonical())!]).toEqual([1, 1, 2, 2, 2]); // by position: 99, 400, 500, 699, 900
    expect(await (await openDataset(await parquet("a.parquet", columns))).canonical()).toBeNull();
    const files = [
      await parquet("a.parquet", { ...columns, sequence: sequences }),
      await parquet("b.parquet", { ...columns, gene_id: order.map(() => "h") }),
    ];
    expect([...(await (await openDataset(files)).canonical())!]).toEqual([1, 1, 2, 2, 2, 0, 0, 0, 0, 0]);
  });
});
