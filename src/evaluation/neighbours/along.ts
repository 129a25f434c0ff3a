/** A gene's rows in the direction of transcription. */

/** Rows with a position, ascending by place. */
export interface Along {
  readonly rows: Uint32Array;
  /** Position of each, counted downstream. */
  readonly places: Float64Array;
  readonly withoutPosition: number;
}

/**
 * The rows of gene g by position.
 * @param turned Whether positions count against the direction of transcription.
 */
export function rowsAlong(
  g: number,
  geneStart: Uint32Array,
  positions: Float64Array,
  turned: boolean,
): Along {
  const all = Uint32Array.from({ length: geneStart[g + 1] - geneStart[g] }, (_, i) => geneStart[g] + i);
  const placed = all.filter((row) => Number.isFinite(positions[row]));
  const place = (row: number): number => turned ? -positions[row] : positions[row];
  const rows = placed.sort((a, b) => place(a) - place(b) || a - b);
  return { rows, places: Float64Array.from(rows, place), withoutPosition: all.length - placed.length };
}
