import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { JudgedRows } from "../../../src/evaluation/analysis.ts";
import { analyseNeighbours } from "../../../src/evaluation/neighbours/analyse.ts";
import { neighboursCsv } from "../../../src/evaluation/neighbours/csv.ts";
import { CENTRES } from "../../../src/evaluation/neighbours/types.ts";
import { quantiles } from "../../../src/statistics/quantile.ts";
import { judgedRows } from "../judged.ts";

/** Rows of genes: (position, label, meta donor, meta acceptor, base donor, base acceptor) each. */
type Row = readonly [number, number, number, number, number, number];

function judge(genes: readonly (readonly Row[])[], withBase = true): JudgedRows {
  const rows = genes.flat();
  const column = (c: number) => Float32Array.from(rows, (row) => row[c]);
  return judgedRows({
    labels: Uint8Array.from(rows, (row) => row[1]),
    probabilities: Float32Array.from(rows.flatMap((row) => [1 - row[2] - row[3], row[2], row[3]])),
    geneStart: Uint32Array.from([0, ...genes.map((_, g) => genes.slice(0, g + 1).flat().length)]),
    baseScores: withBase ? { donor: column(4), acceptor: column(5) } : null,
  }, { positions: Float64Array.from(rows, (row) => row[0]) });
}

const two: readonly Row[][] = [
  [[10, 1, 0.75, 0, 0.25, 0], [11, 0, 0.25, 0.5, 0, 0], [13, 0, 0, 0, 0.5, 0.25], [20, 2, 0, 0.25, 0, 0.5]],
  [[10, 0, 0, 0.125, 0, 0], [12, 1, 0.5, 0, 0.75, 0]],
];

describe("analyseNeighbours", () => {
  const at = (analysis: ReturnType<typeof analyseNeighbours>, centre: string, offset: number) =>
    analysis!.centres.find((one) => one.centre === centre)!.offsets.find((one) => one.offset === offset)!;

  it("sums rows up by offset within genes", () => {
    const analysis = analyseNeighbours(judge(two), { seed: 1, window: 3 })!;
    expect(analysis).toMatchObject({ window: 3, genes: 2, allGenes: 2, threshold: 0.5, baseThresh: 0.5 });
    expect(analysis.centres.map(({ centre, centres, genes }) => [centre, centres, genes])).toEqual([
      ["true donor", 2, 2],
      ["true acceptor", 1, 1],
      ["base false positive", 1, 1],
      ["base false negative", 1, 1],
      ["meta false positive", 1, 1],
      ["meta false negative", 1, 1],
    ]);
    expect(at(analysis, "true donor", 0)).toEqual({
      offset: 0,
      rows: 2,
      genes: 2,
      metaDonor: { mean: 0.625, q25: 0.5625, median: 0.625, q75: 0.6875 },
      metaAcceptor: { mean: 0, q25: 0, median: 0, q75: 0 },
      baseDonor: { mean: 0.5, q25: 0.375, median: 0.5, q75: 0.625 },
      baseAcceptor: { mean: 0, q25: 0, median: 0, q75: 0 },
    });
    expect(at(analysis, "true donor", 1)).toMatchObject({ rows: 1, genes: 1, metaAcceptor: { mean: 0.5 } });
    expect(at(analysis, "true donor", 3)).toMatchObject({ rows: 1, baseDonor: { mean: 0.5 } });
    expect(at(analysis, "true donor", -2)).toMatchObject({ rows: 1, metaAcceptor: { mean: 0.125 } });
    const nothing = { mean: null, q25: null, median: null, q75: null };
    expect(at(analysis, "true donor", 2)).toMatchObject({ rows: 0, genes: 0, metaDonor: nothing });
    expect(at(analysis, "meta false positive", -1)).toMatchObject({ rows: 1, metaDonor: { mean: 0.75 } });
  });

  it("turns genomic positions around on the strand -, and leaves unknown strands out", () => {
    const data = judge(two);
    const turned = analyseNeighbours(data, { seed: 1, window: 3, genomicStrands: ["-", ""] })!;
    expect(turned.genes).toBe(1);
    expect(at(turned, "true donor", -1)).toMatchObject({ rows: 1, metaAcceptor: { mean: 0.5 } });
    expect(at(turned, "true donor", 1)).toMatchObject({ rows: 0 });
    expect(turned.notes.join(" ")).toContain(
      "offsets are turned around on the strand -; 1 genes of unknown strand",
    );
  });

  it("draws whole genes by seed and says so; all by default", () => {
    const genes = Array.from({ length: 9 }, (_, g) => two[g % 2]);
    const drawn = [1, 2, 3, 4, 5].map((seed) => analyseNeighbours(judge(genes), { seed, sample: 4 })!);
    for (const { genes, allGenes, notes } of drawn) {
      expect([genes, allGenes]).toEqual([4, 9]);
      expect(notes.join(" ")).toContain("4 of 9 genes were drawn");
    }
    expect(new Set(drawn.map(({ centres }) => centres[1].centres)).size).toBeGreaterThan(1);
    expect(analyseNeighbours(judge(genes), { seed: 1, sample: 9 })!.genes).toBe(9);
  });

  it("is null without positions, has no base without base scores, leaves rows without position out", () => {
    expect(analyseNeighbours({ ...judge(two), positions: null }, { seed: 1 })).toBeNull();
    const alone = analyseNeighbours(judge(two, false), { seed: 1 })!;
    expect(alone.centres.map(({ centre }) => centre)).toEqual(
      CENTRES.filter((centre) => !centre.startsWith("base")),
    );
    expect(alone.centres[0].offsets[0].baseDonor).toBeNull();
    const rows: Row[] = [[NaN, 1, 0.5, 0, 0, 0], [5, 1, 0.5, 0, 0, 0], [5, 0, 0.5, 0, 0, 0]];
    const gaps = analyseNeighbours(judge([rows]), { seed: 1 })!;
    expect(gaps.centres[0].centres).toBe(1);
    expect(at(gaps, "true donor", 0).rows).toBe(1); // the other row at the same position is no neighbour
    expect(gaps.notes.join(" ")).toContain("1 rows have no position");
  });

  it("agrees with looking at every pair of rows", () => {
    const row = fc.tuple(fc.nat(15), fc.nat(2), fc.nat(4), fc.nat(4), fc.nat(4), fc.nat(4));
    const gene = fc.uniqueArray(row, { minLength: 1, maxLength: 10, selector: ([position]) => position });
    fc.assert(
      fc.property(
        fc.array(gene, { minLength: 1, maxLength: 3 }),
        fc.integer({ min: 1, max: 6 }),
        (drawn, window) => {
          const genes = drawn.map((rows) =>
            rows.map(([p, l, a, b, c, d]): Row => [p, l, a / 8, b / 8, c / 8, d / 8]).sort((a, b) =>
              a[0] - b[0]
            )
          );
          const analysis = analyseNeighbours(judge(genes), { seed: 1, window })!;
          const isCentre: Record<string, (row: Row) => boolean> = {
            "true donor": (row) => row[1] === 1,
            "base false negative": (row) => row[1] > 0 && row[4] + row[5] < 0.5,
            "meta false positive": (row) => row[1] === 0 && row[2] + row[3] >= 0.5,
          };
          for (const [centre, test] of Object.entries(isCentre)) {
            for (let offset = -window; offset <= window; offset++) {
              const found = genes.map((rows) =>
                rows.filter(test).flatMap((one) => rows.filter((other) => other[0] - one[0] === offset))
              );
              const values = found.flat().map((other) => other[2]);
              const expected = quantiles(values, [0.25, 0.5, 0.75]).map((q) => Number.isNaN(q) ? null : q);
              const got = at(analysis, centre, offset);
              expect([got.rows, got.genes]).toEqual([
                values.length,
                found.filter((own) => own.length > 0).length,
              ]);
              expect([got.metaDonor.q25, got.metaDonor.median, got.metaDonor.q75]).toEqual(expected);
            }
          }
          expect(JSON.parse(JSON.stringify(analysis))).toEqual(analysis);
        },
      ),
    );
  });

  it("refuses windows and samples that are none, and strands of other genes", () => {
    const data = judge(two);
    for (const options of [{ window: 0 }, { window: 1.5 }, { sample: -1 }, { genomicStrands: ["+"] }]) {
      expect(() => analyseNeighbours(data, { seed: 1, ...options })).toThrow(/expected/);
    }
  });

  it("writes a table: a line for each centre and offset", () => {
    const csv = neighboursCsv(analyseNeighbours(judge(two), { seed: 1, window: 2 })!);
    const lines = csv.trimEnd().split("\n").map((line) => line.split(","));
    expect(lines).toHaveLength(1 + 6 * 5);
    expect(lines.every((cells) => cells.length === 20)).toBe(true);
    expect(lines[0].slice(0, 6)).toEqual([
      "centre",
      "offset",
      "rows",
      "genes",
      "meta_donor_mean",
      "meta_donor_q25",
    ]);
    expect(lines[3]).toEqual([
      "true donor",
      "0",
      "2",
      "2",
      "0.625",
      "0.5625",
      "0.625",
      "0.6875",
      ...lines[3].slice(8),
    ]);
    expect(lines[5].slice(4)).toEqual(Array(16).fill(""));
    expect(csv).not.toContain("NaN");
  });
});
