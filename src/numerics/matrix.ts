/**
 * The binned matrix: what every tree learner trains on.
 *
 * A *column* is a feature. Its values are replaced by bin numbers: value bins `0 .. valueBins-1`, where x falls in
 * bin i iff `cuts[i-1] <= x < cuts[i]`, then one bin for missing where the column has any. A *cell* is one byte of
 * a row; a cell holds one column, or several columns of few bins in mixed radix (byte = sum of bin * radix), so that
 * k-mer counts and flags take less than a byte each and one histogram addition serves all the columns of a cell.
 */

/** Cells of a tile: the bytes that lie next to each other for one row, half a cache line. */
export const TILE_CELLS = 32;

/** How one feature is stored in the matrix. */
export interface BinnedColumn {
  /** Feature name; features are matched by it, never by position. */
  readonly name: string;
  /** Which byte of the row holds it. */
  readonly cell: number;
  /** bin = floor(byte / radix) mod bins. */
  readonly radix: number;
  /** Number of bins, the missing bin included; the product over the columns of a cell is at most 256. */
  readonly bins: number;
  /** The bin of missing values (always the last), or -1 where the column has none. */
  readonly missingBin: number;
  /** Ascending f32 cut points; their count is the number of value bins less one. */
  readonly cuts: Float32Array;
}

/** Shape of a binned matrix, without its bytes. */
export interface MatrixLayout {
  readonly rows: number;
  /** Bytes a row, before padding to whole tiles. */
  readonly cells: number;
  /** ceil(cells / TILE_CELLS). */
  readonly tiles: number;
  /** One per feature, in feature order; ties between splits go to the lowest of these indices. */
  readonly columns: readonly BinnedColumn[];
}

/** A filled matrix. Byte of (row, cell): `tiles[floor(cell / TILE_CELLS)][row * TILE_CELLS + cell % TILE_CELLS]`. */
export interface BinnedMatrix {
  readonly layout: MatrixLayout;
  /** One array of rows * TILE_CELLS bytes a tile; unused cells of the last tile are zero. */
  readonly tiles: readonly Uint8Array[];
}

/** Where the bytes of a tile come from: an engine passes its own memory, so that the matrix is not copied. */
export type TileAllocator = (bytes: number) => Uint8Array;
