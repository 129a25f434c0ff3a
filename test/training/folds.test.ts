import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ROLE_ASIDE, ROLE_TRAIN, ROLE_VALIDATION } from "../../src/numerics/engine.ts";
import {
  countGenes,
  drawFolds,
  drawSplits,
  type GeneCounts,
  heldOutBy,
  rolesOf,
} from "../../src/training/folds.ts";
import { Stream } from "../../src/numerics/random.ts";
import { tinyDataset } from "./tiny-dataset.ts";

const gene = fc.record({ rows: fc.integer({ min: 1, max: 300 }), donors: fc.nat(9), acceptors: fc.nat(9) });
const someGenes = fc.array(gene, { minLength: 12, maxLength: 50 }).map((all): GeneCounts[] =>
  // Every gene has all classes here; lacking ones have their own tests.
  all.map((g, i) => ({
    id: `g${i}`,
    rows: g.rows + g.donors + g.acceptors + 2,
    donors: g.donors + 1,
    acceptors: g.acceptors + 1,
  }))
);
const equalGenes = (n: number, change: (i: number) => Partial<GeneCounts> = () => ({})): GeneCounts[] =>
  Array.from({ length: n }, (_, i) => ({ id: `g${i}`, rows: 50, donors: 2, acceptors: 2, ...change(i) }));

describe("drawFolds", () => {
  it("is a function of ids, counts and seed, whatever the order of genes", () => {
    fc.assert(
      fc.property(someGenes, fc.nat(), fc.nat(), (genes, seed, shuffleSeed) => {
        const options = { nFolds: 5, validSize: 0.1, seed };
        const plan = drawFolds(genes, options);
        const shuffled = new Stream(shuffleSeed, 1).shuffle([...genes]);
        const again = drawFolds(shuffled, options);
        shuffled.forEach((g, i) => {
          const at = genes.indexOf(g);
          expect(again.foldOf[i]).toBe(plan.foldOf[at]);
          again.validation?.forEach((chosen, fold) => {
            expect(chosen[i]).toBe(plan.validation?.[fold][at]);
          });
        });
      }),
    );
  });

  it("tests on every gene once, and stops early by training genes only", () => {
    fc.assert(
      fc.property(someGenes, fc.integer({ min: 2, max: 8 }), fc.nat(), (genes, nFolds, seed) => {
        const plan = drawFolds(genes, { nFolds, validSize: 0.1, seed });
        expect(plan.nFolds).toBe(nFolds);
        expect(plan.foldOf.length).toBe(genes.length);
        for (let fold = 0; fold < nFolds; fold++) {
          expect(plan.foldOf.includes(fold)).toBe(true);
          const chosen = plan.validation?.[fold] ?? new Uint8Array();
          expect(chosen.includes(1)).toBe(true);
          chosen.forEach((yes, g) => expect(yes === 1 && plan.foldOf[g] === fold).toBe(false));
        }
      }),
    );
  });

  it("sets the stated share of all genes aside", () => {
    const plan = drawFolds(equalGenes(100), { nFolds: 5, validSize: 0.15, seed: 3 });
    for (const chosen of plan.validation ?? []) {
      expect(Math.abs(chosen.filter((yes) => yes).length - 15)).toBeLessThanOrEqual(1);
    }
  });

  it("makes one fold a gene where genes are fewer than folds, and says so", () => {
    const plan = drawFolds(equalGenes(3), { nFolds: 5, validSize: null, seed: 1 });
    expect(plan.nFolds).toBe(3);
    expect([...plan.foldOf].sort()).toEqual([0, 1, 2]);
    expect(plan.notes.join()).toMatch(/5 folds were asked for, but there are 3 genes: 3 folds/);
  });

  it("refuses one gene", () => {
    expect(() => drawFolds(equalGenes(1), { nFolds: 5, validSize: null, seed: 1 }))
      .toThrow(/at least two genes.*--skip-eval/);
  });

  it("notes a test fold without donors", () => {
    const plan = drawFolds(equalGenes(4, (i) => (i === 0 ? { donors: 0 } : {})), {
      nFolds: 4,
      validSize: null,
      seed: 1,
    });
    expect(plan.notes).toHaveLength(1);
    expect(plan.notes[0]).toMatch(new RegExp(`fold ${plan.foldOf[0] + 1} tests on genes without donor rows`));
  });

  it("refuses a fold that would train without a class, naming fold, class and remedy", () => {
    const genes = equalGenes(4, (i) => ({ acceptors: i === 2 ? 2 : 0 }));
    const plan = () => drawFolds(genes, { nFolds: 4, validSize: null, seed: 1 });
    expect(plan).toThrow(/fold \d: .*training.*none of class acceptor.*--n-folds/);
  });

  it("refuses validation genes without a class, and a validation share that leaves nothing to train on", () => {
    const genes = equalGenes(10, (i) => ({ donors: i < 2 ? 2 : 0, acceptors: 2 }));
    expect(() => drawFolds(genes, { nFolds: 2, validSize: 0.1, seed: 1 }))
      .toThrow(/inner validation.*donor.*--valid-size/);
    expect(() => drawFolds(equalGenes(10), { nFolds: 2, validSize: 0.5, seed: 1 }))
      .toThrow(/too few to set 0.5 of all genes aside/);
    expect(() => drawFolds(equalGenes(2), { nFolds: 2, validSize: 0.1, seed: 1 }))
      .toThrow(/fold 1 has 1 training genes/);
  });
});

describe("rolesOf", () => {
  it("gives each row the role of its gene", () => {
    const data = tinyDataset({ genes: 8 });
    const folds = drawFolds(countGenes(data, data.labels!), { nFolds: 4, validSize: 0.2, seed: 2 });
    for (let fold = 0; fold < 4; fold++) {
      const role = rolesOf(data, heldOutBy(folds, fold));
      data.genes.forEach((_, g) => {
        const wanted = folds.foldOf[g] === fold
          ? ROLE_ASIDE
          : folds.validation![fold][g]
          ? ROLE_VALIDATION
          : ROLE_TRAIN;
        for (let row = data.geneStart[g]; row < data.geneStart[g + 1]; row++) expect(role[row]).toBe(wanted);
      });
    }
  });

  it("counts the classes of each gene", () => {
    const data = tinyDataset({ genes: 3, without: (g) => (g === 1 ? [1] : []) });
    const counts = countGenes(data, data.labels!);
    expect(counts.map((c) => c.donors)).toEqual([2, 0, 2]);
    expect(counts.map((c) => c.acceptors)).toEqual([2, 2, 2]);
    expect(counts.reduce((sum, c) => sum + c.rows, 0)).toBe(data.rows);
  });
});

describe("drawSplits", () => {
  const genes = Array.from(
    { length: 30 },
    (_, i) => ({ id: `g${i}`, rows: 10 + i, donors: 2, acceptors: 2 }),
  );
  const draw = (options: Partial<Parameters<typeof drawSplits>[1]> = {}) =>
    drawSplits(genes, { repeats: 3, testShare: 0.2, validSize: null, seed: 5, ...options });

  it("holds out a fifth of the genes, other ones each time, by the seed alone", () => {
    const { splits, notes } = draw();
    expect(notes).toEqual([]);
    for (const { test, validation } of splits) {
      expect(test.reduce((sum, own) => sum + own, 0)).toBe(6);
      expect(validation).toBeNull();
    }
    expect(new Set(splits.map(({ test }) => test.join()))).toHaveLength(3);
    expect(draw().splits).toEqual(splits);
    expect(draw({ seed: 6 }).splits).not.toEqual(splits);
    // A split does not depend on how many others there are.
    expect(draw({ repeats: 1 }).splits[0]).toEqual(splits[0]);
  });

  it("stops early by genes that it does not test on", () => {
    for (const { test, validation } of draw({ validSize: 0.1 }).splits) {
      expect(validation!.reduce((sum, own) => sum + own, 0)).toBe(3);
      expect(test.every((own, gene) => own + validation![gene] < 2)).toBe(true);
    }
  });

  it("leaves out what would train without some class, and says so", () => {
    const lone = genes.map((gene, i) => ({ ...gene, donors: i === 0 ? 2 : 0 }));
    // One gene cannot both train and stop.
    const { splits, notes } = drawSplits(lone, { repeats: 2, testShare: 0.2, validSize: 0.1, seed: 1 });
    expect(splits).toEqual([]);
    expect(notes).toHaveLength(2);
    expect(notes[1]).toMatch(/^holdout 2 is left out: .*found none of class donor/);
  });
});
