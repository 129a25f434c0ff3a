/** From the bias to a position's margin, feature by feature. */
import { maybe, rounded } from "./numbers.ts";
import { falling } from "./summary.ts";
import type { Waterfall } from "./types.ts";

/** Contributions that are shown one by one. */
const SHOWN = 12;

/** The steps of a row. @param phi (features, rows) feature-major */
export function waterfallSteps(
  phi: Float32Array,
  columns: readonly Float32Array[],
  rows: number,
  row: number,
): Pick<Waterfall, "steps" | "rest"> {
  const own = columns.map((_, f) => phi[f * rows + row]);
  // Features that contribute nothing are no steps.
  const order = falling(own.map(Math.abs)).filter((f) => own[f] !== 0);
  const rest = order.slice(SHOWN);
  return {
    steps: order.slice(0, SHOWN).map((feature) => ({
      feature,
      value: maybe(columns[feature][row]),
      phi: rounded(own[feature]),
    })),
    rest: {
      features: columns.length - Math.min(SHOWN, order.length),
      phi: rounded(rest.reduce((sum, f) => sum + own[f], 0)),
    },
  };
}
