/** Probabilities around sites and errors, as JSON values. */
import type { Maybe } from "../analysis.ts";

/** What stands at offset 0. Errors are those of the binary call, donor + acceptor against the model's threshold. */
export const CENTRES = [
  "true donor",
  "true acceptor",
  "base false positive",
  "base false negative",
  "meta false positive",
  "meta false negative",
] as const;
export type Centre = (typeof CENTRES)[number];

/** A probability over the rows at one offset. */
export interface Spread {
  readonly mean: Maybe;
  readonly q25: Maybe;
  readonly median: Maybe;
  readonly q75: Maybe;
}

/** Rows at one offset from the centres, positive downstream in the direction of transcription. */
export interface OffsetSummary {
  readonly offset: number;
  /** Rows of the table there: not every position has one. */
  readonly rows: number;
  /** Genes those rows are of. */
  readonly genes: number;
  readonly metaDonor: Spread;
  readonly metaAcceptor: Spread;
  readonly baseDonor: Spread | null;
  readonly baseAcceptor: Spread | null;
}

export interface CentreSummary {
  readonly centre: Centre;
  /** Centres, and genes they are in. */
  readonly centres: number;
  readonly genes: number;
  /** From -window to window. */
  readonly offsets: readonly OffsetSummary[];
}

export interface NeighbourAnalysis {
  readonly window: number;
  readonly centres: readonly CentreSummary[];
  /** Genes looked at, of all. */
  readonly genes: number;
  readonly allGenes: number;
  readonly threshold: number;
  readonly baseThresh: number;
  readonly notes: readonly string[];
}
