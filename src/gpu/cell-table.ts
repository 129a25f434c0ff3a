/** The table of the cells that search and choose read; see shaders/shared/records.wgsl. */
import { type BinnedMatrix, type MatrixLayout, TILE_CELLS } from "../numerics/matrix.ts";
import { CELL_WORDS, COLUMN_WORDS, NONE, TABLE_HEAD } from "./records.ts";

/** A cell of at most so many bins is counted without atomics (shaders/trees/histogram-private.wgsl). */
export const PRIVATE_BINS = 16;

/** What is known of the cells of a matrix. */
export interface CellFacts {
  /** Bins of each cell: one above its highest byte. */
  readonly bins: Uint32Array;
  /** A byte that many rows have, per cell: the histograms leave it out. */
  readonly mostFrequent: Uint8Array;
}

/** Rows that are looked at for the most frequent bytes: which byte is left out of the histograms changes no result. */
const SAMPLED_ROWS = 8192;

/** Bins of the cells and the bytes that most rows seem to have, from rows at even distances. */
export function cellFacts({ layout, tiles }: BinnedMatrix): CellFacts {
  const bins = new Uint32Array(layout.cells).fill(1);
  for (const column of layout.columns) bins[column.cell] *= column.bins;
  const mostFrequent = new Uint8Array(layout.cells);
  const counts = new Uint32Array(256);
  const step = TILE_CELLS * Math.ceil(Math.max(1, layout.rows) / SAMPLED_ROWS);
  for (let cell = 0; cell < layout.cells; cell++) {
    const tile = tiles[Math.floor(cell / TILE_CELLS)];
    counts.fill(0);
    for (let at = cell % TILE_CELLS; at < tile.length; at += step) counts[tile[at]]++;
    for (let byte = 1; byte < 256; byte++) {
      if (counts[byte] > counts[mostFrequent[cell]]) mostFrequent[cell] = byte;
    }
  }
  return { bins, mostFrequent };
}

/**
 * The table.
 * @param offsets where each cell's histogram lies in its chunk, in bins
 */
export function cellTable(layout: MatrixLayout, facts: CellFacts, offsets: Uint32Array): Uint32Array {
  const padded = layout.tiles * TILE_CELLS;
  const cells = new Uint32Array(padded * CELL_WORDS);
  const entries: number[] = [];
  const records: number[] = [];
  const recordOf = new Uint32Array(layout.columns.length).fill(NONE);
  const byCell: number[][] = Array.from({ length: layout.cells }, () => []);
  // A column of one bin cannot be split on.
  layout.columns.forEach(({ cell, bins }, feature) => {
    if (bins > 1) byCell[cell].push(feature);
  });
  byCell.forEach((features, cell) => {
    const firstEntry = entries.length;
    const firstRecord = records.length / COLUMN_WORDS;
    features.forEach((feature, place) => {
      const { radix, bins, missingBin } = layout.columns[feature];
      recordOf[feature] = records.length / COLUMN_WORDS;
      records.push(
        feature,
        radix,
        bins,
        missingBin < 0 ? NONE : missingBin,
        entries.length - firstEntry,
        cell,
      );
      for (let bin = 0; bin < bins; bin++) entries.push((place << 25) | (bins << 16) | (radix << 8) | bin);
    });
    cells.set(
      [
        firstEntry,
        entries.length - firstEntry,
        facts.bins[cell],
        offsets[cell],
        facts.mostFrequent[cell],
        firstRecord,
      ],
      cell * CELL_WORDS,
    );
  });
  const entriesAt = TABLE_HEAD + cells.length;
  const recordsAt = entriesAt + entries.length;
  const featuresAt = recordsAt + records.length;
  const table = new Uint32Array(featuresAt + recordOf.length);
  table.set([entriesAt, recordsAt, featuresAt]);
  table.set(cells, TABLE_HEAD);
  table.set(entries, entriesAt);
  table.set(records, recordsAt);
  table.set(recordOf, featuresAt);
  return table;
}
