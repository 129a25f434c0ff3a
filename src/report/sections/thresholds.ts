/** Where to cut the probabilities. */
import type { Analysis } from "../../evaluation/document.ts";
import type {
  GoalName,
  Scope,
  SuggestedThreshold,
  ThresholdAnalysis,
} from "../../evaluation/thresholds/types.ts";
import {
  type Block,
  type Figure,
  figures,
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
import { counted, formatEstimate, formatNumber } from "../numbers.ts";
import { type Cell, type DataTable, number, staticTable, text } from "../table.ts";
import { CLASSES } from "./names.ts";

export function thresholdsSection({ thresholds }: Analysis): Section {
  return { id: "thresholds", title: "Thresholds", blocks: partBlocks(thresholds, thresholdBlocks) };
}

const SCOPE_NAMES: Readonly<Record<Scope, string>> = {
  global: "site",
  donor: "donor",
  acceptor: "acceptor",
};

function goalName(goal: GoalName, target: number | null): string {
  if (goal === "best-f1") return "best F1";
  return target === null ? goal : `${goal} at least ${formatNumber(target, "general")}`;
}

function thresholdBlocks(analysis: ThresholdAnalysis): Block[] {
  const { suggestions, policies, rows, genes, folds, resamples } = analysis;
  const unmet = suggestions.flatMap(({ goal, target, scope, reason, nested }) => [
    ...(reason === null ? [] : [`${goalName(goal, target)}, ${SCOPE_NAMES[scope]}: ${reason}`]),
    ...(reason !== null || nested.reason === null
      ? []
      : [`${goalName(goal, target)}, ${SCOPE_NAMES[scope]}, chosen without the fold: ${nested.reason}`]),
  ]);
  return [
    paragraph(
      markup`Suggested ${term("threshold", "thresholds")} for three goals, from ${
        counted(
          rows,
          "held-out row",
        )
      } of ${counted(genes, "gene")} in ${counted(folds, "fold")}; ${
        counted(
          resamples,
          "resample",
        )
      } of genes.`,
      markup`The ${
        term("nested", "honest values")
      } are of thresholds that were chosen on other genes than they are judged on: expect those.`,
    ),
    staticTable(suggestionTable(suggestions), "Suggested thresholds"),
    figures(
      "What each goal's threshold really achieves on genes it was not chosen on. Bars: 95 % intervals over genes.",
      (["global", "donor", "acceptor"] as const).map((scope) =>
        achievedFigure(suggestions.filter((one) => one.scope === scope), scope)
      ),
    ),
    sentenceList(unmet),
    {
      kind: "table",
      id: "policy-confusions",
      caption: "What each policy calls, class by class (on the rows the thresholds were chosen on)",
      table: {
        columns: [
          text("policy", "policy"),
          text("rule", "rule"),
          text("true_class", "true class"),
          ...CLASSES.map((name) => number(`called_${name}`, `called ${name}`, "count")),
        ],
        rows: policies.flatMap(({ goal, by, confusion }): Cell[][] =>
          confusion === null
            ? [[goal, "cannot call", "", null, null, null]]
            : confusion.map((counts, label) => [
              goal,
              by === "global" ? "global threshold" : "each type's own",
              CLASSES[label],
              ...counts,
            ])
        ),
      },
      open: false,
    },
    remarks(analysis.notes),
  ];
}

function suggestionTable(suggestions: readonly SuggestedThreshold[]): DataTable {
  return {
    columns: [
      text("goal", "goal"),
      text("scope", "calls"),
      text("threshold", "threshold (95 % interval)"),
      text("precision", "honest precision"),
      text("recall", "honest recall"),
      text("f1", "honest F1"),
    ],
    rows: suggestions.map(({ goal, target, scope, threshold, nested }) => [
      goalName(goal, target),
      SCOPE_NAMES[scope],
      formatEstimate(threshold),
      ...(["precision", "recall", "f1"] as const).map((name) =>
        nested.achieved === null ? "–" : formatEstimate(nested.achieved[name])
      ),
    ]),
  };
}

function achievedFigure(suggestions: readonly SuggestedThreshold[], scope: Scope): Figure {
  const title = `Achieved: ${SCOPE_NAMES[scope]}`;
  const measures = ["precision", "recall", "f1"] as const;
  const series = [
    { label: "precision", colour: colour("donor") },
    { label: "recall", colour: colour("acceptor"), open: true },
    { label: "F1", colour: colour("ink") },
  ];
  return {
    id: `threshold-${scope}`,
    title,
    draw: (canvas) =>
      intervalChart({
        title,
        finding: suggestions.map(({ goal, nested: { achieved } }) =>
          achieved === null
            ? `${goal}: not met.`
            : `${goal}: precision ${formatNumber(achieved.precision.value, "metric")}, recall ${
              formatNumber(achieved.recall.value, "metric")
            }.`
        ).join(" "),
        series,
        rows: suggestions.map(({ goal, target, nested: { achieved } }) => ({
          label: goalName(goal, target),
          estimates: measures.map((name) => achieved?.[name] ?? null),
        })),
        xLabel: "on genes it was not chosen on",
      }, canvas),
    data: {
      columns: [
        text("goal", "goal"),
        number("threshold", "threshold", "general"),
        number("met_share", "goal met in resamples", "share"),
        ...["chosen", "honest"].flatMap((where) =>
          measures.flatMap((name) => [
            number(`${where}_${name}`, `${where} ${name}`, "metric"),
            number(`${where}_${name}_low`, "low", "metric"),
            number(`${where}_${name}_high`, "high", "metric"),
          ])
        ),
      ],
      rows: suggestions.map(({ goal, target, threshold, achieved, nested, metShare }): Cell[] => [
        goalName(goal, target),
        threshold.value,
        metShare,
        ...[achieved, nested.achieved].flatMap((where) =>
          measures.flatMap((
            name,
          ) => [where?.[name].value ?? null, where?.[name].low ?? null, where?.[name].high ?? null])
        ),
      ]),
    },
  };
}
