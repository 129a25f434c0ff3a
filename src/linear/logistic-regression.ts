/** Logistic regression in scikit-learn's manner: for any table, with no interest in splicing. */
import { usageError } from "../numerics/errors.ts";
import { classesOf, type ClassLabel, encodeLabels } from "../trees/class-labels.ts";
import { readForFit, readForPredict, type Table } from "../trees/table.ts";
import { classFactors } from "./class-factors.ts";
import { buildDesign, type Term } from "./design.ts";
import { fitDesign, type LogisticFit } from "./fit-logistic.ts";
import { linearMargins } from "./linear-model.ts";
import { notesOf } from "./notes.ts";
import { logisticKey, type LogisticParameters, resolveLogistic } from "./parameters.ts";

export interface LogisticFitOptions {
  /** Finite, non-negative weight per row; a row of weight 0 is as good as absent. */
  readonly sampleWeight?: ArrayLike<number>;
  /** Names for rows of numbers; default f0, f1, ... */
  readonly featureNames?: readonly string[];
}

/**
 * Logistic regression on standardised features: one classifier for two classes, one against the rest for more.
 *
 *     const model = new LogisticRegression({ penalty: "l1", C: 0.1 });
 *     await model.fit(X, y);
 *     const p = await model.predictProba(X);
 *
 * Parameters, objective and what is reported: docs/linear.md.
 */
export class LogisticRegression {
  #given: Readonly<Record<string, unknown>> = {};
  #parameters: LogisticParameters = resolveLogistic({});
  #fitted: Fitted | null = null;

  /** @throws SpliceboostError (usage) for an unknown name, a value out of range, or parameters that contradict each other */
  constructor(parameters: Readonly<Record<string, unknown>> = {}) {
    this.setParams(parameters);
  }

  /** All parameters, defaults included, by their names in camel case. */
  getParams(): LogisticParameters {
    return this.#parameters;
  }

  /** Changes some parameters; the next `fit` uses them. */
  setParams(parameters: Readonly<Record<string, unknown>>): this {
    const renamed = Object.entries(parameters).map(([name, value]) => [logisticKey(name), value]);
    const given = { ...this.#given, ...Object.fromEntries(renamed) };
    this.#parameters = resolveLogistic(given);
    this.#given = given;
    return this;
  }

  /**
   * Fits a table and its labels (numbers, texts or booleans, one a row). Without convergence the coefficients are those of the last
   * step: see `converged_` and `notes_`.
   *
   * @throws SpliceboostError: "usage" or "data" naming what does not fit
   */
  async fit(X: Table, y: ArrayLike<ClassLabel>, options: LogisticFitOptions = {}): Promise<this> {
    const { sampleWeight, featureNames } = options;
    const { names, rows, columns } = await readForFit(X, featureNames);
    if (y.length !== rows) throw usageError(`y: expected ${rows} values, one a row, found ${y.length}`);
    const classes = classesOf(y);
    const codes = encodeLabels(y, classes);
    const design = buildDesign({ columns, weight: sampleWeight });
    const seen = new Set(Array.from(design.source, (row) => codes[row]));
    const absent = classes.find((_, code) => !seen.has(code));
    if (absent !== undefined) {
      throw usageError(`class ${absent}: expected rows of positive weight, found none`);
    }
    const factors = classFactors(this.#parameters, classes, codes);
    const positives = classes.length === 2 ? [1] : classes.map((_, code) => code);
    const fits = positives.map((positive) =>
      fitDesign(design, codes.map((code) => code === positive ? 1 : 0), this.#parameters, factors)
    );
    this.#fitted = { classes, names, fits, terms: design.terms, parameters: this.#parameters, positives };
    return this;
  }

  /** Margins (log odds), (rows, classifiers) row-major: one classifier, of the second class, for two classes, else one a class. */
  async decisionFunction(X: Table): Promise<Float64Array> {
    const { fits, names } = this.#model();
    const { rows, columns } = await readForPredict(X, names);
    const margins = new Float64Array(rows * fits.length);
    fits.forEach(({ model }, k) => {
      linearMargins(model, columns, rows).forEach((margin, row) => margins[row * fits.length + k] = margin);
    });
    return margins;
  }

  /**
   * Probabilities, (rows, classes) row-major, classes as in `classes_`. With more than two classes each is its own classifier's
   * sigmoid, and the row is scaled to sum to 1, as scikit-learn's OneVsRestClassifier does.
   *
   * @param X a table with the features of the fit: by name, or rows of numbers in the order of `featureNamesIn_`
   */
  async predictProba(X: Table): Promise<Float32Array> {
    const margins = await this.decisionFunction(X);
    const { classes, fits } = this.#model();
    const [width, rows] = [classes.length, margins.length / fits.length];
    const probabilities = new Float32Array(rows * width);
    for (let row = 0; row < rows; row++) {
      const own = margins.subarray(row * fits.length, (row + 1) * fits.length);
      const logs = width === 2 ? [logSigmoid(-own[0]), logSigmoid(own[0])] : Array.from(own, logSigmoid);
      // Scaled by the largest first: far from all classes every sigmoid underflows to 0.
      const largest = Math.max(...logs);
      const scaled = logs.map((log) => Math.exp(log - largest));
      const sum = scaled.reduce((total, p) => total + p, 0);
      scaled.forEach((p, k) => probabilities[row * width + k] = p / sum);
    }
    return probabilities;
  }

  /** The class of the largest margin of each row (of two: the second where its margin is above 0), ties to the first in `classes_`. */
  async predict(X: Table): Promise<ClassLabel[]> {
    const margins = await this.decisionFunction(X);
    const { classes, fits } = this.#model();
    return Array.from({ length: margins.length / fits.length }, (_, row) => {
      const own = margins.subarray(row * fits.length, (row + 1) * fits.length);
      return classes[fits.length === 1 ? Number(own[0] > 0) : own.indexOf(Math.max(...own))];
    });
  }

  /** Share of rows whose class is predicted right. */
  async score(X: Table, y: ArrayLike<ClassLabel>): Promise<number> {
    const predicted = await this.predict(X);
    if (y.length !== predicted.length) {
      throw usageError(`y: expected ${predicted.length} values, one a row, found ${y.length}`);
    }
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

  /** What coefficients belong to, in order: the features, then "missing NAME" for those that training rows lacked; with mean and scale. */
  get terms_(): readonly (Term & { readonly name: string })[] {
    const { terms, names } = this.#model();
    return terms.map((term) => {
      const name = names[term.feature];
      return { ...term, name: term.kind === "missing" ? `missing ${name}` : name };
    });
  }

  /** Coefficients by term for values as they come, one array a classifier. */
  get coef_(): readonly Float64Array[] {
    return this.#model().fits.map(({ model }) => model.coefficients);
  }

  /** Intercepts beside `coef_`, one a classifier. */
  get intercept_(): Float64Array {
    return Float64Array.from(this.#model().fits, ({ model }) => model.intercept);
  }

  /** Coefficients by term for standardised values, (value - mean) / scale, one array a classifier. */
  get standardisedCoef_(): readonly Float64Array[] {
    return this.#model().fits.map(({ model }) => model.standardised);
  }

  /** Intercepts beside `standardisedCoef_`, one a classifier. */
  get standardisedIntercept_(): Float64Array {
    return Float64Array.from(this.#model().fits, ({ model }) => model.standardisedIntercept);
  }

  /** The fitted classifiers: one for two classes (of the second), else one a class. */
  get fits_(): readonly LogisticFit[] {
    return this.#model().fits;
  }

  /** Whether every classifier reached its optimum. */
  get converged_(): boolean {
    return this.#model().fits.every(({ converged }) => converged);
  }

  /** What to know about the fit, in words: classifiers that did not converge, classes that are separated. */
  get notes_(): readonly string[] {
    const { fits, classes, positives, parameters } = this.#model();
    return fits.flatMap((fit, k) => notesOf(fit, `class ${classes[positives[k]]}`, parameters));
  }

  #model(): Fitted {
    if (!this.#fitted) {
      throw usageError("this LogisticRegression has not been fitted: call fit(X, y) first");
    }
    return this.#fitted;
  }
}

interface Fitted {
  readonly classes: readonly ClassLabel[];
  readonly names: readonly string[];
  readonly fits: readonly LogisticFit[];
  readonly terms: readonly Term[];
  readonly parameters: LogisticParameters;
  /** Class code of each classifier. */
  readonly positives: readonly number[];
}

function logSigmoid(margin: number): number {
  return Math.min(margin, 0) - Math.log1p(Math.exp(-Math.abs(margin)));
}
