/** From the parsed options of `train` to the settings of the library: only what was typed is passed on. */
import { basename } from "node:path";
import { LEAST_PRIOR, SHARE_TOLERANCE } from "../ensemble/calibration/prior.ts";
import { usageError } from "../numerics/errors.ts";
import { FAST_SHAP_ROWS } from "../evaluation/shap/draw.ts";
import type { AnalysisSettings } from "../training/analysis-settings.ts";
import type { TrainSettings } from "../training/types.ts";
import { readIfPresent } from "./files.ts";
import type { AlgorithmParameters } from "../trees/algorithms.ts";
import { camelCase, type Values } from "./option-types.ts";
import type { Invocation } from "./parse.ts";
import type { TRAIN_OPTIONS } from "./train-options.ts";

export type TrainValues = Values<typeof TRAIN_OPTIONS>;

/** Options of `train` that the library takes under the same name. */
const SETTINGS = [
  "algorithm",
  "nEstimators",
  "maxBin",
  "nFolds",
  "validSize",
  "earlyStoppingPatience",
  "earlyStoppingMinDelta",
  "earlyStoppingMetric",
  "baseThresh",
  "threshold",
  "seed",
  "threads",
  "device",
  "skipEval",
  "profile",
  "holdoutRepeats",
  "calibMethod",
  "autoExcludeLeaky",
  "leakageThreshold",
  "shuffleLabels",
] as const satisfies readonly (keyof TrainSettings & keyof TrainValues)[];

/** Options of `train` that the analysis takes under the same name. */
const ANALYSIS = [
  "minimalDiagnostics",
  "calibrationAnalysis",
  "calibrationSample",
  "targetPrecision",
  "targetRecall",
  "monitorOverfitting",
  "overfittingThreshold",
  "convergenceImprovement",
  "skipFeatureImportance",
  "skipShap",
  "shapSample",
  "shapKind",
  "neighSample",
  "neighWindow",
  "nRocPoints",
  "threads",
] as const satisfies readonly (keyof AnalysisSettings & keyof TrainValues)[];

/** The values of a `train` invocation, typed. */
export function trainValues(invocation: Invocation): TrainValues {
  return invocation.values as unknown as TrainValues;
}

/** Settings that were typed; what was not typed is left to the library's defaults, which the table repeats. */
export function trainSettings(invocation: Invocation): TrainSettings {
  const values = trainValues(invocation);
  const typed = SETTINGS.filter((name) => invocation.given.has(name)).map((name) => [name, values[name]]);
  const params = learnerParams(invocation);
  const { skipEval, minimalDiagnostics, skipFeatureImportance, monitorOverfitting } = values;
  const sampleGiven = ["diag-sample", "max-diag-sample"].find((name) =>
    invocation.given.has(camelCase(name))
  );
  const looksIntoModels = !skipEval && !minimalDiagnostics && (!skipFeatureImportance || monitorOverfitting);
  if (sampleGiven && values.noLeakageCheck && !looksIntoModels) {
    throw usageError(
      `--${sampleGiven} has no effect where features are neither screened (--no-leakage-check) nor tested ` +
        "(--skip-feature-importance, --minimal-diagnostics or --skip-eval): leave it out.",
    );
  }
  return {
    ...Object.fromEntries(typed),
    ...(Object.keys(params).length > 0 && { algorithmParams: params }),
    ...(values.calibratePerClass && { calibrate: "per-class" as const }),
    ...(values.calibrate && { calibrate: "splice" as const }),
    ...priorOf(values),
    ...(values.noLeakageCheck && { checkLeakage: false }),
    ...(minimalDiagnostics && { holdoutRepeats: 0 }),
    ...(sampleGiven && { diagSample: Math.min(values.diagSample, values.maxDiagSample ?? Infinity) }),
    ...(looksIntoModels && { keepFoldModels: true }),
  };
}

/** Settings of the analysis that were typed. */
export function analysisSettings(invocation: Invocation): AnalysisSettings {
  const values = trainValues(invocation);
  const typed = ANALYSIS.filter((name) => invocation.given.has(name)).map((name) => [name, values[name]]);
  return {
    ...Object.fromEntries(typed),
    ...(values.fastShap && { shapSample: FAST_SHAP_ROWS }),
    ...(values.noOverconfidenceCheck && { overconfidenceCheck: false }),
  };
}

/** --prior and --site-rate: the first names all three shares, the second leaves donor and acceptor in the proportion of the data. */
function priorOf({ prior, siteRate }: TrainValues): Pick<TrainSettings, "prior" | "siteRate"> {
  if (siteRate !== undefined) return { siteRate };
  if (prior === undefined) return {};
  const shares = prior.split(",").map((text) => (text.trim() === "" ? NaN : Number(text)));
  const sum = shares.reduce((total, share) => total + share, 0);
  const isPrior = shares.length === 3 && shares.every((share) => share >= LEAST_PRIOR) &&
    Math.abs(sum - 1) < SHARE_TOLERANCE;
  if (!isPrior) {
    throw usageError(
      `--prior: expected three shares above 0 that sum to 1 (neither, donor, acceptor), found "${prior}".`,
    );
  }
  return { prior: { neither: shares[0], donor: shares[1], acceptor: shares[2] } };
}

/**
 * Refuses options of early stopping where nothing stops early: it may have been asked for in --algorithm-params too, so
 * the resolved parameters say.
 */
export function checkEarlyStopping(
  invocation: Invocation,
  { earlyStoppingRounds }: AlgorithmParameters,
): void {
  if (earlyStoppingRounds > 0) return;
  for (const name of ["early-stopping-min-delta", "early-stopping-metric"]) {
    if (!invocation.given.has(camelCase(name))) continue;
    throw usageError(
      `--${name} has no effect without early stopping: add --early-stopping-patience, or leave it out.`,
    );
  }
}

/** --tree-method is a parameter of the learner; given in both places it must say the same. */
function learnerParams(invocation: Invocation): Record<string, unknown> {
  const { algorithmParams = {}, treeMethod } = trainValues(invocation);
  const params: Record<string, unknown> = { ...algorithmParams };
  if (!invocation.given.has("treeMethod")) return params;
  for (const name of ["tree_method", "treeMethod"]) {
    if (name in params && params[name] !== treeMethod) {
      throw usageError(
        `--tree-method ${treeMethod} and "${name}": ${
          JSON.stringify(params[name])
        } in --algorithm-params differ; ` +
          "leave one of them out.",
      );
    }
  }
  delete params.treeMethod;
  return { ...params, tree_method: treeMethod };
}

/** Genes and chromosomes that are kept out of everything and judged at the end, as --holdout-genes and --holdout-chroms list them. */
export interface HeldOutNames {
  readonly genes: readonly string[];
  readonly chromosomes: readonly string[];
}

/**
 * What is held out; both lists are empty where nothing is asked for.
 * @throws SpliceboostError (usage) for a file that is not there, or a list without a name
 */
export async function heldOutNames({ holdoutGenes, holdoutChroms }: TrainValues): Promise<HeldOutNames> {
  const listed = async (option: string, text: string | undefined): Promise<string[]> => {
    const names = await listedNames(option, text);
    if (text !== undefined && names.length === 0) {
      throw usageError(`--${option} ${text}: expected at least one name, found none.`);
    }
    return names;
  };
  return {
    genes: await listed("holdout-genes", holdoutGenes),
    chromosomes: await listed("holdout-chroms", holdoutChroms),
  };
}

/** Names for --exclude-features: the lines of a file, or a comma list. */
export async function excludedFeatures(text: string | undefined): Promise<string[]> {
  return await listedNames("exclude-features", text);
}

/** Names that an option lists: the lines of a file (# starts a comment), or a comma list. */
export async function listedNames(option: string, text: string | undefined): Promise<string[]> {
  if (text === undefined) return [];
  // A long list is no possible path, which is no error here.
  const isFile = (await Deno.stat(text).catch(() => null))?.isFile ?? false;
  const bytes = isFile ? await readIfPresent(text) : null;
  const looksLikePath = /[\\/]/.test(text) || /\.(txt|csv|tsv|list)$/i.test(basename(text));
  if (bytes === null && looksLikePath) {
    throw usageError(
      `--${option} ${text}: no such file. Give a file with one name a line, or names with commas.`,
    );
  }
  const lines = bytes === null ? [text] : new TextDecoder().decode(bytes).split(/\r?\n/);
  const names = lines.flatMap((line) => line.replace(/#.*/, "").split(",")).map((name) => name.trim());
  return [...new Set(names.filter((name) => name !== ""))];
}
