/** A tree model cut into stages, so that its margins after many numbers of trees cost one prediction. */
import type { PredictableModel } from "../../numerics/predictor.ts";

/** Numbers of trees at which a learning curve is measured, besides 0. */
export const STAGES = 40;

/**
 * Numbers of trees to measure at: 0, then about `stages` that are close together at first, where curves bend, and even later; the
 * last is all trees. Ascending without repeats.
 */
export function stageTrees(trees: number, stages: number = STAGES): number[] {
  const wanted = Array.from({ length: stages + 1 }, (_, i) => Math.round(trees * (i / stages) ** 1.5));
  return [...new Set(wanted)];
}

/** The trees between each two neighbours of `at`, as models whose margins begin at 0. */
export function stageModels(model: PredictableModel, at: readonly number[]): PredictableModel[] {
  const { packed } = model;
  return at.slice(1).map((end, s) => {
    const begin = at[s];
    const first = packed.offsets[begin];
    const last = packed.offsets[end];
    return {
      baseMargin: 0,
      packed: {
        offsets: packed.offsets.slice(begin, end + 1).map((offset) => offset - first),
        column: packed.column.subarray(first, last),
        threshold: packed.threshold.subarray(first, last),
        missingLeft: packed.missingLeft.subarray(first, last),
        left: packed.left.subarray(first, last),
        value: packed.value.subarray(first, last),
      },
    };
  });
}
