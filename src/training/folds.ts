/** Gene folds: which genes each fold tests on, and which it stops early by. */
import { CLASS_NAMES, type Dataset } from "../data/dataset.ts";
import { balancedPartition } from "../data/partition.ts";
import { ROLE_ASIDE, ROLE_TRAIN, ROLE_VALIDATION } from "../numerics/engine.ts";
import { dataError, SpliceboostError, usageError } from "../numerics/errors.ts";
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
  const groups = groupsOf(genes);
  const shares = new Array<number>(nFolds).fill(1 / nFolds);
  const foldOf = balancedPartition(groups, shares, new Stream(seed, PURPOSE.folds));
  const validation = validSize === null ? null : shares.map((_, fold) => {
    const isTest = foldOf.map((own) => (own === fold ? 1 : 0));
    return drawValidation(
      groups,
      isTest,
      `fold ${fold + 1}`,
      validSize,
      new Stream(seed, PURPOSE.validation, fold),
    );
  });
  const folds = { nFolds, foldOf, validation, notes };
  for (let fold = 0; fold < nFolds; fold++) {
    checkClasses(genes, heldOutBy(folds, fold), `fold ${fold + 1}`, notes);
  }
  return folds;
}

/** Genes that a model is tested on, and those it stops early by: 1 per gene each. */
export interface HeldOut {
  readonly test: Uint8Array;
  readonly validation: Uint8Array | null;
}

/** What a fold holds out. */
export function heldOutBy({ foldOf, validation }: GeneFolds, fold: number): HeldOut {
  return { test: foldOf.map((own) => (own === fold ? 1 : 0)), validation: validation?.[fold] ?? null };
}

/**
 * Draws repeated holdouts: each holds out `testShare` of the genes, balanced as folds are, whatever the others do. One that
 * would train without some class is left out, which a note says.
 */
export function drawSplits(
  genes: readonly GeneCounts[],
  options: {
    readonly repeats: number;
    readonly testShare: number;
    readonly validSize: number | null;
    readonly seed: number;
  },
): { readonly splits: readonly HeldOut[]; readonly notes: readonly string[] } {
  const { repeats, testShare, validSize, seed } = options;
  const groups = groupsOf(genes);
  const notes: string[] = [];
  const splits = Array.from({ length: repeats }, (_, split) => {
    const name = `holdout ${split + 1}`;
    try {
      const test = balancedPartition(
        groups,
        [1 - testShare, testShare],
        new Stream(seed, PURPOSE.splits, split),
      );
      const validation = validSize === null
        ? null
        : drawValidation(groups, test, name, validSize, new Stream(seed, PURPOSE.splits, split, 1));
      checkClasses(genes, { test, validation }, name, notes);
      return [{ test, validation }];
    } catch (error) {
      // The run is worth as much without it.
      if (!(error instanceof SpliceboostError)) throw error;
      notes.push(`${name} is left out: ${error.message}`);
      return [];
    }
  }).flat();
  return { splits, notes };
}

type Group = { readonly id: string; readonly counts: number[] };

function groupsOf(genes: readonly GeneCounts[]): Group[] {
  return genes.map((gene) => ({ id: gene.id, counts: [1, gene.rows, gene.donors, gene.acceptors] }));
}

/** Genes to stop early by, a share of all genes drawn from those not tested on: 1 per gene. */
function drawValidation(
  groups: readonly Group[],
  isTest: Uint8Array,
  name: string,
  validSize: number,
  draws: Stream,
): Uint8Array {
  const training = groups.flatMap((_, gene) => (isTest[gene] ? [] : [gene]));
  const share = (validSize * groups.length) / training.length;
  if (training.length < 2 || share >= 1) {
    throw usageError(
      `${name} has ${training.length} training genes of ${groups.length}: too few to set ` +
        `${validSize} of all genes aside for early stopping; lower --valid-size, take more folds or genes, ` +
        "or set --early-stopping-patience 0",
    );
  }
  const parts = balancedPartition(training.map((gene) => groups[gene]), [1 - share, share], draws);
  const chosen = new Uint8Array(groups.length);
  training.forEach((gene, i) => chosen[gene] = parts[i]);
  return chosen;
}

/** Refuses to train without some class; notes where one cannot be tested. */
function checkClasses(genes: readonly GeneCounts[], heldOut: HeldOut, name: string, notes: string[]): void {
  const role = (gene: number) => geneRole(heldOut, gene);
  requireClasses(genes, (gene) => role(gene) === ROLE_TRAIN, name, "training");
  if (heldOut.validation) {
    requireClasses(genes, (gene) => role(gene) === ROLE_VALIDATION, name, "inner validation");
  }
  const missing = missingClasses(genes, (gene) => role(gene) === ROLE_ASIDE);
  if (missing.length === 0) return;
  notes.push(
    `${name} tests on genes without ${missing.join(" and ")} rows: its metrics of them are undefined`,
  );
}

/** Role of every row, given what is held out. */
export function rolesOf(data: Dataset, heldOut: HeldOut): Uint8Array {
  const role = new Uint8Array(data.rows);
  data.genes.forEach((_, gene) => {
    role.fill(geneRole(heldOut, gene), data.geneStart[gene], data.geneStart[gene + 1]);
  });
  return role;
}

function geneRole({ test, validation }: HeldOut, gene: number): number {
  if (test[gene]) return ROLE_ASIDE;
  return validation?.[gene] ? ROLE_VALIDATION : ROLE_TRAIN;
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
  name: string,
  part: "training" | "inner validation",
): void {
  const missing = missingClasses(genes, includes);
  if (missing.length === 0) return;
  const remedy = part === "training"
    ? "use fewer folds (--n-folds) or give more genes with such rows"
    : "raise --valid-size, set --early-stopping-patience 0, or give more genes with such rows";
  throw dataError(
    `${name}: expected ${part} rows of all three classes, found none of class ${missing.join(", ")} ` +
      `in its ${part} genes; ${remedy}`,
  );
}
