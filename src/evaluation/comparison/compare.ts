/** Base against meta, or any two models on the same rows: what differs, by how much, how sure, for which genes. */
import { usageError } from "../../numerics/errors.ts";
import type { JudgedRows } from "../analysis.ts";
import { bootstrapNote, DEFAULT_RESAMPLES, planBootstrap } from "../bootstrap.ts";
import type { EvaluatedRows } from "../rows.ts";
import type { TaskPool } from "../workers/pool.ts";
import { count, geneEffects, type GeneFacts, tally } from "./by-gene.ts";
import { conclude } from "./conclusion.ts";
import { errorEstimates, foldTests, metricComparisons, SIGNIFICANCE } from "./estimates.ts";
import { METRICS } from "./metrics.ts";
import { measurePermutations, measurePlan } from "./run.ts";
import { baseScoreStrata, canonicalStrata, chromosomeStrata, measureStrata } from "./strata.ts";
import { type PairedRows, pairedTables, type Thresholds } from "./tables.ts";
import type { Comparison, ModelNames } from "./types.ts";

/** Swaps behind the p-values: the least that Holm's correction over all metrics can leave is then 0.006. */
export const DEFAULT_PERMUTATIONS = 1999;

export interface CompareOptions {
  /** Where each model calls a site: donor + acceptor at or above `baseThresh` and `threshold`. */
  readonly thresholds: Thresholds;
  readonly seed: number;
  readonly pool: TaskPool;
  /** Resamples of genes (default 1000); 0 for no intervals. */
  readonly resamples?: number;
  /** Swaps (default 1999); 0 for no p-values. */
  readonly permutations?: number;
  /** Kind of site per row: 0 unknown, 1 canonical, 2 not; null where the data does not tell. */
  readonly canonical?: Uint8Array | null;
  /** What the models are called in sentences. */
  readonly names?: ModelNames;
}

/**
 * The meta-model against the base model on rows of genes that it never saw.
 * @throws SpliceboostError "usage" where the rows have no base scores, or options do not fit them.
 */
export function compareBaseAndMeta(
  judged: Pick<JudgedRows, "base" | "meta"> & GeneFacts,
  options: CompareOptions,
): Promise<Comparison> {
  if (judged.base === null) {
    throw usageError(
      "Expected base-model scores to compare with, found none: the data has no donor_score and acceptor_score.",
    );
  }
  return comparePaired(judged.base, judged.meta, judged, options);
}

/**
 * Two models' probabilities of the same rows, `a` in the place of the base model and `b` in that of the meta-model. Differences are b less a.
 * Intervals resample genes, p-values swap the models' predictions of whole genes: no row counts as independent of its gene.
 * @throws SpliceboostError "usage" where the rows are not the same, or options do not fit them.
 */
export async function comparePaired(
  a: EvaluatedRows,
  b: EvaluatedRows,
  facts: GeneFacts,
  options: CompareOptions,
): Promise<Comparison> {
  const { thresholds, seed, pool, canonical = null } = options;
  const resamples = whole("resamples", options.resamples ?? DEFAULT_RESAMPLES);
  const permutations = whole("permutations", options.permutations ?? DEFAULT_PERMUTATIONS);
  checkRows(a, b, facts, canonical);
  const rows: PairedRows = { base: a, meta: b, thresholds };
  const tables = pairedTables(rows);
  const plan = planBootstrap(seed, tables.genes, resamples);
  const strata = (list: Parameters<typeof measureStrata>[1]) =>
    measureStrata(rows, list, { seed, resamples, pool });
  const [measured, swaps, byChromosome, byBaseScore, byCanonical] = await Promise.all([
    measurePlan(pool, plan, tables),
    measurePermutations(pool, seed, permutations, tables),
    strata(chromosomeStrata(facts)),
    strata(baseScoreStrata(rows)),
    strata(canonicalStrata(canonical)),
  ]);
  pool.forget(tables);
  const byGene = geneEffects(rows, tables, facts);
  const comparison: Omit<Comparison, "conclusion"> = {
    names: options.names ?? { base: "base model", meta: "meta-model" },
    thresholds: { base: thresholds.baseThresh, meta: thresholds.threshold },
    rows: a.labels.length,
    genes: tables.genes,
    donors: count(a.labels, 1),
    acceptors: count(a.labels, 2),
    resamples: plan.resamples,
    permutations,
    metrics: metricComparisons(measured, swaps, foldTests(tables, facts.foldOfGene)),
    errors: errorEstimates(measured),
    tallies: {
      macroF1: tally(byGene, (gene) => gene.baseMacroF1, (gene) => gene.metaMacroF1, 1),
      ap: tally(byGene, (gene) => gene.baseAp, (gene) => gene.metaAp, 1),
      logLoss: tally(byGene, (gene) => gene.baseLogLoss, (gene) => gene.metaLogLoss, -1),
    },
    byGene,
    byChromosome,
    byBaseScore,
    byCanonical,
    notes: [
      bootstrapNote(plan),
      permutationNote(permutations),
      "Chromosomes, base scores and kinds of sites each have a bootstrap of their own genes; their intervals are not corrected for how many there are.",
    ],
  };
  return { ...comparison, conclusion: conclude(comparison) };
}

function permutationNote(permutations: number): string {
  if (permutations === 0) return "No p-values: no swaps were asked for.";
  const least = METRICS.length / (1 + permutations);
  const enough = least < SIGNIFICANCE
    ? ""
    : "; too few for any p-value to be below 0.05 after Holm's correction";
  return `P-values: two-sided, from ${permutations} random swaps of the two models' predictions of whole genes${enough}.`;
}

function whole(name: string, value: number): number {
  if (Number.isInteger(value) && value >= 0 && value <= 1e6) return value;
  throw usageError(`Expected ${name} to be a whole number from 0 to 1000000, found ${value}.`);
}

function checkRows(a: EvaluatedRows, b: EvaluatedRows, facts: GeneFacts, canonical: Uint8Array | null): void {
  const rows = a.labels.length;
  const genes = a.geneStart.length - 1;
  const sizes: [string, number, number][] = [
    ["rows of the second model", b.labels.length, rows],
    ["genes of the second model", b.geneStart.length - 1, genes],
    ["gene ids", facts.genes.length, genes],
    ["chromosomes", facts.chromosomes.length, genes],
    ["folds of genes", facts.foldOfGene?.length ?? genes, genes],
    ["kinds of sites", canonical?.length ?? rows, rows],
  ];
  for (const [what, found, expected] of sizes) {
    if (found !== expected) {
      throw usageError(`Expected ${expected} ${what}, found ${found}: pass arrays of the same rows.`);
    }
  }
  const row = a.labels.findIndex((label, i) => label !== b.labels[i]);
  if (row >= 0) {
    throw usageError(
      `Expected the same labels for both models, found ${a.labels[row]} and ${b.labels[row]} in row ${row}.`,
    );
  }
  const gene = a.geneStart.findIndex((start, i) => start !== b.geneStart[i]);
  if (gene >= 0) {
    throw usageError(`Expected the same genes for both models: gene ${gene} starts at other rows.`);
  }
}
