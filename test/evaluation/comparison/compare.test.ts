import fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import { compareBaseAndMeta, comparePaired } from "../../../src/evaluation/comparison/compare.ts";
import type { PairedRows } from "../../../src/evaluation/comparison/tables.ts";
import type { Comparison, ErrorCounts, StratumEffect } from "../../../src/evaluation/comparison/types.ts";
import { modelMetrics } from "../../../src/evaluation/metrics.ts";
import { rescues } from "../../../src/evaluation/splice.ts";
import { createTaskPool } from "../../../src/evaluation/workers/pool.ts";
import { factsOf, genesOf, pairOfRecipe, simulatePair } from "./models.ts";

const pool = createTaskPool({ threads: 1 });
afterAll(() => pool.close());

function compare(
  { base, meta, thresholds }: PairedRows,
  options: Partial<Parameters<typeof comparePaired>[3]> = {},
): Promise<Comparison> {
  const given = { thresholds, seed: 1, pool, resamples: 200, permutations: 299, ...options };
  return comparePaired(base, meta, factsOf(base), given);
}

const metricOf = (comparison: Comparison, name: string) => {
  const found = comparison.metrics.find(({ metric }) => metric === name);
  if (found === undefined) throw new Error(`no metric ${name}`);
  return found;
};

const COUNTS = [
  "baseFalsePositives",
  "baseFalseNegatives",
  "metaFalsePositives",
  "metaFalseNegatives",
  "falsePositivesRescued",
  "falsePositivesIntroduced",
  "falseNegativesRescued",
  "falseNegativesIntroduced",
] as const satisfies readonly (keyof ErrorCounts)[];

type Counted = ErrorCounts & Pick<StratumEffect, "rows" | "donors" | "acceptors">;

function total(parts: readonly Counted[], field: keyof Counted): number {
  return parts.reduce((sum, part) => sum + part[field], 0);
}

describe("two models compared", () => {
  const pair = simulatePair(1, 40, { base: 1, meta: 2 });

  it("give the same document for any number of threads, of JSON values alone", async () => {
    const one = await compare(pair);
    for (const threads of [2, 3]) {
      const more = createTaskPool({ threads });
      expect(await compare(pair, { pool: more })).toEqual(one);
      more.close();
    }
    expect(JSON.parse(JSON.stringify(one))).toEqual(one);
    const other = await compare(pair, { seed: 2 });
    expect(metricOf(other, "apSplice").base.value).toBe(metricOf(one, "apSplice").base.value);
    expect(metricOf(other, "apSplice").base.low).not.toBe(metricOf(one, "apSplice").base.low);
  });

  it("are better or worse by the stated rule, and a mirror image the other way round", async () => {
    const [better, worse] = [
      await compare(pair),
      await compare({ base: pair.meta, meta: pair.base, thresholds: pair.thresholds }),
    ];
    expect(better.conclusion.verdict).toBe("better");
    expect(worse.conclusion.verdict).toBe("worse");
    for (const [i, metric] of better.metrics.entries()) {
      expect(metric).toMatchObject({ finding: "better" });
      expect(metric.p).toBeLessThanOrEqual(2 / 300);
      expect(metric.pHolm).toBeGreaterThanOrEqual(12 / 300);
      expect(worse.metrics[i]).toMatchObject({
        finding: "worse",
        base: metric.meta,
        meta: metric.base,
        p: metric.p,
      });
      expect(worse.metrics[i].difference.value).toBe(-metric.difference.value!);
      const { value, low, high } = metric.difference;
      expect(low! < value! && value! < high!).toBe(true);
      expect(metric.folds.differences).toHaveLength(5);
      expect(metric.folds.p! < 0.2).toBe(true); // five folds tell less than forty genes
    }
  });

  it("cannot be told apart where they are the same, surely", async () => {
    const same = await compare({ ...pair, meta: pair.base });
    expect(same.conclusion.verdict).toBe("not distinguishable");
    expect(same.conclusion.sentences[0]).toContain("cannot be told from");
    for (const metric of same.metrics) {
      expect(metric).toMatchObject({ p: 1, pHolm: 1, finding: "not distinguishable" });
      expect(metric.difference).toEqual({ value: 0, low: 0, high: 0 });
      expect(metric.folds).toMatchObject({ p: null, reason: "The difference is the same in every fold." });
    }
    expect(same.tallies.macroF1).toEqual({ better: 0, equal: 40, worse: 0 });
  });

  it("have p-values of ranks that do not depend on the scale of either's scores", async () => {
    const squeezed = (rows: PairedRows["meta"]) => ({
      ...rows,
      donor: rows.donor.map((p) => 2 ** -6 * p),
      acceptor: rows.acceptor.map((p) => 2 ** -6 * p),
    });
    const close = simulatePair(3, 30, { base: 1, meta: 1.2 });
    const same = await compare(close);
    const other = await compare({ ...close, meta: squeezed(close.meta) });
    for (const metric of ["apDonor", "apAcceptor", "apSplice", "aucSplice", "pooledTopKDonor", "topK"]) {
      expect(metricOf(other, metric).p, metric).toBe(metricOf(same, metric).p);
    }
    expect(metricOf(same, "apSplice").p).toBeGreaterThan(1 / 300);
  });

  it("are mixed where ranks gain and calls do not", async () => {
    // Ranks as the better model, but almost all rows are called neither.
    const shy = (scores: Float32Array) => scores.map((score) => score / 50);
    const donor = shy(pair.meta.donor);
    const acceptor = shy(pair.meta.acceptor);
    const neither = donor.map((score, row) => 1 - score - acceptor[row]);
    const mixed = await compare({ ...pair, meta: { ...pair.meta, donor, acceptor, neither } });
    expect(metricOf(mixed, "macroF1").finding).toBe("worse");
    expect(metricOf(mixed, "apSplice").finding).toBe("better");
    expect(mixed.conclusion.verdict).toBe("mixed");
  });

  it("have the values of the metrics, and errors that add up over genes and strata", async () => {
    const canonical = pair.base.labels.map((label, row) => label === 0 ? 0 : 1 + (row % 2));
    const found = await compare(pair, { canonical });
    const metrics = modelMetrics(pair.meta, 0.5);
    expect(metricOf(found, "macroF1").meta.value).toBeCloseTo(metrics.macroF1, 12);
    expect(metricOf(found, "apSplice").meta.value).toBeCloseTo(metrics.splice.ap, 12);
    expect(metricOf(found, "logLoss").meta.value).toBeCloseTo(metrics.logLoss, 12);
    const counts = rescues(pair.base, pair.meta, pair.thresholds);
    expect(found.errors.falsePositivesRescued.value).toBe(counts.falsePositivesRescued);
    expect(found.errors.falseNegativesIntroduced.value).toBe(counts.falseNegativesIntroduced);
    for (const parts of [found.byGene, found.byChromosome, found.byBaseScore]) {
      for (const field of COUNTS) expect(total(parts, field), field).toBe(found.errors[field].value);
      for (const field of ["rows", "donors", "acceptors"] as const) {
        expect(total(parts, field), field).toBe(found[field]);
      }
    }
    const { falsePositivesDifference, baseFalsePositives, metaFalsePositives } = found.errors;
    expect(falsePositivesDifference.value).toBe(metaFalsePositives.value! - baseFalsePositives.value!);
    expect(found.byCanonical.map(({ name }) => name)).toEqual(["canonical", "not canonical"]);
    expect(total(found.byCanonical, "rows")).toBe(canonical.filter((flag) => flag > 0).length);
  });

  it("measure a stratum as if it were all there is", async () => {
    const found = await compare(pair);
    const chromosome = found.byChromosome.find(({ name }) => name === "chrX")!;
    const alone = await compare(genesOf(pair, [1, 6, 11, 16, 21, 26, 31, 36]));
    const { macroF1, apSplice, f1Splice, logLoss } = chromosome;
    Object.entries({ macroF1, apSplice, f1Splice, logLoss }).forEach(([name, value]) => {
      const { base, meta, difference } = metricOf(alone, name);
      expect(value).toEqual({ base, meta, difference });
    });
    expect(found.byChromosome.map(({ name }) => name)).toEqual([
      "chr1",
      "chr10",
      "chrX",
      "scaffold_7",
      "unknown",
    ]);
  });

  it("give no interval for chromosomes of few genes, and say why", async () => {
    const found = await compare(genesOf(pair, [0, 1, 2, 3, 5, 10, 15, 20]));
    const of = (name: string): StratumEffect => found.byChromosome.find((one) => one.name === name)!;
    expect(of("chr1")).toMatchObject({ genes: 2, noIntervals: "Fewer than 5 genes: too few to resample." });
    expect(of("chr1").macroF1.base.value).not.toBeNull();
    expect(of("chr1").macroF1.base.low).toBeNull();
    expect(found.byBaseScore.map(({ name }) => name)).toEqual([
      "0 to 0.1",
      "0.1 to 0.5",
      "0.5 to 0.9",
      "0.9 to 1",
    ]);
  });

  it("say what was found in sentences", async () => {
    const { conclusion, notes } = await compare(pair, { names: { base: "run A", meta: "run B" } });
    expect(conclusion.sentences[0]).toMatch(
      /^The run B is better than the run A on [\d,]+ rows of 40 genes\.$/,
    );
    expect(conclusion.sentences[1]).toMatch(
      /^Macro F1: run B 0\.\d{3}, run A 0\.\d{3}; difference \+0\.\d{3} \(95 % interval \+0\.\d{3} to \+0\.\d{3}, Holm p = 0\.040\): so better\.$/,
    );
    expect(conclusion.sentences.join(" ")).not.toMatch(/NaN|undefined|null/);
    expect(notes.join(" ")).toContain("200 resamples of 40 whole genes");
  });

  it("have findings only with enough swaps, and say so", async () => {
    const few = await compare(pair, { permutations: 19 });
    expect(few.conclusion.verdict).toBe("not distinguishable");
    expect(few.notes.join(" ")).toContain("too few for any p-value to be below 0.05");
    const none = await compare(pair, { permutations: 0, resamples: 0 });
    expect(
      none.metrics.every(({ p, pHolm, difference }) =>
        p === null && pHolm === null && difference.low === null
      ),
    )
      .toBe(true);
    expect(none.notes.slice(0, 2)).toEqual([
      "No intervals: no resamples were asked for.",
      "No p-values: no swaps were asked for.",
    ]);
  });
});

describe("data that says little", () => {
  const recipes = fc.record({
    seed: fc.nat(1000),
    genes: fc.integer({ min: 1, max: 7 }),
    rows: fc.integer({ min: 1, max: 40 }),
    bits: fc.constantFrom(0, 1, 24),
    classes: fc.constantFrom([0, 1, 2], [0, 1], [1, 2], [0], [1]),
  });

  it("is compared without crash or invented number: few rows, empty genes, classes missing, ties everywhere", async () => {
    await fc.assert(
      fc.asyncProperty(recipes, async (recipe) => {
        const found = await compare(pairOfRecipe(recipe), { resamples: 20, permutations: 9 });
        expect(JSON.parse(JSON.stringify(found))).toEqual(found); // NaN would become null
        expect(found.conclusion.verdict).toBe("not distinguishable");
        expect(found.conclusion.sentences.join(" ")).not.toMatch(/NaN|null/);
        if (recipe.classes.length === 1) expect(metricOf(found, "aucSplice").difference.value).toBeNull();
        if (recipe.genes < 5) {
          expect(found.metrics.every(({ difference }) => difference.low === null)).toBe(true);
        }
        expect(found.metrics.every(({ p, difference }) => (p === null) === (difference.value === null))).toBe(
          true,
        );
      }),
      { numRuns: 60 },
    );
  });

  it("of one gene has a value, p = 1 and no interval", async () => {
    const found = await compare(simulatePair(3, 1, { base: 0, meta: 3 }));
    expect(metricOf(found, "macroF1")).toMatchObject({ p: 1, finding: "not distinguishable" });
    expect(metricOf(found, "macroF1").folds.reason).toBe("Fewer than two folds define the difference.");
    expect(found.resamples).toBe(0);
  });

  it("of no rows at all has no numbers", async () => {
    const found = await compare(genesOf(simulatePair(3, 1, { base: 0, meta: 3 }), []));
    expect(found.metrics.every(({ base, p }) => base.value === null && p === null)).toBe(true);
    expect(JSON.parse(JSON.stringify(found))).toEqual(found);
  });

  it("of unknown folds has no test over folds", async () => {
    const { base, meta, thresholds } = simulatePair(3, 8, { base: 1, meta: 1 });
    const facts = { ...factsOf(base), foldOfGene: null };
    const found = await comparePaired(base, meta, facts, {
      thresholds,
      seed: 1,
      pool,
      resamples: 20,
      permutations: 9,
    });
    expect(found.metrics[0].folds).toMatchObject({ p: null, reason: "The genes' folds are not known." });
    expect(found.byGene[0].fold).toBeNull();
  });
});

describe("what does not fit", () => {
  const { base, meta, thresholds } = simulatePair(3, 8, { base: 1, meta: 1 });
  const options = { thresholds, seed: 1, pool };

  it("is refused: other rows, other labels, other genes, odd options", async () => {
    const facts = factsOf(base);
    const reject = async (promise: Promise<unknown>, message: RegExp) => {
      await expect(promise).rejects.toThrow(message);
      await expect(promise).rejects.toMatchObject({ kind: "usage" });
    };
    const short = genesOf({ base, meta, thresholds }, [0, 1]).meta;
    await reject(comparePaired(base, short, facts, options), /rows of the second model, found/);
    const labels = meta.labels.map((label, row) => row === 3 ? (label + 1) % 3 : label);
    await reject(comparePaired(base, { ...meta, labels }, facts, options), /same labels .* row 3/);
    const geneStart = meta.geneStart.map((start, g) => g === 2 ? start + 1 : start);
    await reject(comparePaired(base, { ...meta, geneStart }, facts, options), /gene 2 starts/);
    await reject(comparePaired(base, meta, { ...facts, chromosomes: [] }, options), /chromosomes, found 0/);
    await reject(comparePaired(base, meta, facts, { ...options, resamples: -1 }), /resamples/);
    await reject(
      comparePaired(base, meta, facts, { ...options, canonical: new Uint8Array(1) }),
      /kinds of sites/,
    );
  });

  it("is refused without base scores", () => {
    const judged = { ...factsOf(base), foldOfGene: new Uint8Array(8), positions: null, base: null, meta };
    expect(() => compareBaseAndMeta(judged, options)).toThrow(/base-model scores/);
  });
});
