/** What the model uses, what it needs, and what each feature says by itself. */
import type { Analysis } from "../../evaluation/document.ts";
import {
  CONTRASTS,
  type FeatureGroup,
  type FeatureImportance,
  type ImportanceResult,
} from "../../evaluation/importance/types.ts";
import { type Block, figures, heading, paragraph, partBlocks, type Section } from "../blocks.ts";
import { term } from "../glossary.ts";
import { markup } from "../html.ts";
import { counted, formatNumber } from "../numbers.ts";
import { type Cell, type DataTable, number, text } from "../table.ts";
import { CLASSES } from "./names.ts";
import { gainFigure, permutationFigure, univariateFigure } from "./importance-figures.ts";

export function importanceSection({ importance }: Analysis): Section {
  return {
    id: "importance",
    title: "Feature importance",
    short: "Importance",
    blocks: partBlocks(importance, importanceBlocks),
  };
}

function importanceBlocks(result: ImportanceResult): Block[] {
  const { features, groups, method, rankStability } = result;
  const used = features.filter((feature) => feature.used).length;
  const stability = CLASSES.map((name) =>
    `${name} ${formatNumber(rankStability[name].meanSpearman, "general")}`
  ).join(", ");
  return [
    paragraph(
      `${formatNumber(used, "count")} of ${
        counted(features.length, "feature")
      } are used by the models. Three views, which may differ: what the model splits on, what it loses without a feature, and what a feature says alone.`,
    ),
    heading("What is lost without it"),
    figures(
      markup`${term("permutation", "Permutation importance")}: rise of the three-class ${
        term("logloss")
      } on held-out genes when values are shuffled among rows (${counted(method.permutedRows, "row")} of ${
        counted(method.permutedGenes, "gene")
      }, ${counted(method.repeats, "repeat")}). Features correlated at |Spearman| ≥ ${
        formatNumber(method.groupCutoff, "general")
      } are shuffled together as a group, for either could stand in for the other. Bars: 95 % intervals over folds.`,
      [permutationFigure(groups, "logLoss"), permutationFigure(groups, "macroAp")],
    ),
    heading("What the model uses"),
    figures(
      markup`Share of the total ${
        term("gain")
      } in the delivered model, by classifier. Folds agree on the ranks of features with a mean Spearman correlation of ${stability}.`,
      CLASSES.map((name) => gainFigure(features, name)),
    ),
    heading("What it says by itself"),
    figures(
      markup`${term("auc", "AUC")} of the feature alone against class neither, with its ${
        term("interval")
      }: 0.5 tells nothing, below it low values mean a site.`,
      CONTRASTS.slice(0, 2).map((contrast) => univariateFigure(features, contrast)),
    ),
    {
      kind: "table",
      id: "feature-table",
      caption: `All ${counted(features.length, "feature")}, in all respects`,
      table: featureTable(result),
      open: true,
      sortedBy: { column: "permutation_log_loss", descending: true },
      file: "features",
    },
    {
      kind: "table",
      id: "feature-groups",
      caption: "Groups that were shuffled together",
      table: groupTable(groups),
      open: false,
    },
  ];
}

function featureTable({ features, groups }: ImportanceResult): DataTable {
  const lossOf = ({ permutation }: FeatureImportance): number | null =>
    permutation?.logLoss.estimate.value ?? null;
  const sorted = [...features].sort((a, b) => (lossOf(b) ?? -Infinity) - (lossOf(a) ?? -Infinity));
  return {
    columns: [
      text("feature", "feature"),
      number(
        "permutation_log_loss",
        "rise of log-loss",
        "general",
        "when its own values are shuffled, correlated ones left as they are",
      ),
      number("permutation_low", "low", "general"),
      number("permutation_high", "high", "general"),
      number("permutation_ap", "fall of AP", "general"),
      number("group_log_loss", "its group, rise of log-loss", "general"),
      number("group_size", "features in its group", "count"),
      ...CLASSES.map((name) => number(`gain_${name}`, `gain, ${name}`, "share")),
      ...CONTRASTS.flatMap((contrast) => [
        number(`auc_${contrast}`, `AUC, ${contrast}`, "metric"),
        number(
          `q_${contrast}`,
          `q, ${contrast}`,
          "p",
          "Wilcoxon over genes, Benjamini-Hochberg over features",
        ),
        number(`mi_${contrast}`, `bits, ${contrast}`, "general", "mutual information"),
      ]),
      number("missing", "missing", "share"),
    ],
    rows: sorted.map((feature): Cell[] => {
      const group = groups[feature.group];
      const own = feature.permutation?.logLoss.estimate;
      return [
        feature.name,
        lossOf(feature),
        own?.low ?? null,
        own?.high ?? null,
        feature.permutation?.macroAp.estimate.value ?? null,
        group?.permutation?.logLoss.estimate.value ?? null,
        group?.features.length ?? null,
        ...CLASSES.map((name) => feature.model[name].gainShare),
        ...CONTRASTS.flatMap((contrast) => {
          const { auc, q, mutualInformation } = feature.univariate[contrast];
          return [auc.value, q, mutualInformation];
        }),
        feature.missingShare,
      ];
    }),
  };
}

function groupTable(groups: readonly FeatureGroup[]): DataTable {
  return {
    columns: [
      text("features", "features"),
      number("size", "size", "count"),
      number("weakest_correlation", "weakest |Spearman|", "general"),
      number("log_loss", "rise of log-loss", "general"),
      number("ap", "fall of AP", "general"),
    ],
    rows: groups.filter(({ features }) => features.length > 1).map((
      { features, weakestCorrelation, permutation },
    ): Cell[] => [
      features.join(", "),
      features.length,
      weakestCorrelation,
      permutation?.logLoss.estimate.value ?? null,
      permutation?.macroAp.estimate.value ?? null,
    ]),
  };
}
