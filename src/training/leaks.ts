/** The screen for leaks, fold by fold: which columns of the matrix each model may split on. */
import type { FeatureSample } from "../evaluation/analysis.ts";
import { leakFinder, screenFolds } from "../evaluation/leakage/screen.ts";
import type { FoldScreens } from "../evaluation/leakage/types.ts";
import { dataError } from "../numerics/errors.ts";
import type { FeatureReport } from "./bin-features.ts";
import type { GeneFolds, HeldOut } from "./folds.ts";
import type { ResolvedSettings } from "./settings.ts";

/** What the screen found, and the columns that may be used: 1 per column of the matrix, null for all. */
export interface LeakScreen {
  readonly screens: FoldScreens;
  readonly foldColumns: readonly (Uint8Array | null)[];
  readonly splitColumns: readonly (Uint8Array | null)[];
  readonly finalColumns: Uint8Array | null;
}

/**
 * Screens the features of the sample: for each fold and each holdout by its training genes alone, for the final model by all.
 * @param sample its features are the columns of the matrix, in their order
 */
export function screenForLeaks(
  sample: FeatureSample,
  folds: GeneFolds | null,
  splits: readonly HeldOut[],
  { leakageThreshold, autoExcludeLeaky, parameters }: ResolvedSettings,
  note: (text: string) => void,
): LeakScreen {
  const options = { threshold: leakageThreshold!, seed: parameters.seed };
  const nFolds = autoExcludeLeaky ? folds?.nFolds ?? 0 : 0;
  const screens = screenFolds(sample, nFolds, options);
  const leaks = screens.finalLeftOut.map(({ feature }) => feature);
  if (!autoExcludeLeaky) {
    if (leaks.length > 0) {
      note(
        `Features that give the label away: ${leaks.length} (${
          named(leaks)
        }); they were used. What is measured with them says nothing: ` +
          "leave them out with --auto-exclude-leaky or --exclude-features.",
      );
    }
    return {
      screens,
      foldColumns: Array.from({ length: folds?.nFolds ?? 0 }, () => null),
      splitColumns: splits.map(() => null),
      finalColumns: null,
    };
  }
  if (leaks.length > 0) note(`Left out of the final model as leaks: ${named(leaks)}.`);
  for (const { fold, leftOut } of screens.folds) {
    const own = leftOut.map(({ feature }) => feature);
    if (own.join() !== leaks.join()) {
      note(
        `Fold ${fold + 1} left out by its own training genes: ${own.length === 0 ? "nothing" : named(own)}.`,
      );
    }
  }
  const maskOf = (leftOut: readonly string[]): Uint8Array | null => {
    if (leftOut.length === sample.names.length) {
      throw dataError(
        `all ${leftOut.length} features give the label away (${
          named(leftOut)
        }), so nothing is left to train on: ` +
          "see leakage_report.csv of a run without --auto-exclude-leaky, and mend the table",
      );
    }
    return columnMask(sample.names, leftOut);
  };
  const find = splits.length > 0 ? leakFinder(sample, options) : null;
  return {
    screens,
    foldColumns: screens.folds.map(({ leftOut }) => maskOf(leftOut.map(({ feature }) => feature))),
    splitColumns: splits.map(({ test }) => {
      const training = Uint32Array.from(sample.genes.keys()).filter((g) => !test[sample.genes[g]]);
      return maskOf(find!(training).map(({ feature }) => feature));
    }),
    finalColumns: maskOf(leaks),
  };
}

/** The manifest of features, with what the final model left out as a leak. */
export function withLeaks(
  report: readonly FeatureReport[],
  screen: LeakScreen | null,
): readonly FeatureReport[] {
  if (!screen?.finalColumns) return report;
  const reasons = new Map(screen.screens.finalLeftOut.map(({ feature, reason }) => [feature, reason]));
  return report.map((line) => {
    const reason = line.used ? reasons.get(line.name) : undefined;
    return reason === undefined ? line : { ...line, used: false, reason: `gives the label away: ${reason}` };
  });
}

/** Columns that a mask lets in, ascending. */
export function keptColumns(columns: number, mask: Uint8Array | null): number[] {
  return Array.from({ length: columns }, (_, column) => column).filter((column) => mask?.[column] !== 0);
}

/** 1 per name that stays, or null where all do. */
function columnMask(names: readonly string[], leftOut: readonly string[]): Uint8Array | null {
  if (leftOut.length === 0) return null;
  const out = new Set(leftOut);
  return Uint8Array.from(names, (name) => (out.has(name) ? 0 : 1));
}

function named(names: readonly string[]): string {
  return names.length <= 12
    ? names.join(", ")
    : `${names.slice(0, 12).join(", ")} and ${names.length - 12} more`;
}
