/** Learning curves: what more trees bring on genes the models know, and on genes they do not. */
import type { Maybe } from "../../evaluation/analysis.ts";
import type { Analysis } from "../../evaluation/document.ts";
import type { LearningCurve, OverfittingAnalysis, OverFolds } from "../../evaluation/overfitting/types.ts";
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
import { type Line, lineChart } from "../charts/lines.ts";
import { colour } from "../charts/theme.ts";
import { term } from "../glossary.ts";
import { markup } from "../html.ts";
import { counted, formatEstimate, formatNumber } from "../numbers.ts";
import { type Cell, type DataTable, number, staticTable, text } from "../table.ts";
import { CLASSES, meanOf, targetTitle } from "./names.ts";

export function overfittingSection({ overfitting }: Analysis): Section {
  return { id: "overfitting", title: "Overfitting", blocks: partBlocks(overfitting, overfittingBlocks) };
}

interface Measure {
  readonly key: "loss" | "ap";
  readonly title: string;
  readonly train: (curve: LearningCurve) => readonly Maybe[];
  readonly heldOut: (curve: LearningCurve) => readonly Maybe[];
  readonly label: string;
}

const MEASURES: readonly Measure[] = [
  {
    key: "loss",
    title: "Log-loss",
    train: (c) => c.trainLogLoss,
    heldOut: (c) => c.heldOutLogLoss,
    label: "log-loss, nats a row",
  },
  {
    key: "ap",
    title: "Average precision",
    train: (c) => c.trainAp,
    heldOut: (c) => c.heldOutAp,
    label: "average precision",
  },
];

function overfittingBlocks(analysis: OverfittingAnalysis): Block[] {
  const { classes, recommended, curves, rows, genes, overfittingThreshold } = analysis;
  return [
    paragraph(
      markup`${
        term("overfitting", "Overfitting")
      } shows as a gap between training genes and held-out genes, and as held-out loss that rises again with more trees.`,
      `Measured on ${counted(rows, "row")} of ${counted(genes, "gene")}; a gap in average precision above ${
        formatNumber(overfittingThreshold, "general")
      } counts. A model may fit its training genes closely and still be at its best on new ones.`,
    ),
    sentenceList([...classes.map(({ sentence }) => sentence), recommended.sentence]),
    staticTable(classTable(analysis), "Overfitting by classifier"),
    ...MEASURES.map((measure) =>
      figures(
        measure.key === "loss"
          ? markup`${
            term("logloss", "Log-loss")
          } after so many trees, lower is better. Thin lines are folds, thick ones their mean; losses above four times the lowest are not drawn.`
          : markup`${term("ap", "Average precision")} after so many trees, higher is better.`,
        CLASSES.flatMap((name) => {
          const own = curves.filter(({ className }) => className === name);
          return own.length === 0 ? [] : [learningFigure(own, name, measure)];
        }),
      )
    ),
    remarks(analysis.notes),
  ];
}

const overFolds = ({ mean, low, high }: OverFolds, kind: "metric" | "count"): string =>
  formatEstimate({ value: mean, low, high }, kind);

function classTable({ classes }: OverfittingAnalysis): DataTable {
  return {
    columns: [
      text("classifier", "classifier"),
      text("verdict", "verdict"),
      text("gap_ap", "gap in AP (95 % interval over folds)"),
      text("gap_log_loss", "gap in log-loss"),
      text("best_trees", "best number of trees, by log-loss"),
      text("best_trees_ap", "by AP"),
      text("rise", "log-loss lost to later trees"),
      text("converged", "converged"),
    ],
    rows: classes.map((
      { className, verdict, gapAp, gapLogLoss, bestTrees, bestTreesAp, riseFromBest, converged },
    ) => [
      targetTitle(className),
      verdict,
      overFolds(gapAp, "metric"),
      overFolds(gapLogLoss, "metric"),
      overFolds(bestTrees, "count"),
      overFolds(bestTreesAp, "count"),
      overFolds(riseFromBest, "metric"),
      converged === null ? "–" : converged ? "yes" : "no",
    ]),
  };
}

function learningFigure(
  curves: readonly LearningCurve[],
  name: "neither" | "donor" | "acceptor",
  measure: Measure,
): Figure {
  const title = `${measure.title}: ${targetTitle(name).toLowerCase()}`;
  const sides = [
    { label: "training genes", paint: colour("base"), dashed: true, valuesOf: measure.train },
    { label: "held-out genes", paint: colour("meta"), dashed: false, valuesOf: measure.heldOut },
  ];
  const cut = measure.key === "loss" ? lossCut(curves) : (y: Maybe) => y;
  const last = sides.map(({ valuesOf }) => meanOf(curves.map((curve) => valuesOf(curve).at(-1) ?? null)));
  return {
    id: `learning-${measure.key}-${name}`,
    title,
    draw: (canvas) =>
      lineChart({
        title,
        finding: `With all trees: ${formatNumber(last[0], "metric")} on training genes, ${
          formatNumber(last[1], "metric")
        } on held-out genes, means of ${counted(curves.length, "fold")}.`,
        lines: sides.flatMap(({ label, paint, dashed, valuesOf }): Line[] => [
          ...curves.map((curve): Line => ({
            label: "",
            colour: paint,
            faint: true,
            dashed,
            points: curve.trees.map((x, i) => ({ x, y: cut(valuesOf(curve)[i]) })),
          })),
          {
            label,
            colour: paint,
            dashed,
            points: meanCurve(curves, valuesOf).map(({ x, y }) => ({ x, y: cut(y) })),
          },
        ]),
        xLabel: "trees",
        yLabel: measure.label,
        plotHeight: 220,
      }, canvas),
    data: {
      columns: [
        number("fold", "fold", "count"),
        number("trees", "trees", "count"),
        number("train", "training genes", "general"),
        number("held_out", "held-out genes", "general"),
      ],
      rows: curves.flatMap((curve) =>
        curve.trees.map((
          trees,
          i,
        ): Cell[] => [curve.fold + 1, trees, measure.train(curve)[i], measure.heldOut(curve)[i]])
      ),
    },
  };
}

/** Leaves out the losses of the first trees, so that the rest can be told apart. */
function lossCut(curves: readonly LearningCurve[]): (y: Maybe) => Maybe {
  const lowest = meanOf(curves.map(({ heldOutLogLoss }) => {
    const known = heldOutLogLoss.filter((loss) => loss !== null);
    return known.length === 0 ? null : known.reduce((a, b) => Math.min(a, b));
  }));
  return (y) => y !== null && lowest !== null && y > 4 * lowest ? null : y;
}

/** Mean of the folds at the numbers of trees that all of them have. */
function meanCurve(curves: readonly LearningCurve[], valuesOf: Measure["train"]): { x: number; y: Maybe }[] {
  const valuesAt = new Map<number, Maybe[]>();
  for (const curve of curves) {
    const values = valuesOf(curve);
    curve.trees.forEach((trees, i) => valuesAt.set(trees, [...(valuesAt.get(trees) ?? []), values[i]]));
  }
  return [...valuesAt].filter(([, values]) => values.length === curves.length)
    .sort(([a], [b]) => a - b)
    .map(([x, values]) => ({ x, y: meanOf(values) }));
}
