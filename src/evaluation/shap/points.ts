/** Points for charts: every row's SHAP value of a feature beside the feature's value. */
import { midranks } from "../../statistics/ranks.ts";
import type { Maybe } from "../analysis.ts";
import { strongestInteraction } from "./interaction.ts";
import { maybe, rounded } from "./numbers.ts";
import type { Explained } from "./summary.ts";
import type { Beeswarm, Dependence } from "./types.ts";

/** Points of the features, for the sampled rows `shown`. */
export function beeswarm(
  explained: Explained,
  columns: readonly Float32Array[],
  labels: Uint8Array,
  features: readonly number[],
  shown: Uint32Array,
): Beeswarm {
  const { phi, rows, sample } = explained;
  return {
    shown: shown.length,
    sampled: sample.length,
    labels: Array.from(shown, (row) => labels[row]),
    features: features.map((feature) => ({
      feature,
      phi: Array.from(shown, (row) => rounded(phi[feature * rows + row])),
      rank: shownRanks(columns[feature], sample, shown),
    })),
  };
}

/** Ranks of the shown rows among the sampled ones, 0 to 1; a half where all values are equal. */
function shownRanks(values: Float32Array, sample: Uint32Array, shown: Uint32Array): Maybe[] {
  const { ranks } = midranks(Float32Array.from(sample, (row) => values[row]));
  const present = ranks.reduce((count, rank) => count + (Number.isNaN(rank) ? 0 : 1), 0);
  const rankOf = new Map(Array.from(sample, (row, i) => [row, ranks[i]]));
  return Array.from(
    shown,
    (row) => maybe(present === 1 ? rankOf.get(row)! - 0.5 : (rankOf.get(row)! - 1) / (present - 1)),
  );
}

/** A feature's SHAP values against its values, with the feature that interacts most among `candidates`. */
export function dependence(
  explained: Explained,
  columns: readonly Float32Array[],
  feature: number,
  candidates: readonly number[],
  shown: Uint32Array,
): Dependence {
  const { phi, rows, sample } = explained;
  const { interacts, strength } = strongestInteraction(explained, columns, feature, candidates);
  const valuesOf = (column: Float32Array): Maybe[] => Array.from(shown, (row) => maybe(column[row]));
  return {
    feature,
    interacts,
    strength: strength === null ? null : rounded(strength),
    shown: shown.length,
    sampled: sample.length,
    value: valuesOf(columns[feature]),
    phi: Array.from(shown, (row) => rounded(phi[feature * rows + row])),
    other: interacts === null ? [] : valuesOf(columns[interacts]),
  };
}
