/**
 * What all parts of an analysis share. The analysis of a run is one document of JSON values, kept as analysis.json, from which
 * the report is made: numbers that are undefined are null, never invented.
 */
import type { EvaluatedRows } from "./rows.ts";

/** A number, or null where it is undefined. */
export type Maybe = number | null;

/** A number with its 95 % interval over genes; the bounds are null where there is none. */
export interface Estimate {
  readonly value: Maybe;
  readonly low: Maybe;
  readonly high: Maybe;
}

/** A part of the analysis, or why it is not there. */
export type Part<T> =
  | { readonly status: "done"; readonly result: T; readonly notes: readonly string[] }
  /** "left out": by the options; "impossible": on this data. `reason` is a sentence for the reader of the report. */
  | { readonly status: "left out" | "impossible"; readonly reason: string };

/** Rows of whole genes, in canonical order, each predicted by a model that never saw its gene. */
export interface JudgedRows {
  readonly genes: readonly string[];
  /** Chromosome per gene, "" where unknown. */
  readonly chromosomes: readonly string[];
  /** Fold (0-based) that held the gene out, per gene. */
  readonly foldOfGene: Uint8Array;
  /** Position in the gene per row, in the direction of transcription, or null where unknown. */
  readonly positions: Float64Array | null;
  /** The delivered probabilities (calibrated where the model is). `meta.labels` and `meta.geneStart` are those of all parts. */
  readonly meta: EvaluatedRows;
  /** The base model's probabilities of the same rows, or null where the data has none. */
  readonly base: EvaluatedRows | null;
}

/** Whole genes with the values of all features: what the analyses of features read. */
export interface FeatureSample {
  readonly names: readonly string[];
  /** f32 values per feature, one a row of the sample; missing is NaN. */
  readonly columns: readonly Float32Array[];
  /** Class code per row of the sample. */
  readonly labels: Uint8Array;
  /** Rows of the g-th gene of the sample are geneStart[g] .. geneStart[g+1]-1. */
  readonly geneStart: Uint32Array;
  /** Index of each gene of the sample among the genes of the data set, ascending. */
  readonly genes: Uint32Array;
  /** Index of each row of the sample among the rows of the data set, ascending. */
  readonly rows: Uint32Array;
  /** Fold (0-based) that held the gene out, per gene of the sample. */
  readonly foldOfGene: Uint8Array;
}
