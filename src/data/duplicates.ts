/** Rows that are there twice: by gene and position, and in every column. */
import type { ColumnSource, ColumnValues } from "./column-source.ts";
import { LEFT_OUT, type RowOrder } from "./genes.ts";
import { hashText, hashWords } from "./hash.ts";

/** Columns read at once where a read passes over the whole file. */
const BLOCK_COLUMNS = 64;

export interface DuplicateCount {
  /** Rows whose (gene, position) an earlier row has; 0 where there are no positions. */
  readonly positions: number;
  /** Rows equal to an earlier row in every column. */
  readonly exact: number;
}

/**
 * Counts repeated rows. Columns are compared one after another, and only as long as rows are left that may be copies:
 * mostly one or two columns tell them apart.
 * @param positions Position per canonical row, or null.
 */
export async function countDuplicates(
  sources: readonly ColumnSource[],
  order: RowOrder,
  positions: Float64Array | null,
): Promise<DuplicateCount> {
  const group = groupRows(order, positions);
  const sums = new Uint32Array(order.rows * 2);
  let candidates = repeated(Uint32Array.from(group.of.keys()), (row) => group.of[row]);
  const names = [...new Set(sources.flatMap((source) => source.columns.map(({ name }) => name)))];
  const block = sources.some((source) => source.wholeFileReads) ? BLOCK_COLUMNS : 1;
  for (let c = 0; c < names.length && candidates.length > 0; c += block) {
    await addColumns(sources, order, names.slice(c, c + block), candidates, sums);
    candidates = repeated(candidates, (row) => keyOf(group.of, sums, row));
  }
  const distinct = new Set(Array.from(candidates, (row) => keyOf(group.of, sums, row))).size;
  return {
    positions: positions === null ? 0 : order.rows - group.count,
    exact: candidates.length - distinct,
  };
}

function keyOf(group: Uint32Array, sums: Uint32Array, row: number): string {
  return `${group[row]},${sums[2 * row]},${sums[2 * row + 1]}`;
}

/** The rows that share their key with another of them. */
function repeated(rows: Uint32Array, key: (row: number) => string | number): Uint32Array {
  const counts = new Map<string | number, number>();
  for (const row of rows) counts.set(key(row), (counts.get(key(row)) ?? 0) + 1);
  return rows.filter((row) => counts.get(key(row))! > 1);
}

/** Rows of one gene and position, or of one gene where there are no positions, form a group. */
function groupRows(order: RowOrder, positions: Float64Array | null): { of: Uint32Array; count: number } {
  const of = new Uint32Array(order.rows);
  let count = 0;
  for (let g = 0; g < order.genes.length; g++) {
    for (let row = order.geneStart[g]; row < order.geneStart[g + 1]; row++) {
      const same = row > order.geneStart[g] && (positions === null || positions[row] === positions[row - 1]);
      if (!same) count++;
      of[row] = count - 1;
    }
  }
  return { of, count };
}

/**
 * Adds the hashes of columns to 64 bits per candidate row: a sum, so that neither the order of columns nor the file
 * matters; missing adds 0.
 */
async function addColumns(
  sources: readonly ColumnSource[],
  { rows, rank }: RowOrder,
  names: readonly string[],
  candidates: Uint32Array,
  sums: Uint32Array,
): Promise<void> {
  const isCandidate = new Uint8Array(rows);
  for (const row of candidates) isCandidate[row] = 1;
  let start = 0;
  for (const source of sources) {
    const here: number[] = [];
    for (let i = 0; i < source.rows; i++) {
      const row = rank[start + i];
      if (row !== LEFT_OUT && isCandidate[row]) here.push(i);
    }
    const readable = source.columns.filter(({ kind }) => kind === "number" || kind === "text").map((
      { name },
    ) => name);
    const chosen = here.length === 0 ? [] : readable.filter((name) => names.includes(name));
    if (chosen.length > 0) {
      const columns = await source.read(chosen);
      columns.forEach((values, k) => addHashes(values, hashText(chosen[k])[0], here, rank, start, sums));
    }
    start += source.rows;
  }
}

function addHashes(
  values: ColumnValues,
  seed: number,
  here: readonly number[],
  rank: Uint32Array,
  start: number,
  sums: Uint32Array,
): void {
  const float = new Float64Array(1);
  const words = new Uint32Array(float.buffer);
  for (const i of here) {
    const value = values[i];
    if (value === null || Number.isNaN(value)) continue;
    if (typeof value === "number") float[0] = value + 0;
    const hash = typeof value === "string" ? hashText(value, seed) : hashWords(words, seed);
    const row = rank[start + i];
    sums[2 * row] += hash[0];
    sums[2 * row + 1] += hash[1];
  }
}
