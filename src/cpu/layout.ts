/** Records in engine memory that the kernels read: tiles and columns of a matrix. Layouts are stated in src/cpu/assembly/histogram.ts. */
import type { MatrixLayout } from "../numerics/matrix.ts";
import { TILE_CELLS } from "../numerics/matrix.ts";
import type { Arena } from "./arena.ts";

export const TILE_WORDS = 14;
export const COLUMN_WORDS = 6;
export const PAIR_WORDS = 6;
/** Bytes of a node record (src/cpu/assembly/search.ts). */
export const NODE_BYTES = 64;
/** Bytes of a route record plus its mask (src/cpu/assembly/route.ts). */
export const ROUTE_BYTES = 16;
export const MASK_BYTES = 32;
/** Joint bins of a tile, then two tiles' worth of bins. */
export const SCRATCH_BYTES = 3 * TILE_CELLS * 256 * 8;

/** Where a column's bytes are and how to read its bin from them. */
export interface ColumnPlace {
  /** Pointer to the byte of row 0; rows are TILE_CELLS bytes apart. */
  readonly bytes: number;
  readonly tile: number;
  readonly radix: number;
  readonly bins: number;
  readonly missingBin: number;
  readonly cuts: Float32Array;
}

/** A matrix as the kernels see it. */
export interface PlacedMatrix {
  readonly rows: number;
  readonly tiles: number;
  readonly tileRecords: number;
  readonly columnRecords: number;
  /** Bins of all columns: the length of a node's histogram. */
  readonly totalBins: number;
  readonly columns: readonly ColumnPlace[];
}

/** Writes tile and column records for tiles at the given pointers. */
export function placeMatrix(arena: Arena, layout: MatrixLayout, tilePointers: readonly number[]): PlacedMatrix {
  const tileRecords = arena.allocate(layout.tiles * TILE_WORDS * 4, "tile records");
  const columnRecords = arena.allocate(layout.columns.length * COLUMN_WORDS * 4, "column records");
  const tileWords = new Uint32Array(arena.memory.buffer, tileRecords, layout.tiles * TILE_WORDS);
  const columnWords = new Uint32Array(arena.memory.buffer, columnRecords, layout.columns.length * COLUMN_WORDS);
  tileWords.fill(0);

  const order = layout.columns.map((_, index) => index).sort((a, b) => {
    const [x, y] = [layout.columns[a], layout.columns[b]];
    return x.cell - y.cell || x.radix - y.radix;
  });
  const perCell = new Uint32Array(layout.tiles * TILE_CELLS);
  for (const column of layout.columns) perCell[column.cell]++;

  let totalBins = 0;
  let tile = -1;
  order.forEach((index, record) => {
    const column = layout.columns[index];
    const columnTile = Math.floor(column.cell / TILE_CELLS);
    const cell = column.cell % TILE_CELLS;
    const at = columnTile * TILE_WORDS;
    if (columnTile !== tile) {
      tile = columnTile;
      tileWords[at] = tilePointers[tile];
      tileWords[at + 1] = totalBins;
      tileWords[at + 3] = columnRecords + record * COLUMN_WORDS * 4;
    }
    const offset = totalBins - tileWords[at + 1];
    columnWords.set(
      [index, cell, column.radix, column.bins, column.missingBin < 0 ? 0xffffffff : column.missingBin, offset],
      record * COLUMN_WORDS,
    );
    tileWords[at + 4]++;
    if (perCell[column.cell] > 1) tileWords[at + 5] |= 1 << cell;
    else tileWords[at + 6 + cell] = offset;
    totalBins += column.bins;
    tileWords[at + 2] = totalBins - tileWords[at + 1];
  });
  // Cells of the last tile that hold no column are all zero bytes: their additions go to one more bin that nobody reads.
  const unused = layout.cells % TILE_CELLS;
  if (unused > 0) {
    const at = tile * TILE_WORDS;
    for (let cell = unused; cell < TILE_CELLS; cell++) tileWords[at + 6 + cell] = tileWords[at + 2];
    tileWords[at + 2]++;
    totalBins++;
  }

  const columns = layout.columns.map((column) => ({
    bytes: tilePointers[Math.floor(column.cell / TILE_CELLS)] + column.cell % TILE_CELLS,
    tile: Math.floor(column.cell / TILE_CELLS),
    radix: column.radix,
    bins: column.bins,
    missingBin: column.missingBin,
    cuts: column.cuts,
  }));
  return { rows: layout.rows, tiles: layout.tiles, tileRecords, columnRecords, totalBins, columns };
}

/** Value bins of a column: its bins without the missing one. */
export function valueBins(column: ColumnPlace): number {
  return column.missingBin < 0 ? column.bins : column.bins - 1;
}

/** The 256-bit mask of the bytes that go left for a split of the column: bins up to `bin`, and missing if `missingLeft`. */
export function splitMask(column: ColumnPlace, bin: number, missingLeft: boolean, mask: Uint32Array): void {
  mask.fill(0);
  for (let byte = 0; byte < 256; byte++) {
    const digit = Math.floor(byte / column.radix) % column.bins;
    const left = digit === column.missingBin ? missingLeft : digit <= bin;
    if (left) mask[byte >>> 5] |= 1 << (byte & 31);
  }
}
