/** Class weights given by label. */
import { nearestName, usageError } from "../numerics/errors.ts";
import type { LogisticParameters } from "./parameters.ts";

/**
 * Factor of the weight of each row, by its class; undefined where no class has one.
 * @param codes class per row
 * @throws SpliceboostError (usage) naming a label that is no class
 */
export function classFactors(
  { classWeight }: LogisticParameters,
  classes: readonly (number | string | boolean)[],
  codes: Uint8Array,
): Float64Array | undefined {
  if (classWeight === null || classWeight === "balanced") return undefined;
  const labels = classes.map(String);
  for (const label of Object.keys(classWeight)) {
    if (labels.includes(label)) continue;
    const near = nearestName(label, labels);
    throw usageError(
      `class_weight: there is no class ${JSON.stringify(label)}` +
        (near === undefined
          ? `; the classes are ${labels.join(", ")}`
          : `; did you mean ${JSON.stringify(near)}?`),
    );
  }
  const byClass = labels.map((label) => Object.hasOwn(classWeight, label) ? classWeight[label] : 1);
  return Float64Array.from(codes, (code) => byClass[code]);
}
