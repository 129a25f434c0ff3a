/** A parameter of the algorithm that has one accepted value here (what is done anyway), or none. */
export interface FixedParameter {
  readonly name: string;
  readonly aliases?: readonly string[];
  readonly accepted?: string | number | boolean;
  readonly reason: string;
}

const DART = "only the gbtree booster is available";
const CATEGORICAL = "features are numbers";
const TUNING = "it tunes XGBoost's own internals";

/** XGBoost's. */
export const FIXED_PARAMETERS: readonly FixedParameter[] = [
  { name: "booster", accepted: "gbtree", reason: "dart and gblinear are not available" },
  {
    name: "objective",
    accepted: "binary:logistic",
    reason: "every classifier is one class against the rest",
  },
  { name: "grow_policy", accepted: "depthwise", reason: "trees grow level by level" },
  { name: "max_leaves", accepted: 0, reason: "trees are limited by max_depth" },
  { name: "num_parallel_tree", accepted: 1, reason: "one tree is grown a round" },
  { name: "sampling_method", accepted: "uniform", reason: "rows are drawn uniformly" },
  { name: "multi_strategy", accepted: "one_output_per_tree", reason: "trees have one output" },
  { name: "process_type", accepted: "default", reason: "trees are grown, not updated" },
  { name: "refresh_leaf", accepted: 1, reason: "trees are grown, not updated" },
  { name: "enable_categorical", accepted: false, reason: CATEGORICAL },
  { name: "seed_per_iteration", accepted: false, reason: "draws depend on seed and round already" },
  { name: "validate_parameters", accepted: true, reason: "parameters are always checked" },
  { name: "missing", accepted: NaN, reason: "missing values are null or NaN in the data" },
  { name: "num_class", reason: "every classifier is one class against the rest" },
  { name: "nthread", reason: "threads are a setting of the run (--threads)" },
  { name: "n_jobs", reason: "threads are a setting of the run (--threads)" },
  { name: "verbosity", reason: "output is a setting of the run (--verbose, --quiet)" },
  { name: "max_cat_to_onehot", reason: CATEGORICAL },
  { name: "max_cat_threshold", reason: CATEGORICAL },
  { name: "feature_types", reason: CATEGORICAL },
  { name: "sample_type", reason: DART },
  { name: "normalize_type", reason: DART },
  { name: "rate_drop", reason: DART },
  { name: "one_drop", reason: DART },
  { name: "skip_drop", reason: DART },
  { name: "updater", reason: TUNING },
  { name: "max_cached_hist_node", reason: TUNING },
  { name: "sparse_threshold", reason: TUNING },
];
