/** What a feature says by itself: the task for one feature, and the tables of tests from all of them. */
import { argsort } from "../../statistics/argsort.ts";
import { studentQuantile } from "../../statistics/distributions.ts";
import { type Codes, discretise, entropyBits } from "../../statistics/information.ts";
import { benjaminiHochberg } from "../../statistics/multiple-tests.ts";
import { normalQuantile } from "../../statistics/normal.ts";
import { mean, variance } from "../../statistics/quantile.ts";
import type { Estimate, Maybe } from "../analysis.ts";
import { MIN_GENES } from "../bootstrap.ts";
import { geneAuc, type Positives, type SortedRows, sortRows } from "./gene-auc.ts";
import { signedRank } from "./signed-rank.ts";
import { type Contrast, CONTRASTS, type UnivariateTest } from "./types.ts";

/** Classes that count as positive, by class code. */
const POSITIVE: Readonly<Record<Contrast, Positives>> = {
  donor: [0, 1, 0],
  acceptor: [0, 0, 1],
  splice: [0, 1, 1],
};

/** Quantile bins of a feature for its mutual information. */
export const INFORMATION_BINS = 32;

/** The rows that features are tested on. */
export interface TestedRows {
  /** Class code per row. */
  readonly labels: Uint8Array;
  readonly geneOf: Uint32Array;
  readonly genes: number;
}

export interface FeatureTests {
  /** Null without rows. */
  readonly missingShare: Maybe;
  /** q is filled in when all features are there. */
  readonly univariate: Readonly<Record<Contrast, UnivariateTest>>;
}

/** Rows for `testFeature`. */
export function testedRows(labels: Uint8Array, geneStart: Uint32Array): TestedRows {
  const geneOf = new Uint32Array(labels.length);
  for (let g = 0; g + 1 < geneStart.length; g++) geneOf.fill(g, geneStart[g], geneStart[g + 1]);
  return { labels, geneOf, genes: Math.max(0, geneStart.length - 1) };
}

/** Task: tests one feature on all contrasts. @param values one a row, missing NaN */
export function testFeature(values: Float32Array, { labels, geneOf, genes }: TestedRows): FeatureTests {
  const order = argsort(values);
  let present = order.length;
  while (present > 0 && Number.isNaN(values[order[present - 1]])) present--;
  const sorted = sortRows(values, order.subarray(0, present), labels, geneOf);
  const counts = classCounts(discretise(values, INFORMATION_BINS), labels);
  const test = (contrast: Contrast): UnivariateTest => ({
    ...testContrast(sorted, genes, POSITIVE[contrast]),
    mutualInformation: informationOf(counts, POSITIVE[contrast]),
  });
  return {
    missingShare: values.length === 0 ? null : 1 - present / values.length,
    univariate: { donor: test("donor"), acceptor: test("acceptor"), splice: test("splice") },
  };
}

/** The tests of all features with q: p adjusted over the features of each contrast. */
export function adjustTests(tests: readonly FeatureTests[]): FeatureTests[] {
  const q = Object.fromEntries(CONTRASTS.map((contrast) => {
    const p = tests.map(({ univariate }) => univariate[contrast].p ?? NaN);
    return [contrast, benjaminiHochberg(p)];
  }));
  const adjusted = (test: UnivariateTest, contrast: Contrast, f: number): UnivariateTest => ({
    ...test,
    q: maybe(q[contrast][f]),
  });
  return tests.map(({ missingShare, univariate: { donor, acceptor, splice } }, f) => ({
    missingShare,
    univariate: {
      donor: adjusted(donor, "donor", f),
      acceptor: adjusted(acceptor, "acceptor", f),
      splice: adjusted(splice, "splice", f),
    },
  }));
}

function testContrast(
  sorted: SortedRows,
  genes: number,
  positive: Positives,
): Omit<UnivariateTest, "mutualInformation"> {
  const { positives, negatives, auc, standardError, withinGene } = geneAuc(sorted, genes, positive);
  const defined = withinGene.filter((value) => !Number.isNaN(value));
  const { units, p } = signedRank(defined.map((value) => value - 0.5));
  return {
    positives,
    negatives,
    auc: aucEstimate(auc, genes < MIN_GENES ? NaN : standardError),
    rankBiserial: maybe(2 * auc - 1),
    withinGeneAuc: meanEstimate(defined),
    genes: defined.length,
    p: maybe(p),
    q: null,
    reason: reasonFor(positives, negatives, defined.length, units),
  };
}

function reasonFor(positives: number, negatives: number, genes: number, units: number): string | null {
  if (positives === 0) return "no row of the class has a value";
  if (negatives === 0) return "no row of class neither has a value";
  if (genes === 0) return "no gene has rows of both sides with a value";
  if (units === 0) return "within every gene both sides rank alike: it tells no rows of one gene apart";
  return null;
}

/** Normal interval, cut to 0 .. 1. */
function aucEstimate(auc: number, standardError: number): Estimate {
  if (Number.isNaN(auc)) return { value: null, low: null, high: null };
  if (Number.isNaN(standardError)) return { value: auc, low: null, high: null };
  const half = normalQuantile(0.975) * standardError;
  return { value: auc, low: Math.max(0, auc - half), high: Math.min(1, auc + half) };
}

/** Mean of AUCs of genes with its t interval, cut to 0 .. 1. */
function meanEstimate(values: Float64Array): Estimate {
  if (values.length === 0) return { value: null, low: null, high: null };
  const value = mean(values);
  if (values.length < MIN_GENES) return { value, low: null, high: null };
  const half = studentQuantile(0.975, values.length - 1) * Math.sqrt(variance(values) / values.length);
  return { value, low: Math.max(0, value - half), high: Math.min(1, value + half) };
}

/** Rows of each class per code: class c of code k at 3 * k + c. */
function classCounts({ codes, count }: Codes, labels: Uint8Array): Float64Array {
  const counts = new Float64Array(3 * count);
  for (let row = 0; row < labels.length; row++) counts[3 * codes[row] + labels[row]]++;
  return counts;
}

/** Mutual information in bits of code and side, over the rows of the contrast; null where a side is empty. */
function informationOf(counts: Float64Array, positive: Positives): Maybe {
  const codes = counts.length / 3;
  const negatives = Float64Array.from({ length: codes }, (_, k) => counts[3 * k]);
  const positives = negatives.map((_, k) =>
    positive[1] * counts[3 * k + 1] + positive[2] * counts[3 * k + 2]
  );
  const sides = [negatives, positives].map((side) => side.reduce((sum, count) => sum + count, 0));
  if (sides[0] === 0 || sides[1] === 0) return null;
  const either = negatives.map((count, k) => count + positives[k]);
  const joint = Float64Array.of(...negatives, ...positives);
  return Math.max(0, entropyBits(either) + entropyBits(sides) - entropyBits(joint));
}

function maybe(value: number): Maybe {
  return Number.isFinite(value) ? value : null;
}
