/** SHAP values of the delivered model. */
import { CLASS_NAMES, type Dataset } from "../data/dataset.ts";
import { memorySink } from "../data/parquet-write.ts";
import type { SigmoidEnsemble } from "../ensemble/sigmoid.ts";
import type { JudgedRows, Part } from "../evaluation/analysis.ts";
import { analyseShap } from "../evaluation/shap/analyse.ts";
import { BACKGROUND_ROWS, planShapRows, takeRows } from "../evaluation/shap/draw.ts";
import { writeShapTable } from "../evaluation/shap/table.ts";
import type { ShapAnalysis, ShapKind } from "../evaluation/shap/types.ts";

/** SHAP values and what they say. */
export interface Explanation {
  readonly part: Part<ShapAnalysis>;
  /** The bytes of shap_values.parquet; null where nothing could be explained. */
  parquet(): Promise<Uint8Array | null>;
}

/**
 * Draws rows by the seed, reads their features in one pass over the data, and explains them.
 * @param judged all rows of the data, by whose out-of-fold probabilities single cases are chosen
 */
export async function explain(
  data: Dataset,
  model: SigmoidEnsemble,
  judged: JudgedRows,
  options: {
    readonly perClass: number;
    readonly kind: ShapKind;
    readonly seed: number;
    readonly threads?: number;
  },
): Promise<Explanation> {
  const { kind, perClass, seed, threads } = options;
  const { classifiers, featureNames } = model;
  const background = kind === "interventional" ? BACKGROUND_ROWS : 0;
  const plan = planShapRows(judged.meta, { perClass, background, seed });
  const used = CLASS_NAMES.map((name) => classifiers[name].usedFeatures());
  const wanted = featureNames.filter((_, f) => used.some((flags) => flags[f] === 1));
  const place = new Map(featureNames.map((name, f) => [name, f]));
  const columns: Float32Array[] = featureNames.map(() => new Float32Array());
  for await (const { name, values } of data.columns(wanted)) {
    [columns[place.get(name)!]] = takeRows([values], plan.rows);
  }
  const input = { classifiers, judged, plan, columns, kind, seed, threads };
  const { part, values } = await analyseShap(input);
  return {
    part,
    async parquet() {
      if (values === null) return null;
      const file = memorySink();
      await writeShapTable(input, values, file.sink);
      return file.bytes();
    },
  };
}
