/** Measures predictions on whole genes, and sums folds up. */
import { rescues } from "./splice.ts";
import { FILE_METRICS } from "./columns.ts";
import { modelMetrics } from "./metrics.ts";
import { selectRows } from "./rows.ts";
import type { Evaluation, EvaluationInput, FoldMetrics, FoldSummary, MetricSummary } from "./types.ts";

/**
 * Measures meta-model and base model on the rows of `input.genes`, or of all genes.
 * @throws SpliceboostError "data" naming the row of a score that is missing or out of range; "usage" for arrays that
 * do not fit each other.
 */
export function evaluate(input: EvaluationInput): Evaluation {
  const { meta, base } = selectRows(input);
  return {
    ...modelMetrics(meta, input.threshold),
    testRows: meta.labels.length,
    testGenes: meta.geneStart.length - 1,
    base: base && { ...modelMetrics(base, input.baseThresh), ...rescues(base, meta, input) },
  };
}

/** The same for the held-out genes of one fold (0-based). */
export function evaluateFold(input: EvaluationInput & { readonly fold: number }): FoldMetrics {
  return { fold: input.fold, ...evaluate(input) };
}

/** Mean and sample standard deviation over the folds of each scalar metric, by its name in the files. */
export function summarise(folds: readonly Evaluation[]): MetricSummary {
  return Object.fromEntries(
    FILE_METRICS.map(([name, valueOf]) => [name, summariseValues(folds.map(valueOf))]),
  );
}

/** Mean and sample standard deviation of the values that are not NaN, and their number. */
export function summariseValues(values: readonly number[]): FoldSummary {
  const defined = values.filter((value) => !Number.isNaN(value));
  const mean = defined.reduce((sum, value) => sum + value, 0) / defined.length;
  const squares = defined.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  const sd = defined.length < 2 ? NaN : Math.sqrt(squares / (defined.length - 1));
  return { mean, sd, defined: defined.length };
}
