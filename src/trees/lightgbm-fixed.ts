/** Parameters of LightGBM that have one accepted value here (what is done anyway), or none. */
import type { FixedParameter } from "./fixed-parameters.ts";

const LATER = "it is not carried out in this version";
const SEEDS = "every draw is a function of seed and its purpose";
const CATEGORICAL = "categorical splits are not carried out in this version: features are numbers";
const DART = "boosting dart is not carried out in this version";
const BINNING = "bins are exact quantiles of the whole column, limited by max_bin alone";
const LAYOUT = "how columns are stored is decided here";
const THREADS = "threads are a setting of the run (--threads)";
const OUTPUT = "output is a setting of the run (--verbose, --quiet)";
const OBJECTIVE = "every classifier is one class against the rest";

const refused = (reason: string, ...names: readonly string[]): FixedParameter[] =>
  names.map((name) => ({ name, reason }));

export const LIGHTGBM_FIXED: readonly FixedParameter[] = [
  {
    name: "objective",
    aliases: ["objective_type", "app", "application", "loss"],
    accepted: "binary",
    reason: OBJECTIVE,
  },
  {
    name: "boosting",
    aliases: ["boosting_type", "boost"],
    accepted: "gbdt",
    reason: 'dart and rf are not carried out in this version, goss is data_sample_strategy "goss"',
  },
  { name: "tree_learner", aliases: ["tree", "tree_type"], accepted: "serial", reason: "one machine trains" },
  { name: "path_smooth", accepted: 0, reason: LATER },
  { name: "linear_tree", aliases: ["linear_trees"], accepted: false, reason: LATER },
  {
    name: "enable_bundle",
    aliases: ["is_enable_bundle", "bundle"],
    accepted: false,
    reason: `${LAYOUT}, bundling of exclusive features is not carried out in this version`,
  },
  { name: "monotone_constraints_method", aliases: ["mc_method"], accepted: "basic", reason: LATER },
  { name: "monotone_penalty", aliases: ["monotone_splits_penalty"], accepted: 0, reason: LATER },
  { name: "use_missing", accepted: true, reason: "missing values have a bin of their own" },
  { name: "zero_as_missing", accepted: false, reason: "missing values are null or NaN in the data" },
  { name: "deterministic", accepted: true, reason: "models always are" },
  { name: "sigmoid", accepted: 1, reason: OBJECTIVE },
  { name: "force_col_wise", accepted: false, reason: LAYOUT },
  { name: "force_row_wise", accepted: false, reason: LAYOUT },
  { name: "is_enable_sparse", aliases: ["is_sparse", "enable_sparse", "sparse"], reason: LAYOUT },
  ...refused(LATER, "feature_contri", "forcedsplits_filename", "refit_decay_rate", "bagging_by_query"),
  ...refused(
    LATER,
    "cegb_tradeoff",
    "cegb_penalty_split",
    "cegb_penalty_feature_lazy",
    "cegb_penalty_feature_coupled",
  ),
  ...refused(DART, "drop_rate", "max_drop", "skip_drop", "xgboost_dart_mode", "uniform_drop", "drop_seed"),
  ...refused(
    CATEGORICAL,
    "categorical_feature",
    "cat_smooth",
    "cat_l2",
    "max_cat_threshold",
    "max_cat_to_onehot",
  ),
  ...refused(CATEGORICAL, "min_data_per_group"),
  ...refused(
    SEEDS,
    "bagging_seed",
    "feature_fraction_seed",
    "extra_seed",
    "data_random_seed",
    "objective_seed",
  ),
  ...refused(
    BINNING,
    "min_data_in_bin",
    "bin_construct_sample_cnt",
    "max_bin_by_feature",
    "feature_pre_filter",
  ),
  ...refused(
    "gradients are rounded by gradient_bits",
    "use_quantized_grad",
    "num_grad_quant_bins",
    "quant_train_renew_leaf",
    "stochastic_rounding",
  ),
  { name: "num_class", aliases: ["num_classes"], reason: OBJECTIVE },
  { name: "num_threads", aliases: ["num_thread", "nthread", "nthreads", "n_jobs"], reason: THREADS },
  { name: "verbosity", aliases: ["verbose"], reason: OUTPUT },
  { name: "tree_method", reason: "it is XGBoost's (--tree-method)" },
];
