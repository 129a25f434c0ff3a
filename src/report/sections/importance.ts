/** What the model uses, what it needs, and what each feature says by itself. */
import type { Analysis } from "../../evaluation/document.ts";
import {
  CONTRASTS,
  type FeatureGroup,
  type FeatureImportance,
  type ImportanceResult,
} from "../../evaluation/importance/types.ts";
import { type Block, type Figure, figures, heading, paragraph, partBlocks, type Section } from "../blocks.ts";
import { barChart } from "../charts/bars.ts";
import { intervalChart } from "../charts/intervals.ts";
import { colour } from "../charts/theme.ts";
import { term } from "../glossary.ts";
import { markup } from "../html.ts";
import { counted, formatNumber } from "../numbers.ts";
import { type Cell, type DataTable, number, text } from "../table.ts";
import { classColour, CLASSES, targetTitle } from "./names.ts";

/** Features drawn at most in a chart; the tables have all. */
const MOST = 20;

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

function groupLabel({ features }: FeatureGroup): string {
  return features.length === 1 ? features[0] : `${features[0]} and ${features.length - 1} more`;
}

function permutationFigure(groups: readonly FeatureGroup[], measure: "logLoss" | "macroAp"): Figure {
  const ranked = groups.filter(({ permutation }) => typeof permutation?.[measure].estimate.value === "number")
    .sort((a, b) => b.permutation![measure].estimate.value! - a.permutation![measure].estimate.value!)
    .slice(0, MOST);
  const title = measure === "logLoss" ? "Rise of log-loss" : "Fall of mean donor and acceptor AP";
  return {
    id: measure === "logLoss" ? "permutation-log-loss" : "permutation-ap",
    title,
    draw: (canvas) =>
      intervalChart({
        title: `${title} when shuffled, the ${ranked.length} largest`,
        finding: ranked.length === 0
          ? "No group could be judged."
          : `Largest: ${groupLabel(ranked[0])} with ${
            formatNumber(ranked[0].permutation![measure].estimate.value, "general")
          }.`,
        series: [{ label: "", colour: colour("meta") }],
        rows: ranked.map((group) => ({
          label: groupLabel(group),
          estimates: [group.permutation![measure].estimate],
        })),
        xLabel: measure === "logLoss" ? "rise of log-loss, nats a row" : "fall of average precision",
        zero: 0,
      }, canvas),
    data: {
      columns: [
        text("group", "features"),
        number("loss", "loss", "general"),
        number("low", "low", "general"),
        number("high", "high", "general"),
        number("sd_folds", "sd over folds", "general"),
        number("sd_repeats", "sd over repeats", "general"),
      ],
      rows: ranked.map((group): Cell[] => {
        const { estimate, sdOverFolds, sdOverRepeats } = group.permutation![measure];
        return [
          group.features.join(", "),
          estimate.value,
          estimate.low,
          estimate.high,
          sdOverFolds,
          sdOverRepeats,
        ];
      }),
    },
  };
}

function gainFigure(features: readonly FeatureImportance[], name: "neither" | "donor" | "acceptor"): Figure {
  const ranked = features.filter(({ model }) => (model[name].gainShare ?? 0) > 0)
    .sort((a, b) => b.model[name].gainShare! - a.model[name].gainShare!)
    .slice(0, MOST);
  const title = `Gain: ${targetTitle(name).toLowerCase()}`;
  return {
    id: `gain-${name}`,
    title,
    draw: (canvas) =>
      barChart({
        title: `${title}, the ${ranked.length} largest`,
        finding: ranked.length === 0
          ? "The classifier has no splits."
          : `Largest: ${ranked[0].name} with ${
            formatNumber(ranked[0].model[name].gainShare, "share")
          } of the gain.`,
        bars: ranked.map((feature) => ({
          label: feature.name,
          value: feature.model[name].gainShare!,
          colour: classColour(name),
        })),
        xLabel: "share of total gain",
        kind: "share",
      }, canvas),
    data: {
      columns: [
        text("feature", "feature"),
        number("gain_share", "share of gain", "share"),
        number("fold_mean", "folds, mean", "share"),
        number("fold_sd", "folds, sd", "share"),
        number("fold_rank", "rank in folds, mean", "general"),
        number("splits", "splits", "count"),
      ],
      rows: ranked.map(({ name: feature, model }): Cell[] => {
        const { gainShare, foldGainShare, foldRank, weight } = model[name];
        return [feature, gainShare, foldGainShare.mean, foldGainShare.sd, foldRank.mean, weight];
      }),
    },
  };
}

function univariateFigure(
  features: readonly FeatureImportance[],
  contrast: (typeof CONTRASTS)[number],
): Figure {
  const ranked = features.filter(({ univariate }) => univariate[contrast].auc.value !== null)
    .sort((a, b) =>
      Math.abs(b.univariate[contrast].auc.value! - 0.5) - Math.abs(a.univariate[contrast].auc.value! - 0.5)
    )
    .slice(0, MOST);
  const title = `${contrast} against neither`;
  return {
    id: `univariate-${contrast}`,
    title: `Alone: ${title}`,
    draw: (canvas) =>
      intervalChart({
        title: `Alone: ${title}, the ${ranked.length} furthest from 0.5`,
        finding: ranked.length === 0
          ? "No feature could be judged."
          : `Furthest from 0.5: ${ranked[0].name} with an AUC of ${
            formatNumber(ranked[0].univariate[contrast].auc.value, "metric")
          }.`,
        series: [{ label: "", colour: classColour(contrast) }],
        rows: ranked.map(({ name, univariate }) => ({ label: name, estimates: [univariate[contrast].auc] })),
        xLabel: "AUC, 95 % interval over genes",
        zero: 0.5,
      }, canvas),
    data: {
      columns: [
        text("feature", "feature"),
        number("auc", "AUC", "metric"),
        number("low", "low", "metric"),
        number("high", "high", "metric"),
        number("within_genes", "AUC within genes", "metric"),
        number("p", "p", "p"),
        number("q", "q", "p"),
        number("genes", "genes", "count"),
      ],
      rows: ranked.map(({ name, univariate }): Cell[] => {
        const { auc, withinGeneAuc, p, q, genes } = univariate[contrast];
        return [name, auc.value, auc.low, auc.high, withinGeneAuc.value, p, q, genes];
      }),
    },
  };
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
