/** The labels of a sample, counted gene by gene. */
import type { FeatureSample } from "../analysis.ts";
import { dataError, usageError } from "../../numerics/errors.ts";
import type { ClassName } from "./types.ts";

export const CLASSES: readonly ClassName[] = ["neither", "donor", "acceptor"];

/** Labels and genes of a sample. */
export interface GeneLabels {
  readonly labels: Uint8Array;
  readonly geneStart: Uint32Array;
  readonly genes: number;
  /** Rows of class c in gene g: counts[3 g + c]. */
  readonly counts: Uint32Array;
}

/**
 * Counts the labels of each gene.
 * @throws SpliceboostError (data) at a label that is no class code; (usage) where columns or genes do not fit the labels
 */
export function countLabels({ labels, geneStart, names, columns }: FeatureSample): GeneLabels {
  const genes = geneStart.length - 1;
  const rows = labels.length;
  if (genes < 0 || geneStart[genes] !== rows) {
    throw usageError(
      `Expected the last gene to end at row ${rows}, found ${geneStart[genes]}: pass whole genes.`,
    );
  }
  const odd = columns.findIndex((column) => column.length !== rows);
  if (columns.length !== names.length || odd >= 0) {
    throw usageError(
      `Expected ${names.length} columns of ${rows} rows, found ${columns.length}${
        odd >= 0 ? ` and ${columns[odd].length} rows in "${names[odd]}"` : ""
      }: pass a column for each feature.`,
    );
  }
  const counts = new Uint32Array(3 * genes);
  for (let gene = 0; gene < genes; gene++) {
    for (let row = geneStart[gene]; row < geneStart[gene + 1]; row++) {
      if (labels[row] > 2) {
        throw dataError(
          `Expected class codes 0, 1, 2, found ${labels[row]} in row ${row} of the sample (counted from 0).`,
        );
      }
      counts[3 * gene + labels[row]]++;
    }
  }
  return { labels, geneStart, genes, counts };
}

/**
 * The genes that count, ascending.
 * @throws SpliceboostError (usage) at an index that is no gene of the sample, or one that comes twice
 */
export function checkedGenes(genes: ArrayLike<number>, count: number): Uint32Array {
  const sorted = Uint32Array.from(genes).sort();
  for (let i = 0; i < sorted.length; i++) {
    if (!Number.isInteger(genes[i]) || !(genes[i] >= 0 && genes[i] < count)) {
      throw usageError(
        `Expected gene indices from 0 to ${count - 1}, found ${genes[i]}: pass genes of the sample.`,
      );
    }
    if (i > 0 && sorted[i] === sorted[i - 1]) {
      throw usageError(`Expected every gene once, found gene index ${sorted[i]} twice.`);
    }
  }
  return sorted;
}
