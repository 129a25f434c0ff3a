/** What to analyse after a training, and how deeply: defaults filled in, conflicts named. */
import * as v from "valibot";
import type { Dataset } from "../data/dataset.ts";
import { SHAP_ROWS } from "../evaluation/shap/draw.ts";
import type { ShapKind } from "../evaluation/shap/types.ts";
import { nearestName, usageError } from "../numerics/errors.ts";
import type { ProgressEvent } from "./types.ts";

/** Settings of `analyse`; names are the command line's in camel case. One that could have no effect is an error. */
export interface AnalysisSettings {
  /** Metrics, comparison, curves, thresholds and calibration only. */
  minimalDiagnostics?: boolean;
  /** Analyse the calibration in full (default: where the model is calibrated). */
  calibrationAnalysis?: boolean;
  /** Rows, of whole genes, of that analysis; all where absent. */
  calibrationSample?: number;
  /** Check whether splice probabilities are too sure (default true); part of the full analysis. */
  overconfidenceCheck?: boolean;
  /** Precision and recall that thresholds are suggested for (default 0.95 each). */
  targetPrecision?: number;
  targetRecall?: number;
  /** Learning curves by fold and class (default false). */
  monitorOverfitting?: boolean;
  /** Gap of average precision above which a class is called overfit (default 0.05). */
  overfittingThreshold?: number;
  /** Improvement of the log-loss below which more trees are not worth it (default 0.001). */
  convergenceImprovement?: number;
  skipFeatureImportance?: boolean;
  skipShap?: boolean;
  /** Rows a class that SHAP values are computed for (default 1000). */
  shapSample?: number;
  shapKind?: ShapKind;
  /** Genes whose positions around sites and errors are looked at (default 0: none). */
  neighSample?: number;
  /** Nucleotides to each side of them (default 10). */
  neighWindow?: number;
  /** Points of a curve (default 101). */
  nRocPoints?: number;
  /** Genes kept out of everything, to judge the delivered model on. */
  holdout?: Dataset;
  /** Threads (default: all cores). Results are the same for any number. */
  threads?: number;
  signal?: AbortSignal;
  onProgress?: (event: ProgressEvent) => void;
}

/** The same, resolved. */
export interface ResolvedAnalysis {
  readonly minimal: boolean;
  readonly calibrationAnalysis: boolean;
  readonly calibrationSample: number | null;
  readonly overconfidenceCheck: boolean;
  readonly targetPrecision: number;
  readonly targetRecall: number;
  readonly monitorOverfitting: boolean;
  readonly overfittingThreshold: number;
  readonly convergenceImprovement: number;
  readonly importance: boolean;
  readonly shap: boolean;
  readonly shapSample: number;
  readonly shapKind: ShapKind;
  readonly neighSample: number;
  readonly neighWindow: number;
  readonly nRocPoints: number;
}

const flag = [v.boolean(), "true or false"] as const;
const target = [v.pipe(v.number(), v.gtValue(0), v.maxValue(1)), "a number above 0, at most 1"] as const;
const share = [v.pipe(v.number(), v.minValue(0), v.maxValue(1)), "a number from 0 to 1"] as const;
const count = (least: number, most = Number.MAX_SAFE_INTEGER) =>
  [
    v.pipe(v.number(), v.integer(), v.minValue(least), v.maxValue(most)),
    most === Number.MAX_SAFE_INTEGER
      ? `a whole number, at least ${least}`
      : `a whole number from ${least} to ${most}`,
  ] as const;

const CHECKS: Readonly<Record<string, readonly [v.GenericSchema, string]>> = {
  minimalDiagnostics: flag,
  calibrationAnalysis: flag,
  calibrationSample: count(1),
  overconfidenceCheck: flag,
  targetPrecision: target,
  targetRecall: target,
  monitorOverfitting: flag,
  overfittingThreshold: share,
  convergenceImprovement: share,
  skipFeatureImportance: flag,
  skipShap: flag,
  shapSample: count(1),
  shapKind: [v.picklist(["path-dependent", "interventional"]), '"path-dependent" or "interventional"'],
  neighSample: count(0),
  neighWindow: count(1, 1000),
  nRocPoints: count(3, 1000),
  threads: count(1, 1024),
};
const OTHERS = ["holdout", "signal", "onProgress"];

/**
 * Checks settings and fills in defaults.
 * @param calibrated whether the model is
 * @throws SpliceboostError (usage) for unknown names, values out of range, and settings that could have no effect
 */
export function resolveAnalysis(settings: AnalysisSettings, calibrated: boolean): ResolvedAnalysis {
  const known = [...Object.keys(CHECKS), ...OTHERS];
  for (const [key, value] of Object.entries(settings)) {
    if (!known.includes(key)) {
      const near = nearestName(key, known);
      throw usageError(`unknown setting "${key}"${near ? `; did you mean "${near}"?` : ""}`);
    }
    if (value === undefined || !(key in CHECKS)) continue;
    const [schema, expected] = CHECKS[key];
    if (!v.is(schema, value)) {
      throw usageError(`setting "${key}": expected ${expected}, found ${JSON.stringify(value)}`);
    }
  }
  const given = (key: keyof AnalysisSettings): boolean => settings[key] !== undefined;
  const minimal = settings.minimalDiagnostics ?? false;
  const full = settings.calibrationAnalysis ?? calibrated;
  const idle = (name: keyof AnalysisSettings, reason: string): never => {
    throw usageError(`${name} can have no effect ${reason}: leave out one or the other`);
  };
  if (given("calibrationSample") && !full) idle("calibrationSample", "without the analysis of calibration");
  for (const name of ["overfittingThreshold", "convergenceImprovement"] as const) {
    if (given(name) && !settings.monitorOverfitting) {
      idle(name, "without monitorOverfitting (--monitor-overfitting)");
    }
  }
  if (given("neighWindow") && !settings.neighSample) {
    idle("neighWindow", "without neighSample (--neigh-sample)");
  }
  if (minimal) {
    for (const name of ["monitorOverfitting", "neighSample", "shapSample", "shapKind"] as const) {
      if (settings[name]) idle(name, "with minimalDiagnostics (--minimal-diagnostics)");
    }
  }
  for (const name of ["shapKind", "shapSample"] as const) {
    if (given(name) && settings.skipShap) idle(name, "with skipShap (--skip-shap)");
  }
  return {
    minimal,
    calibrationAnalysis: full,
    calibrationSample: settings.calibrationSample ?? null,
    overconfidenceCheck: settings.overconfidenceCheck ?? true,
    targetPrecision: settings.targetPrecision ?? 0.95,
    targetRecall: settings.targetRecall ?? 0.95,
    monitorOverfitting: settings.monitorOverfitting ?? false,
    overfittingThreshold: settings.overfittingThreshold ?? 0.05,
    convergenceImprovement: settings.convergenceImprovement ?? 0.001,
    importance: !minimal && !settings.skipFeatureImportance,
    shap: !minimal && !settings.skipShap,
    shapSample: settings.shapSample ?? SHAP_ROWS,
    shapKind: settings.shapKind ?? "path-dependent",
    neighSample: settings.neighSample ?? 0,
    neighWindow: settings.neighWindow ?? 10,
    nRocPoints: settings.nRocPoints ?? 101,
  };
}
