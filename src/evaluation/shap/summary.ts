/** Means of SHAP values over sampled rows. */
import { pearson, spearman } from "../../statistics/correlation.ts";
import { maybe, rounded } from "./numbers.ts";
import type { DonorAcceptor } from "./types.ts";

/** SHAP values of one classifier: (features, rows) feature-major, and the rows of the sample among them. */
export interface Explained {
  readonly phi: Float32Array;
  readonly rows: number;
  readonly features: number;
  /** Places of the sampled rows. */
  readonly sample: Uint32Array;
}

/** Mean of |phi| or of phi per feature over some rows; null where there are none. */
export function meanPhi(
  { phi, rows, features }: Explained,
  over: Uint32Array,
  absolute: boolean,
): number[] | null {
  if (over.length === 0) return null;
  return Array.from({ length: features }, (_, f) => {
    let sum = 0;
    for (const row of over) {
      const value = phi[f * rows + row];
      sum += absolute ? Math.abs(value) : value;
    }
    return sum / over.length;
  });
}

/** Indices by falling value, ties by index. */
export function falling(values: readonly number[]): number[] {
  return values.map((_, i) => i).sort((a, b) => values[b] - values[a] || a - b);
}

/** The two classifiers of sites side by side. */
export function donorAgainstAcceptor(donor: readonly number[], acceptor: readonly number[]): DonorAcceptor {
  return {
    donor: donor.map(rounded),
    acceptor: acceptor.map(rounded),
    pearson: maybe(pearson(donor, acceptor)),
    spearman: maybe(spearman(donor, acceptor)),
  };
}
