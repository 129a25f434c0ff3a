/** Tables of the run directory that are not metrics: features, folds, out-of-fold predictions. */
import { CLASS_NAMES, type Dataset } from "../data/dataset.ts";
import { csvText } from "../data/csv-text.ts";
import { memorySink, type ParquetColumn, ParquetShardWriter } from "../data/parquet-write.ts";
import type { FeatureReport } from "./bin-features.ts";
import type { GeneCounts, GeneFolds } from "./folds.ts";
import { probability } from "../numerics/sigmoid.ts";
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
  return csvText([header, ...lines]);
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
  return csvText([header, ...lines]);
}

/**
 * oof_predictions.parquet: a row of the data a row, in canonical order: gene_id, position and chrom (where the data has them),
 * label, fold (from 1), meta_neither, meta_donor, meta_acceptor as they are delivered, raw_neither, raw_donor, raw_acceptor before the
 * calibration of a calibrated model, and donor_score, acceptor_score where there are any.
 */
export async function outOfFoldParquet(
  data: Dataset,
  labels: Uint8Array,
  oof: OutOfFold,
  calibrated: boolean,
): Promise<Uint8Array> {
  const { positions, baseScores } = data;
  const hasChromosomes = data.chromosomes.some((name) => name !== "");
  const raw = calibrated ? CLASS_NAMES : [];
  const columns: ParquetColumn[] = [
    { name: "gene_id", type: "string" },
    ...(positions ? [{ name: "position", type: positionType(positions) }] : []),
    ...(hasChromosomes ? [{ name: "chrom", type: "string" } as const] : []),
    { name: "label", type: "string" },
    { name: "fold", type: "int32" },
    ...CLASS_NAMES.map((name) => ({ name: `meta_${name}`, type: "float32" } as const)),
    ...raw.map((name) => ({ name: `raw_${name}`, type: "float32" } as const)),
    ...(baseScores ? ["donor_score", "acceptor_score"] : []).map((
      name,
    ) => ({ name, type: "float32" } as const)),
  ];
  const file = memorySink();
  const writer = new ParquetShardWriter(columns, file.sink);
  const geneOf = geneOfRows(data);
  for (let start = 0; start < data.rows; start += BLOCK_ROWS) {
    const end = Math.min(data.rows, start + BLOCK_ROWS);
    const rows = end - start;
    const genes = Array.from({ length: rows }, (_, i) => geneOf(start + i));
    await writer.append([
      genes.map((gene) => data.genes[gene]),
      ...(positions ? [positions.subarray(start, end)] : []),
      ...(hasChromosomes ? [genes.map((gene) => data.chromosomes[gene])] : []),
      Array.from({ length: rows }, (_, i) => CLASS_NAMES[labels[start + i]]),
      Int32Array.from({ length: rows }, (_, i) => oof.fold[start + i] + 1),
      ...CLASS_NAMES.map((_, c) =>
        Float32Array.from({ length: rows }, (_, i) => oof.probabilities[(start + i) * CLASS_NAMES.length + c])
      ),
      ...raw.map((_, c) =>
        Float32Array.from(
          { length: rows },
          (_, i) => probability(oof.margins[(start + i) * CLASS_NAMES.length + c]),
        )
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

/** The gene (index) of a row, for rows asked for in ascending order. */
function geneOfRows({ geneStart }: Dataset): (row: number) => number {
  let gene = 0;
  return (row) => {
    while (row >= geneStart[gene + 1]) gene++;
    return gene;
  };
}
