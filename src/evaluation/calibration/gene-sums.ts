/** What each gene adds to every number of the analysis: from these sums alone come all values, resampled or not. */
import { CLIP } from "../metrics.ts";
import type { EvaluatedRows } from "../rows.ts";
import { binOf, CONFIDENCE_RANGES, type Edges, equalMassEdges, equalWidthEdges } from "./bins.ts";
import { recalibrate, type Recalibration, RECALIBRATION_SUMS } from "./recalibration.ts";
import { type TargetRows, targetRows } from "./targets.ts";
import type { Target } from "./types.ts";

/** Rows that share weights by class. */
export interface WeightedRows {
  readonly rows: EvaluatedRows;
  /** Weight of a row of each class. */
  readonly classWeights: readonly [number, number, number];
}

/** Places of a gene's sums of a target; bins follow from BINS on. */
export const WEIGHT = 0;
export const POSITIVE = 1;
export const PREDICTED = 2;
export const LOG_LOSS = 3;
export const BRIER = 4;
export const RECALIBRATION = 5;
export const BINS = RECALIBRATION + RECALIBRATION_SUMS;
/** Sums a bin: weight, weight of the positives, predicted. */
export const BIN_SUMS = 3;

/** A bin with rows, its sums at BINS + BIN_SUMS * its index. */
export interface FilledBin {
  readonly from: number;
  readonly to: number;
  readonly rows: number;
  /** Genes with rows in the bin; with rows of the target; with others. */
  readonly genes: number;
  readonly positiveGenes: number;
  readonly negativeGenes: number;
}

export interface TargetSums {
  readonly target: Target;
  /** Equal mass, equal width, confidence ranges: consecutive, in this order. Ranges are all there, filled or not. */
  readonly bins: readonly [readonly FilledBin[], readonly FilledBin[], readonly FilledBin[]];
  readonly positives: number;
  readonly recalibration: { readonly intercept: number; readonly slope: number } | null;
  /** (genes, width) row-major. */
  readonly sums: Float64Array;
  readonly width: number;
}

export interface TargetQuestion {
  readonly target: Target;
  readonly bins: number;
  /** Only the confidence ranges: the quick check. */
  readonly rangesOnly: boolean;
}

/** Sums of one target. */
export function targetSums(question: TargetQuestion, { rows, classWeights }: WeightedRows): TargetSums {
  const { geneStart, labels } = rows;
  const own = targetRows(rows, question.target);
  const weights = Float64Array.from(labels, (label) => classWeights[label]);
  const edges = question.rangesOnly ? [] : [
    equalMassEdges(own.p.slice().sort(), question.bins),
    equalWidthEdges(question.bins),
  ];
  const binned = edges.map((one) => binRows(one, own, weights, geneStart, true));
  const ranges = binRows(CONFIDENCE_RANGES, own, weights, geneStart, false);
  const all = [...binned, ranges];
  const recalibration = question.rangesOnly ? null : recalibrate(own, weights, geneStart);
  const width = BINS + BIN_SUMS * all.reduce((sum, { bins }) => sum + bins.length, 0);
  const genes = geneStart.length - 1;
  const sums = new Float64Array(genes * width);
  addTotals(sums, width, own, weights, geneStart);
  if (recalibration) copyColumns(recalibration.byGene, RECALIBRATION_SUMS, sums, width, RECALIBRATION);
  let at = BINS;
  for (const { bins, byGene } of all) {
    copyColumns(byGene, BIN_SUMS * bins.length, sums, width, at);
    at += BIN_SUMS * bins.length;
  }
  return {
    target: question.target,
    bins: [binned[0]?.bins ?? [], binned[1]?.bins ?? [], ranges.bins],
    positives: own.isPositive.reduce((sum, one) => sum + one, 0),
    recalibration: parametersOf(recalibration),
    sums,
    width,
  };
}

function parametersOf(fit: Recalibration | null): TargetSums["recalibration"] {
  return fit && { intercept: fit.intercept, slope: fit.slope };
}

function addTotals(
  sums: Float64Array,
  width: number,
  { p, not, isPositive }: TargetRows,
  weights: Float64Array,
  geneStart: Uint32Array,
): void {
  for (let gene = 0; gene < geneStart.length - 1; gene++) {
    const at = gene * width;
    for (let row = geneStart[gene]; row < geneStart[gene + 1]; row++) {
      const weight = weights[row];
      const right = isPositive[row] === 1 ? p[row] : not[row];
      sums[at + WEIGHT] += weight;
      sums[at + POSITIVE] += weight * isPositive[row];
      sums[at + PREDICTED] += weight * p[row];
      sums[at + LOG_LOSS] -= weight * Math.log(Math.min(Math.max(right, CLIP), 1 - CLIP));
      sums[at + BRIER] += weight * (p[row] - isPositive[row]) ** 2;
    }
  }
}

/** Sums of bins by gene, (genes, 3 * bins) row-major, and the bins; those without rows left out where `filledOnly`. */
function binRows(
  edges: Edges,
  { p, isPositive }: TargetRows,
  weights: Float64Array,
  geneStart: Uint32Array,
  filledOnly: boolean,
): { readonly bins: FilledBin[]; readonly byGene: Float64Array } {
  const binOfRow = Uint16Array.from(p, (value) => binOf(edges, value));
  const counts = new Uint32Array(edges.edges.length - 1);
  for (const bin of binOfRow) counts[bin]++;
  const kept = [...counts.keys()].filter((bin) => !filledOnly || counts[bin] > 0);
  const place = Int32Array.from(counts, (_, bin) => kept.indexOf(bin));
  const genes = geneStart.length - 1;
  const byGene = new Float64Array(genes * kept.length * BIN_SUMS);
  const positiveGenes = new Uint32Array(kept.length);
  const negativeGenes = new Uint32Array(kept.length);
  const filledGenes = new Uint32Array(kept.length);
  for (let gene = 0; gene < genes; gene++) {
    const seen = new Uint8Array(kept.length); // bit 0: others, bit 1: of the target
    for (let row = geneStart[gene]; row < geneStart[gene + 1]; row++) {
      const bin = place[binOfRow[row]];
      const at = (gene * kept.length + bin) * BIN_SUMS;
      byGene[at] += weights[row];
      byGene[at + 1] += weights[row] * isPositive[row];
      byGene[at + 2] += weights[row] * p[row];
      seen[bin] |= 1 << isPositive[row];
    }
    seen.forEach((bits, bin) => {
      filledGenes[bin] += Number(bits > 0);
      negativeGenes[bin] += bits & 1;
      positiveGenes[bin] += bits >> 1;
    });
  }
  const bins = kept.map((bin, k) => ({
    from: edges.edges[bin],
    to: edges.edges[bin + 1],
    rows: counts[bin],
    genes: filledGenes[k],
    positiveGenes: positiveGenes[k],
    negativeGenes: negativeGenes[k],
  }));
  return { bins, byGene };
}

function copyColumns(from: Float64Array, columns: number, to: Float64Array, width: number, at: number): void {
  for (let gene = 0; gene * columns < from.length; gene++) {
    to.set(from.subarray(gene * columns, (gene + 1) * columns), gene * width + at);
  }
}

/** Places of a gene's sums of three classes together: weight, log-loss, Brier score. */
export const THREE_CLASS_SUMS = 3;

/** (genes, 3) row-major. */
export function threeClassSums(
  { rows: { labels, neither, donor, acceptor, geneStart }, classWeights }: WeightedRows,
): Float64Array {
  const genes = geneStart.length - 1;
  const sums = new Float64Array(genes * THREE_CLASS_SUMS);
  for (let gene = 0; gene < genes; gene++) {
    const at = gene * THREE_CLASS_SUMS;
    for (let row = geneStart[gene]; row < geneStart[gene + 1]; row++) {
      const total = neither[row] + donor[row] + acceptor[row];
      const n = total > 0 ? neither[row] / total : 1 / 3;
      const d = total > 0 ? donor[row] / total : 1 / 3;
      const a = total > 0 ? acceptor[row] / total : 1 / 3;
      const own = labels[row] === 0 ? n : labels[row] === 1 ? d : a;
      const weight = classWeights[labels[row]];
      sums[at] += weight;
      sums[at + 1] -= weight * Math.log(Math.min(Math.max(own, CLIP), 1 - CLIP));
      sums[at + 2] += weight * (n * n + d * d + a * a + 1 - 2 * own);
    }
  }
  return sums;
}
