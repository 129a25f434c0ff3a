/** The curves as a table. */
import { type CsvCell, csvText } from "../../data/csv-text.ts";
import type { Maybe } from "../analysis.ts";
import type { CurveAnalysis, JudgedCurve, ModelCurves } from "./types.ts";

const HEADER = ["model", "class", "curve", "kind", "x", "y", "low", "high", "threshold"];

/**
 * roc_pr_curves.csv. `curve` is roc (x false-positive rate, y true-positive rate), pr (recall, precision) or gain (recall gain, precision gain);
 * `kind` is "curve" for points of the curve itself, with the threshold, and "band" for the mean over resampled genes with its
 * 95 % interval. Undefined values are empty.
 */
export function curvesCsv({ classes }: CurveAnalysis): string {
  const lines = classes.flatMap(({ className, meta, base }) => [
    ...modelLines("meta", className, meta),
    ...(base ? modelLines("base", className, base) : []),
  ]);
  return csvText([HEADER, ...lines]);
}

function modelLines(model: string, className: string, curves: ModelCurves): CsvCell[][] {
  return (["roc", "pr", "gain"] as const).flatMap((name) =>
    curveLines([model, className, name], curves[name])
  );
}

function curveLines(key: readonly string[], { curve, band }: JudgedCurve): CsvCell[][] {
  const line = (kind: string, ...values: readonly Maybe[]): CsvCell[] => [...key, kind, ...values];
  return [
    ...(curve?.x ?? []).map((x, i) => line("curve", x, curve!.y[i], null, null, curve!.thresholds[i])),
    ...(band?.x ?? []).map((x, i) => line("band", x, band!.mean[i], band!.low[i], band!.high[i], null)),
  ];
}
