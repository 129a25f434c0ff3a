/** All compared metrics of both models under weights of genes: the inner loop of bootstrap, jackknife and permutations. */
import { coins } from "../../statistics/permutation.ts";
import { type BootstrapPlan, geneWeights } from "../bootstrap.ts";
import { confusionMetrics } from "../metrics.ts";
import { METRICS } from "./metrics.ts";
import { CELL, CELLS, CROSS_CELLS, type ModelTables, type PairedTables } from "./tables.ts";
import type { ErrorCounts } from "./types.ts";
import {
  groupCounts,
  otherCounts,
  rankingOf,
  type WeightedRanking,
  weightedRanking,
} from "./weighted-ranking.ts";

/** Numbers a model: METRICS, then false positives and false negatives. */
export const MODEL_NUMBERS = METRICS.length + 2;
/** Numbers a weighting: both models', then the cross counts. */
export const PAIR_NUMBERS = 2 * MODEL_NUMBERS + CROSS_CELLS;

/** Weightings from .. to - 1 of a plan. */
export interface WeightingRange {
  readonly plan: BootstrapPlan;
  readonly from: number;
  readonly to: number;
}

/** Task: (to - from, PAIR_NUMBERS) numbers, row-major; NaN where undefined. */
export function compareWeightings({ plan, from, to }: WeightingRange, tables: PairedTables): Float64Array {
  const numbers = new Float64Array((to - from) * PAIR_NUMBERS);
  for (let b = from; b < to; b++) {
    numbers.set(measurePair(tables, geneWeights(plan, b)), (b - from) * PAIR_NUMBERS);
  }
  return numbers;
}

/** PAIR_NUMBERS numbers with a weight a gene. */
export function measurePair({ base, meta, cross, genes }: PairedTables, weights: Uint16Array): number[] {
  const model = ({ cells, rankings }: ModelTables): number[] =>
    modelNumbers(
      sums(cells, CELLS, weights, genes),
      ranked(rankings, (ranking) => weightedRanking(ranking, weights)),
    );
  return [...model(base), ...model(meta), ...sums(cross, CROSS_CELLS, weights, genes)];
}

/** Permutations from .. to - 1. */
export interface PermutationRange {
  readonly seed: number;
  readonly from: number;
  readonly to: number;
}

/**
 * Task: (to - from, METRICS) differences, meta less base, where a coin a gene has swapped the models' predictions of the whole gene.
 * The tables must have `swapped` rankings.
 */
export function compareSwaps({ seed, from, to }: PermutationRange, tables: PairedTables): Float64Array {
  const { genes, base, meta } = tables;
  const swapped = tables.swapped!;
  const differences = new Float64Array((to - from) * METRICS.length);
  // What one arm does not take goes to the other, so that only one is counted.
  const everything = ranked(swapped, (ranking) => groupCounts(ranking, new Uint16Array(2 * genes).fill(1)));
  for (let b = from; b < to; b++) {
    const swap = coins(seed, b, genes);
    const units = new Uint16Array(2 * genes);
    for (let g = 0; g < genes; g++) units[swap[g] === 0 ? g : genes + g] = 1;
    const kept = units.subarray(0, genes);
    const given = units.subarray(genes);
    const first = ranked(swapped, (ranking) => groupCounts(ranking, units));
    const second = ranked(everything, (all, metric) => otherCounts(all, first[metric]!));
    const a = modelNumbers(
      sums(meta.cells, CELLS, given, genes, sums(base.cells, CELLS, kept, genes)),
      ranked(first, rankingOf),
    );
    const z = modelNumbers(
      sums(base.cells, CELLS, given, genes, sums(meta.cells, CELLS, kept, genes)),
      ranked(second, rankingOf),
    );
    for (let m = 0; m < METRICS.length; m++) differences[(b - from) * METRICS.length + m] = z[m] - a[m];
  }
  return differences;
}

/** The counts of ErrorCounts from numbers of both models, PAIR_NUMBERS of them. */
export function errorCounts(numbers: ArrayLike<number>): ErrorCounts {
  const own = METRICS.length;
  const cross = 2 * MODEL_NUMBERS;
  return {
    baseFalsePositives: numbers[own],
    baseFalseNegatives: numbers[own + 1],
    metaFalsePositives: numbers[MODEL_NUMBERS + own],
    metaFalseNegatives: numbers[MODEL_NUMBERS + own + 1],
    falsePositivesRescued: numbers[cross],
    falsePositivesIntroduced: numbers[cross + 1],
    falseNegativesRescued: numbers[cross + 2],
    falseNegativesIntroduced: numbers[cross + 3],
  };
}

/** PAIR_NUMBERS numbers of one gene, without those that need a ranking. */
export function measureGene({ base, meta, cross }: PairedTables, gene: number): number[] {
  const own = (table: Float64Array, width: number) => table.slice(gene * width, (gene + 1) * width);
  return [
    ...modelNumbers(own(base.cells, CELLS), NO_RANKINGS),
    ...modelNumbers(own(meta.cells, CELLS), NO_RANKINGS),
    ...own(cross, CROSS_CELLS),
  ];
}

function sums(
  table: Float64Array,
  width: number,
  weights: Uint16Array,
  genes: number,
  totals: Float64Array = new Float64Array(width),
): Float64Array {
  for (let g = 0; g < genes; g++) {
    const weight = weights[g];
    if (weight === 0) continue;
    for (let i = 0; i < width; i++) totals[i] += weight * table[g * width + i];
  }
  return totals;
}

/** Something for each class that is ranked; null where it is not. */
interface Ranked<T> {
  readonly donor: T | null;
  readonly acceptor: T | null;
  readonly splice: T | null;
}

const NO_RANKINGS = { donor: null, acceptor: null, splice: null };

function ranked<T, U>(from: Ranked<T>, to: (value: T, metric: keyof Ranked<T>) => U): Ranked<U> {
  const of = (metric: keyof Ranked<T>): U | null => from[metric] === null ? null : to(from[metric], metric);
  return { donor: of("donor"), acceptor: of("acceptor"), splice: of("splice") };
}

function modelNumbers(totals: Float64Array, { donor, acceptor, splice }: Ranked<WeightedRanking>): number[] {
  const confusion = [0, 3, 6].map((at) => Array.from(totals.subarray(at, at + 3)));
  const { macroF1, f1 } = confusionMetrics(confusion);
  const rows = totals.subarray(CELL.confusion, CELL.confusion + 9).reduce((sum, count) => sum + count, 0);
  const sites = totals.subarray(3, 9).reduce((sum, count) => sum + count, 0);
  const [falsePositives, falseNegatives] = [totals[CELL.falsePositives], totals[CELL.falseNegatives]];
  const hits = sites - falseNegatives;
  return [
    macroF1,
    f1.donor,
    f1.acceptor,
    2 * hits / (2 * hits + falsePositives + falseNegatives),
    donor?.ap ?? NaN,
    acceptor?.ap ?? NaN,
    splice?.ap ?? NaN,
    splice?.auc ?? NaN,
    meanDefined(
      totals[CELL.topKDonor] / totals[CELL.hasDonors],
      totals[CELL.topKAcceptor] / totals[CELL.hasAcceptors],
    ),
    donor?.topK ?? NaN,
    acceptor?.topK ?? NaN,
    totals[CELL.logLoss] / rows,
    falsePositives,
    falseNegatives,
  ];
}

/** The mean of the two, the one that is defined where the other is NaN. */
function meanDefined(a: number, b: number): number {
  if (Number.isNaN(a)) return b;
  return Number.isNaN(b) ? a : (a + b) / 2;
}
