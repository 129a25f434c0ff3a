/** Permutation importance: what predictions of held-out genes lose when features are permuted (Breiman 2001, per group of features). */
import { CLASS_NAMES } from "../../data/dataset.ts";
import { usageError } from "../../numerics/errors.ts";
import { studentQuantile } from "../../statistics/distributions.ts";
import { mean, variance } from "../../statistics/quantile.ts";
import type { Estimate, FeatureSample, Maybe } from "../analysis.ts";
import type { TaskPool } from "../workers/pool.ts";
import type { Classifiers } from "./model-use.ts";
import { type FoldLosses, permuteFold } from "./permuted-fold.ts";
import type { PermutationFold, PermutationImportance, PermutationLoss } from "./types.ts";

export interface PermutationInput {
  readonly sample: FeatureSample;
  /** The classifiers of each fold; fold f predicts the genes with foldOfGene f. */
  readonly foldModels: readonly Classifiers[];
  /** Features (indices into the sample's) that are permuted together, per unit. */
  readonly units: readonly (readonly number[])[];
  readonly repeats: number;
  readonly seed: number;
  readonly pool: TaskPool;
  /** Called with the share done, 0 to 1. */
  readonly onProgress: (share: number) => void;
}

/** Losses per unit, and the folds that they were measured in. A unit that no model splits on loses 0 and is not predicted again. */
export async function permutationImportance(
  input: PermutationInput,
): Promise<{ readonly units: PermutationImportance[]; readonly folds: PermutationFold[] }> {
  const { sample, foldModels, units, repeats } = input;
  const used = usedBySomeFold(sample.names, foldModels);
  const predicted = units.flatMap((unit, u) => unit.some((feature) => used[feature]) ? [u] : []);
  const heldOut = foldModels.map((_, fold) => heldOutRows(sample, fold));
  const total = heldOut.reduce((sum, { rows }) => sum + rows.length, 0);
  const folds: PermutationFold[] = [];
  const losses: FoldLosses[] = [];
  let done = 0;
  for (const [fold, { genes, rows }] of heldOut.entries()) {
    const facts = { fold, genes, rows: rows.length };
    if (rows.length === 0) {
      folds.push({ ...facts, logLoss: null, macroAp: null });
      continue;
    }
    const own = await permuteFold({
      ...input,
      ...modelColumns(sample, foldModels[fold], rows, predicted.map((u) => units[u])),
      fold,
      labels: Uint8Array.from(rows, (row) => sample.labels[row]),
      onWork: (share) => input.onProgress(done += share * rows.length / total),
    });
    folds.push({ ...facts, logLoss: maybe(own.logLoss), macroAp: maybe(own.macroAp) });
    losses.push(own);
  }
  const lossOf = (place: number, what: "logLossIncrease" | "macroApDecrease"): PermutationLoss => {
    const undefinedIn = ({ macroAp }: FoldLosses): boolean =>
      what === "macroApDecrease" && Number.isNaN(macroAp);
    return summariseLoss(losses.map((own) =>
      Array.from({ length: repeats }, (_, repeat) => {
        if (place < 0) return undefinedIn(own) ? NaN : 0;
        return own[what][repeat * predicted.length + place];
      })
    ));
  };
  const placeOf = new Map(predicted.map((u, place) => [u, place]));
  return {
    units: units.map((_, u) => ({
      logLoss: lossOf(placeOf.get(u) ?? -1, "logLossIncrease"),
      macroAp: lossOf(placeOf.get(u) ?? -1, "macroApDecrease"),
    })),
    folds,
  };
}

/** 1 per name that a model of some fold splits on. */
export function usedBySomeFold(names: readonly string[], foldModels: readonly Classifiers[]): Uint8Array {
  const used = new Set(foldModels.flatMap(({ classifiers }) =>
    CLASS_NAMES.flatMap((className) => {
      const model = classifiers[className];
      const flags = model.usedFeatures();
      return model.featureNames.filter((_, f) => flags[f] === 1);
    })
  ));
  return Uint8Array.from(names, (name) => used.has(name) ? 1 : 0);
}

/** Rows of the sample in the fold's genes, ascending, and the number of these genes. */
function heldOutRows({ geneStart, foldOfGene }: FeatureSample, fold: number) {
  const rows: number[] = [];
  let genes = 0;
  foldOfGene.forEach((own, gene) => {
    if (own !== fold) return;
    genes++;
    for (let row = geneStart[gene]; row < geneStart[gene + 1]; row++) rows.push(row);
  });
  return { genes, rows };
}

/** The models of a fold, their columns, and the units as indices into these columns. */
function modelColumns(
  { names, columns }: FeatureSample,
  { classifiers }: Classifiers,
  rows: readonly number[],
  units: readonly (readonly number[])[],
) {
  const models = CLASS_NAMES.map((className) => classifiers[className]);
  const features = models[0].featureNames;
  const inSample = new Map(names.map((name, f) => [name, f]));
  const inModel = new Map(features.map((name, f) => [name, f]));
  const used = models.map((model) => model.usedFeatures());
  return {
    models,
    columns: features.map((name, f) => {
      if (!used.some((flags) => flags[f] === 1)) return new Float32Array();
      const column = inSample.get(name);
      if (column === undefined) {
        throw usageError(
          `The model of a fold splits on feature "${name}": expected it in the sample, found ${names.length} others; ` +
            "sample the columns that were trained on.",
        );
      }
      return Float32Array.from(rows, (row) => columns[column][row]);
    }),
    units: units.map((unit) => unit.flatMap((feature) => inModel.get(names[feature]) ?? [])),
  };
}

/** @param byFold a number per repeat, per fold */
function summariseLoss(byFold: readonly (readonly number[])[]): PermutationLoss {
  const folds = byFold.map((repeats) => mean(repeats));
  const defined = folds.filter((value) => !Number.isNaN(value));
  const within = byFold.map((repeats) => variance(repeats)).filter((value) => !Number.isNaN(value));
  const sd = Math.sqrt(variance(defined));
  return {
    estimate: foldEstimate(defined, sd),
    sdOverFolds: maybe(sd),
    sdOverRepeats: within.length > 0 ? Math.sqrt(mean(within)) : null,
    folds: folds.map(maybe),
  };
}

function foldEstimate(values: readonly number[], sd: number): Estimate {
  if (values.length === 0) return { value: null, low: null, high: null };
  const value = mean(values);
  if (values.length < 2) return { value, low: null, high: null };
  const half = studentQuantile(0.975, values.length - 1) * sd / Math.sqrt(values.length);
  return { value, low: value - half, high: value + half };
}

function maybe(value: number): Maybe {
  return Number.isFinite(value) ? value : null;
}
