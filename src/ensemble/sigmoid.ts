/** The three one-vs-rest classifiers as one model. */
import { CLASS_NAMES, type ClassName } from "../data/dataset.ts";
import { usageError } from "../numerics/errors.ts";
import { probability } from "../numerics/sigmoid.ts";
import { type PredictOptions, treePredictor } from "../trees/predictor.ts";
import type { Predictor, TreeModel } from "../trees/tree-model.ts";
import { summarizeTrees, type TreeSummary } from "../trees/tree-summary.ts";
import { applyCalibration } from "./calibration/calibration.ts";
import type { Calibration } from "./calibration/types.ts";
import { featureColumns, type FeatureTable } from "../data/feature-table.ts";

/** What a model says of its own training; part of the model file, so nothing here may depend on time or place. */
export interface TrainingFacts {
  readonly rows: number;
  readonly genes: number;
  /** SHA-256 of the gene ids (hex); see training/identity.ts. */
  readonly geneListSha256: string;
  /** SHA-256 over names and hashes of the files read (hex). */
  readonly inputsSha256: string;
  readonly seed: number;
  /** Version of spliceboost that trained the model. */
  readonly libraryVersion: string;
}

export interface EnsembleParts {
  readonly classifiers: Readonly<Record<ClassName, TreeModel>>;
  readonly algorithm: string;
  /** The learner's parameters, resolved. */
  readonly parameters: Readonly<Record<string, unknown>>;
  /** Cut points per feature that the bins of the trees refer to, or null where they are not known. */
  readonly cuts: readonly Float32Array[] | null;
  readonly training: TrainingFacts;
  /** How margins become probabilities, or null or absent where each is its own sigmoid. */
  readonly calibration?: Calibration | null;
}

/** A model as a plain object, for `spliceboost describe`. */
export interface EnsembleDescription {
  readonly algorithm: string;
  readonly classNames: readonly ClassName[];
  readonly classifiers: Readonly<Record<ClassName, TreeSummary>>;
  readonly featureNames: readonly string[];
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly training: TrainingFacts;
  /** Null where the model is not calibrated. */
  readonly calibration: Calibration | null;
}

const CLASSES = CLASS_NAMES.length;

export class SigmoidEnsemble {
  readonly classNames: readonly ClassName[] = CLASS_NAMES;
  readonly featureNames: readonly string[];
  readonly classifiers: Readonly<Record<ClassName, TreeModel>>;
  readonly algorithm: string;
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly cuts: readonly Float32Array[] | null;
  readonly training: TrainingFacts;
  readonly calibration: Calibration | null;
  /** One thread: no workers that somebody would have to close. */
  readonly #predictor: Predictor = treePredictor({ threads: 1 });

  /** @throws SpliceboostError (usage) where the classifiers do not have the same features. */
  constructor({ classifiers, algorithm, parameters, cuts, training, calibration = null }: EnsembleParts) {
    this.featureNames = classifiers.neither.featureNames;
    for (const className of CLASS_NAMES) {
      const names = classifiers[className].featureNames;
      if (
        names.length !== this.featureNames.length || names.some((name, f) => name !== this.featureNames[f])
      ) {
        throw usageError(
          `classifier "${className}": expected the features of classifier "neither", in their order`,
        );
      }
    }
    if (cuts && cuts.length !== this.featureNames.length) {
      throw usageError(
        `expected the cut points of ${this.featureNames.length} features, found ${cuts.length}`,
      );
    }
    this.classifiers = classifiers;
    this.algorithm = algorithm;
    this.parameters = parameters;
    this.cuts = cuts;
    this.training = training;
    this.calibration = calibration;
  }

  /**
   * Fixed-point margins (multiples of 2^-20), (n, 3) row-major: neither, donor, acceptor.
   * @param rows a table with every feature of the model; features are matched by name.
   * @throws SpliceboostError (data) where a feature is lacking or a value is no number.
   */
  async margins(
    rows: FeatureTable,
    { predictor = this.#predictor }: PredictOptions = {},
  ): Promise<Int32Array> {
    const models = CLASS_NAMES.map((className) => this.classifiers[className]);
    const used = models.map((model) => model.usedFeatures());
    const wanted = used[0].map((_, f) => Math.max(...used.map((flags) => flags[f])));
    const table = await featureColumns(rows, this.featureNames, wanted);
    const byClass = await predictor.margins(models, table.columns, table.rows);
    const margins = new Int32Array(table.rows * CLASSES);
    for (let row = 0; row < table.rows; row++) {
      for (let c = 0; c < CLASSES; c++) margins[row * CLASSES + c] = byClass[c][row];
    }
    return margins;
  }

  /**
   * Probabilities, (n, 3) row-major: neither, donor, acceptor. Of a calibrated model each row sums to 1; else they are
   * `rawProbabilities`. Arguments and errors as for `margins`.
   */
  async predictProba(rows: FeatureTable, options?: PredictOptions): Promise<Float32Array> {
    if (this.calibration === null) return await this.rawProbabilities(rows, options);
    return applyCalibration(this.calibration, await this.margins(rows, options));
  }

  /**
   * What the classifiers say before any calibration, (n, 3) row-major: each its own sigmoid, so a row need not sum to 1.
   * Arguments and errors as for `margins`.
   */
  async rawProbabilities(rows: FeatureTable, options?: PredictOptions): Promise<Float32Array> {
    return Float32Array.from(await this.margins(rows, options), probability);
  }

  /** Class codes, (n): the largest probability, ties to the lowest code. Arguments and errors as for `margins`. */
  async predict(rows: FeatureTable, options?: PredictOptions): Promise<Uint8Array> {
    const probabilities = await this.predictProba(rows, options);
    const codes = new Uint8Array(probabilities.length / CLASSES);
    for (let row = 0; row < codes.length; row++) {
      for (let c = 1; c < CLASSES; c++) {
        if (probabilities[row * CLASSES + c] > probabilities[row * CLASSES + codes[row]]) codes[row] = c;
      }
    }
    return codes;
  }

  describe(): EnsembleDescription {
    return {
      algorithm: this.algorithm,
      classNames: this.classNames,
      classifiers: {
        neither: summarizeTrees(this.classifiers.neither),
        donor: summarizeTrees(this.classifiers.donor),
        acceptor: summarizeTrees(this.classifiers.acceptor),
      },
      featureNames: this.featureNames,
      parameters: this.parameters,
      training: this.training,
      calibration: this.calibration,
    };
  }
}
