/** Records in engine memory that the kernels read: tiles and columns of a matrix. Layouts are stated in src/cpu/assembly/histogram.ts. */
import type { MatrixLayout } from "../numerics/matrix.ts";
import { TILE_CELLS } from "../numerics/matrix.ts";
import type { Arena } from "./arena.ts";

export const GROUP_WORDS = 14;
/** Cells that the histogram kernel takes at a time; a tile has four such groups. */
export const GROUP_CELLS = 8;
export const GROUPS_PER_TILE = TILE_CELLS / GROUP_CELLS;
export const COLUMN_WORDS = 6;
export const PAIR_WORDS = 6;
/** Bytes of a node record (src/cpu/assembly/search.ts). */
export const NODE_BYTES = 80;
/** Bytes of a node's route record and of its split's sides (src/cpu/assembly/route.ts). */
export const ROUTE_BYTES = 16;
export const SIDES_BYTES = 256;
/** Scratch of a member: joint histograms of a tile's cells, its bins twice (with room for the bins of unused cells), then a block of 256 rows. */
export const SCRATCH_BLOCK = 3 * TILE_CELLS * 256 * 8 + 1024;
export const SCRATCH_BYTES = SCRATCH_BLOCK + 256 * TILE_CELLS;

/** Where a column's bytes are and how to read its bin from them. */
export interface ColumnPlace {
  /** Pointer to the byte of row 0; rows are 2^rowShift bytes apart. */
  readonly bytes: number;
  /** Group of eight cells that it lies in, counted over all tiles. */
  readonly group: number;
  readonly radix: number;
  readonly bins: number;
  readonly missingBin: number;
  readonly cuts: Float32Array;
  /** Whether no other column shares its cell. */
  readonly alone: boolean;
}

/** A matrix as the kernels see it. */
export interface PlacedMatrix {
  readonly rows: number;
  /** Groups of eight cells; four a tile, the last tile may have fewer. */
  readonly groups: number;
  readonly groupRecords: number;
  readonly columnRecords: number;
  /** Bins of all columns: the length of a node's histogram. */
  readonly totalBins: number;
  readonly columns: readonly ColumnPlace[];
  /** log2 of the distance between a column's bytes: 0 where a column-major copy is kept, else that of a tile's rows. */
  readonly rowShift: number;
  /** Pointer to the column-major copy, or 0. */
  readonly cellMajor: number;
}

/** Largest column-major copy that is kept, at a byte a cell; partition and route read one column of many rows at a time. */
const COPY_BYTES = 2 ** 30;

/** Writes group and column records for tiles at the given pointers. */
export function placeMatrix(
  arena: Arena,
  layout: MatrixLayout,
  tilePointers: readonly number[],
): PlacedMatrix {
  const groups = Math.ceil(layout.cells / GROUP_CELLS);
  const groupRecords = arena.allocate(groups * GROUP_WORDS * 4, "group records");
  const columnRecords = arena.allocate(layout.columns.length * COLUMN_WORDS * 4, "column records");
  const groupWords = new Uint32Array(arena.memory.buffer, groupRecords, groups * GROUP_WORDS).fill(0);
  const columnWords = new Uint32Array(
    arena.memory.buffer,
    columnRecords,
    layout.columns.length * COLUMN_WORDS,
  );
  const byteAt = (cell: number): number => tilePointers[Math.floor(cell / TILE_CELLS)] + cell % TILE_CELLS;

  const order = layout.columns.map((_, index) => index).sort((a, b) => {
    const [x, y] = [layout.columns[a], layout.columns[b]];
    return x.cell - y.cell || x.radix - y.radix;
  });
  const perCell = new Uint32Array(groups * GROUP_CELLS);
  for (const column of layout.columns) perCell[column.cell]++;

  let totalBins = 0;
  let group = -1;
  order.forEach((index, record) => {
    const column = layout.columns[index];
    const cell = column.cell % GROUP_CELLS;
    const at = Math.floor(column.cell / GROUP_CELLS) * GROUP_WORDS;
    if (Math.floor(column.cell / GROUP_CELLS) !== group) {
      group = Math.floor(column.cell / GROUP_CELLS);
      groupWords[at] = byteAt(group * GROUP_CELLS);
      groupWords[at + 1] = totalBins;
      groupWords[at + 3] = columnRecords + record * COLUMN_WORDS * 4;
    }
    const offset = totalBins - groupWords[at + 1];
    columnWords.set(
      [
        index,
        cell,
        column.radix,
        column.bins,
        column.missingBin < 0 ? 0xffffffff : column.missingBin,
        offset,
      ],
      record * COLUMN_WORDS,
    );
    groupWords[at + 4]++;
    if (perCell[column.cell] > 1) groupWords[at + 5] |= 1 << cell;
    else groupWords[at + 6 + cell] = offset;
    totalBins += column.bins;
    groupWords[at + 2] = totalBins - groupWords[at + 1];
  });
  // Cells of the last group that hold no column are all zero bytes: their additions go to one more bin that nobody reads.
  const unused = layout.cells % GROUP_CELLS;
  if (unused > 0) {
    const at = group * GROUP_WORDS;
    for (let cell = unused; cell < GROUP_CELLS; cell++) groupWords[at + 6 + cell] = groupWords[at + 2];
    groupWords[at + 2]++;
    totalBins++;
  }

  const cellMajor = layout.cells * layout.rows <= COPY_BYTES ? copyByCell(arena, layout, tilePointers) : 0;
  const columns = layout.columns.map((column) => ({
    bytes: cellMajor ? cellMajor + column.cell * layout.rows : byteAt(column.cell),
    group: Math.floor(column.cell / GROUP_CELLS),
    radix: column.radix,
    bins: column.bins,
    missingBin: column.missingBin,
    cuts: column.cuts,
    alone: perCell[column.cell] === 1,
  }));
  const rowShift = cellMajor ? 0 : Math.log2(TILE_CELLS);
  return { rows: layout.rows, groups, groupRecords, columnRecords, totalBins, columns, rowShift, cellMajor };
}

function copyByCell(arena: Arena, layout: MatrixLayout, tilePointers: readonly number[]): number {
  const { rows, cells } = layout;
  // Rows are read sixteen at a time, past the end of the last column.
  const pointer = arena.allocate(cells * rows + 16, "the matrix by column");
  for (let cell = 0; cell < cells; cell++) {
    const tile = new Uint8Array(
      arena.memory.buffer,
      tilePointers[Math.floor(cell / TILE_CELLS)],
      rows * TILE_CELLS,
    );
    const copy = new Uint8Array(arena.memory.buffer, pointer + cell * rows, rows);
    for (let row = 0, at = cell % TILE_CELLS; row < rows; row++, at += TILE_CELLS) copy[row] = tile[at];
  }
  return pointer;
}

/** Value bins of a column: its bins without the missing one. */
export function valueBins(column: ColumnPlace): number {
  return column.missingBin < 0 ? column.bins : column.bins - 1;
}

/** For each value of the column's byte, 1 if it goes right: bins up to `bin` go left, and missing if `missingLeft`. */
export function splitSides(column: ColumnPlace, bin: number, missingLeft: boolean, sides: Uint8Array): void {
  const { radix, bins, missingBin } = column;
  for (let byte = 0, digit = 0, run = 0; byte < 256; byte++) {
    const left = digit === missingBin ? missingLeft : digit <= bin;
    sides[byte] = left ? 0 : 1;
    if (++run < radix) continue;
    run = 0;
    digit = digit + 1 < bins ? digit + 1 : 0;
  }
}

/** How the route kernel splits by a column: the third word of a route record (src/cpu/assembly/route.ts). */
export function routeKind(column: ColumnPlace, bin: number, missingLeft: boolean): number {
  if (!column.alone || bin < 0) return 2 << 16;
  return missingLeft && column.missingBin >= 0 ? (1 << 16) | (column.missingBin << 8) | bin : bin;
}
