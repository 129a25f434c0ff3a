/** The analysis of features as tables. Undefined values are empty; docs/importance.md says what the columns are. */
import { type CsvCell, csvText } from "../../data/csv-text.ts";
import { CLASS_NAMES } from "../../data/dataset.ts";
import type { Estimate } from "../analysis.ts";
import {
  CONTRASTS,
  type FeatureImportance,
  type ImportanceResult,
  type ModelUse,
  type PermutationImportance,
  type PermutationLoss,
  type UnivariateTest,
} from "./types.ts";

type Column<T> = readonly [name: string, valueOf: (row: T) => CsvCell];

/** feature_importance.csv: a line a feature, in the order of the sample. */
export function featureImportanceCsv({ features, groups }: ImportanceResult): string {
  const columns: Column<FeatureImportance>[] = [
    ["feature", (feature) => feature.name],
    ["used", ({ used }) => used ? "yes" : "no"],
    ["missing_share", ({ missingShare }) => missingShare],
    // Files count from 1.
    ["group", ({ group }) => group + 1],
    ["group_size", ({ group }) => groups[group].features.length],
    ...within(
      prefixed("permuted", PERMUTATION_COLUMNS),
      ({ permutation }: FeatureImportance) => permutation,
    ),
    ...within(
      prefixed("group_permuted", PERMUTATION_COLUMNS),
      ({ group }: FeatureImportance) => groups[group].permutation,
    ),
    ...CLASS_NAMES.flatMap((name) =>
      within(prefixed(name, USE_COLUMNS), ({ model }: FeatureImportance) => model[name])
    ),
    ...CONTRASTS.flatMap((name) =>
      within(
        prefixed(`${name}_vs_neither`, TEST_COLUMNS),
        ({ univariate }: FeatureImportance) => univariate[name],
      )
    ),
  ];
  return table(columns, features);
}

/** feature_groups.csv: a line a group, its features separated by spaces. */
export function featureGroupsCsv({ groups }: ImportanceResult): string {
  const numbered = groups.map((group, i) => ({ ...group, number: i + 1 }));
  const columns: Column<(typeof numbered)[number]>[] = [
    ["group", ({ number }) => number],
    ["size", ({ features }) => features.length],
    ["features", ({ features }) => features.join(" ")],
    ["weakest_correlation", ({ weakestCorrelation }) => weakestCorrelation],
    ...within(
      prefixed("permuted", PERMUTATION_COLUMNS),
      ({ permutation }: { readonly permutation: PermutationImportance | null }) => permutation,
    ),
  ];
  return table(columns, numbered);
}

const LOSS_COLUMNS: readonly Column<PermutationLoss>[] = [
  ...within(estimateColumns(), ({ estimate }: PermutationLoss) => estimate),
  ["_sd_over_folds", ({ sdOverFolds }) => sdOverFolds],
  ["_sd_over_repeats", ({ sdOverRepeats }) => sdOverRepeats],
];

const PERMUTATION_COLUMNS: readonly Column<PermutationImportance>[] = [
  ...within(named("log_loss", LOSS_COLUMNS), ({ logLoss }: PermutationImportance) => logLoss),
  ...within(named("macro_ap", LOSS_COLUMNS), ({ macroAp }: PermutationImportance) => macroAp),
];

const USE_COLUMNS: readonly Column<ModelUse>[] = [
  ["weight", ({ weight }) => weight],
  ["total_gain", ({ totalGain }) => totalGain],
  ["gain", ({ meanGain }) => meanGain],
  ["total_cover", ({ totalCover }) => totalCover],
  ["cover", ({ meanCover }) => meanCover],
  ["gain_share", ({ gainShare }) => gainShare],
  ["fold_gain_share_mean", ({ foldGainShare }) => foldGainShare.mean],
  ["fold_gain_share_sd", ({ foldGainShare }) => foldGainShare.sd],
  ["fold_rank_mean", ({ foldRank }) => foldRank.mean],
  ["fold_rank_sd", ({ foldRank }) => foldRank.sd],
];

const TEST_COLUMNS: readonly Column<UnivariateTest>[] = [
  ["positives", ({ positives }) => positives],
  ["negatives", ({ negatives }) => negatives],
  ...within(named("auc", estimateColumns()), ({ auc }: UnivariateTest) => auc),
  ["rank_biserial", ({ rankBiserial }) => rankBiserial],
  ...within(
    named("auc_within_genes", estimateColumns()),
    ({ withinGeneAuc }: UnivariateTest) => withinGeneAuc,
  ),
  ["genes", ({ genes }) => genes],
  ["p", ({ p }) => p],
  ["q", ({ q }) => q],
  ["reason", ({ reason }) => reason],
  ["mutual_information_bits", ({ mutualInformation }) => mutualInformation],
];

function estimateColumns(): Column<Estimate>[] {
  return [
    ["", ({ value }) => value],
    ["_low", ({ low }) => low],
    ["_high", ({ high }) => high],
  ];
}

/** Columns of a part of the row; empty where the row lacks it. */
function within<T, P>(columns: readonly Column<P>[], partOf: (row: T) => P | null): Column<T>[] {
  return columns.map(([name, valueOf]) => [name, (row) => {
    const part = partOf(row);
    return part === null ? null : valueOf(part);
  }]);
}

function named<T>(name: string, columns: readonly Column<T>[]): Column<T>[] {
  return columns.map(([suffix, valueOf]) => [name + suffix, valueOf]);
}

function prefixed<T>(prefix: string, columns: readonly Column<T>[]): Column<T>[] {
  return named(prefix + "_", columns);
}

function table<T>(columns: readonly Column<T>[], rows: readonly T[]): string {
  return csvText([
    columns.map(([name]) => name),
    ...rows.map((row) => columns.map(([, valueOf]) => valueOf(row))),
  ]);
}
