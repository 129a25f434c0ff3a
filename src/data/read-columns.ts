/** Features one column at a time, in canonical row order. */
import { nearestName, usageError } from "../numerics/errors.ts";
import { chromosomeCodes } from "./chromosomes.ts";
import { type ColumnSource, findColumn } from "./column-source.ts";
import type { RowOrder } from "./genes.ts";
import { scatter } from "./key-columns.ts";

/** Memory for the columns read at once where a read passes over a whole file. */
const BLOCK_BYTES = 256 * 1024 * 1024;

/**
 * Values of the named columns, one column at a time; as many are read at once as the memory for it allows.
 * @param encoded Name of the chromosome column where it is a feature, else null.
 * @param chromosomes Chromosome per gene.
 */
export async function* readColumns(
  sources: readonly ColumnSource[],
  order: RowOrder,
  encoded: string | null,
  chromosomes: readonly string[],
  names: readonly string[],
): AsyncGenerator<{ name: string; values: Float32Array }> {
  const known = new Set(sources.flatMap((source) => source.columns.map((column) => column.name)));
  const unknown = names.find((name) => !known.has(name));
  if (unknown !== undefined) {
    const near = nearestName(unknown, known);
    throw usageError(`columns(): no column is called "${unknown}".${near ? ` Did you mean "${near}"?` : ""}`);
  }
  const rowsRead = order.rank.length;
  const many = sources.some((source) => source.wholeFileReads);
  const block = many ? Math.max(1, Math.floor(BLOCK_BYTES / (12 * rowsRead))) : 1;
  for (let c = 0; c < names.length; c += block) {
    const chosen = names.slice(c, c + block);
    const columns = chosen.map(() => new Float32Array(order.rows).fill(NaN));
    let start = 0;
    for (const source of sources) {
      const here = chosen.filter((name) => name !== encoded && findColumn(source, name));
      const read = await source.read(here);
      here.forEach((name, k) => scatter(read[k], order, start, columns[chosen.indexOf(name)], source, name));
      start += source.rows;
    }
    for (let k = 0; k < chosen.length; k++) {
      if (chosen[k] === encoded) fillChromosomes(columns[k], order, chromosomes);
      yield { name: chosen[k], values: columns[k] };
    }
  }
}

function fillChromosomes(out: Float32Array, { geneStart }: RowOrder, chromosomes: readonly string[]): void {
  const codes = chromosomeCodes(chromosomes);
  chromosomes.forEach((name, g) => out.fill(codes.get(name) ?? NaN, geneStart[g], geneStart[g + 1]));
}

/** What codes the chromosome column holds as a feature. */
export function chromosomeNote(column: string, chromosomes: readonly string[]): string {
  const codes = [...chromosomeCodes(chromosomes)].sort((a, b) => a[1] - b[1] || (a[0] < b[0] ? -1 : 1));
  return `Column "${column}" is a feature, encoded as ${
    codes.map(([name, code]) => `${name}=${code}`).join(", ")
  }.`;
}
