/** The analysis of features: how the models use them, what predictions lose without them, and what each says by itself. */
import { CLASS_NAMES, type ClassName } from "../../data/dataset.ts";
import { usageError } from "../../numerics/errors.ts";
import type { FeatureSample, Maybe, Part } from "../analysis.ts";
import type { TaskPool } from "../workers/pool.ts";
import { absoluteSpearman } from "./correlation.ts";
import { drawGenes, firstGenes } from "./gene-draw.ts";
import { averageLinkage } from "./groups.ts";
import { type Classifiers, modelUse } from "./model-use.ts";
import { permutationImportance, usedBySomeFold } from "./permutation.ts";
import type { FeatureImportance, ImportanceResult } from "./types.ts";
import {
  adjustTests,
  type FeatureTests,
  INFORMATION_BINS,
  type TestedRows,
  testedRows,
} from "./univariate.ts";

/** Times that each group is permuted. */
export const DEFAULT_REPEATS = 3;
/** Rows that are permuted, at most (but at least a gene). */
export const DEFAULT_PERMUTED_ROWS = 30_000;
/** Rows for the correlations of features, at most (but at least a gene). */
export const CORRELATION_ROWS = 10_000;
/** Mean |Spearman| from which features form a group. */
export const DEFAULT_GROUP_CUTOFF = 0.7;

export interface ImportanceInput {
  readonly sample: FeatureSample;
  /** The classifiers of each fold, in fold order; empty without cross-validation: nothing is permuted then. */
  readonly foldModels: readonly Classifiers[];
  /** The classifiers of the delivered model, or null. */
  readonly finalModel: Classifiers["classifiers"] | null;
  readonly seed: number;
  readonly pool: TaskPool;
  readonly repeats?: number;
  readonly permutedRows?: number;
  readonly groupCutoff?: number;
  /** Called with the share done, 0 to 1. */
  readonly onProgress?: (share: number) => void;
}

/**
 * Analyses all features of the sample; docs/importance.md says how. A function of the input but for the pool.
 * @throws SpliceboostError "usage" for options out of range, arrays that do not fit, or a model that splits on a feature which the
 * sample lacks; "interrupted" where the pool is closed.
 */
export async function analyseImportance(input: ImportanceInput): Promise<Part<ImportanceResult>> {
  const { sample, foldModels, finalModel, seed, pool } = input;
  const { repeats = DEFAULT_REPEATS, groupCutoff = DEFAULT_GROUP_CUTOFF } = input;
  const onProgress = input.onProgress ?? (() => {});
  check(sample, foldModels, { repeats, groupCutoff, permutedRows: input.permutedRows });
  const { names, columns, labels, geneStart } = sample;
  if (names.length === 0) return { status: "impossible", reason: "The sample has no features." };
  if (labels.length === 0) return { status: "impossible", reason: "The sample of genes has no rows." };

  const drawn = drawGenes(geneStart, seed);
  const correlated = firstGenes(sample, drawn, CORRELATION_ROWS);
  const permuted = firstGenes(sample, drawn, input.permutedRows ?? DEFAULT_PERMUTED_ROWS);

  const tests = await testAll(
    columns,
    testedRows(labels, geneStart),
    pool,
    (share) => onProgress(0.1 * share),
  );
  const similarity = await absoluteSpearman(correlated.columns, pool);
  const groups = averageLinkage(similarity, names.length, groupCutoff);
  // A group of one is its feature alone.
  const alone = groups.flatMap((members) => members.length > 1 ? members : []);
  const permutation = foldModels.length === 0 ? null : await permutationImportance({
    sample: permuted,
    foldModels,
    units: [...groups, ...alone.map((feature) => [feature])],
    repeats,
    seed,
    pool,
    onProgress: (share) => onProgress(0.1 + 0.9 * share),
  });
  onProgress(1);

  const models = CLASS_NAMES.map((className) =>
    modelUse(
      names,
      finalModel && finalModel[className],
      foldModels.map(({ classifiers }) => classifiers[className]),
    )
  );
  const perClass = <T>(value: (c: number) => T): Record<ClassName, T> => ({
    neither: value(0),
    donor: value(1),
    acceptor: value(2),
  });
  const used = usedBySomeFold(names, finalModel ? [...foldModels, { classifiers: finalModel }] : foldModels);
  const groupOf = new Map(groups.flatMap((members, group) => members.map((feature) => [feature, group])));
  const unitOf = (feature: number): number =>
    alone.includes(feature) ? groups.length + alone.indexOf(feature) : groupOf.get(feature)!;
  const features = names.map((name, f): FeatureImportance => ({
    name,
    used: used[f] === 1,
    missingShare: tests[f].missingShare,
    group: groupOf.get(f)!,
    model: perClass((c) => models[c].use[f]),
    permutation: permutation && permutation.units[unitOf(f)],
    univariate: tests[f].univariate,
  }));
  const result: ImportanceResult = {
    features,
    groups: groups.map((members, group) => ({
      features: members.map((f) => names[f]),
      weakestCorrelation: weakest(similarity, names.length, members),
      permutation: permutation && permutation.units[group],
    })),
    rankStability: perClass((c) => models[c].stability),
    method: {
      rows: labels.length,
      genes: geneStart.length - 1,
      correlationRows: correlated.labels.length,
      correlationGenes: correlated.genes.length,
      permutedRows: permutation ? permuted.labels.length : 0,
      permutedGenes: permutation ? permuted.genes.length : 0,
      repeats,
      folds: permutation ? permutation.folds : [],
      groupCutoff,
      linkage: "average",
      informationBins: INFORMATION_BINS,
    },
  };
  return { status: "done", result, notes: notesOf(result, foldModels.length) };
}

function check(
  { names, columns, labels, geneStart, foldOfGene }: FeatureSample,
  foldModels: readonly Classifiers[],
  options: { readonly repeats: number; readonly groupCutoff: number; readonly permutedRows?: number },
): void {
  const rows = labels.length;
  const sized: [string, number, number][] = [
    ["columns", columns.length, names.length],
    ...columns.map((column, f): [string, number, number] => [`values of "${names[f]}"`, column.length, rows]),
    ["rows up to the end of the last gene", geneStart[geneStart.length - 1] ?? 0, rows],
    ["folds of genes", foldOfGene.length, Math.max(0, geneStart.length - 1)],
  ];
  for (const [what, found, expected] of sized) {
    if (found !== expected) {
      throw usageError(`Sample of features: expected ${expected} ${what}, found ${found}.`);
    }
  }
  const unknown = foldModels.length > 0 ? foldOfGene.find((fold) => fold >= foldModels.length) : undefined;
  if (unknown !== undefined) {
    throw usageError(
      `Expected folds below ${foldModels.length}, as there are models, found a gene in fold ${unknown}.`,
    );
  }
  const { repeats, groupCutoff, permutedRows } = options;
  if (!Number.isInteger(repeats) || repeats < 1 || repeats > 1000) {
    throw usageError(`Expected a whole number of repeats from 1 to 1000, found ${repeats}.`);
  }
  if (!(groupCutoff > 0 && groupCutoff <= 1)) {
    throw usageError(
      `Expected a correlation above 0 and up to 1 to group features by, found ${groupCutoff}.`,
    );
  }
  if (permutedRows !== undefined && !(permutedRows >= 1)) {
    throw usageError(`Expected at least 1 row to permute, found ${permutedRows}.`);
  }
}

async function testAll(
  columns: readonly Float32Array[],
  rows: TestedRows,
  pool: TaskPool,
  onProgress: (share: number) => void,
): Promise<FeatureTests[]> {
  let done = 0;
  const tests = await Promise.all(columns.map(async (values) => {
    // A copy to move: a view would take all of its buffer along.
    const own = values.slice();
    const test: FeatureTests = await pool.run("testFeature", own, { shared: rows, transfer: [own.buffer] });
    onProgress(++done / columns.length);
    return test;
  }));
  pool.forget(rows);
  return adjustTests(tests);
}

function weakest(similarity: Float64Array, n: number, members: readonly number[]): Maybe {
  let lowest = Infinity;
  for (const a of members) {
    for (const b of members) if (a < b) lowest = Math.min(lowest, similarity[a * n + b]);
  }
  return Number.isFinite(lowest) ? lowest : null;
}

function notesOf({ features, method }: ImportanceResult, folds: number): string[] {
  const notes: string[] = [];
  const unused = features.filter(({ used }) => !used).length;
  if (folds === 0) {
    notes.push("Nothing was permuted: there are no models of folds, so no genes were held out.");
  } else {
    const { permutedGenes, permutedRows, genes, rows, repeats } = method;
    notes.push(
      `Permuted ${repeats} times on ${permutedRows} rows of ${permutedGenes} held-out genes` +
        (permutedGenes < genes ? `, drawn from the ${rows} rows of ${genes} genes of the sample.` : "."),
    );
    notes.push(
      "What is lost is measured on the classifiers' own probabilities, before any calibration; intervals over folds, which share " +
        "training genes, are too narrow.",
    );
    const empty = method.folds.filter(({ rows }) => rows === 0).map(({ fold }) => fold + 1);
    if (empty.length > 0) {
      notes.push(`No gene drawn was held out by fold ${empty.join(", ")}: it counts for nothing.`);
    }
    const noAp = method.folds.filter(({ rows, macroAp }) => rows > 0 && macroAp === null).map(({ fold }) =>
      fold + 1
    );
    if (noAp.length > 0) {
      notes.push(
        `Fold ${noAp.join(", ")} has no donor or no acceptor among its permuted rows: no average precision.`,
      );
    }
  }
  if (method.correlationGenes < method.genes) {
    notes.push(
      `Features were grouped by their correlations on ${method.correlationRows} rows of ${method.correlationGenes} genes.`,
    );
  }
  if (unused > 0) {
    notes.push(`${unused} of ${features.length} features are never split on: nothing is lost without them.`);
  }
  return notes;
}
