/** The sums of one target under every weighting, as functions of them are asked for. */
import type { Estimate } from "../analysis.ts";
import { bcaEstimate, type BootstrapPlan } from "../bootstrap.ts";

/** Sums of one target among those of a model. */
export interface Totals {
  readonly plan: BootstrapPlan;
  /** (weightings, width) row-major; the data first. */
  readonly sums: Float64Array;
  readonly width: number;
  /** Where the target's sums begin. */
  readonly offset: number;
}

/** A number under every weighting; `value` gets the place of the target's sums in `sums`. */
export function underAll({ plan, width, offset }: Totals, value: (at: number) => number): Float64Array {
  const values = new Float64Array(plan.weightings);
  for (let weighting = 0; weighting < plan.weightings; weighting++) {
    values[weighting] = value(weighting * width + offset);
  }
  return values;
}

/** A number with its BCa interval over genes. */
export function estimateOf(totals: Totals, value: (at: number) => number): Estimate {
  return bcaEstimate(totals.plan, underAll(totals, value));
}

/** sum / weight. */
export function meanOf(totals: Totals, sum: number, weight: number): Estimate {
  const { sums } = totals;
  return estimateOf(totals, (at) => sums[at + sum] / sums[at + weight]);
}
