/** leakage_report.csv: a line a feature, in the order of the sample. Undefined values are empty; docs/leakage.md says what the columns are. */
import { type CsvCell, csvText } from "../../data/csv-text.ts";
import { CLASSES } from "./gene-labels.ts";
import type { FeatureScreen, FoldScreens } from "./types.ts";

const COLUMNS: readonly (readonly [string, (feature: FeatureScreen) => CsvCell])[] = [
  ["feature", ({ feature }) => feature],
  ["verdict", ({ verdict }) => verdict],
  ["reason", ({ reason }) => reason],
  ["remark", ({ remark }) => remark],
  ["missing_share", ({ missing }) => missing],
  ["distinct_values", ({ distinctValues }) => distinctValues],
  ...perClass("auc", ({ auc }) => auc),
  ...perClass("pearson", ({ pearson }) => pearson),
  ...perClass("spearman", ({ spearman }) => spearman),
  ["mutual_information_bits", ({ mutualInformation }) => mutualInformation],
  ["information_share", ({ informationShare }) => informationShare],
  ["pattern", ({ pattern }) => pattern && pattern.kind],
  ["pattern_class", ({ pattern }) => pattern && pattern.class],
  ["pattern_holders", ({ pattern }) => pattern && pattern.holders],
  ["pattern_value", ({ pattern }) => pattern && pattern.value],
  ["pattern_in_holders", ({ pattern }) => pattern && pattern.inHolders],
  ["pattern_in_others", ({ pattern }) => pattern && pattern.inOthers],
  ["pattern_strength", ({ pattern }) => pattern && pattern.strength],
  ["pattern_genes", ({ pattern }) => pattern && pattern.genes],
  ["pattern_exact_genes", ({ pattern }) => pattern && pattern.exactGenes],
  ["partners", ({ partners }) => partners.join(" ")],
];

/** The screen as a table; `folds_flagged` has the folds (from 1) whose training genes show the leak, separated by spaces. */
export function leakageCsv({ all, folds }: FoldScreens): string {
  const flagged = new Map<string, number[]>();
  for (const { fold, leftOut } of folds) {
    for (const { feature } of leftOut) flagged.set(feature, [...flagged.get(feature) ?? [], fold + 1]);
  }
  return csvText([
    [...COLUMNS.map(([name]) => name), "folds_flagged"],
    ...all.features.map((feature) => [
      ...COLUMNS.map(([, valueOf]) => valueOf(feature)),
      (flagged.get(feature.feature) ?? []).join(" "),
    ]),
  ]);
}

function perClass(
  name: string,
  valuesOf: (feature: FeatureScreen) => FeatureScreen["auc"],
): (readonly [string, (feature: FeatureScreen) => CsvCell])[] {
  return CLASSES.map((of) => [`${name}_${of}`, (feature) => valuesOf(feature)[of]]);
}
