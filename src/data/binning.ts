/**
 * Binning: cut points of a column from its exact quantiles, and the builder that packs binned columns into a matrix one column at a
 * time, so that the raw table never exists whole.
 */
import type { BinnedColumn, BinnedMatrix, TileAllocator } from "../numerics/matrix.ts";
import { TILE_CELLS } from "../numerics/matrix.ts";
import { usageError } from "../numerics/errors.ts";
import { FloatSorter } from "./sort.ts";

/** Most bins a column can have: a byte. */
export const MAX_BINS = 256;
/** Cells beyond this number are not searched for room by the packer, to bound its time. */
const OPEN_CELLS = 64;

/** What a column was binned into. */
export interface ColumnReport {
  readonly name: string;
  readonly bins: number;
  readonly cell: number;
  readonly missing: number;
}

/**
 * Cut points (f32, ascending) that split values into at most `maxBins` bins.
 * With no more distinct values than bins every value has a bin of its own; else bins hold about equal weight, and a value heavier than
 * a bin's share has one to itself. A cut lies midway between its neighbours, rounded to f32 (to the upper one where that would
 * not separate them).
 * @param values f32 values, NaN where missing; -0 counts as 0.
 * @param weights non-negative weight per value, or null for equal weights
 * @param sorter its memory is reused
 */
export function cutPoints(
  values: Float32Array,
  maxBins: number,
  weights: Float32Array | null = null,
  sorter: FloatSorter = new FloatSorter(values.length),
): Float32Array {
  const { distinct, weight, total } = weights
    ? weightedDistinct(values, weights, sorter)
    : distinctValues(values, sorter);
  const count = distinct.length;
  const cuts: number[] = [];
  if (count <= maxBins) {
    for (let i = 1; i < count; i++) cuts.push(between(distinct[i - 1], distinct[i]));
    return Float32Array.from(cuts);
  }
  let bins = maxBins;
  let left = total;
  let share = left / bins;
  let inBin = 0;
  for (let i = 0; i < count - 1 && bins > 1; i++) {
    inBin += weight[i];
    const nextIsHeavy = weight[i + 1] >= share;
    if (inBin < share && !nextIsHeavy) continue;
    cuts.push(between(distinct[i], distinct[i + 1]));
    left -= inBin;
    inBin = 0;
    bins--;
    share = left / bins;
  }
  return Float32Array.from(cuts);
}

function between(low: number, high: number): number {
  const middle = Math.fround(low / 2 + high / 2);
  return middle > low ? middle : high;
}

interface Distinct {
  readonly distinct: Float32Array;
  readonly weight: Float64Array;
  readonly total: number;
}

function distinctValues(values: Float32Array, sorter: FloatSorter): Distinct {
  const sorted = sorter.sort(values);
  let count = 0;
  for (let i = 0; i < sorted.length; i++) if (i === 0 || sorted[i] !== sorted[i - 1]) count++;
  const weight = new Float64Array(count);
  count = 0;
  // Distinct values move to the front of the sorted ones, in place.
  for (let i = 0; i < sorted.length; i++) {
    if (i === 0 || sorted[i] !== sorted[count - 1]) sorted[count++] = sorted[i];
    weight[count - 1]++;
  }
  return { distinct: sorted.subarray(0, count), weight, total: sorted.length };
}

function weightedDistinct(values: Float32Array, weights: Float32Array, sorter: FloatSorter): Distinct {
  const { distinct } = distinctValues(values, sorter);
  const weight = new Float64Array(distinct.length);
  let total = 0;
  // Row order fixes the order of these additions.
  for (let i = 0; i < values.length; i++) {
    if (Number.isNaN(values[i])) continue;
    let low = 0;
    let high = distinct.length - 1;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (distinct[middle] < values[i]) low = middle + 1;
      else high = middle;
    }
    weight[low] += weights[i];
    total += weights[i];
  }
  // Values without weight, such as those of rows that only validate, make no cuts.
  let count = 0;
  for (let i = 0; i < distinct.length; i++) {
    if (weight[i] === 0) continue;
    distinct[count] = distinct[i];
    weight[count++] = weight[i];
  }
  return { distinct: distinct.subarray(0, count), weight: weight.subarray(0, count), total };
}

/** Writes the value bin of every value into `out`, `missingBin` where it is NaN. */
export function binValues(
  values: Float32Array,
  cuts: Float32Array,
  missingBin: number,
  out: Uint8Array,
): void {
  const count = cuts.length;
  let top = 1;
  while (top * 2 <= count) top *= 2;
  for (let i = 0; i < values.length; i++) {
    const x = values[i];
    if (x !== x) {
      out[i] = missingBin;
      continue;
    }
    // Branch-light binary search: bin = number of cuts <= x.
    let bin = 0;
    for (let step = count === 0 ? 0 : top; step > 0; step >>= 1) {
      const next = bin + step;
      if (next <= count && cuts[next - 1] <= x) bin = next;
    }
    out[i] = bin;
  }
}

/** Builds a binned matrix column by column. Cells are filled first-fit in the order of the columns. */
export class MatrixBuilder {
  readonly rows: number;
  readonly maxBin: number;
  readonly #allocate: TileAllocator;
  readonly #columns: BinnedColumn[] = [];
  readonly #tiles: Uint8Array[] = [];
  readonly #binsOfCell: number[] = [];
  readonly #open: number[] = [];
  readonly #weights: Float32Array | null;
  readonly #bins: Uint8Array;
  readonly #sorter: FloatSorter;

  /**
   * @param rows rows of every column to come
   * @param maxBin most bins a column may have, 2 .. 256, its missing bin included
   * @param weights row weights for the quantiles, or null
   */
  constructor(
    rows: number,
    maxBin: number = MAX_BINS,
    allocate: TileAllocator = (bytes) => new Uint8Array(bytes),
    weights: Float32Array | null = null,
  ) {
    if (!Number.isInteger(maxBin) || maxBin < 2 || maxBin > MAX_BINS) {
      throw usageError(`max_bin must be a whole number from 2 to ${MAX_BINS}, got ${maxBin}`);
    }
    this.rows = rows;
    this.maxBin = maxBin;
    this.#allocate = allocate;
    this.#weights = weights;
    this.#bins = new Uint8Array(rows);
    this.#sorter = new FloatSorter(rows);
  }

  /** Bins a column (f32 values, NaN missing) and stores it. */
  add(name: string, values: Float32Array): ColumnReport {
    if (values.length !== this.rows) {
      throw usageError(`column ${name} has ${values.length} values; the matrix has ${this.rows} rows`);
    }
    let missing = 0;
    for (let i = 0; i < values.length; i++) if (values[i] !== values[i]) missing++;
    const cuts = cutPoints(values, missing > 0 ? this.maxBin - 1 : this.maxBin, this.#weights, this.#sorter);
    const bins = cuts.length + 1 + (missing > 0 ? 1 : 0);
    const missingBin = missing > 0 ? bins - 1 : -1;
    binValues(values, cuts, missingBin, this.#bins);
    const cell = this.#cellFor(bins);
    const radix = this.#binsOfCell[cell];
    this.#binsOfCell[cell] = radix * bins;
    const tile = this.#tiles[Math.floor(cell / TILE_CELLS)];
    const source = this.#bins;
    for (let row = 0, at = cell % TILE_CELLS; row < this.rows; row++, at += TILE_CELLS) {
      tile[at] += source[row] * radix;
    }
    this.#columns.push({ name, cell, radix, bins, missingBin, cuts });
    return { name, bins, cell, missing };
  }

  #cellFor(bins: number): number {
    const at = this.#open.findIndex((cell) => this.#binsOfCell[cell] * bins <= MAX_BINS);
    if (at >= 0) {
      const cell = this.#open[at];
      if (this.#binsOfCell[cell] * bins * 2 > MAX_BINS) this.#open.splice(at, 1);
      return cell;
    }
    const cell = this.#binsOfCell.length;
    this.#binsOfCell.push(1);
    if (cell % TILE_CELLS === 0) this.#tiles.push(this.#allocate(this.rows * TILE_CELLS));
    if (bins * 2 <= MAX_BINS) this.#open.push(cell);
    if (this.#open.length > OPEN_CELLS) this.#open.shift();
    return cell;
  }

  /** The finished matrix; the builder must not be used afterwards. */
  finish(): BinnedMatrix {
    const layout = {
      rows: this.rows,
      cells: this.#binsOfCell.length,
      tiles: this.#tiles.length,
      columns: this.#columns,
    };
    return { layout, tiles: this.#tiles };
  }
}
