/** The analysis after a training: every part out of fold on what is delivered, with uncertainty counted in genes. */
import { createCpuPredictor } from "../cpu/predictor.ts";
import { CLASS_NAMES, type Dataset } from "../data/dataset.ts";
import { applyCalibration } from "../ensemble/calibration/calibration.ts";
import type { FeatureSample, JudgedRows, Part } from "../evaluation/analysis.ts";
import {
  analyseCalibration,
  type CalibrationOptions,
  quickOverconfidenceCheck,
} from "../evaluation/calibration/analyse.ts";
import { compareBaseAndMeta, comparePaired } from "../evaluation/comparison/compare.ts";
import { recalibratedBase } from "../evaluation/comparison/recalibrated.ts";
import type { Comparison } from "../evaluation/comparison/types.ts";
import { analyseCurves } from "../evaluation/curves/analyse.ts";
import {
  type Analysis,
  ANALYSIS_FORMAT,
  ANALYSIS_VERSION,
  type HeldOutJudgement,
} from "../evaluation/document.ts";
import { evaluate } from "../evaluation/evaluate.ts";
import { analyseImportance } from "../evaluation/importance/analyse.ts";
import type { ImportanceResult } from "../evaluation/importance/types.ts";
import { judgeShuffledLabels } from "../evaluation/leakage/shuffled.ts";
import { analyseNeighbours } from "../evaluation/neighbours/analyse.ts";
import { analyseOverfitting } from "../evaluation/overfitting/analyse.ts";
import { type EvaluatedRows, selectRows } from "../evaluation/rows.ts";
import { suggestThresholds } from "../evaluation/thresholds/suggest.ts";
import { createTaskPool, type TaskPool } from "../evaluation/workers/pool.ts";
import { dataError, SpliceboostError } from "../numerics/errors.ts";
import type { TreePredictor } from "../numerics/predictor.ts";
import { probability } from "../numerics/sigmoid.ts";
import { overFeatures } from "../trees/tree-model.ts";
import { foldTable, holdoutTable, metricRecord, runDocument, sampling } from "./analysis-document.ts";
import { type AnalysisSettings, resolveAnalysis, type ResolvedAnalysis } from "./analysis-settings.ts";
import { explain, type Explanation } from "./explain.ts";
import { throwIfAborted } from "./train-lanes.ts";
import type { TrainingRun } from "./types.ts";

/** The analysis of a run. */
export interface RunAnalysis {
  readonly document: Analysis;
  /** The SHAP values behind the document's summary; null where there are none. */
  readonly explanation: Explanation | null;
  /** Seconds by part: no part of the document, which is the same wherever it was made. */
  readonly seconds: Readonly<Record<string, number>>;
  /** Parts that failed by a fault of this program, a sentence each. */
  readonly failures: readonly string[];
}

/**
 * Analyses a run: calibration, thresholds, curves, base against meta, learning curves, importance, SHAP values and more, as the
 * settings say. A part that the data does not allow is left out with the reason.
 *
 * @param data the data set that `run` was trained on, still open for its columns
 * @throws SpliceboostError: "usage" for settings that make no sense, "interrupted" on abort
 */
export async function analyse(
  data: Dataset,
  run: TrainingRun,
  settings: AnalysisSettings = {},
): Promise<RunAnalysis> {
  const resolved = resolveAnalysis(settings, run.model.calibration !== null);
  const pool = createTaskPool({ threads: settings.threads });
  const predictor = createCpuPredictor({ threads: settings.threads });
  const abort = (): void => pool.close();
  settings.signal?.addEventListener("abort", abort);
  try {
    throwIfAborted(settings.signal);
    return await new Analyst(data, run, resolved, settings, pool, predictor).analyse();
  } finally {
    settings.signal?.removeEventListener("abort", abort);
    pool.close();
    predictor.close();
  }
}

const SKIPPED_EVALUATION =
  "The cross-validation was left out (--skip-eval), so nothing is known out of fold.";
const MINIMAL = "Left out on request (--minimal-diagnostics).";

/** Steps of the work: all parts, those left out too. */
const PARTS = 15;

class Analyst {
  readonly #data: Dataset;
  readonly #run: TrainingRun;
  readonly #settings: ResolvedAnalysis;
  readonly #given: AnalysisSettings;
  readonly #pool: TaskPool;
  readonly #predictor: TreePredictor;
  readonly #seed: number;
  readonly #seconds: Record<string, number> = {};
  readonly #failures: string[] = [];
  #done = 0;

  constructor(
    data: Dataset,
    run: TrainingRun,
    settings: ResolvedAnalysis,
    given: AnalysisSettings,
    pool: TaskPool,
    predictor: TreePredictor,
  ) {
    this.#data = data;
    this.#run = run;
    this.#settings = settings;
    this.#given = given;
    this.#pool = pool;
    this.#predictor = predictor;
    this.#seed = run.model.training.seed;
  }

  async analyse(): Promise<RunAnalysis> {
    const { minimal, calibrationAnalysis, overconfidenceCheck, targetPrecision, targetRecall } =
      this.#settings;
    const judged = this.#judgedRows();
    const [seed, pool] = [this.#seed, this.#pool];
    /** A part of the held-out rows, unless there is a reason to leave it out. */
    const part = <T>(
      name: string,
      reason: string | null,
      work: (judged: JudgedRows) => Promise<T> | T,
    ): Promise<Part<T>> => {
      const left = judged ? reason : SKIPPED_EVALUATION;
      return this.#part(name, left, () => work(judged!));
    };
    const unless = (isWanted: boolean, reason: string): string | null => isWanted ? null : reason;
    /** Reason against a part that minimal diagnostics leave out too. */
    const unlessMinimal = (isWanted: boolean, reason: string): string | null =>
      minimal ? MINIMAL : unless(isWanted, reason);

    const folds = await part("folds", null, () => foldTable(this.#run)!);
    const comparison = await part("comparison", null, (rows) => this.#compare(rows, this.#data));
    const againstRecalibrated = await part(
      "recalibrated base model",
      null,
      (rows) => this.#compareRecalibrated(rows),
    );
    const points = this.#settings.nRocPoints;
    const curves = await part("curves", null, (rows) => analyseCurves(rows, { seed, pool, points }));
    const goals = { precision: targetPrecision, recall: targetRecall };
    const thresholds = await part(
      "thresholds",
      null,
      (rows) => suggestThresholds(this.#deliveredRows(rows), { goals, seed, pool }),
    );
    const calibration = await part(
      "calibration",
      unless(calibrationAnalysis, "Not asked for (--calibration-analysis)."),
      (rows) => analyseCalibration(this.#deliveredRows(rows), this.#calibrationOptions(rows)),
    );
    const overconfidence = await part(
      "overconfidence",
      calibrationAnalysis
        ? "Part of the analysis of calibration."
        : unless(overconfidenceCheck, "Left out on request (--no-overconfidence-check)."),
      (rows) => quickOverconfidenceCheck(this.#deliveredRows(rows), this.#calibrationOptions(rows)),
    );
    const { leakage: screens, holdouts: splits, settings } = this.#run;
    const leakage = await this.#part(
      "leakage",
      unless(screens !== null, "Left out on request (--no-leakage-check)."),
      () => screens!,
    );
    const shuffled = await part(
      "shuffled labels",
      unless(settings.shuffleLabels === true, "The labels are the data's own."),
      (rows) => judgeShuffledLabels(rows, { seed, pool }),
    );
    const overfitting = await part(
      "overfitting",
      unlessMinimal(this.#settings.monitorOverfitting, "Not asked for (--monitor-overfitting)."),
      () => this.#overfitting(),
    );
    const holdouts = await part(
      "holdouts",
      unlessMinimal(splits.length > 0, "No repeated holdouts were made (--holdout-repeats 0)."),
      () => holdoutTable(this.#run),
    );
    const { holdout } = this.#given;
    const heldOut = await this.#part(
      "held-out genes",
      unless(
        holdout !== undefined,
        "No genes were kept out of everything (--holdout-genes, --holdout-chroms).",
      ),
      () => this.#heldOut(holdout!),
    );
    const neighbours = await part(
      "neighbours",
      unlessMinimal(this.#settings.neighSample > 0, "Not asked for (--neigh-sample)."),
      (rows) => this.#neighbours(rows),
    );
    const importance = await part(
      "importance",
      unlessMinimal(this.#settings.importance, "Left out on request (--skip-feature-importance)."),
      () => this.#importance(),
    );
    const explained = await part(
      "SHAP values",
      unlessMinimal(this.#settings.shap, "Left out on request (--skip-shap)."),
      (rows) => this.#explain(rows),
    );
    const shap = explained.status === "done" ? explained.result.part : explained;
    return {
      document: {
        format: ANALYSIS_FORMAT,
        version: ANALYSIS_VERSION,
        run: runDocument(this.#data, this.#run),
        ...{
          folds,
          comparison,
          againstRecalibrated,
          curves,
          thresholds,
          calibration,
          overconfidence,
          leakage,
          shuffled,
          overfitting,
        },
        ...{ holdouts, heldOut, neighbours, shap },
        importance: importance.status === "done" ? importance.result : importance,
        sampling: sampling(this.#data, this.#run, shap.status === "done" ? shap.result.rows : 0),
      },
      explanation: explained.status === "done" ? explained.result : null,
      seconds: this.#seconds,
      failures: this.#failures,
    };
  }

  /** A part; what this data does not allow becomes the reason, and so does a fault of the program, which is told besides. */
  async #part<T>(name: string, leftOut: string | null, work: () => Promise<T> | T): Promise<Part<T>> {
    throwIfAborted(this.#given.signal);
    const made: Part<T> = leftOut === null
      ? await this.#made(name, work)
      : { status: "left out", reason: leftOut };
    this.#given.onProgress?.({ phase: "analyse", lane: name, done: ++this.#done, total: PARTS });
    return made;
  }

  async #made<T>(name: string, work: () => Promise<T> | T): Promise<Part<T>> {
    const started = performance.now();
    try {
      return { status: "done", result: await work(), notes: [] };
    } catch (error) {
      if (error instanceof SpliceboostError && ["interrupted", "memory"].includes(error.kind)) throw error;
      const message = error instanceof Error ? error.message : String(error);
      if (error instanceof SpliceboostError && error.kind !== "runtime") {
        return { status: "impossible", reason: message };
      }
      this.#failures.push(
        `The part "${name}" of the analysis failed, which is a fault of spliceboost: ${message}`,
      );
      return {
        status: "impossible",
        reason: `This part failed, which is a fault of spliceboost: ${message}`,
      };
    } finally {
      this.#seconds[name] = (performance.now() - started) / 1000;
    }
  }

  /** The rows of the cross-validation with probabilities at the data's shares; null where it was skipped. */
  #judgedRows(): JudgedRows | null {
    const { oof, foldOfGene, labels } = this.#run;
    return oof && foldOfGene && this.#rowsOf(this.#data, labels, oof.atDataShares, foldOfGene);
  }

  /** The same rows with the probabilities as the model gives them. */
  #deliveredRows(rows: JudgedRows): JudgedRows {
    const { oof, foldOfGene, labels } = this.#run;
    return oof!.probabilities === oof!.atDataShares
      ? rows
      : this.#rowsOf(this.#data, labels, oof!.probabilities, foldOfGene!);
  }

  #rowsOf(
    data: Dataset,
    labels: Uint8Array,
    probabilities: Float32Array,
    foldOfGene: Uint8Array,
  ): JudgedRows {
    const { genes, chromosomes, positions, geneStart, baseScores } = data;
    const { threshold, baseThresh } = this.#thresholds();
    const { meta, base } = selectRows({
      labels,
      probabilities,
      geneStart,
      baseScores,
      threshold,
      baseThresh,
    });
    return { genes, chromosomes, foldOfGene, positions, meta, base };
  }

  #thresholds(): { readonly threshold: number; readonly baseThresh: number } {
    const { threshold, baseThresh } = this.#run.settings;
    return { threshold: Number(threshold), baseThresh: Number(baseThresh) };
  }

  async #compare(
    rows: Parameters<typeof compareBaseAndMeta>[0],
    data: Dataset,
  ): Promise<Comparison> {
    const { threshold, baseThresh } = this.#thresholds();
    return await compareBaseAndMeta(rows, {
      thresholds: { baseThresh, threshold },
      seed: this.#seed,
      pool: this.#pool,
      canonical: await data.canonical(),
    });
  }

  async #compareRecalibrated(rows: JudgedRows): Promise<Comparison> {
    return await comparePaired(
      recalibratedBase(rows),
      rows.meta,
      rows,
      {
        thresholds: { baseThresh: this.#thresholds().threshold, threshold: this.#thresholds().threshold },
        seed: this.#seed,
        pool: this.#pool,
        names: { base: "recalibrated base model", meta: "meta-model" },
      },
    );
  }

  /** The same rows with each classifier's own sigmoid, before any calibration. */
  #rawRows(rows: JudgedRows): EvaluatedRows {
    const margins = this.#run.oof!.margins;
    const [neither, donor, acceptor] = CLASS_NAMES.map((_, c) =>
      Float32Array.from(rows.meta.labels, (_, row) => probability(margins[CLASS_NAMES.length * row + c]))
    );
    return { ...rows.meta, neither, donor, acceptor };
  }

  #calibrationOptions(rows: JudgedRows): CalibrationOptions {
    const { calibration } = this.#run.model;
    return {
      raw: calibration ? this.#rawRows(rows) : null,
      prior: calibration?.targetPrior ?? null,
      sampleRows: this.#settings.calibrationSample,
      seed: this.#seed,
      pool: this.#pool,
    };
  }

  #overfitting() {
    const { histories } = this.#run;
    const foldModels = needed(this.#run.foldModels, "the folds' models (keepFoldModels)");
    const stopsEarly = histories.some((history) => history.length > 0);
    const { overfittingThreshold, convergenceImprovement } = this.#settings;
    return analyseOverfitting({
      sample: this.#sample(),
      foldModels: foldModels.map((models) => CLASS_NAMES.map((name) => models[name])),
      histories: stopsEarly
        ? foldModels.map((_, fold) =>
          CLASS_NAMES.map((_, c) => [...histories[CLASS_NAMES.length * fold + c]])
        )
        : null,
      validationGenes: this.#validationGenes(),
      predictor: this.#predictor,
      options: { overfittingThreshold, convergenceImprovement },
    });
  }

  /** Per fold, 1 for each gene of the sample that it stopped early by. */
  #validationGenes(): Uint8Array[] | null {
    const { validationOfFold } = this.#run;
    return validationOfFold &&
      validationOfFold.map((chosen) => Uint8Array.from(this.#sample().genes, (gene) => chosen[gene]));
  }

  #sample(): FeatureSample {
    return needed(this.#run.sample, "the sample of whole genes (diagSample)");
  }

  async #heldOut(holdout: Dataset): Promise<HeldOutJudgement> {
    const { model } = this.#run;
    const margins = await model.margins(holdout, { predictor: this.#predictor });
    const { calibration } = model;
    const probabilities = calibration
      ? applyCalibration({ ...calibration, targetPrior: null }, margins)
      : Float32Array.from(margins, probability);
    const { geneStart, baseScores, genes } = holdout;
    const labels = holdout.labels!;
    const rows = this.#rowsOf(holdout, labels, probabilities, new Uint8Array(genes.length));
    return {
      genes: genes.length,
      rows: holdout.rows,
      chromosomes: [...new Set(holdout.chromosomes)].filter((name) => name !== "").sort(),
      metrics: metricRecord(
        evaluate({ labels, probabilities, geneStart, baseScores, ...this.#thresholds() }),
      ),
      // No fold held these genes out.
      comparison: await this.#made(
        "held-out comparison",
        () => this.#compare({ ...rows, foldOfGene: null }, holdout),
      ),
    };
  }

  #neighbours(rows: JudgedRows) {
    const found = analyseNeighbours(rows, {
      sample: this.#settings.neighSample,
      window: this.#settings.neighWindow,
      seed: this.#seed,
      genomicStrands: this.#data.genomicPositions ? this.#data.strands : null,
      ...this.#thresholds(),
    });
    if (found === null) {
      throw dataError("The data has no positions (--position-col), so nothing has neighbours.");
    }
    return found;
  }

  #importance(): Promise<Part<ImportanceResult>> {
    const { foldModels, model } = this.#run;
    const sample = this.#sample();
    return analyseImportance({
      sample,
      foldModels: needed(foldModels, "the folds' models (keepFoldModels)").map((classifiers) => ({
        classifiers,
      })),
      finalModel: {
        neither: overFeatures(model.classifiers.neither, sample.names),
        donor: overFeatures(model.classifiers.donor, sample.names),
        acceptor: overFeatures(model.classifiers.acceptor, sample.names),
      },
      seed: this.#seed,
      pool: this.#pool,
    });
  }

  #explain(judged: JudgedRows): Promise<Explanation> {
    return explain(this.#data, this.#run.model, judged, {
      perClass: this.#settings.shapSample,
      kind: this.#settings.shapKind,
      seed: this.#seed,
      threads: this.#given.threads,
    });
  }
}

/** What the training had to keep for an analysis. */
function needed<T>(value: T | null, what: string): T {
  if (value === null) {
    throw new SpliceboostError("usage", `The training did not keep ${what}, which this part reads.`);
  }
  return value;
}
