/** The table of predictions, and the files it may be written to. */
import { CLASS_NAMES, type Dataset } from "../data/dataset.ts";
import {
  type ByteSink,
  type ParquetColumn,
  ParquetShardWriter,
  type ParquetValues,
} from "../data/parquet-write.ts";
import { usageError } from "../numerics/errors.ts";

/** Takes blocks of columns. */
export interface TableWriter {
  append(block: readonly ParquetValues[]): Promise<void>;
  finish(): Promise<void>;
}

/** The columns of a prediction, and their values by rows. */
export interface PredictionColumns {
  readonly columns: readonly ParquetColumn[];
  /** Values of rows start .. end-1. */
  block(start: number, end: number): ParquetValues[];
  /** Rows by predicted class. */
  readonly counts: Record<string, number>;
}

/** Chooses the writer by the file's ending; a usage error for another ending than .parquet and .csv. */
export function tableWriter(
  path: string,
): (columns: readonly ParquetColumn[], sink: ByteSink, batchRows: number) => TableWriter {
  if (/\.parquet$/i.test(path)) {
    return (columns, sink, rowGroupRows) => new ParquetShardWriter(columns, sink, { rowGroupRows });
  }
  if (/\.csv$/i.test(path)) return (columns, sink) => new CsvWriter(columns, sink);
  throw usageError(`--out ${path}: expected a file name that ends in .parquet or .csv.`);
}

/**
 * Gene, place, the three probabilities and the predicted class, base scores where the data has them.
 * @param probabilities (rows, 3) row-major
 * @param codes class code per row
 */
export function predictionColumns(
  data: Dataset,
  probabilities: Float32Array,
  codes: Uint8Array,
): PredictionColumns {
  const counts: Record<string, number> = Object.fromEntries(CLASS_NAMES.map((name) => [name, 0]));
  const geneOf = rowGenes(data);
  const parts: { column: ParquetColumn; value: (row: number) => number | string | null }[] = [
    { column: { name: "gene_id", type: "string" }, value: (row) => data.genes[geneOf[row]] },
  ];
  const { positions, baseScores } = data;
  if (positions) {
    const whole = positions.every((position) => Number.isNaN(position) || Number.isSafeInteger(position));
    parts.push({
      column: { name: "position", type: whole ? "int64" : "float64", nullable: true },
      value: (row) => (Number.isNaN(positions[row]) ? null : positions[row]),
    });
  }
  if (data.chromosomes.some((name) => name !== "")) {
    parts.push({ column: { name: "chrom", type: "string" }, value: (row) => data.chromosomes[geneOf[row]] });
  }
  CLASS_NAMES.forEach((name, c) =>
    parts.push({
      column: { name: `meta_${name}`, type: "float32" },
      value: (row) => probabilities[3 * row + c],
    })
  );
  parts.push({
    column: { name: "predicted_class", type: "string" },
    value: (row) => CLASS_NAMES[codes[row]],
  });
  if (baseScores) {
    parts.push({ column: { name: "donor_score", type: "float32" }, value: (row) => baseScores.donor[row] });
    parts.push({
      column: { name: "acceptor_score", type: "float32" },
      value: (row) => baseScores.acceptor[row],
    });
  }
  for (const code of codes) counts[CLASS_NAMES[code]]++;
  return {
    columns: parts.map((part) => part.column),
    block: (start, end) =>
      parts.map(({ value }) => Array.from({ length: end - start }, (_, i) => value(start + i))),
    counts,
  };
}

function rowGenes({ rows, genes, geneStart }: Dataset): Uint32Array {
  const geneOf = new Uint32Array(rows);
  for (let g = 0; g < genes.length; g++) geneOf.fill(g, geneStart[g], geneStart[g + 1]);
  return geneOf;
}

/** CSV as RFC 4180 has it, with a header. f32 values are written with as few digits as bring them back. */
class CsvWriter implements TableWriter {
  readonly #columns: readonly ParquetColumn[];
  readonly #sink: ByteSink;
  #started = false;

  constructor(columns: readonly ParquetColumn[], sink: ByteSink) {
    this.#columns = columns;
    this.#sink = sink;
  }

  async append(block: readonly ParquetValues[]): Promise<void> {
    const lines = this.#started ? [] : [this.#columns.map(({ name }) => quote(name)).join(",")];
    this.#started = true;
    for (let row = 0; row < (block[0]?.length ?? 0); row++) {
      lines.push(block.map((values, c) => this.#text(values[row], c)).join(","));
    }
    await this.#sink(new TextEncoder().encode(lines.map((line) => `${line}\n`).join("")));
  }

  async finish(): Promise<void> {
    if (!this.#started) await this.append([]);
  }

  #text(value: number | string | boolean | null, column: number): string {
    if (value === null || Number.isNaN(value)) return "";
    if (typeof value === "number" && this.#columns[column].type === "float32") return shortest(value);
    return quote(String(value));
  }
}

function quote(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** The shortest decimal that rounds to the same f32: nine digits always do. */
function shortest(value: number): string {
  for (let digits = 6; digits < 9; digits++) {
    const text = String(Number(value.toPrecision(digits)));
    if (Math.fround(Number(text)) === value) return text;
  }
  return String(Number(value.toPrecision(9)));
}
