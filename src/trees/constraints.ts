/** Constraints on features, from names or indices to columns of a matrix. */
import { nearestName, usageError } from "../numerics/errors.ts";
import { type LearnerParameters, PARAMETERS } from "./parameter-table.ts";

/**
 * -1, 0 or 1 per feature, or null where no constraint binds.
 * @throws SpliceboostError (usage) where a constraint names an unknown feature or has the wrong length.
 */
export function resolveMonotone(
  { monotoneConstraints: signs }: Pick<LearnerParameters, "monotoneConstraints">,
  featureNames: readonly string[],
): Int8Array | null {
  if (signs === null) return null;
  const name = PARAMETERS.monotoneConstraints.name;
  const monotone = new Int8Array(featureNames.length);
  if (Array.isArray(signs)) {
    if (signs.length !== featureNames.length) {
      throw usageError(
        `${name}: expected one value for each of the ${featureNames.length} features, found ${signs.length};` +
          ` name the features instead, as {"${featureNames[0]}": 1}`,
      );
    }
    monotone.set(signs);
  } else {
    const indexOf = featureIndex(name, featureNames);
    for (const [feature, sign] of Object.entries(signs)) monotone[indexOf(feature)] = sign;
  }
  return monotone.some((sign) => sign !== 0) ? monotone : null;
}

/**
 * Groups of feature indices, ascending, or null without constraints.
 * @throws SpliceboostError (usage) where a group names an unknown feature.
 */
export function resolveInteractions(
  { interactionConstraints: groups }: Pick<LearnerParameters, "interactionConstraints">,
  featureNames: readonly string[],
): readonly (readonly number[])[] | null {
  if (groups === null) return null;
  const indexOf = featureIndex(PARAMETERS.interactionConstraints.name, featureNames);
  return groups.map((group) => [...new Set(group.map(indexOf))].sort((a, b) => a - b));
}

function featureIndex(
  parameter: string,
  featureNames: readonly string[],
): (feature: string | number) => number {
  const indices = new Map(featureNames.map((name, index) => [name, index]));
  return (feature) => {
    const index = typeof feature === "number" ? feature : indices.get(feature);
    if (index !== undefined && index < featureNames.length) return index;
    if (typeof feature === "number") {
      throw usageError(
        `${parameter}: feature ${feature} is out of range; there are ${featureNames.length} features`,
      );
    }
    const near = nearestName(feature, featureNames);
    throw usageError(
      `${parameter}: there is no feature "${feature}"` + (near ? `; did you mean "${near}"?` : ""),
    );
  };
}
