/** How a matrix and its histograms are cut so that no binding exceeds the adapter's limit. Results cannot depend on it. */
import { type MatrixLayout, TILE_CELLS } from "../numerics/matrix.ts";

/** Whole tiles whose histograms share a buffer. */
export interface TileRange {
  readonly firstTile: number;
  readonly tiles: number;
  readonly firstCell: number;
  readonly cells: number;
  /** Bins of all its cells. */
  readonly bins: number;
}

/** Rows of a tile range: the bytes of one buffer. */
export interface Chunk {
  /** Index of its tile range. */
  readonly range: number;
  readonly firstRow: number;
  readonly rows: number;
}

export interface ChunkPlan {
  readonly ranges: readonly TileRange[];
  readonly chunks: readonly Chunk[];
  /** Where each cell's histogram lies in its range, in bins. */
  readonly offsets: Uint32Array;
}

/** Bytes of a row in a tile. */
const ROW_BYTES = TILE_CELLS;
/** Bytes of a bin: two i32. */
export const BIN_BYTES = 8;

/** Histogram bins of the widest tile: what a range cannot be smaller than. */
export function widestTile(layout: MatrixLayout, bins: Uint32Array): number {
  let widest = 0;
  for (let tile = 0; tile < layout.tiles; tile++) widest = Math.max(widest, binsOfTile(layout, bins, tile));
  return widest;
}

function binsOfTile(layout: MatrixLayout, bins: Uint32Array, tile: number): number {
  return bins.subarray(tile * TILE_CELLS, Math.min(layout.cells, (tile + 1) * TILE_CELLS)).reduce(
    (sum, own) => sum + own,
    0,
  );
}

/**
 * Cuts a matrix.
 * @param histograms histograms kept of each bin: slots times lanes
 * @param maxBinding bytes of a binding at most; a tile's histograms must fit (see widestTile)
 */
export function planChunks(
  layout: MatrixLayout,
  bins: Uint32Array,
  histograms: number,
  maxBinding: number,
): ChunkPlan {
  const offsets = new Uint32Array(layout.cells);
  const ranges: TileRange[] = [];
  const tileBytes = Math.max(1, layout.rows) * ROW_BYTES;
  let firstTile = 0;
  while (firstTile < layout.tiles) {
    let tiles = 0;
    let total = 0;
    while (firstTile + tiles < layout.tiles) {
      const more = binsOfTile(layout, bins, firstTile + tiles);
      const fits = (tiles + 1) * tileBytes <= maxBinding &&
        (total + more) * histograms * BIN_BYTES <= maxBinding;
      if (tiles > 0 && !fits) break;
      tiles++;
      total += more;
    }
    const firstCell = firstTile * TILE_CELLS;
    const cells = Math.min(layout.cells - firstCell, tiles * TILE_CELLS);
    for (let cell = firstCell, at = 0; cell < firstCell + cells; cell++) {
      offsets[cell] = at;
      at += bins[cell];
    }
    ranges.push({ firstTile, tiles, firstCell, cells, bins: total });
    firstTile += tiles;
  }
  const chunks = ranges.flatMap(({ tiles }, range) => {
    const rowsFit = Math.max(1, Math.floor(maxBinding / (tiles * ROW_BYTES)));
    const parts: Chunk[] = [];
    for (let firstRow = 0; firstRow < Math.max(1, layout.rows); firstRow += rowsFit) {
      parts.push({ range, firstRow, rows: Math.min(rowsFit, layout.rows - firstRow) });
    }
    return parts;
  });
  return { ranges, chunks, offsets };
}
