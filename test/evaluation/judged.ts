/** Judged rows from plain inputs, for the tests of the parts of an analysis. */
import type { JudgedRows } from "../../src/evaluation/analysis.ts";
import { selectRows } from "../../src/evaluation/rows.ts";
import type { EvaluationInput } from "../../src/evaluation/types.ts";

/** All rows, judged; gene g is held out by fold g % folds. */
export function judgedRows(
  input: Omit<EvaluationInput, "threshold" | "baseThresh">,
  options: { readonly folds?: number; readonly positions?: Float64Array | null } = {},
): JudgedRows {
  const genes = Array.from({ length: input.geneStart.length - 1 }, (_, g) => `gene${g}`);
  return {
    genes,
    chromosomes: genes.map(() => ""),
    foldOfGene: Uint8Array.from(genes, (_, g) => g % (options.folds ?? 3)),
    positions: options.positions ?? null,
    ...selectRows({ ...input, threshold: 0.5, baseThresh: 0.5 }),
  };
}
