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
 * Counts repeated rows. All columns are read only where (gene, position) pairs repeat, or where there are no positions
 * to tell rows apart by.
 * @param positions Position per canonical row, or null.
 */
export async function countDuplicates(
  sources: readonly ColumnSource[],
  order: RowOrder,
  positions: Float64Array | null,
): Promise<DuplicateCount> {
  const group = groupRows(order, positions);
  const members = new Uint32Array(group.count);
  for (const g of group.of) members[g]++;
  const candidate = group.of.map((g) => Number(members[g] > 1));
  if (!candidate.includes(1)) return { positions: 0, exact: 0 };
  const sums = await hashRows(sources, order, candidate);
  const seen = new Set<string>();
  let exact = 0;
  for (let row = 0; row < order.rows; row++) {
    if (!candidate[row]) continue;
    const key = `${group.of[row]},${sums[2 * row]},${sums[2 * row + 1]}`;
    if (seen.has(key)) exact++;
    else seen.add(key);
  }
  return { positions: positions === null ? 0 : order.rows - group.count, exact };
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

/** 64 bits per candidate row: a sum over columns, so that neither their order nor the file matters; missing adds 0. */
async function hashRows(
  sources: readonly ColumnSource[],
  { rows, rank }: RowOrder,
  candidate: Uint32Array,
): Promise<Uint32Array> {
  const sums = new Uint32Array(rows * 2);
  let start = 0;
  for (const source of sources) {
    const here: number[] = [];
    for (let i = 0; i < source.rows; i++) {
      const row = rank[start + i];
      if (row !== LEFT_OUT && candidate[row]) here.push(i);
    }
    const names = source.columns.filter(({ kind }) => kind === "number" || kind === "text").map(({ name }) =>
      name
    );
    const block = source.wholeFileReads ? BLOCK_COLUMNS : 1;
    for (let c = 0; c < names.length && here.length > 0; c += block) {
      const chosen = names.slice(c, c + block);
      const columns = await source.read(chosen);
      columns.forEach((values, k) => addHashes(values, hashText(chosen[k])[0], here, rank, start, sums));
    }
    start += source.rows;
  }
  return sums;
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
