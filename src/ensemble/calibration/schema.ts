/** What a calibration that came from a file must be. */
import * as v from "valibot";
import { INTERCEPT_LIMIT, SLOPE_LIMIT } from "./parametric.ts";
import { LEAST_PRIOR, SHARE_TOLERANCE } from "./prior.ts";
import { CALIBRATION_METHODS, CALIBRATION_MODES } from "./types.ts";

/** Knots of an isotonic calibrator. A fit has at most two a block, and blocks grow as n^(2/3): 10^9 rows fit. */
const MAX_KNOTS = 2 ** 21;

const Slope = v.pipe(v.number(), v.minValue(0), v.maxValue(SLOPE_LIMIT));
const Intercept = v.pipe(v.number(), v.minValue(-INTERCEPT_LIMIT), v.maxValue(INTERCEPT_LIMIT));
const Share = v.pipe(v.number(), v.minValue(0), v.maxValue(1));

const Shares = v.pipe(
  v.strictObject({ neither: Share, donor: Share, acceptor: Share }),
  v.check(
    ({ neither, donor, acceptor }) => Math.abs(neither + donor + acceptor - 1) <= SHARE_TOLERANCE,
    "shares that sum to 1",
  ),
);

const CalibratorSchema = v.variant("kind", [
  v.strictObject({ kind: v.literal("sigmoid"), slope: Slope, intercept: Intercept }),
  v.strictObject({ kind: v.literal("beta"), a: Slope, b: Slope, c: Intercept }),
  v.pipe(
    v.strictObject({
      kind: v.literal("isotonic"),
      x: v.pipe(v.array(v.pipe(v.number(), v.finite())), v.minLength(1), v.maxLength(MAX_KNOTS)),
      y: v.pipe(v.array(Share), v.minLength(1), v.maxLength(MAX_KNOTS)),
    }),
    v.check(({ x, y }) => x.length === y.length, "as many values as knots"),
    v.check(({ x }) => x.every((value, i) => i === 0 || value > x[i - 1]), "knots that rise"),
    v.check(({ y }) => y.every((value, i) => i === 0 || value >= y[i - 1]), "values that do not fall"),
  ),
]);

/** A Calibration; strict: nothing unknown, nothing that could not be applied to any margin. */
export const CalibrationSchema = v.pipe(
  v.strictObject({
    mode: v.picklist(CALIBRATION_MODES),
    method: v.picklist(CALIBRATION_METHODS),
    calibrators: v.pipe(v.array(CalibratorSchema), v.minLength(1), v.maxLength(3)),
    trainingShares: Shares,
    targetPrior: v.nullable(Shares),
  }),
  v.check(
    ({ mode, calibrators }) => calibrators.length === (mode === "splice" ? 1 : 3),
    "a calibrator a class",
  ),
  v.check(
    ({ trainingShares: from, targetPrior: to }) =>
      to === null ||
      [from.neither, from.donor, from.acceptor, to.neither, to.donor, to.acceptor].every((share) =>
        share >= LEAST_PRIOR
      ),
    "shares above 0 where there is a prior",
  ),
);
