/** Columns with a role of their own (position, label, chromosome, base scores): found, read, put in canonical order. */
import { dataError, nearestName } from "../numerics/errors.ts";
import { type ColumnSource, type ColumnValues, findColumn } from "./column-source.ts";
import { LEFT_OUT, type RowOrder } from "./genes.ts";

/** Beyond this a number has no f32. */
const F32_LIMIT = 3.4028235677973366e38;

/**
 * Whether every file has the column.
 * @param required Whether its absence is an error.
 * @throws SpliceboostError (data) where some files have it and others do not, or none has a required one.
 */
export function hasColumn(
  sources: readonly ColumnSource[],
  name: string,
  required: boolean,
  flag: string,
): boolean {
  const without = sources.filter((source) => !findColumn(source, name));
  if (without.length === 0) return true;
  if (without.length < sources.length) {
    throw dataError(
      `${without[0].name}: expected column "${name}" as in the other files (${
        sources.length - without.length
      } of ` +
        `${sources.length} have it), found none. Give files made alike.`,
    );
  }
  if (!required) return false;
  const near = nearestName(name, sources[0].columns.map((column) => column.name));
  throw dataError(
    `${sources[0].name}: expected a column "${name}", found none.${near ? ` Did you mean "${near}"?` : ""} ` +
      `Name the right one with ${flag}.`,
  );
}

/** Reads one column of every file in turn, with the index of its first row. */
export async function* readThrough(
  sources: readonly ColumnSource[],
  name: string,
): AsyncGenerator<{ source: ColumnSource; start: number; values: ColumnValues }> {
  let start = 0;
  for (const source of sources) {
    const [values] = await source.read([name]);
    yield { source, start, values };
    start += source.rows;
  }
}

/**
 * Numbers of a column, in the order read.
 * @throws SpliceboostError (data) where a file holds something else.
 */
export async function readNumbers(sources: readonly ColumnSource[], name: string): Promise<Float64Array> {
  const out = new Float64Array(sources.reduce((sum, source) => sum + source.rows, 0));
  for await (const { source, start, values } of readThrough(sources, name)) {
    if (Array.isArray(values)) {
      throw dataError(
        `${source.name}: column "${name}" must hold numbers, found ${findColumn(source, name)?.type}.`,
      );
    }
    out.set(values, start);
  }
  return out;
}

/**
 * Puts one file's values where they belong in canonical order, rounded to f32.
 * @param start Index of the file's first row among all rows read.
 * @throws SpliceboostError (data) naming file, column and row of a value that is infinite in f32.
 */
export function scatter(
  values: ColumnValues,
  { rank }: RowOrder,
  start: number,
  out: Float32Array,
  source: ColumnSource,
  column: string,
): void {
  if (Array.isArray(values)) {
    throw dataError(
      `${source.name}: column "${column}" must hold numbers, found ${findColumn(source, column)?.type}.`,
    );
  }
  for (let i = 0; i < values.length; i++) {
    const row = rank[start + i];
    if (row === LEFT_OUT) continue;
    const value = values[i];
    if (value > F32_LIMIT || value < -F32_LIMIT) {
      throw dataError(
        `${source.name}: column "${column}", row ${
          i + 1
        }: expected a finite number within the range of float32, ` +
          `found ${value}. Replace infinities by nulls or finite values.`,
      );
    }
    out[row] = value;
  }
}

/**
 * Chromosome of every gene: that of its first row, "" where unknown.
 * @returns Names per gene, and how many genes have rows on several chromosomes.
 */
export async function readChromosomes(
  sources: readonly ColumnSource[],
  name: string,
  { rows, genes, geneStart, rank }: RowOrder,
): Promise<{ chromosomes: string[]; mixed: number }> {
  const codes = new Map<string, number>();
  const ofRow = new Uint16Array(rows);
  for await (const { source, start, values } of readThrough(sources, name)) {
    for (let i = 0; i < values.length; i++) {
      const row = rank[start + i];
      if (row === LEFT_OUT) continue;
      const value = values[i];
      const text = value === null || Number.isNaN(value) ? "" : String(value);
      let code = codes.get(text);
      if (code === undefined) {
        codes.set(text, code = codes.size);
        if (code > 0xffff) {
          throw dataError(
            `${source.name}: column "${name}" has more than 65,536 names; is it the chromosome?`,
          );
        }
      }
      ofRow[row] = code;
    }
  }
  const texts = [...codes.keys()];
  let mixed = 0;
  const chromosomes = genes.map((_, g) => {
    const first = ofRow[geneStart[g]];
    if (ofRow.subarray(geneStart[g], geneStart[g + 1]).some((code) => code !== first)) mixed++;
    return texts[first];
  });
  return { chromosomes, mixed };
}
