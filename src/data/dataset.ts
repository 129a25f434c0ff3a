/** What the rest of the program knows of a data set: rows in canonical order, counted in genes. */

/** Class codes: the order of every probability triple. */
export const CLASS_NAMES = ["neither", "donor", "acceptor"] as const;
export type ClassName = (typeof CLASS_NAMES)[number];

/** A column that is not a feature, and why. */
export interface ExcludedColumn {
  readonly name: string;
  readonly reason: string;
}

/** How the label column was read: each spelling found, what it was taken for, and how many rows had it. */
export interface LabelSpelling {
  readonly spelling: string;
  readonly label: ClassName;
  readonly rows: number;
}

/**
 * Rows are in canonical order: by gene id (code-unit order), then position, then the order of the sorted files, so
 * that nothing downstream depends on the order of shards or of genes within them.
 */
export interface Dataset {
  readonly rows: number;
  /** Gene ids, ascending. */
  readonly genes: readonly string[];
  /** Rows of gene g are geneStart[g] .. geneStart[g+1]-1; genes.length + 1 entries. */
  readonly geneStart: Uint32Array;
  /** Class code per row; null for data without labels. */
  readonly labels: Uint8Array | null;
  readonly labelSpellings: readonly LabelSpelling[];
  /** Position per row, or null where the column is absent: in the gene, in the direction of transcription, unless genomic. */
  readonly positions: Float64Array | null;
  /** Whether positions count along the chromosome, by the name of their column. */
  readonly genomicPositions: boolean;
  /** Chromosome per gene ("" where unknown). */
  readonly chromosomes: readonly string[];
  /** Strand per gene: "+", "-", or "" where unknown. */
  readonly strands: readonly string[];
  /** Base-model scores per row, or null where a column is absent. */
  readonly baseScores: { readonly donor: Float32Array; readonly acceptor: Float32Array } | null;
  /** Feature names, in the order of the columns of the matrix. */
  readonly features: readonly string[];
  readonly excluded: readonly ExcludedColumn[];
  /** Remarks that change or may change results: printed on stderr and kept in the manifest. */
  readonly notes: readonly string[];
  /** Files (name, bytes, sha256) that were read. */
  readonly inputs: readonly { readonly name: string; readonly bytes: number; readonly sha256: string }[];
  /**
   * Values of the named columns in canonical row order, missing as NaN, rounded to f32, one column at a time, in the order
   * asked for. Only a few columns are in memory at once.
   */
  columns(names: readonly string[]): AsyncIterable<{ readonly name: string; readonly values: Float32Array }>;
  /**
   * Whether each row stands at a canonical splice site, by the column `sequence` (see canonical.ts), read when asked for:
   * 0 unknown, 1 GT after a donor or AG before an acceptor (after or before a row of class neither), 2 not. Null where the
   * data has no such column.
   */
  canonical(): Promise<Uint8Array | null>;
}
