/** Tables of the run directory that are not metrics: features, folds, out-of-fold predictions. */
import { CLASS_NAMES, type Dataset } from "../data/dataset.ts";
import { memorySink, type ParquetColumn, ParquetShardWriter } from "../data/parquet-write.ts";
import type { FeatureReport } from "./bin-features.ts";
import type { GeneCounts, GeneFolds } from "./folds.ts";
import type { OutOfFold } from "./types.ts";

/** Rows of oof_predictions.parquet that are made at a time. */
const BLOCK_ROWS = 65_536;

/** feature_manifest.csv: every column of the data, whether it is used, how it is stored or why it is not. */
export function featureManifest(report: readonly FeatureReport[]): string {
  const header = ["feature", "used", "reason", "bins", "missing_share", "cell"];
  const lines = report.map(({ name, used, reason, binned }) => [
    name,
    used ? "yes" : "no",
    reason,
    binned?.bins ?? "",
    binned?.missingShare ?? "",
    binned?.cell ?? "",
  ]);
  return csv([header, ...lines]);
}

/**
 * gene_folds.csv: the fold (from 1) that tested on each gene, its counts, and, with early stopping, the folds that
 * stopped early by it, separated by spaces.
 */
export function geneFoldsCsv(genes: readonly GeneCounts[], folds: GeneFolds): string {
  const { validation } = folds;
  const header = ["gene_id", "fold", "rows", "donors", "acceptors", ...(validation ? ["validation_in"] : [])];
  const lines = genes.map(({ id, rows, donors, acceptors }, gene) => [
    id,
    folds.foldOf[gene] + 1,
    rows,
    donors,
    acceptors,
    ...(validation ? [validation.flatMap((chosen, fold) => (chosen[gene] ? [fold + 1] : [])).join(" ")] : []),
  ]);
  return csv([header, ...lines]);
}

/**
 * oof_predictions.parquet: a row of the data a row, in canonical order: gene_id, position (where the data has one),
 * label, fold (from 1), meta_neither, meta_donor, meta_acceptor, and donor_score, acceptor_score where there are any.
 */
export async function outOfFoldParquet(
  data: Dataset,
  labels: Uint8Array,
  oof: OutOfFold,
): Promise<Uint8Array> {
  const { positions, baseScores } = data;
  const columns: ParquetColumn[] = [
    { name: "gene_id", type: "string" },
    ...(positions ? [{ name: "position", type: positionType(positions) }] : []),
    { name: "label", type: "string" },
    { name: "fold", type: "int32" },
    ...CLASS_NAMES.map((name) => ({ name: `meta_${name}`, type: "float32" } as const)),
    ...(baseScores ? ["donor_score", "acceptor_score"] : []).map((
      name,
    ) => ({ name, type: "float32" } as const)),
  ];
  const file = memorySink();
  const writer = new ParquetShardWriter(columns, file.sink);
  const geneIds = geneOfRows(data);
  for (let start = 0; start < data.rows; start += BLOCK_ROWS) {
    const end = Math.min(data.rows, start + BLOCK_ROWS);
    const rows = end - start;
    await writer.append([
      Array.from({ length: rows }, (_, i) => geneIds(start + i)),
      ...(positions ? [positions.subarray(start, end)] : []),
      Array.from({ length: rows }, (_, i) => CLASS_NAMES[labels[start + i]]),
      Int32Array.from({ length: rows }, (_, i) => oof.fold[start + i] + 1),
      ...CLASS_NAMES.map((_, c) =>
        Float32Array.from({ length: rows }, (_, i) => oof.probabilities[(start + i) * CLASS_NAMES.length + c])
      ),
      ...(baseScores
        ? [baseScores.donor.subarray(start, end), baseScores.acceptor.subarray(start, end)]
        : []),
    ]);
  }
  await writer.finish();
  return file.bytes();
}

/** Whole numbers where all are: positions may be missing or, oddly, broken. */
function positionType(positions: Float64Array): "int64" | "float64" {
  return positions.every((position) => Number.isSafeInteger(position)) ? "int64" : "float64";
}

/** The gene of a row, for rows asked for in ascending order. */
function geneOfRows({ genes, geneStart }: Dataset): (row: number) => string {
  let gene = 0;
  return (row) => {
    while (row >= geneStart[gene + 1]) gene++;
    return genes[gene];
  };
}

/** Comma-separated lines; a cell is quoted where it must be. */
function csv(lines: readonly (readonly (string | number)[])[]): string {
  return lines.map((cells) => cells.map(cell).join(",") + "\n").join("");
}

function cell(value: string | number): string {
  const text = String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
