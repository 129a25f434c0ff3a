/** Base against meta: every metric, errors, and for which genes and rows it holds. */
import type { Comparison, MetricComparison, ModelNames } from "../../evaluation/comparison/types.ts";
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
  sentenceList,
} from "../blocks.ts";
import { intervalChart } from "../charts/intervals.ts";
import { colour } from "../charts/theme.ts";
import { term } from "../glossary.ts";
import { markup } from "../html.ts";
import { counted, formatDifference, formatEstimate, formatNumber } from "../numbers.ts";
import { type DataTable, number, staticTable, text } from "../table.ts";
import { geneFigures } from "./gene-figures.ts";
import { strata } from "./strata.ts";

export function comparisonSection({ comparison, againstRecalibrated }: Analysis): Section {
  return {
    id: "comparison",
    title: "Base model against meta-model",
    short: "Base against meta",
    blocks: [
      ...partBlocks(comparison, (result) => comparisonBlocks(result)),
      heading("Against the base model read anew"),
      paragraph(
        "The base model's scores are calibrated here, out of fold, on the labels that the meta-model learns from too. What the meta-model gains over this, it gains by knowing more, not by reading the same scores better.",
      ),
      ...partBlocks(againstRecalibrated, (result) => [
        sentenceList(result.conclusion.sentences),
        ...metricBlocks(result, "recalibrated-"),
        ...errorBlocks(result),
        remarks(result.notes),
      ]),
    ],
  };
}

/** `prefix` keeps the ids of a second comparison apart. */
export function comparisonBlocks(comparison: Comparison, prefix = ""): Block[] {
  const { byChromosome, byBaseScore, byCanonical, notes } = comparison;
  return [
    ...metricBlocks(comparison, prefix),
    heading("Wrong calls"),
    ...errorBlocks(comparison),
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
    remarks(notes),
  ];
}

function metricBlocks(
  { metrics, names, resamples, permutations, genes }: Comparison,
  prefix: string,
): Block[] {
  const intervals = resamples === 0
    ? "There are too few genes for intervals."
    : markup`Intervals count genes, never rows: ${counted(resamples, "resample")} of ${
      counted(genes, "gene")
    } (${term("interval")}).`;
  return [
    paragraph(
      `Both models are judged on the same rows. A difference is ${names.meta} less ${names.base}.`,
      intervals,
      markup`So do p-values: ${counted(permutations, "swap")} of the models' predictions of whole genes (${
        term("p")
      }).`,
    ),
    figures(
      `What the ${names.meta} gains over the ${names.base}. A dot to the right of the line is in its favour; where the bar does not touch the line, chance is an unlikely reason.`,
      [improvementFigure(metrics, names, `${prefix}improvement`)],
    ),
    staticTable(metricTable(metrics, names), `Metrics of ${names.base} and ${names.meta}`),
    {
      kind: "table",
      id: `${prefix}fold-tests`,
      caption: "The same differences tested over folds (Nadeau and Bengio's corrected t test)",
      table: foldTestTable(metrics),
      open: false,
    },
  ];
}

function errorBlocks(comparison: Comparison): Block[] {
  const { thresholds, names } = comparison;
  const [base, meta] = [thresholds.base, thresholds.meta].map((threshold) =>
    formatNumber(threshold, "general")
  );
  return [
    paragraph(
      markup`A row is called a splice site where donor + acceptor is at or above the ${
        term("threshold")
      }: ${base} for the ${names.base}, ${meta} for the ${names.meta}.`,
      markup`${term("rescued", "Rescued and introduced")} errors are counted row by row.`,
    ),
    staticTable(errorTable(comparison), `Wrong calls of ${names.base} and ${names.meta}`),
  ];
}

function improvementFigure(metrics: readonly MetricComparison[], names: ModelNames, id: string): Figure {
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
    title: `Gain over the ${names.base}`,
    draw: (canvas) =>
      intervalChart({
        title: `Gain over the ${names.base}, 95 % intervals`,
        finding:
          `Of ${metrics.length} metrics the ${names.meta} is better in ${better} and worse in ${worse}; the others are not distinguishable.`,
        series: [{ label: "", colour: colour("meta") }],
        rows,
        xLabel: `gain (right of 0: ${names.meta} better)`,
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

function metricTable(metrics: readonly MetricComparison[], { base, meta }: ModelNames): DataTable {
  return {
    columns: [
      text("metric", "metric"),
      text("base", `${base} (95 % interval)`),
      text("meta", `${meta} (95 % interval)`),
      text("difference", "difference (95 % interval)"),
      number(
        "p_holm",
        "p, Holm",
        "p",
        "two-sided, from swapping the models gene by gene; raised for the number of metrics",
      ),
      text("finding", `${meta} is`),
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
