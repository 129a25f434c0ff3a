/** The guide's flags of `train` that later work brings: named here so that they are refused, and never swallowed. */
import type { LaterSpec } from "./option-types.ts";

const INSTANCES = "training of several instances that are then consolidated";
const ONE_MODEL = "all genes are trained in one model already; memory is bounded";
const TRANSCRIPTS = "top-k by transcript";
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
  {
    name: "quick-overconfidence-check",
    does: "check of confidence",
    accepted: "it is made anyway; --no-overconfidence-check leaves it out",
  },
  {
    name: "check-leakage",
    does: "screen of the features",
    accepted: "features are screened anyway; --no-leakage-check leaves it out",
  },
  {
    name: "leakage-probe",
    does: "screen of the features",
    accepted: "features are screened anyway; --auto-exclude-leaky leaves out what is found",
  },
  {
    name: "plot-curves",
    does: "curves",
    accepted: "the report shows the curves; --plot-format writes files too",
  },
  {
    name: "no-plot-curves",
    does: "curves",
    accepted: "charts are files only with --plot-format, so there is nothing to leave out",
  },
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
