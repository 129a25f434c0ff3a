/** What a fit has to say in words. */
import type { LogisticFit } from "./fit-logistic.ts";
import type { LogisticParameters } from "./parameters.ts";

/** Remarks on one classifier; none where all went well. */
export function notesOf(
  { converged, iterations, optimality, separated }: LogisticFit,
  name: string,
  { penalty, tol, maxIter }: LogisticParameters,
): string[] {
  if (penalty === "none" && separated !== null) {
    const how = separated === "complete"
      ? "separate all training rows"
      : "separate training rows (others lie on the plane)";
    return [
      `${name}: the features ${how}, so without a penalty the coefficients have no limit; those reported are where this was seen, ` +
      `after ${iterations} steps: use a penalty`,
    ];
  }
  if (!converged) {
    const next = iterations < maxIter ? "rounding allows no better: raise tol" : "raise max_iter";
    return [
      `${name}: not converged after ${iterations} steps: optimality ${
        optimality.toExponential(1)
      } above tol ${tol}; ${next}`,
    ];
  }
  return separated === null
    ? []
    : [`${name}: the features separate all training rows; the penalty alone bounds the coefficients`];
}
