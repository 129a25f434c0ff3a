/** The files of an analysis: the document, and its tables under the names that the guide's users know. */
import { geneEffectsCsv, significanceCsv } from "../evaluation/comparison/csv.ts";
import { curvesCsv } from "../evaluation/curves/csv.ts";
import { featureGroupsCsv, featureImportanceCsv } from "../evaluation/importance/csv.ts";
import { neighboursCsv } from "../evaluation/neighbours/csv.ts";
import { learningCurvesCsv } from "../evaluation/overfitting/csv.ts";
import { thresholdText } from "../evaluation/thresholds/text.ts";
import type { Part } from "../evaluation/analysis.ts";
import type { RunAnalysis } from "./analyse.ts";
import type { RunFile } from "./run-files.ts";

/** Every file of an analysis but the report, made one at a time. */
export async function* analysisFiles({ document, explanation }: RunAnalysis): AsyncGenerator<RunFile> {
  yield file("analysis.json", JSON.stringify(document) + "\n");
  const tables: readonly (readonly [string, string | null])[] = [
    ["base_meta_significance.csv", of(document.comparison, significanceCsv)],
    ["gene_effects.csv", of(document.comparison, geneEffectsCsv)],
    ["roc_pr_curves.csv", of(document.curves, curvesCsv)],
    ["threshold_suggestion.txt", of(document.thresholds, thresholdText)],
    ["learning_curves.csv", of(document.overfitting, learningCurvesCsv)],
    ["neighbour_analysis.csv", of(document.neighbours, neighboursCsv)],
    ["feature_importance.csv", of(document.importance, featureImportanceCsv)],
    ["feature_groups.csv", of(document.importance, featureGroupsCsv)],
  ];
  for (const [path, text] of tables) if (text !== null) yield file(path, text);
  const bytes = await explanation?.parquet();
  if (bytes) yield { path: "shap_values.parquet", bytes };
}

function of<T>(part: Part<T>, text: (result: T) => string): string | null {
  return part.status === "done" ? text(part.result) : null;
}

function file(path: string, text: string): RunFile {
  return { path, bytes: new TextEncoder().encode(text) };
}
