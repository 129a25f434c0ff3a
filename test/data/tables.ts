/** Small tables for tests: columns in, Parquet or CSV bytes out. */
import { type ParquetColumn, type ParquetValues, writeParquet } from "../../src/data/parquet-write.ts";

export type Cell = number | string | boolean | null;
export type Table = Readonly<Record<string, readonly Cell[]>>;

/** A Parquet file of the table; types are guessed from the values unless given. */
export async function parquet(
  name: string,
  table: Table,
  types: Readonly<Record<string, ParquetColumn["type"]>> = {},
): Promise<{ name: string; data: Uint8Array }> {
  const columns = Object.entries(table).map(([column, values]) => ({
    name: column,
    type: types[column] ?? guess(values),
    nullable: true,
    values: values as ParquetValues,
  }));
  return { name, data: await writeParquet(columns) };
}

function guess(values: readonly Cell[]): ParquetColumn["type"] {
  const first = values.find((value) => value !== null);
  return typeof first === "string" ? "string" : typeof first === "boolean" ? "boolean" : "float64";
}

/** A CSV file of the table; null becomes nothing. */
export function csv(name: string, table: Table, separator = ","): { name: string; data: Uint8Array } {
  const names = Object.keys(table);
  const rows = names.length === 0 ? 0 : table[names[0]].length;
  const lines = [names.join(separator)];
  for (let i = 0; i < rows; i++) lines.push(names.map((column) => table[column][i] ?? "").join(separator));
  return { name, data: new TextEncoder().encode(lines.join("\n") + "\n") };
}

/** A table of sites: `genes[i]` gives the rows of that gene; x, y are two features. */
export function sites(genes: readonly string[], rowsPerGene = 4, seed = 0): Record<string, Cell[]> {
  const labels = ["donor", "acceptor", "neither", null];
  const table: Record<string, Cell[]> = { gene_id: [], position: [], splice_type: [], x: [], y: [] };
  genes.forEach((gene, g) => {
    for (let i = 0; i < rowsPerGene; i++) {
      table.gene_id.push(gene);
      table.position.push(10 * i + seed);
      table.splice_type.push(labels[(g + i) % 4]);
      table.x.push(g + i / 10 + seed);
      table.y.push(i % 2 === 0 ? null : g * i - seed);
    }
  });
  return table;
}

/** Every column of an async sequence, by name. */
export async function collect(
  columns: AsyncIterable<{ readonly name: string; readonly values: Float32Array }>,
): Promise<Record<string, number[]>> {
  const out: Record<string, number[]> = {};
  for await (const { name, values } of columns) out[name] = [...values];
  return out;
}
