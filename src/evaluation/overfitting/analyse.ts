/** Whether a run overfits, from learning curves of its fold models. */
import { CLASS_NAMES } from "../../data/dataset.ts";
import { usageError } from "../../numerics/errors.ts";
import type { TreePredictor } from "../../numerics/predictor.ts";
import type { TreeModel } from "../../trees/tree-model.ts";
import type { FeatureSample } from "../analysis.ts";
import { foldCurves } from "./learning-curves.ts";
import { judgeClass, recommendTrees } from "./judge.ts";
import { stageTrees } from "./stages.ts";
import type { LearningCurve, OverfittingAnalysis } from "./types.ts";

/** Gap in average precision between training and held-out genes from which on a model is said to overfit or memorise. */
export const DEFAULT_OVERFITTING_THRESHOLD = 0.05;
/** Held-out log-loss that must be gained, or lost, to count. */
export const DEFAULT_CONVERGENCE_IMPROVEMENT = 0.001;

export interface OverfittingInput {
  /** Per fold the classifiers neither, donor, acceptor; all over the features of the sample, in its order. */
  readonly foldModels: readonly (readonly TreeModel[])[];
  readonly sample: FeatureSample;
  /** Validation metric by round, per fold and class; null without early stopping. */
  readonly histories: readonly (readonly (readonly number[])[])[] | null;
  /** Per fold, 1 for each gene of the sample that it stopped early by; null without early stopping. */
  readonly validationGenes?: readonly Uint8Array[] | null;
  readonly predictor: TreePredictor;
  readonly options?: {
    readonly overfittingThreshold?: number;
    readonly convergenceImprovement?: number;
  };
}

/**
 * Learning curves on the sample and what they say. One prediction of the sample a fold gives all points of its curves: the
 * trees between two points are a model of their own, whose margins are added up.
 * @throws SpliceboostError (usage) for models that are not three a fold, histories or validation genes of other folds, or options that are
 * no shares
 */
export async function analyseOverfitting(input: OverfittingInput): Promise<OverfittingAnalysis> {
  const { foldModels, sample, histories, validationGenes = null, predictor } = input;
  const overfittingThreshold = share("overfittingThreshold", input, DEFAULT_OVERFITTING_THRESHOLD);
  const convergenceImprovement = share("convergenceImprovement", input, DEFAULT_CONVERGENCE_IMPROVEMENT);
  checkShapes(input);
  const curves: LearningCurve[] = [];
  for (const [fold, models] of foldModels.entries()) {
    const own = await foldCurves(fold, models, sample, validationGenes?.[fold] ?? null, predictor);
    curves.push(
      ...own.map((curve, c) => ({ ...curve, validation: validationOf(histories?.[fold][c] ?? null) })),
    );
  }
  const limits = { overfittingThreshold, convergenceImprovement };
  return {
    curves,
    classes: CLASS_NAMES.map((className) =>
      judgeClass(className, curves.filter((curve) => curve.className === className), limits)
    ),
    recommended: recommendTrees(curves, convergenceImprovement),
    ...limits,
    rows: sample.labels.length,
    genes: sample.genes.length,
    notes: [
      `Learning curves are measured on ${sample.labels.length} rows of ${sample.genes.length} genes, on the probabilities of the ` +
      "classifiers as trained, before calibration.",
      "Intervals over folds are Student's t with as many values as folds; folds share training genes, so they are too narrow. The best " +
      "number of trees is found on the genes it is measured on, so the loss since then is at most what is said.",
    ],
  };
}

/** The validation metric at about as many rounds as the curves have points. */
function validationOf(history: readonly number[] | null): LearningCurve["validation"] {
  if (history === null || history.length === 0) return null;
  const trees = stageTrees(history.length).slice(1);
  return { trees, values: trees.map((count) => history[count - 1]) };
}

function share(
  name: "overfittingThreshold" | "convergenceImprovement",
  { options }: OverfittingInput,
  usual: number,
): number {
  const value = options?.[name] ?? usual;
  if (value >= 0 && value <= 1) return value;
  throw usageError(`${name}: expected a number from 0 to 1, found ${value}.`);
}

function checkShapes({ foldModels, sample, histories, validationGenes }: OverfittingInput): void {
  const odd = foldModels.find((models) => models.length !== CLASS_NAMES.length);
  if (odd) throw usageError(`Expected the classifiers of three classes a fold, found ${odd.length}.`);
  const features = foldModels.flat().find((model) => model.featureNames.length !== sample.columns.length);
  if (features) {
    throw usageError(
      `Expected models over the sample's ${sample.columns.length} features, found ${features.featureNames.length}.`,
    );
  }
  for (const [name, list] of Object.entries({ histories, validationGenes })) {
    if (list && list.length !== foldModels.length) {
      throw usageError(`Expected ${name} of ${foldModels.length} folds, found ${list.length}.`);
    }
  }
}
