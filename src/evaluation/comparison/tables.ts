/** What two models' metrics need of the rows: counts a gene, and the rows sorted once. Everything is structured-cloneable. */
import { confusionMatrix, probabilityMetrics } from "../metrics.ts";
import { ACCEPTOR, DONOR, type PositiveLabels, SPLICE } from "../ranking.ts";
import { midranks } from "../../statistics/ranks.ts";
import type { EvaluatedRows } from "../rows.ts";
import { rescues, spliceErrors, spliceScores } from "../splice.ts";
import { topKShare } from "../topk.ts";
import { rankUnits, type UnitRanking } from "./weighted-ranking.ts";

/** Two models on the same rows, and where each calls a site (donor + acceptor >= threshold). */
export interface PairedRows {
  readonly base: EvaluatedRows;
  readonly meta: EvaluatedRows;
  readonly thresholds: Thresholds;
}

export interface Thresholds {
  readonly baseThresh: number;
  readonly threshold: number;
}

/** Numbers a gene and model; they add up over genes. */
export const CELL = {
  /** confusion[true][predicted] in 9 cells. */
  confusion: 0,
  falsePositives: 9,
  falseNegatives: 10,
  /** Summed over rows. */
  logLoss: 11,
  /** Top-k share of donors, of acceptors: 0 for a gene without. */
  topKDonor: 12,
  topKAcceptor: 13,
  /** 1 for a gene with donors, with acceptors. */
  hasDonors: 14,
  hasAcceptors: 15,
} as const;
export const CELLS = 16;

/** Numbers a gene that two models make together, in the order of ErrorCounts' last four. */
export const CROSS_CELLS = 4;

/** The rows sorted for each class; null where a ranking was not asked for. */
export interface Rankings {
  readonly donor: UnitRanking | null;
  readonly acceptor: UnitRanking | null;
  readonly splice: UnitRanking;
}

export interface ModelTables {
  /** (genes, CELLS). */
  readonly cells: Float64Array;
  /** A unit a gene. */
  readonly rankings: Rankings;
}

export interface PairedTables {
  readonly genes: number;
  readonly base: ModelTables;
  readonly meta: ModelTables;
  /** (genes, CROSS_CELLS): false positives rescued, introduced, false negatives rescued, introduced. */
  readonly cross: Float64Array;
  /**
   * Both models' rows sorted together by their ranks within the model, so that a swap does not mix scales of scores: unit g is gene g by
   * the base model, unit genes + g by the meta-model. Null unless asked for.
   */
  readonly swapped: Rankings | null;
}

/** Tables of all metrics, or (`spliceOnly`) of those that a stratum shows, without permutations. */
export function pairedTables(rows: PairedRows, spliceOnly = false): PairedTables {
  const { base, meta, thresholds } = rows;
  const genes = base.geneStart.length - 1;
  const cross = new Float64Array(genes * CROSS_CELLS);
  for (let g = 0; g < genes; g++) {
    const counts = rescues(geneRows(base, g), geneRows(meta, g), thresholds);
    cross.set([
      counts.falsePositivesRescued,
      counts.falsePositivesIntroduced,
      counts.falseNegativesRescued,
      counts.falseNegativesIntroduced,
    ], g * CROSS_CELLS);
  }
  const model = (own: EvaluatedRows, threshold: number): ModelTables => ({
    cells: modelCells(own, threshold),
    rankings: rank([own], genes, spliceOnly),
  });
  return {
    genes,
    base: model(base, thresholds.baseThresh),
    meta: model(meta, thresholds.threshold),
    cross,
    swapped: spliceOnly ? null : rank([base, meta], genes, false, ranksOf),
  };
}

/** The rows of one gene. */
export function geneRows(rows: EvaluatedRows, gene: number): EvaluatedRows {
  const [from, to] = [rows.geneStart[gene], rows.geneStart[gene + 1]];
  return {
    labels: rows.labels.subarray(from, to),
    neither: rows.neither.subarray(from, to),
    donor: rows.donor.subarray(from, to),
    acceptor: rows.acceptor.subarray(from, to),
    geneStart: Uint32Array.of(0, to - from),
  };
}

/** Entries that a weighting passes over: what it costs. */
export function entriesOf({ base, meta, swapped }: PairedTables): number {
  return [base.rankings, meta.rankings, swapped].reduce(
    (sum, rankings) =>
      sum + (rankings?.donor?.unit.length ?? 0) + (rankings?.acceptor?.unit.length ?? 0) +
      (rankings?.splice.unit.length ?? 0),
    0,
  );
}

function modelCells(rows: EvaluatedRows, threshold: number): Float64Array {
  const genes = rows.geneStart.length - 1;
  const cells = new Float64Array(genes * CELLS);
  for (let g = 0; g < genes; g++) {
    const own = geneRows(rows, g);
    const { falsePositives, falseNegatives } = spliceErrors(own, threshold);
    const donors = topKShare(own.donor, own.labels, DONOR);
    const acceptors = topKShare(own.acceptor, own.labels, ACCEPTOR);
    cells.set([
      ...confusionMatrix(own).flat(),
      falsePositives,
      falseNegatives,
      own.labels.length === 0 ? 0 : probabilityMetrics(own).logLoss * own.labels.length,
      Number.isNaN(donors) ? 0 : donors,
      Number.isNaN(acceptors) ? 0 : acceptors,
      Number.isNaN(donors) ? 0 : 1,
      Number.isNaN(acceptors) ? 0 : 1,
    ], g * CELLS);
  }
  return cells;
}

/** Ranks of scores, ties at their mean; f32 holds all of 2^23 rows apart. */
function ranksOf(scores: Float32Array): Float32Array {
  return Float32Array.from(midranks(scores).ranks);
}

function rank(
  models: readonly EvaluatedRows[],
  genes: number,
  spliceOnly: boolean,
  orderOf: (scores: Float32Array) => Float32Array = (scores) => scores,
): Rankings {
  const units = models.map(({ geneStart }, m) => {
    const unitOfRow = new Uint32Array(geneStart[genes]);
    for (let g = 0; g < genes; g++) unitOfRow.fill(m * genes + g, geneStart[g], geneStart[g + 1]);
    return unitOfRow;
  });
  const of = (scoresOf: (rows: EvaluatedRows) => Float32Array, isPositive: PositiveLabels): UnitRanking =>
    rankUnits(
      models.map((rows, m) => ({
        scores: orderOf(scoresOf(rows)),
        labels: rows.labels,
        unitOfRow: units[m],
      })),
      isPositive,
      models.length * genes,
    );
  return {
    donor: spliceOnly ? null : of((rows) => rows.donor, DONOR),
    acceptor: spliceOnly ? null : of((rows) => rows.acceptor, ACCEPTOR),
    splice: of(spliceScores, SPLICE),
  };
}
