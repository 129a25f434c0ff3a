/** Slope and intercept of the label's logistic regression on the log-odds of the probability (Cox 1958). */
import { fitLogistic } from "../../ensemble/calibration/logistic.ts";
import type { TargetRows } from "./targets.ts";

/** Log-odds are kept within those of 2^-20 and 1 - 2^-20: a probability of 0 or 1 has none. */
const LARGEST_LOG_ODDS = Math.log(2 ** 20 - 1);
/** Beyond, classes hardly overlap: no number is worth much. */
const SLOPE_LIMIT = 100;
const INTERCEPT_LIMIT = 10_000;

/** Numbers a gene: score of intercept and slope, information (intercept, both, slope). */
export const RECALIBRATION_SUMS = 5;

export interface Recalibration {
  readonly intercept: number;
  readonly slope: number;
  /** (genes, 5) row-major, at the fitted parameters. */
  readonly byGene: Float64Array;
}

/** Null where there is none: one class, one probability, or classes without overlap. */
export function recalibrate(
  { p, not, isPositive }: TargetRows,
  weights: Float64Array,
  geneStart: Uint32Array,
): Recalibration | null {
  const x = p.map((value, row) =>
    Math.min(Math.max(Math.log(value / not[row]), -LARGEST_LOG_ODDS), LARGEST_LOG_ODDS)
  );
  if (!overlap(x, isPositive)) return null;
  const { parameters: [intercept, slope], converged } = fitLogistic({
    columns: [new Float64Array(x.length).fill(1), x],
    targets: Float64Array.from(isPositive),
    weights,
    start: [0, 1],
    lower: [-INTERCEPT_LIMIT, -SLOPE_LIMIT],
    upper: [INTERCEPT_LIMIT, SLOPE_LIMIT],
  });
  if (!converged || Math.abs(slope) >= SLOPE_LIMIT || Math.abs(intercept) >= INTERCEPT_LIMIT) return null;
  const genes = geneStart.length - 1;
  const byGene = new Float64Array(genes * RECALIBRATION_SUMS);
  for (let gene = 0; gene < genes; gene++) {
    const at = gene * RECALIBRATION_SUMS;
    for (let row = geneStart[gene]; row < geneStart[gene + 1]; row++) {
      const fitted = 1 / (1 + Math.exp(-(intercept + slope * x[row])));
      const residual = weights[row] * (isPositive[row] - fitted);
      const information = weights[row] * fitted * (1 - fitted);
      byGene[at] += residual;
      byGene[at + 1] += residual * x[row];
      byGene[at + 2] += information;
      byGene[at + 3] += information * x[row];
      byGene[at + 4] += information * x[row] * x[row];
    }
  }
  return { intercept, slope, byGene };
}

/** Whether each class has rows beyond some of the other: else the likelihood has no largest value (Albert and Anderson 1984). */
function overlap(x: Float64Array, isPositive: Uint8Array): boolean {
  const least = [Infinity, Infinity];
  const most = [-Infinity, -Infinity];
  for (let row = 0; row < x.length; row++) {
    const own = isPositive[row];
    least[own] = Math.min(least[own], x[row]);
    most[own] = Math.max(most[own], x[row]);
  }
  return least[1] < most[0] && least[0] < most[1];
}

/**
 * The parameters under other weights of the genes, by one Newton step from the fitted ones: the bootstrap of estimating functions
 * (Hu and Kalbfleisch 2000), which spares a fit a resample. `sums` at `at` are those of `byGene`, weighted and summed.
 */
export function steppedParameters(
  { intercept, slope }: { readonly intercept: number; readonly slope: number },
  sums: Float64Array,
  at: number,
): [intercept: number, slope: number] {
  const [u0, u1, i00, i01, i11] = sums.subarray(at, at + RECALIBRATION_SUMS);
  const determinant = i00 * i11 - i01 * i01;
  return [
    intercept + (i11 * u0 - i01 * u1) / determinant,
    slope + (i00 * u1 - i01 * u0) / determinant,
  ];
}
