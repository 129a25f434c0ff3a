/** The learner on its own, in scikit-learn's manner: for any table, with no interest in splicing. */
import { MatrixBuilder } from "../data/binning.ts";
import {
  type Engine,
  ROLE_TRAIN,
  ROLE_VALIDATION,
  type RoundListener,
  trainAll,
} from "../numerics/engine.ts";
import { usageError } from "../numerics/errors.ts";
import { probability } from "../numerics/sigmoid.ts";
import { baseMarginOf } from "./base-margin.ts";
import { classesOf, type ClassLabel, encodeLabels } from "./class-labels.ts";
import { openEngine } from "./devices.ts";
import { checkLength, classWeight, drawValidation, fitWeights } from "./fit-rows.ts";
import { PARAMETERS, type TreeParameters } from "./parameter-table.ts";
import { resolveParameters, toGrowth } from "./parameters.ts";
import type { PredictOptions } from "./predictor.ts";
import { appendRows, readForFit, readForPredict, type Table } from "./table.ts";
import { referencePredictor, TreeModel } from "./tree-model.ts";
import { featureSums } from "./tree-summary.ts";

export interface FitOptions {
  /** Group per row (a gene, a patient). They decide which rows are drawn together for early stopping, and nothing else. */
  readonly groups?: ArrayLike<string | number>;
  /** Finite, non-negative weight per row. */
  readonly sampleWeight?: ArrayLike<number>;
  /** Rows and labels to validate by after each round; their values do not shift the bins' quantiles. */
  readonly evalSet?: readonly [X: Table, y: ArrayLike<ClassLabel>];
  /** Share of the groups (of the rows, without groups) drawn for early stopping when there is no evalSet; default 0.1. */
  readonly validationFraction?: number;
  /** Names for rows of numbers; default f0, f1, ... */
  readonly featureNames?: readonly string[];
  readonly signal?: AbortSignal;
  /** Called as trees are grown; `lane` is the class code, 0 for the one classifier of two classes. */
  readonly onRound?: RoundListener;
  /** The WebGPU entry point; default `navigator.gpu`. Node has none: pass one made by the npm package "webgpu". */
  readonly gpu?: GPU;
  /** Where to train; default: an engine on the parameter `device`, closed afterwards. A given engine is the caller's to close. */
  readonly engine?: Engine;
}

/**
 * A gradient-boosted tree classifier: one binary model for two classes, one against the rest for more.
 *
 *     const model = new GradientBoostedTrees({ n_estimators: 200, max_depth: 4 });
 *     await model.fit(X, y, { groups });
 *     const p = await model.predictProba(X);
 *
 * Parameters and defaults are those of docs/parameters.md. The model is a function of data, parameters and seed alone.
 */
export class GradientBoostedTrees {
  #given: Readonly<Record<string, unknown>> = {};
  #parameters: TreeParameters = resolveParameters({}).parameters;
  #notes: readonly string[] = [];
  #fitted: Fitted | null = null;

  /** @throws SpliceboostError (usage) for an unknown name or a value out of range */
  constructor(parameters: Readonly<Record<string, unknown>> = {}) {
    this.setParams(parameters);
  }

  /** All parameters, defaults included, by their names in camel case. */
  getParams(): TreeParameters {
    return this.#parameters;
  }

  /** Changes some parameters; the next `fit` uses them. */
  setParams(parameters: Readonly<Record<string, unknown>>): this {
    resolveParameters(parameters);
    const renamed = Object.entries(parameters).map(([name, value]) => [canonicalName(name), value]);
    this.#given = { ...this.#given, ...Object.fromEntries(renamed) };
    const { parameters: resolved, notes } = resolveParameters(this.#given);
    this.#parameters = resolved;
    this.#notes = notes;
    return this;
  }

  /** Remarks about the parameters: taken as something else, or without effect. */
  get notes(): readonly string[] {
    return this.#notes;
  }

  /**
   * Trains on a table and its labels (numbers, texts or booleans, one a row). With early_stopping_rounds, rounds are
   * counted on `evalSet`, or on rows drawn from X (see FitOptions), and the best one is kept.
   *
   * @throws SpliceboostError: "usage" or "data" naming what does not fit, "device" where webgpu was asked for and cannot be had,
   * "interrupted" on abort
   */
  async fit(X: Table, y: ArrayLike<ClassLabel>, options: FitOptions = {}): Promise<this> {
    const { groups, sampleWeight, evalSet, validationFraction, signal, onRound } = options;
    const parameters = this.#parameters;
    checkEngine(options, parameters);
    const training = await readForFit(X, options.featureNames);
    const trainingRows = training.rows;
    for (const [name, values] of Object.entries({ y, groups, sampleWeight })) {
      checkLength(name, values, trainingRows);
    }
    const classes = classesOf(y);
    const draws = parameters.earlyStoppingRounds > 0 && !evalSet;
    if (validationFraction !== undefined && !draws) {
      throw usageError(
        "validationFraction can have no effect without early_stopping_rounds, or with an evalSet",
      );
    }

    let table = training;
    let codes = encodeLabels(y, classes);
    let role: Uint8Array = new Uint8Array(trainingRows).fill(ROLE_TRAIN);
    if (draws) role = drawValidation(codes, groups ?? null, validationFraction ?? 0.1, parameters.seed);
    if (evalSet) {
      const held = await readForPredict(evalSet[0], training.names);
      checkLength("the labels of evalSet", evalSet[1], held.rows);
      table = appendRows(training, held);
      codes = concat(codes, encodeLabels(evalSet[1], classes));
      role = concat(role, new Uint8Array(held.rows).fill(ROLE_VALIDATION));
    }
    const weights = fitWeights(sampleWeight, trainingRows, table.rows);

    const engine = options.engine ??
      (await openEngine({ device: parameters.device, gpu: options.gpu })).engine;
    try {
      const builder = new MatrixBuilder(table.rows, parameters.maxBin, engine.allocator(), weights.quantile);
      table.columns.forEach((values, c) => builder.add(table.names[c], values));
      const growth = toGrowth(parameters, table.names, table.rows);
      const positives = classes.length === 2 ? [1] : classes.map((_, code) => code);
      const lanes = positives.map((code) => {
        const target = codes.map((other) => (other === code ? 1 : 0));
        const weight = classWeight(weights.row, target, parameters.scalePosWeight);
        const baseMargin = baseMarginOf(target, role, weight, parameters.baseScore);
        const name = `class ${classes[code]}`;
        return { name, target, role, weight, baseMargin, seed: parameters.seed, parameters: growth };
      });
      const results = await trainAll(engine, builder.finish(), lanes, { signal, onRound });
      this.#fitted = {
        classes,
        names: table.names,
        models: results.map(({ trees }, i) => TreeModel.fromTrees(table.names, lanes[i].baseMargin, trees)),
        histories: results.map(({ history }) => history),
      };
    } finally {
      if (!options.engine) await engine.close();
    }
    return this;
  }

  /**
   * Probabilities, (rows, classes) row-major, classes as in `classes_`. With more than two classes each is its own
   * classifier's sigmoid, and the row is scaled to sum to 1, as scikit-learn's OneVsRestClassifier does.
   *
   * @param X a table with the features of the fit: by name, or rows of numbers in the order of `featureNamesIn_`
   */
  async predictProba(
    X: Table,
    { predictor = referencePredictor }: PredictOptions = {},
  ): Promise<Float32Array> {
    const { classes, models, names } = this.#model();
    const { rows, columns } = await readForPredict(X, names);
    const byModel = await predictor.margins(models, columns, rows);
    const width = classes.length;
    const probabilities = new Float32Array(rows * width);
    for (let row = 0; row < rows; row++) {
      const p = byModel.map((margins) => probability(margins[row]));
      const sum = p.reduce((total, value) => total + value, 0);
      const scaled = width === 2 ? [1 - p[0], p[0]] : p.map((value) => value / sum);
      probabilities.set(scaled, row * width);
    }
    return probabilities;
  }

  /** The most probable class of each row, ties to the first in `classes_`. */
  async predict(X: Table, options?: PredictOptions): Promise<ClassLabel[]> {
    const probabilities = await this.predictProba(X, options);
    const { classes } = this.#model();
    const width = classes.length;
    return Array.from({ length: probabilities.length / width }, (_, row) => {
      const p = probabilities.subarray(row * width, (row + 1) * width);
      return classes[p.indexOf(Math.max(...p))];
    });
  }

  /** Share of rows whose class is predicted right. */
  async score(X: Table, y: ArrayLike<ClassLabel>, options?: PredictOptions): Promise<number> {
    const predicted = await this.predict(X, options);
    checkLength("y", y, predicted.length);
    return predicted.filter((label, row) => label === y[row]).length / predicted.length;
  }

  /** Distinct labels of the fit, ascending. */
  get classes_(): readonly ClassLabel[] {
    return this.#model().classes;
  }

  /** Feature names of the fit, in order. */
  get featureNamesIn_(): readonly string[] {
    return this.#model().names;
  }

  /** Share of the total loss reduction by feature, over all classifiers; sums to 1, or is all 0 without a split. */
  get featureImportances_(): Float64Array {
    const { models, names } = this.#model();
    const gains = new Float64Array(names.length);
    for (const model of models) featureSums(model).gain.forEach((gain, feature) => gains[feature] += gain);
    const total = gains.reduce((sum, gain) => sum + gain, 0);
    return total > 0 ? gains.map((gain) => gain / total) : gains;
  }

  /** Validation metric by round, one array a classifier; empty where nothing was validated. */
  get evalsResult_(): readonly Float64Array[] {
    return this.#model().histories;
  }

  /** The fitted classifiers: one for two classes (of the second), else one a class. */
  get models_(): readonly TreeModel[] {
    return this.#model().models;
  }

  #model(): Fitted {
    if (!this.#fitted) {
      throw usageError("this GradientBoostedTrees has not been fitted: call fit(X, y) first");
    }
    return this.#fitted;
  }
}

interface Fitted {
  readonly classes: readonly ClassLabel[];
  readonly names: readonly string[];
  readonly models: readonly TreeModel[];
  readonly histories: readonly Float64Array[];
}

/** Refuses an engine beside what it would leave without effect. */
function checkEngine({ engine, gpu }: FitOptions, { device }: TreeParameters): void {
  if (!engine) return;
  if (gpu) throw usageError("gpu can have no effect beside an engine: leave out one or the other");
  if (device === "auto" || device === engine.kind) return;
  throw usageError(
    `parameter device "${device}": the engine that was given trains on "${engine.kind}"; leave out one or the other`,
  );
}

/** The one name of a parameter that has aliases. */
function canonicalName(name: string): string {
  const snake = name.replace(/[A-Z]/g, (letter) => "_" + letter.toLowerCase());
  const found = Object.entries(PARAMETERS).find(([, spec]) => [spec.name, ...spec.aliases].includes(snake));
  return found ? found[0] : name;
}

function concat(a: Uint8Array, b: Uint8Array): Uint8Array<ArrayBuffer> {
  const joined = new Uint8Array(a.length + b.length);
  joined.set(a);
  joined.set(b, a.length);
  return joined;
}
