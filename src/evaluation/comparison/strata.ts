/** Rows that have something in common, measured on their own: by chromosome, by base score, by kind of site. */
import { chromosomeCodes } from "../../data/chromosomes.ts";
import { MIN_GENES, planBootstrap } from "../bootstrap.ts";
import type { EvaluatedRows } from "../rows.ts";
import type { TaskPool } from "../workers/pool.ts";
import { count, type GeneFacts } from "./by-gene.ts";
import { pairOf } from "./estimates.ts";
import { errorCounts } from "./measure.ts";
import { measurePlan } from "./run.ts";
import { type PairedRows, pairedTables } from "./tables.ts";
import type { StratumEffect } from "./types.ts";

/** A stratum before it is measured. */
export interface Stratum {
  readonly name: string;
  /** Whether a row belongs to it. */
  readonly has: (row: number, gene: number) => boolean;
}

/** Lower bounds of the base model's larger score; the last stratum has no upper bound. */
const BASE_SCORES = [0, 0.1, 0.5, 0.9, 1] as const;

/** Chromosomes that occur: 1 to 22, X, Y, MT, then others by name, then "unknown". */
export function chromosomeStrata({ chromosomes }: GeneFacts): Stratum[] {
  const codes = chromosomeCodes(chromosomes);
  // Codes above 100 are hashes of names.
  const place = (name: string): number => name === "" ? 1e9 : Math.min(101, codes.get(name) ?? 101);
  return [...new Set(chromosomes)]
    .sort((a, b) => place(a) - place(b) || (a < b ? -1 : 1))
    .map((name) => ({
      name: name === "" ? "unknown" : name,
      has: (_, gene) => chromosomes[gene] === name,
    }));
}

/** By the base model's larger score of donor and acceptor. */
export function baseScoreStrata({ base }: PairedRows): Stratum[] {
  return BASE_SCORES.slice(0, -1).map((low, i) => ({
    name: `${low} to ${BASE_SCORES[i + 1]}`,
    has: (row) => {
      const score = Math.max(base.donor[row], base.acceptor[row]);
      return score >= Math.fround(low) &&
        (i === BASE_SCORES.length - 2 || score < Math.fround(BASE_SCORES[i + 1]));
    },
  }));
}

/** By a flag a row: 1 canonical, 2 not, others in neither stratum. None where the data does not tell. */
export function canonicalStrata(canonical: Uint8Array | null): Stratum[] {
  if (canonical === null || !canonical.some((flag) => flag === 1 || flag === 2)) return [];
  return ["canonical", "not canonical"].map((name, i) => ({ name, has: (row) => canonical[row] === i + 1 }));
}

/** Measures strata: the bootstrap of each draws from the genes that have rows in it. */
export function measureStrata(
  rows: PairedRows,
  strata: readonly Stratum[],
  options: { readonly seed: number; readonly resamples: number; readonly pool: TaskPool },
): Promise<StratumEffect[]> {
  return Promise.all(strata.map(async (stratum): Promise<StratumEffect> => {
    const own = rowsOf(rows, stratum);
    const tables = pairedTables(own, true);
    const plan = planBootstrap(options.seed, tables.genes, options.resamples);
    const measured = await measurePlan(options.pool, plan, tables);
    options.pool.forget(tables);
    const { labels } = own.base;
    return {
      name: stratum.name,
      rows: labels.length,
      genes: tables.genes,
      donors: count(labels, 1),
      acceptors: count(labels, 2),
      macroF1: pairOf(measured, "macroF1"),
      f1Splice: pairOf(measured, "f1Splice"),
      apSplice: pairOf(measured, "apSplice"),
      logLoss: pairOf(measured, "logLoss"),
      ...errorCounts(measured.numbers),
      noIntervals: plan.resamples > 0
        ? null
        : tables.genes < MIN_GENES
        ? `Fewer than ${MIN_GENES} genes: too few to resample.`
        : "No resamples were asked for.",
    };
  }));
}

/** The rows of a stratum, of the genes that have any. */
function rowsOf({ base, meta, thresholds }: PairedRows, { has }: Stratum): PairedRows {
  const kept: number[] = [];
  const starts = [0];
  for (let g = 0; g + 1 < base.geneStart.length; g++) {
    for (let row = base.geneStart[g]; row < base.geneStart[g + 1]; row++) if (has(row, g)) kept.push(row);
    if (kept.length > starts[starts.length - 1]) starts.push(kept.length);
  }
  const labels = Uint8Array.from(kept, (row) => base.labels[row]);
  const geneStart = Uint32Array.from(starts);
  const of = (rows: EvaluatedRows): EvaluatedRows => ({
    labels,
    geneStart,
    neither: Float32Array.from(kept, (row) => rows.neither[row]),
    donor: Float32Array.from(kept, (row) => rows.donor[row]),
    acceptor: Float32Array.from(kept, (row) => rows.acceptor[row]),
  });
  return { base: of(base), meta: of(meta), thresholds };
}
