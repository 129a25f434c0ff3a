/** Base against meta: every metric, errors, and for which genes and rows it holds. */
import type { Comparison, MetricComparison } from "../../evaluation/comparison/types.ts";
import type { Analysis } from "../../evaluation/document.ts";
import {
  type Block,
  type Figure,
  figures,
  heading,
  paragraph,
  partBlocks,
  remarks,
  type Section,
} from "../blocks.ts";
import { intervalChart } from "../charts/intervals.ts";
import { colour } from "../charts/theme.ts";
import { term } from "../glossary.ts";
import { markup } from "../html.ts";
import { counted, formatDifference, formatEstimate, formatNumber } from "../numbers.ts";
import { type DataTable, number, staticTable, text } from "../table.ts";
import { geneFigures } from "./gene-figures.ts";
import { strata } from "./strata.ts";

export function comparisonSection({ comparison }: Analysis): Section {
  return {
    id: "comparison",
    title: "Base model against meta-model",
    blocks: partBlocks(comparison, (c) => comparisonBlocks(c)),
  };
}

/** `prefix` keeps the ids of a second comparison apart. */
export function comparisonBlocks(comparison: Comparison, prefix = ""): Block[] {
  const { metrics, resamples, permutations, genes, thresholds, byChromosome, byBaseScore, byCanonical } =
    comparison;
  return [
    paragraph(
      "Both models are judged on the same rows. A difference is meta-model less base model. Intervals and p-values count genes, never rows: ",
      resamples === 0
        ? "there are too few genes for intervals. "
        : markup`${counted(resamples, "resample")} of ${counted(genes, "gene")} (${term("interval")}),`,
      markup`${counted(permutations, "swap")} of whole genes (${term("p")}).`,
    ),
    figures(
      markup`What the meta-model gains over the base model. A dot to the right of the line is in favour of the meta-model; where the bar does not touch the line, chance is an unlikely reason.`,
      [improvementFigure(metrics, `${prefix}improvement`)],
    ),
    staticTable(metricTable(metrics), "Metrics of both models"),
    {
      kind: "table",
      id: `${prefix}fold-tests`,
      caption: "The same differences tested over folds (Nadeau and Bengio's corrected t test)",
      table: foldTestTable(metrics),
      open: false,
    },
    heading("Wrong calls"),
    paragraph(
      markup`A row is called a splice site where donor + acceptor is at or above the ${
        term(
          "threshold",
        )
      }: ${formatNumber(thresholds.base, "general")} for the base model, ${
        formatNumber(
          thresholds.meta,
          "general",
        )
      } for the meta-model.`,
      markup`${term("rescued", "Rescued and introduced")} errors are counted row by row.`,
    ),
    staticTable(errorTable(comparison), "Wrong calls of both models"),
    heading("For which genes"),
    ...geneFigures(comparison, prefix),
    ...strata(
      "By chromosome",
      `${prefix}by-chromosome`,
      byChromosome,
      "Does the difference hold on every chromosome?",
    ),
    ...strata(
      "By the base model's score",
      `${prefix}by-base-score`,
      byBaseScore,
      "Rows are grouped by the larger of the base model's donor and acceptor scores: where the base model is unsure, there is most to gain.",
    ),
    ...strata(
      "By kind of site",
      `${prefix}by-canonical`,
      byCanonical,
      "Canonical donors are followed by GT, canonical acceptors preceded by AG.",
    ),
    remarks(comparison.notes),
  ];
}

function improvementFigure(metrics: readonly MetricComparison[], id: string): Figure {
  const rows = metrics.map(({ title, higherIsBetter, difference: { value, low, high } }) => ({
    label: higherIsBetter ? title : `${title} (fall)`,
    estimates: [
      higherIsBetter
        ? { value, low, high }
        : { value: negated(value), low: negated(high), high: negated(low) },
    ],
  }));
  const better = metrics.filter(({ finding }) => finding === "better").length;
  const worse = metrics.filter(({ finding }) => finding === "worse").length;
  return {
    id,
    title: "Gain over the base model",
    draw: (canvas) =>
      intervalChart({
        title: "Gain over the base model, 95 % intervals over genes",
        finding:
          `Of ${metrics.length} metrics the meta-model is better in ${better} and worse in ${worse}; the others are not distinguishable.`,
        series: [{ label: "", colour: colour("meta") }],
        rows,
        xLabel: "gain (right of 0: meta-model better)",
        zero: 0,
      }, canvas),
    data: {
      columns: [
        text("metric", "metric"),
        ...["base", "meta", "difference"].flatMap((name) => [
          number(name, name, "metric"),
          number(`${name}_low`, `${name}, low`, "metric"),
          number(`${name}_high`, `${name}, high`, "metric"),
        ]),
        number("p", "p", "p"),
        number("p_holm", "p, Holm", "p"),
      ],
      rows: metrics.map(({ title, base, meta, difference, p, pHolm }) => [
        title,
        ...[base, meta, difference].flatMap(({ value, low, high }) => [value, low, high]),
        p,
        pHolm,
      ]),
    },
  };
}

const negated = (value: number | null): number | null => value === null ? null : -value;

function metricTable(metrics: readonly MetricComparison[]): DataTable {
  return {
    columns: [
      text("metric", "metric"),
      text("base", "base model (95 % interval)"),
      text("meta", "meta-model (95 % interval)"),
      text("difference", "difference (95 % interval)"),
      number(
        "p_holm",
        "p, Holm",
        "p",
        "two-sided, from swapping the models gene by gene; raised for the number of metrics",
      ),
      text("finding", "meta-model is"),
    ],
    rows: metrics.map(({ title, base, meta, difference, pHolm, finding }) => [
      title,
      formatEstimate(base),
      formatEstimate(meta),
      formatDifference(difference),
      pHolm,
      finding,
    ]),
  };
}

function foldTestTable(metrics: readonly MetricComparison[]): DataTable {
  return {
    columns: [
      text("metric", "metric"),
      number("mean_difference", "mean difference", "metric"),
      number("standard_error", "standard error", "metric"),
      number("t", "t", "general"),
      number("df", "df", "count"),
      number("p", "p", "p"),
      text("remark", "remark"),
    ],
    rows: metrics.map(({ title, folds: { mean, standardError, t, df, p, reason } }) => [
      title,
      mean,
      standardError,
      t,
      df,
      p,
      reason ?? "",
    ]),
  };
}

function errorTable({ errors, names }: Comparison): DataTable {
  return {
    columns: [
      text("calls", "calls"),
      text("false_positives", "false positives"),
      text("false_negatives", "false negatives"),
    ],
    rows: [
      [
        names.base,
        formatEstimate(errors.baseFalsePositives, "count"),
        formatEstimate(errors.baseFalseNegatives, "count"),
      ],
      [
        names.meta,
        formatEstimate(errors.metaFalsePositives, "count"),
        formatEstimate(errors.metaFalseNegatives, "count"),
      ],
      [
        "difference",
        formatDifference(errors.falsePositivesDifference, "count"),
        formatDifference(errors.falseNegativesDifference, "count"),
      ],
      [
        "rescued",
        formatEstimate(errors.falsePositivesRescued, "count"),
        formatEstimate(errors.falseNegativesRescued, "count"),
      ],
      [
        "introduced",
        formatEstimate(errors.falsePositivesIntroduced, "count"),
        formatEstimate(errors.falseNegativesIntroduced, "count"),
      ],
    ],
  };
}
