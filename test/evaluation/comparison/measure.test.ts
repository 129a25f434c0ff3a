import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compareSwaps, measurePair, MODEL_NUMBERS } from "../../../src/evaluation/comparison/measure.ts";
import { METRICS } from "../../../src/evaluation/comparison/metrics.ts";
import { type PairedRows, pairedTables } from "../../../src/evaluation/comparison/tables.ts";
import { modelMetrics } from "../../../src/evaluation/metrics.ts";
import type { EvaluatedRows } from "../../../src/evaluation/rows.ts";
import { rescues, spliceScores } from "../../../src/evaluation/splice.ts";
import { coins } from "../../../src/statistics/permutation.ts";
import { midranks } from "../../../src/statistics/ranks.ts";
import goldens from "./goldens/comparison.json" with { type: "json" };
import { genesOf, pairOfRecipe, swapGenes, THRESHOLDS } from "./models.ts";

const recipes = fc.record({
  seed: fc.nat(1000),
  genes: fc.integer({ min: 1, max: 6 }),
  rows: fc.integer({ min: 6, max: 400 }),
  bits: fc.constantFrom(0, 1, 3, 24),
  classes: fc.constantFrom([0, 1, 2], [0, 1], [1, 2], [0]),
});

function numbersOf(rows: EvaluatedRows, threshold: number): number[] {
  const m = modelMetrics(rows, threshold);
  return [
    m.macroF1,
    m.f1.donor,
    m.f1.acceptor,
    m.splice.f1,
    m.ap.donor,
    m.ap.acceptor,
    m.splice.ap,
    m.splice.auc,
    m.topK,
    m.pooledTopKDonor,
    m.pooledTopKAcceptor,
    m.logLoss,
    m.splice.falsePositives,
    m.splice.falseNegatives,
  ];
}

/** What the metrics say of the rows themselves. */
function plainly({ base, meta, thresholds }: PairedRows): number[] {
  return [
    ...numbersOf(base, thresholds.baseThresh),
    ...numbersOf(meta, thresholds.threshold),
    ...Object.values(rescues(base, meta, thresholds)),
  ];
}

function expectSame(found: readonly number[], expected: readonly number[]): void {
  expect(found).toHaveLength(expected.length);
  expected.forEach((value, i) => {
    if (Number.isNaN(value)) expect(found[i]).toBeNaN();
    else {expect(Math.abs(found[i] - value), `number ${i}`).toBeLessThanOrEqual(
        1e-12 * Math.max(1, Math.abs(value)),
      );}
  });
}

describe("metrics of weighted genes", () => {
  it("are those of the rows with each gene as often as it weighs", () => {
    fc.assert(
      fc.property(recipes, fc.infiniteStream(fc.nat(3)), (recipe, stream) => {
        const pair = pairOfRecipe(recipe);
        const weights = Uint16Array.from({ length: recipe.genes }, () => stream.next().value!);
        if (!weights.some((weight) => weight > 0)) weights[0] = 1;
        const repeated = genesOf(pair, Array.from(weights).flatMap((weight, g) => Array(weight).fill(g)));
        expectSame(measurePair(pairedTables(pair), weights), plainly(repeated));
      }),
      { numRuns: 150 },
    );
  });

  describe.each(goldens.cases)(`as ${goldens.source} has them: $name`, ({ base, meta, ...recipe }) => {
    it("with a weight a row", () => {
      const weights = Uint16Array.from({ length: recipe.genes }, (_, g) => (7 * g + 3) % 4);
      const numbers = measurePair(pairedTables(pairOfRecipe(recipe)), weights);
      const found = [numbers, numbers.slice(MODEL_NUMBERS)];
      [base, meta].forEach((expected: Record<string, number | null>, model) => {
        const compared = METRICS.flatMap(({ metric }, m) =>
          metric in expected ? [[found[model][m], expected[metric] ?? NaN]] : []
        );
        expect(compared).toHaveLength(9);
        expectSame(compared.map(([value]) => value), compared.map(([, value]) => value));
      });
    });
  });
});

/** The same rows with each model's donor and acceptor scores as ranks of its own: all that a swap mixes of them. */
function byRank({ base, meta, thresholds }: PairedRows): PairedRows {
  const of = (rows: EvaluatedRows): EvaluatedRows => ({
    ...rows,
    donor: Float32Array.from(midranks(rows.donor).ranks),
    acceptor: Float32Array.from(midranks(rows.acceptor).ranks),
  });
  return { base: of(base), meta: of(meta), thresholds };
}

/** The same rows with donor + acceptor as the donor's score. */
function bySum({ base, meta, thresholds }: PairedRows): PairedRows {
  const of = (rows: EvaluatedRows): EvaluatedRows => ({
    ...rows,
    donor: spliceScores(rows),
    acceptor: new Float32Array(rows.labels.length),
  });
  return { base: of(base), meta: of(meta), thresholds };
}

describe("swaps of whole genes", () => {
  it("are measured as if the models' predictions had been swapped in the rows, ranks for scores", () => {
    fc.assert(
      fc.property(recipes, fc.nat(50), (recipe, seed) => {
        // A swapped gene keeps the threshold that its model had.
        const pair = pairOfRecipe(recipe, { ...THRESHOLDS, threshold: THRESHOLDS.baseThresh });
        const differences = compareSwaps({ seed, from: 2, to: 4 }, pairedTables(pair));
        for (const b of [2, 3]) {
          const swapped = (own: PairedRows) => plainly(swapGenes(own, coins(seed, b, recipe.genes)));
          const plain = swapped(pair);
          const sites = swapped(byRank(pair));
          const splice = swapped(byRank(bySum(pair)));
          const numbersFor = ({ metric }: typeof METRICS[number]): number[] => {
            if (["apDonor", "apAcceptor", "pooledTopKDonor", "pooledTopKAcceptor"].includes(metric)) {
              return sites;
            }
            return ["apSplice", "aucSplice"].includes(metric) ? splice : plain;
          };
          expectSame(
            Array.from(differences.subarray((b - 2) * METRICS.length, (b - 1) * METRICS.length)),
            METRICS.map((facts, m) => numbersFor(facts)[MODEL_NUMBERS + m] - numbersFor(facts)[m]),
          );
        }
      }),
      { numRuns: 100 },
    );
  });
});
