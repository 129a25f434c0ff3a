/** The guide's flags of `train` that later work brings: named here so that they are refused, and never swallowed. */
import type { LaterSpec } from "./option-types.ts";

const LEAKAGE = "leakage screen of the features";
const INSTANCES = "training of several instances that are then consolidated";
const ONE_MODEL = "all genes are trained in one model already; memory is bounded";
const SHAP = "SHAP analysis";
const OVERFITTING = "overfitting monitor";
const CALIBRATION = "analysis of calibration";
const NEIGHBOURS = "analysis of the neighbours of a position";
const DIAGNOSTICS = "diagnostics of rows and sites";
const TRANSCRIPTS = "top-k by transcript";
const PLOTS = "curves and plots";
const nothing = (what: string): string => `this version makes no ${what}, so there is nothing to leave out`;

export const LATER_OPTIONS: readonly LaterSpec[] = [
  { name: "train-all-genes", does: INSTANCES, instead: ONE_MODEL },
  { name: "genes-per-instance", takesValue: true, does: INSTANCES, instead: ONE_MODEL },
  { name: "max-instances", takesValue: true, does: INSTANCES, instead: ONE_MODEL },
  { name: "instance-overlap", takesValue: true, does: INSTANCES, instead: ONE_MODEL },
  { name: "memory-per-gene-mb", takesValue: true, does: INSTANCES, instead: ONE_MODEL },
  { name: "max-memory-per-instance-gb", takesValue: true, does: INSTANCES, instead: ONE_MODEL },
  { name: "auto-adjust-instance-size", does: INSTANCES, instead: ONE_MODEL },
  {
    name: "resume-from-checkpoint",
    does: "resuming",
    accepted: "an interrupted run is always resumed from its checkpoint",
  },
  { name: "force-retrain-all", does: INSTANCES, instead: "--force redoes a finished run" },
  { name: "gene-start-idx", takesValue: true, does: INSTANCES, instead: ONE_MODEL },
  { name: "gene-end-idx", takesValue: true, does: INSTANCES, instead: ONE_MODEL },
  {
    name: "max-genes-in-memory",
    takesValue: true,
    does: "limit on memory",
    instead: "--sample-genes N trains on N genes",
  },
  {
    name: "memory-safety-factor",
    takesValue: true,
    does: "limit on memory",
    instead: "--dry-run prints the memory needed",
  },
  { name: "memory-optimize", does: "limit on memory", instead: "the table never lies in memory whole" },
  { name: "calibrate", does: "calibration of the donor + acceptor probability" },
  { name: "calibrate-per-class", does: "calibration of each class" },
  { name: "calib-method", takesValue: true, does: "choice of the calibration method" },
  { name: "calibration-analysis", does: CALIBRATION },
  { name: "calibration-sample", takesValue: true, does: CALIBRATION },
  { name: "quick-overconfidence-check", does: CALIBRATION },
  { name: "no-overconfidence-check", does: CALIBRATION, accepted: nothing("overconfidence check") },
  { name: "check-leakage", does: LEAKAGE },
  { name: "no-leakage-check", does: LEAKAGE, accepted: nothing("leakage check") },
  { name: "leakage-threshold", takesValue: true, does: LEAKAGE },
  {
    name: "auto-exclude-leaky",
    does: "leaving out of leaky features",
    instead: "--exclude-features names the columns to leave out",
  },
  { name: "leakage-probe", does: LEAKAGE },
  {
    name: "monitor-overfitting",
    does: OVERFITTING,
    instead: "--early-stopping-patience N stops a classifier that no longer improves",
  },
  { name: "overfitting-threshold", takesValue: true, does: OVERFITTING },
  {
    name: "convergence-improvement",
    takesValue: true,
    does: OVERFITTING,
    instead: "--early-stopping-min-delta X sets the least improvement",
  },
  { name: "skip-shap", does: SHAP, accepted: nothing("SHAP analysis") },
  { name: "shap-sample", takesValue: true, does: SHAP },
  { name: "fast-shap", does: SHAP },
  { name: "skip-feature-importance", does: "feature importance", accepted: nothing("feature importance") },
  { name: "neigh-sample", takesValue: true, does: NEIGHBOURS },
  { name: "neigh-window", takesValue: true, does: NEIGHBOURS },
  { name: "diag-sample", takesValue: true, does: DIAGNOSTICS },
  { name: "max-diag-sample", takesValue: true, does: DIAGNOSTICS },
  { name: "minimal-diagnostics", does: DIAGNOSTICS, accepted: nothing("such diagnostics") },
  { name: "plot-curves", does: PLOTS },
  { name: "no-plot-curves", does: PLOTS, accepted: nothing("plots") },
  { name: "plot-format", takesValue: true, does: PLOTS },
  { name: "n-roc-points", takesValue: true, does: PLOTS },
  {
    name: "top-k",
    takesValue: true,
    does: "choice of k",
    instead: "top-k is reported with k = each gene's own number of sites",
  },
  { name: "transcript-topk", does: TRANSCRIPTS },
  { name: "no-transcript-cache", does: TRANSCRIPTS, accepted: nothing("transcript cache") },
  { name: "splice-sites-path", takesValue: true, does: TRANSCRIPTS },
  { name: "transcript-features-path", takesValue: true, does: TRANSCRIPTS },
  { name: "gene-features-path", takesValue: true, does: TRANSCRIPTS },
  { name: "splice-prob-col", takesValue: true, does: "a single splice score of the base model" },
  { name: "base-tsv", takesValue: true, does: "base scores from another file" },
  { name: "errors-only", does: "training on the base model's errors" },
  { name: "error-artifact", takesValue: true, does: "training on the base model's errors" },
  { name: "include-tns", does: "training on the base model's errors" },
  { name: "annotations", takesValue: true, does: "splice-site annotations from another file" },
];
