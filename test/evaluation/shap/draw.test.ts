import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { EvaluatedRows } from "../../../src/evaluation/rows.ts";
import { drawShapRows, planShapRows } from "../../../src/evaluation/shap/draw.ts";

/** Genes of rows; a row is its class code. */
const genes = fc.array(fc.array(fc.constantFrom(0, 0, 0, 1, 2), { maxLength: 12 }), { maxLength: 9 });

function rowsOf(byGene: readonly (readonly number[])[]): Pick<EvaluatedRows, "labels" | "geneStart"> {
  const geneStart = new Uint32Array(byGene.length + 1);
  byGene.forEach((own, g) => geneStart[g + 1] = geneStart[g] + own.length);
  return { labels: Uint8Array.from(byGene.flat()), geneStart };
}

const judged = (
  byGene: readonly (readonly number[])[],
  probability: (row: number, c: number) => number,
): EvaluatedRows => {
  const rows = rowsOf(byGene);
  const of = (c: number): Float32Array => Float32Array.from(rows.labels, (_, row) => probability(row, c));
  return { ...rows, neither: of(0), donor: of(1), acceptor: of(2) };
};

describe("drawShapRows", () => {
  it("takes up to so many rows of each class, once each, in order, as evenly over genes as can be", () => {
    fc.assert(
      fc.property(genes, fc.integer({ min: 1, max: 20 }), fc.nat(), (byGene, perClass, seed) => {
        const { labels, geneStart } = rowsOf(byGene);
        const drawn = Array.from(drawShapRows(labels, geneStart, perClass, seed));
        expect(drawn).toEqual([...new Set(drawn)].sort((a, b) => a - b));
        for (const c of [0, 1, 2]) {
          const all = labels.filter((label) => label === c).length;
          expect(drawn.filter((row) => labels[row] === c).length).toBe(Math.min(all, perClass));
          const taken = byGene.map((own, g) => ({
            has: own.filter((label) => label === c).length,
            gave: drawn.filter((row) =>
              labels[row] === c && row >= geneStart[g] && row < geneStart[g + 1]
            ).length,
          }));
          const most = Math.max(0, ...taken.map(({ gave }) => gave));
          for (const { has, gave } of taken) expect(gave).toBeGreaterThanOrEqual(Math.min(has, most - 1));
        }
      }),
    );
  });

  it("is a function of the seed, and another under another seed", () => {
    const { labels, geneStart } = rowsOf(Array.from({ length: 30 }, () => Array(30).fill(0)));
    const draw = (seed: number): Uint32Array => drawShapRows(labels, geneStart, 40, seed);
    expect(draw(1)).toEqual(draw(1));
    expect(draw(1)).not.toEqual(draw(2));
  });

  it("draws every row of a gene now and then", () => {
    const { labels, geneStart } = rowsOf([Array(5).fill(1)]);
    const seen = new Set(
      Array.from({ length: 60 }, (_, seed) => drawShapRows(labels, geneStart, 1, seed)[0]),
    );
    expect([...seen].sort()).toEqual([0, 1, 2, 3, 4]);
  });

  it("refuses no rows", () => {
    const { labels, geneStart } = rowsOf([[0]]);
    expect(() => drawShapRows(labels, geneStart, 0, 1)).toThrow("a whole number of at least 1, got 0");
  });
});

describe("planShapRows", () => {
  it("shows the best row of a class, and the worst that is called wrongly", () => {
    const scores = [[0.9, 0.1, 0], [0.2, 0.8, 0.1], [0.1, 0.9, 0], [0.7, 0.2, 0.1], [0.3, 0.6, 0.1], [
      0.1,
      0.2,
      0.9,
    ]];
    const rows = judged([[0, 1, 1], [1, 0, 2]], (row, c) => scores[row][c]);
    const plan = planShapRows(rows, { seed: 1 });
    const found = plan.cases.map((
      { class: c, role, at, outOfFold },
    ) => [c, role, plan.rows[at], Math.fround(outOfFold)]);
    expect(found).toEqual([
      [0, "best site", 0, Math.fround(0.9)],
      [0, "worst false positive", 3, Math.fround(0.7)],
      [0, "worst false negative", 4, Math.fround(0.3)],
      [1, "best site", 2, Math.fround(0.9)],
      [1, "worst false positive", 4, Math.fround(0.6)],
      [1, "worst false negative", 3, Math.fround(0.2)],
      [2, "best site", 5, Math.fround(0.9)],
    ]);
    expect(plan.notes).toContain("There is no worst false positive of class acceptor to show.");
    expect(plan.background.length).toBe(0);
  });

  it("has places of sampled, background and shown rows among its rows, whatever the rows", () => {
    fc.assert(
      fc.property(genes, fc.nat(), fc.integer({ min: 0, max: 9 }), (byGene, seed, background) => {
        const rows = judged(byGene, (row, c) => ((row * 7 + c * 3 + seed) % 10) / 10);
        const plan = planShapRows(rows, { perClass: 3, background, seed });
        const total = rows.labels.length;
        expect(Array.from(plan.rows)).toEqual([...new Set(plan.rows)].sort((a, b) => a - b));
        expect(plan.background.length).toBe(Math.min(background, total));
        expect(plan.sample).toEqual(plan.sample.slice().sort());
        for (const c of [0, 1, 2]) {
          const all = rows.labels.filter((label) => label === c).length;
          const taken = plan.sample.filter((at) => rows.labels[plan.rows[at]] === c).length;
          expect(taken).toBe(Math.min(3, all));
          const name = ["neither", "donor", "acceptor"][c];
          const note = all === 0 ? `No row is labelled ${name}.` : `${taken} of ${all} rows labelled ${name}`;
          expect(plan.notes.some((text) => text.startsWith(note))).toBe(true);
        }
        for (const { at } of plan.cases) expect(plan.rows[at]).toBeLessThan(total);
        const used = new Set([...plan.sample, ...plan.background, ...plan.cases.map(({ at }) => at)]);
        expect(used.size).toBe(plan.rows.length);
      }),
    );
  });
});
