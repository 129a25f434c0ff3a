/** shap_values.parquet: every explained row under every classifier, block by block. */
import {
  type ByteSink,
  type ParquetColumn,
  ParquetShardWriter,
  type ParquetValues,
} from "../../data/parquet-write.ts";
import { fromMargin } from "../../numerics/fixed.ts";
import type { ShapValues } from "../../trees/shap/shap-values.ts";
import { SHAP_CLASSES, type ShapInput } from "./analyse.ts";

/** Rows of a block. */
const BLOCK = 1024;

/** Before a feature's name: features may be called as the columns beside them. */
export const SHAP_PREFIX = "shap_";

/**
 * Writes the sampled rows, one a row and classifier, classifier by classifier: gene_id, position (null where unknown), class (the classifier's),
 * label (the row's), bias and margin (log odds, f64), then shap_<feature> per feature (log odds, f32).
 * @returns rows written
 * @throws what the sink throws
 */
export async function writeShapTable(
  input: Pick<ShapInput, "judged" | "plan" | "classifiers">,
  { values, bias, margins }: ShapValues,
  sink: ByteSink,
): Promise<number> {
  const { judged: { genes, positions, meta }, plan: { rows, sample } } = input;
  const { featureNames } = input.classifiers.neither;
  const whole = positions?.every((position) => Number.isNaN(position) || Number.isSafeInteger(position)) ??
    false;
  const keys: ParquetColumn[] = [
    { name: "gene_id", type: "string" },
    { name: "position", type: whole ? "int64" : "float64", nullable: true },
    { name: "class", type: "string" },
    { name: "label", type: "string" },
    { name: "bias", type: "float64" },
    { name: "margin", type: "float64" },
  ];
  const features = featureNames.map((name): ParquetColumn => ({
    name: `${SHAP_PREFIX}${name}`,
    type: "float32",
  }));
  const writer = new ParquetShardWriter([...keys, ...features], sink);
  for (const [c, name] of SHAP_CLASSES.entries()) {
    for (let begin = 0; begin < sample.length; begin += BLOCK) {
      const places = sample.subarray(begin, begin + BLOCK);
      const judgedRows = Array.from(places, (at) => rows[at]);
      const block: ParquetValues[] = [
        judgedRows.map((row) => genes[geneOf(meta.geneStart, row)]),
        judgedRows.map((row) => positions === null || Number.isNaN(positions[row]) ? null : positions[row]),
        judgedRows.map(() => name),
        judgedRows.map((row) => SHAP_CLASSES[meta.labels[row]]),
        judgedRows.map(() => bias[c]),
        Array.from(places, (at) => fromMargin(margins[c][at])),
        ...featureNames.map((_, f) => Float32Array.from(places, (at) => values[c][f * rows.length + at])),
      ];
      await writer.append(block);
    }
  }
  await writer.finish();
  return writer.rows;
}

/** The gene of a row, by halving. */
function geneOf(geneStart: Uint32Array, row: number): number {
  let [low, high] = [0, geneStart.length - 1];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (geneStart[middle] <= row) low = middle;
    else high = middle;
  }
  return low;
}
