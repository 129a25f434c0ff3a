/** Charts of feature importance. */
import type { CONTRASTS, FeatureGroup, FeatureImportance } from "../../evaluation/importance/types.ts";
import type { Figure } from "../blocks.ts";
import { barChart } from "../charts/bars.ts";
import { intervalChart } from "../charts/intervals.ts";
import { colour } from "../charts/theme.ts";
import { formatNumber } from "../numbers.ts";
import { type Cell, number, text } from "../table.ts";
import { classColour, targetTitle } from "./names.ts";

/** Features drawn at most in a chart; the tables have all. */
const MOST = 20;

export function permutationFigure(groups: readonly FeatureGroup[], measure: "logLoss" | "macroAp"): Figure {
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

export function gainFigure(
  features: readonly FeatureImportance[],
  name: "neither" | "donor" | "acceptor",
): Figure {
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

export function univariateFigure(
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

function groupLabel({ features }: FeatureGroup): string {
  return features.length === 1 ? features[0] : `${features[0]} and ${features.length - 1} more`;
}
