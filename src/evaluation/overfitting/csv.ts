/** The learning curves as a table. */
import { csvText } from "../../data/csv-text.ts";
import type { Maybe } from "../analysis.ts";
import type { OverfittingAnalysis } from "./types.ts";

const HEADER = [
  ...["fold", "class", "trees", "train_log_loss", "held_out_log_loss", "train_ap", "held_out_ap"],
  "validation_metric",
];

/**
 * learning_curves.csv: a line for each fold (from 1), class and number of trees; the validation metric of early stopping has
 * lines of its own where its rounds are others. Undefined values are empty.
 */
export function learningCurvesCsv({ curves }: OverfittingAnalysis): string {
  const lines = curves.flatMap((curve) => {
    const validation = new Map(
      curve.validation?.trees.map((count, i) => [count, curve.validation!.values[i]]),
    );
    const measured = new Map(curve.trees.map((count, i) => [count, i]));
    const counts = [...new Set([...measured.keys(), ...validation.keys()])].sort((a, b) => a - b);
    return counts.map((count) => {
      const i = measured.get(count);
      const at = (values: readonly Maybe[]): Maybe => i === undefined ? null : values[i];
      return [
        curve.fold + 1,
        curve.className,
        count,
        at(curve.trainLogLoss),
        at(curve.heldOutLogLoss),
        at(curve.trainAp),
        at(curve.heldOutAp),
        validation.get(count) ?? null,
      ];
    });
  });
  return csvText([HEADER, ...lines]);
}
