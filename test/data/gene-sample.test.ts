import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { drawGeneSample } from "../../src/data/genes.ts";
import { PURPOSE } from "../../src/numerics/random.ts";

const starts = (counts: readonly number[]): Uint32Array =>
  counts.reduce((all, count) => Uint32Array.from([...all, all[all.length - 1] + count]), new Uint32Array(1));

describe("drawGeneSample", () => {
  const genes = Array.from({ length: 30 }, (_, g) => `gene${g}`);
  const counts = genes.map((_, g) => 1 + (g * 7) % 20);

  it("draws whole genes, ascending, just as many as have the rows asked for", () => {
    fc.assert(fc.property(fc.integer({ min: 0, max: 400 }), fc.nat(1000), (rows, seed) => {
      const drawn = drawGeneSample(genes, starts(counts), rows, seed);
      expect([...drawn]).toEqual([...new Set(drawn)].sort((a, b) => a - b));
      const total = drawn.reduce((sum, g) => sum + counts[g], 0);
      expect(total).toBeGreaterThanOrEqual(Math.min(rows, counts.reduce((a, b) => a + b)));
      if (drawn.length > 0) expect(total - 20).toBeLessThan(rows);
    }));
  });

  it("depends on seed, purpose and ids alone: a gene more leaves the others' order", () => {
    const drawn = drawGeneSample(genes, starts(counts), 100, 5);
    expect(drawGeneSample(genes, starts(counts), 100, 5)).toEqual(drawn);
    expect(drawGeneSample(genes, starts(counts), 100, 6)).not.toEqual(drawn);
    expect(drawGeneSample(genes, starts(counts), 100, 5, { purpose: PURPOSE.shapSample })).not.toEqual(drawn);
    const more = ["another", ...genes];
    const names = [...drawGeneSample(more, starts([1, ...counts]), 100, 5)].map((g) => more[g]);
    const before = [...drawn].map((g) => genes[g]);
    expect(names.filter((name) => name !== "another").every((name) => before.includes(name))).toBe(true);
  });

  it("with labels goes on until it has every class that the data has", () => {
    const labels = new Uint8Array(counts.reduce((a, b) => a + b));
    labels[starts(counts)[17]] = 2;
    labels[starts(counts)[3]] = 1;
    for (let seed = 0; seed < 10; seed++) {
      const drawn = drawGeneSample(genes, starts(counts), 1, seed, { labels });
      expect([...drawn]).toEqual(expect.arrayContaining([3, 17]));
    }
    expect(drawGeneSample(genes, starts(counts), 1, 1)).toHaveLength(1);
  });
});
