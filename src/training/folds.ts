/** Gene folds: which genes each fold tests on, and which it stops early by. */
import { CLASS_NAMES, type Dataset } from "../data/dataset.ts";
import { balancedPartition } from "../data/partition.ts";
import { ROLE_ASIDE, ROLE_TRAIN, ROLE_VALIDATION } from "../numerics/engine.ts";
import { dataError, usageError } from "../numerics/errors.ts";
import { PURPOSE, Stream } from "../numerics/random.ts";

/** What a fold needs to know of a gene. */
export interface GeneCounts {
  readonly id: string;
  readonly rows: number;
  readonly donors: number;
  readonly acceptors: number;
}

/** The plan of a cross-validation over genes. */
export interface GeneFolds {
  readonly nFolds: number;
  /** Fold (0-based) that tests on the gene, per gene. */
  readonly foldOf: Uint8Array;
  /** Per fold, 1 for each gene that the fold stops early by; null without early stopping. */
  readonly validation: readonly Uint8Array[] | null;
  readonly notes: readonly string[];
}

/** Rows, donors and acceptors of each gene of a labelled data set, in its order. */
export function countGenes(data: Dataset, labels: Uint8Array): GeneCounts[] {
  return data.genes.map((id, gene) => {
    const counts = [0, 0, 0];
    for (let row = data.geneStart[gene]; row < data.geneStart[gene + 1]; row++) counts[labels[row]]++;
    return {
      id,
      rows: data.geneStart[gene + 1] - data.geneStart[gene],
      donors: counts[1],
      acceptors: counts[2],
    };
  });
}

/**
 * Draws the folds: balanced in genes, rows, donors and acceptors (see `balancedPartition`), a function of the genes'
 * ids, their counts and the seed alone. With `validSize`, every fold sets that share of *all* genes aside from its
 * training genes, balanced the same way.
 *
 * @param options.validSize share of all genes, or null when nothing stops early
 * @throws SpliceboostError when there is one gene only, or a fold would train without some class
 */
export function drawFolds(
  genes: readonly GeneCounts[],
  options: { readonly nFolds: number; readonly validSize: number | null; readonly seed: number },
): GeneFolds {
  const { validSize, seed } = options;
  const notes: string[] = [];
  if (genes.length < 2) {
    throw dataError(
      `cross-validation needs at least two genes to hold one out, found ${genes.length}; ` +
        "use --skip-eval (skipEval) to train the final model only, or give more genes",
    );
  }
  const nFolds = Math.min(options.nFolds, genes.length);
  if (nFolds < options.nFolds) {
    notes.push(
      `${options.nFolds} folds were asked for, but there are ${genes.length} genes: ${nFolds} folds`,
    );
  }
  const groups = genes.map((gene) => ({
    id: gene.id,
    counts: [1, gene.rows, gene.donors, gene.acceptors],
  }));
  const shares = new Array<number>(nFolds).fill(1 / nFolds);
  const foldOf = balancedPartition(groups, shares, new Stream(seed, PURPOSE.folds));

  const validation = validSize === null ? null : shares.map((_, fold) => {
    const training = groups.flatMap((_, gene) => (foldOf[gene] === fold ? [] : [gene]));
    const share = (validSize * genes.length) / training.length;
    if (training.length < 2 || share >= 1) {
      throw usageError(
        `fold ${fold + 1} has ${training.length} training genes of ${genes.length}: too few to set ` +
          `${validSize} of all genes aside for early stopping; lower --valid-size, take more folds or genes, ` +
          "or set --early-stopping-patience 0",
      );
    }
    const parts = balancedPartition(
      training.map((gene) => groups[gene]),
      [1 - share, share],
      new Stream(seed, PURPOSE.validation, fold),
    );
    const chosen = new Uint8Array(genes.length);
    training.forEach((gene, i) => chosen[gene] = parts[i]);
    return chosen;
  });

  for (let fold = 0; fold < nFolds; fold++) {
    const role = (gene: number) => geneRole(foldOf[gene], validation?.[fold][gene] ?? 0, fold);
    requireClasses(genes, (gene) => role(gene) === ROLE_TRAIN, fold, "training");
    if (validation) requireClasses(genes, (gene) => role(gene) === ROLE_VALIDATION, fold, "inner validation");
    const missing = missingClasses(genes, (gene) => role(gene) === ROLE_ASIDE);
    if (missing.length > 0) {
      notes.push(
        `fold ${fold + 1} tests on genes without ${
          missing.join(" and ")
        } rows: its metrics of them are undefined`,
      );
    }
  }
  return { nFolds, foldOf, validation, notes };
}

/** Role of every row in a fold. */
export function rolesOfFold(data: Dataset, folds: GeneFolds, fold: number): Uint8Array {
  const role = new Uint8Array(data.rows);
  data.genes.forEach((_, gene) => {
    role.fill(
      geneRole(folds.foldOf[gene], folds.validation?.[fold][gene] ?? 0, fold),
      data.geneStart[gene],
      data.geneStart[gene + 1],
    );
  });
  return role;
}

function geneRole(foldOfGene: number, isValidation: number, fold: number): number {
  if (foldOfGene === fold) return ROLE_ASIDE;
  return isValidation ? ROLE_VALIDATION : ROLE_TRAIN;
}

/** Names of the classes without a row among the genes that `includes` lets in. */
export function missingClasses(genes: readonly GeneCounts[], includes: (gene: number) => boolean): string[] {
  const rows = [0, 0, 0];
  genes.forEach((gene, i) => {
    if (!includes(i)) return;
    rows[0] += gene.rows - gene.donors - gene.acceptors;
    rows[1] += gene.donors;
    rows[2] += gene.acceptors;
  });
  return CLASS_NAMES.filter((_, c) => rows[c] === 0);
}

function requireClasses(
  genes: readonly GeneCounts[],
  includes: (gene: number) => boolean,
  fold: number,
  part: "training" | "inner validation",
): void {
  const missing = missingClasses(genes, includes);
  if (missing.length === 0) return;
  const remedy = part === "training"
    ? "use fewer folds (--n-folds) or give more genes with such rows"
    : "raise --valid-size, set --early-stopping-patience 0, or give more genes with such rows";
  throw dataError(
    `fold ${fold + 1}: expected ${part} rows of all three classes, found none of class ${
      missing.join(", ")
    } ` +
      `in its ${part} genes; ${remedy}`,
  );
}
