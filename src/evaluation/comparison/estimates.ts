/** From numbers under many weightings to estimates, p-values and tests over folds. */
import { correctedT } from "../../statistics/corrected-t.ts";
import { holm } from "../../statistics/multiple-tests.ts";
import { permutationP } from "../../statistics/permutation.ts";
import type { Estimate, Maybe } from "../analysis.ts";
import { bcaEstimate, type BootstrapPlan } from "../bootstrap.ts";
import { measurePair, MODEL_NUMBERS, PAIR_NUMBERS } from "./measure.ts";
import { metricIndex, METRICS } from "./metrics.ts";
import type { PairedTables } from "./tables.ts";
import type { ComparedMetric, ErrorEstimates, FoldTest, MetricComparison, Pair } from "./types.ts";

/** Holm-adjusted p-values below this, with an interval that excludes 0, are a finding. */
export const SIGNIFICANCE = 0.05;

/** Numbers under every weighting of a plan: (weightings, PAIR_NUMBERS), row-major. */
export interface Measured {
  readonly plan: BootstrapPlan;
  readonly numbers: Float64Array;
}

/** Both models and their difference in one metric. */
export function pairOf(measured: Measured, metric: ComparedMetric): Pair {
  return pairAt(measured, metricIndex(metric));
}

/** Errors of both models, with intervals. */
export function errorEstimates(measured: Measured): ErrorEstimates {
  const falsePositives = pairAt(measured, METRICS.length);
  const falseNegatives = pairAt(measured, METRICS.length + 1);
  const cross = (i: number): Estimate => bcaEstimate(measured.plan, column(measured, 2 * MODEL_NUMBERS + i));
  return {
    baseFalsePositives: falsePositives.base,
    baseFalseNegatives: falseNegatives.base,
    metaFalsePositives: falsePositives.meta,
    metaFalseNegatives: falseNegatives.meta,
    falsePositivesRescued: cross(0),
    falsePositivesIntroduced: cross(1),
    falseNegativesRescued: cross(2),
    falseNegativesIntroduced: cross(3),
    falsePositivesDifference: falsePositives.difference,
    falseNegativesDifference: falseNegatives.difference,
  };
}

/** Every metric with its tests. `swaps` are (permutations, METRICS) differences under swaps of whole genes. */
export function metricComparisons(
  measured: Measured,
  swaps: Float64Array,
  foldTests: readonly FoldTest[],
): MetricComparison[] {
  const permutations = swaps.length / METRICS.length;
  const pairs = METRICS.map(({ metric }) => pairOf(measured, metric));
  const p = pairs.map(({ difference }, m) =>
    permutations === 0 ? NaN : permutationP(
      difference.value ?? NaN,
      Float64Array.from({ length: permutations }, (_, b) => swaps[b * METRICS.length + m]),
    )
  );
  const adjusted = holm(p);
  return METRICS.map((facts, m) => ({
    ...facts,
    ...pairs[m],
    p: maybe(p[m]),
    pHolm: maybe(adjusted[m]),
    folds: foldTests[m],
    finding: findingOf(pairs[m].difference, adjusted[m], facts.higherIsBetter),
  }));
}

/** Nadeau and Bengio's test of every metric, from each fold's genes on their own; `foldOfGene` is null where folds are unknown. */
export function foldTests(tables: PairedTables, foldOfGene: Uint8Array | null): FoldTest[] {
  if (foldOfGene === null) return METRICS.map(() => noTest([], "The genes' folds are not known."));
  const folds = [...new Set(foldOfGene)].sort((a, b) => a - b);
  const numbers = folds.map((fold) =>
    measurePair(tables, Uint16Array.from(foldOfGene, (own) => own === fold ? 1 : 0))
  );
  // Mean over folds of test genes over training genes.
  const ratios = folds.map((fold) => {
    const test = foldOfGene.reduce((count, own) => count + Number(own === fold), 0);
    return test / (tables.genes - test);
  });
  const testOverTrain = ratios.reduce((sum, ratio) => sum + ratio, 0) / folds.length;
  return METRICS.map((_, m) => {
    const differences = numbers.map((fold) => fold[MODEL_NUMBERS + m] - fold[m]);
    const test = correctedT(differences, testOverTrain);
    const values = differences.map(maybe);
    if (test.folds < 2) return noTest(values, "Fewer than two folds define the difference.");
    if (Number.isNaN(test.t)) return noTest(values, "The difference is the same in every fold.", test.mean);
    const { mean, standardError, t, df, p } = test;
    return { differences: values, mean, standardError, t, df, p, reason: null };
  });
}

function noTest(differences: readonly Maybe[], reason: string, mean: Maybe = null): FoldTest {
  return { differences, mean, standardError: null, t: null, df: null, p: null, reason };
}

function findingOf(
  difference: Estimate,
  pHolm: number,
  higherIsBetter: boolean,
): MetricComparison["finding"] {
  const { value, low, high } = difference;
  if (value === null || low === null || high === null) return "not distinguishable";
  if (!(pHolm < SIGNIFICANCE) || (low <= 0 && high >= 0)) return "not distinguishable";
  return value > 0 === higherIsBetter ? "better" : "worse";
}

function pairAt(measured: Measured, index: number): Pair {
  const base = column(measured, index);
  const meta = column(measured, MODEL_NUMBERS + index);
  const of = (values: Float64Array): Estimate => bcaEstimate(measured.plan, values);
  return { base: of(base), meta: of(meta), difference: of(meta.map((value, b) => value - base[b])) };
}

function column({ plan, numbers }: Measured, index: number): Float64Array {
  return Float64Array.from({ length: plan.weightings }, (_, b) => numbers[b * PAIR_NUMBERS + index]);
}

/** NaN is undefined. */
export function maybe(value: number): Maybe {
  return Number.isFinite(value) ? value : null;
}
