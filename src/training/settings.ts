/** From the settings a user gives to those of the run: defaults filled in, conflicts named. */
import * as v from "valibot";
import { nearestName, usageError } from "../numerics/errors.ts";
import { SHARE_TOLERANCE } from "../ensemble/calibration/prior.ts";
import { checkDeviceOptions, type DeviceOptions } from "../trees/devices.ts";
import {
  type Algorithm,
  type AlgorithmParameters,
  ALGORITHMS,
  resolveAlgorithm,
} from "../trees/algorithms.ts";
import {
  CALIBRATION_METHODS,
  CALIBRATION_MODES,
  type CalibrationMethod,
  type CalibrationRequest,
} from "../ensemble/calibration/types.ts";
import type { TrainSettings } from "./types.ts";

/** Settings of a run, resolved. */
export interface ResolvedSettings {
  readonly algorithm: Algorithm;
  readonly parameters: AlgorithmParameters;
  readonly nFolds: number;
  /** Share of all genes to stop early by, or null where nothing stops early. */
  readonly validSize: number | null;
  readonly baseThresh: number;
  readonly threshold: number;
  readonly skipEval: boolean;
  readonly holdoutRepeats: number;
  /** Null where the model is not calibrated. */
  readonly calibration: (CalibrationRequest & { readonly siteRate: number | null }) | null;
  /** Threshold of the screen for leaks; null where features are not screened. */
  readonly leakageThreshold: number | null;
  readonly autoExcludeLeaky: boolean;
  readonly shuffleLabels: boolean;
  readonly diagSample: number;
  readonly keepFoldModels: boolean;
  readonly notes: readonly string[];
}

const DEFAULT_FOLDS = 5;
const DEFAULT_VALID_SIZE = 0.1;
const DEFAULT_THRESHOLD = 0.5;
const DEFAULT_HOLDOUTS = 3;
const DEFAULT_METHOD: CalibrationMethod = "platt";
const DEFAULT_LEAKAGE_THRESHOLD = 0.95;
/** Rows of the sample of whole genes that the analyses of features read. */
export const DEFAULT_DIAG_SAMPLE = 25_000;

/** Settings that are the learner's too, under the same name in camel case. */
const LEARNER_SETTINGS = [
  "nEstimators",
  "maxBin",
  "earlyStoppingPatience",
  "earlyStoppingMinDelta",
  "earlyStoppingMetric",
  "seed",
  "device",
] as const satisfies readonly (keyof TrainSettings)[];

const share = v.pipe(v.number(), v.gtValue(0), v.ltValue(1));
const probability = v.pipe(v.number(), v.minValue(0), v.maxValue(1));

/** What is accepted of the other settings, and in words. The learner checks its own. */
const CHECKS: { readonly [K in keyof TrainSettings]?: readonly [v.GenericSchema, string] } = {
  algorithm: [v.picklist(ALGORITHMS), ALGORITHMS.map((name) => `"${name}"`).join(" or ")],
  algorithmParams: [v.record(v.string(), v.unknown()), "an object of parameters by name"],
  nFolds: [v.pipe(v.number(), v.integer(), v.minValue(2), v.maxValue(255)), "a whole number from 2 to 255"],
  validSize: [
    v.pipe(v.number(), v.gtValue(0), v.ltValue(1)),
    "a share of the genes strictly between 0 and 1",
  ],
  baseThresh: [probability, "a number from 0 to 1"],
  threshold: [probability, "a number from 0 to 1"],
  threads: [
    v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(1024)),
    "a whole number from 1 to 1024",
  ],
  skipEval: [v.boolean(), "true or false"],
  holdoutRepeats: [
    v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(100)),
    "a whole number from 0 to 100",
  ],
  calibrate: [v.picklist(CALIBRATION_MODES), CALIBRATION_MODES.map((mode) => `"${mode}"`).join(" or ")],
  calibMethod: [v.picklist(CALIBRATION_METHODS), CALIBRATION_METHODS.map((name) => `"${name}"`).join(", ")],
  prior: [
    v.pipe(
      v.strictObject({ neither: share, donor: share, acceptor: share }),
      v.check(({ neither, donor, acceptor }) => Math.abs(neither + donor + acceptor - 1) < SHARE_TOLERANCE),
    ),
    "{ neither, donor, acceptor }, three shares above 0 that sum to 1",
  ],
  siteRate: [v.pipe(v.number(), v.gtValue(0), v.ltValue(1)), "a share strictly between 0 and 1"],
  checkLeakage: [v.boolean(), "true or false"],
  autoExcludeLeaky: [v.boolean(), "true or false"],
  leakageThreshold: [v.pipe(v.number(), v.gtValue(0), v.maxValue(1)), "a number above 0, at most 1"],
  shuffleLabels: [v.boolean(), "true or false"],
  diagSample: [v.pipe(v.number(), v.safeInteger(), v.minValue(0)), "a whole number of rows, 0 for none"],
  keepFoldModels: [v.boolean(), "true or false"],
  profile: [v.boolean(), "true or false"],
};

/** Settings that are no part of a run's identity: how it is run, not what. */
const RUNTIME_SETTINGS = ["engine", "gpu", "signal", "onProgress", "checkpoint"] as const;

const KNOWN: readonly string[] = [...Object.keys(CHECKS), ...LEARNER_SETTINGS, ...RUNTIME_SETTINGS];

/** Settings without effect when the cross-validation is skipped. */
const EVALUATION_SETTINGS = [
  "nFolds",
  "validSize",
  "baseThresh",
  "threshold",
  "holdoutRepeats",
  "calibrate",
  "calibMethod",
  "prior",
  "siteRate",
  "shuffleLabels",
  "keepFoldModels",
] as const;

/**
 * Checks settings and fills in defaults.
 * @throws SpliceboostError (usage) for unknown names, values out of range, and settings that could have no effect
 */
export function resolveSettings(settings: TrainSettings): ResolvedSettings {
  const given = (key: keyof TrainSettings) => settings[key] !== undefined;
  for (const key of Object.keys(settings)) {
    if (KNOWN.includes(key)) continue;
    const near = nearestName(key, KNOWN);
    throw usageError(`unknown setting "${key}"${near ? `; did you mean "${near}"?` : ""}`);
  }
  for (const [key, [schema, expected]] of Object.entries(CHECKS)) {
    const value = settings[key as keyof TrainSettings];
    if (value !== undefined && !v.is(schema, value)) {
      throw usageError(`setting "${key}": expected ${expected}, found ${JSON.stringify(value)}`);
    }
  }

  const algorithm = settings.algorithm ?? "xgboost";
  const { parameters, notes } = resolveAlgorithm(algorithm, learnerInput(settings));
  const stopsEarly = parameters.earlyStoppingRounds > 0;
  if (settings.skipEval) {
    const idle = EVALUATION_SETTINGS.filter(given);
    if (idle.length > 0) {
      throw usageError(
        `${idle.join(", ")} can have no effect with skipEval (--skip-eval): leave out one or the other`,
      );
    }
    if (stopsEarly) {
      throw usageError(
        "early stopping finds its number of trees in the cross-validation, which skipEval (--skip-eval) leaves out; " +
          "set early_stopping_patience 0 and give n_estimators",
      );
    }
  }
  if (given("validSize") && !stopsEarly) {
    throw usageError(
      "validSize (--valid-size) can have no effect without early stopping; " +
        "set earlyStoppingPatience (--early-stopping-patience), or leave it out",
    );
  }
  for (const name of ["calibMethod", "prior", "siteRate"] as const) {
    if (given(name) && !given("calibrate")) {
      throw usageError(`${name} can have no effect without calibrate (--calibrate-per-class or --calibrate)`);
    }
  }
  if (given("prior") && given("siteRate")) {
    throw usageError("prior and siteRate say the same: leave out one of them");
  }
  const screens = settings.autoExcludeLeaky || (settings.checkLeakage ?? settings.diagSample !== 0);
  if (settings.autoExcludeLeaky && settings.checkLeakage === false) {
    throw usageError(
      "autoExcludeLeaky screens for leaks, which checkLeakage false forbids: leave out one of them",
    );
  }
  if (given("leakageThreshold") && !screens) {
    throw usageError(
      "leakageThreshold can have no effect without the screen for leaks, which checkLeakage false (--no-leakage-check) leaves out",
    );
  }
  if (screens && settings.diagSample === 0) {
    throw usageError(
      "the screen for leaks reads the sample of whole genes: diagSample (--diag-sample) must not be 0",
    );
  }
  if (given("engine") && (given("threads") || given("device") || given("gpu"))) {
    throw usageError("threads, device and gpu belong to the engine, which was given: leave them out");
  }
  checkDeviceOptions({ device: parameters.device, gpu: settings.gpu, threads: settings.threads });
  if (settings.profile && (parameters.device === "cpu" || given("threads"))) {
    throw usageError(
      "profile (--profile) times the kernels of a GPU: it goes with device webgpu (--device webgpu), not with cpu or threads",
    );
  }
  return {
    algorithm,
    parameters,
    nFolds: settings.nFolds ?? DEFAULT_FOLDS,
    validSize: stopsEarly ? settings.validSize ?? DEFAULT_VALID_SIZE : null,
    baseThresh: settings.baseThresh ?? DEFAULT_THRESHOLD,
    threshold: settings.threshold ?? DEFAULT_THRESHOLD,
    skipEval: settings.skipEval ?? false,
    holdoutRepeats: settings.skipEval ? 0 : settings.holdoutRepeats ?? DEFAULT_HOLDOUTS,
    calibration: settings.calibrate
      ? {
        mode: settings.calibrate,
        method: settings.calibMethod ?? DEFAULT_METHOD,
        prior: settings.prior ?? null,
        siteRate: settings.siteRate ?? null,
      }
      : null,
    leakageThreshold: screens ? settings.leakageThreshold ?? DEFAULT_LEAKAGE_THRESHOLD : null,
    autoExcludeLeaky: settings.autoExcludeLeaky ?? false,
    shuffleLabels: settings.shuffleLabels ?? false,
    diagSample: settings.diagSample ?? DEFAULT_DIAG_SAMPLE,
    keepFoldModels: settings.keepFoldModels ?? false,
    notes,
  };
}

/** Where to train, as it was asked for; a learner that only the CPU has says so. */
export function deviceOptions(settings: TrainSettings, resolved: ResolvedSettings): DeviceOptions {
  const { gpu, threads } = settings;
  if (resolved.algorithm !== "lightgbm") return { device: resolved.parameters.device, gpu, threads };
  // Its parameters have resolved to the CPU, whether that was asked for or not.
  const asked = settings.device ?? settings.algorithmParams?.device;
  return {
    device: asked === "cpu" ? "cpu" : "auto",
    threads,
    onlyCpu: "lightgbm is on the CPU alone in this version",
  };
}

/** The settings of a run as one flat record of JSON values. */
export function settingsRecord(settings: ResolvedSettings): Record<string, unknown> {
  const { parameters, notes: _notes, ...others } = settings;
  return { ...others, ...parameters };
}

/** The learner's parameters from both places that may give them; `resolveAlgorithm` refuses two values for one. */
function learnerInput(settings: TrainSettings): Record<string, unknown> {
  const input: Record<string, unknown> = { ...settings.algorithmParams };
  for (const key of LEARNER_SETTINGS) {
    const value = settings[key];
    if (value === undefined) continue;
    if (input[key] !== undefined && input[key] !== value) {
      throw usageError(
        `setting "${key}" and algorithmParams "${key}" are one and the same, but were given two values: ` +
          `${value} and ${JSON.stringify(input[key])}; give one`,
      );
    }
    input[key] = value;
  }
  return input;
}
