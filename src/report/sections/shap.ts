/** What each feature adds to each prediction. */
import type { Analysis } from "../../evaluation/document.ts";
import type { ShapAnalysis } from "../../evaluation/shap/types.ts";
import { type Block, figures, heading, paragraph, partBlocks, type Section } from "../blocks.ts";
import { term } from "../glossary.ts";
import { markup } from "../html.ts";
import { counted, formatNumber } from "../numbers.ts";
import { CLASSES } from "./names.ts";
import {
  dependenceFigure,
  donorAcceptorFigure,
  meanFigure,
  MOST_DEPENDENCE_DOTS,
  MOST_DEPENDENCES,
  MOST_SWARM_ROWS,
  swarmFigure,
  waterfallFigure,
} from "./shap-figures.ts";

export function shapSection({ shap }: Analysis): Section {
  return { id: "shap", title: "SHAP values", short: "SHAP", blocks: partBlocks(shap, shapBlocks) };
}

function shapBlocks(analysis: ShapAnalysis): Block[] {
  const { kind, rows, genes, rowsByLabel, background, classes, waterfalls, donorAcceptor } = analysis;
  const swarmRows = Math.min(MOST_SWARM_ROWS, classes[0]?.beeswarm.shown ?? 0);
  const exact = classes.map(({ name, additivity: { maxError, tolerance } }) =>
    `${name} ${formatNumber(maxError, "general")}${maxError > tolerance ? " (too large!)" : ""}`
  ).join(", ");
  return [
    paragraph(
      markup`A ${term("shap")} is what a feature's value adds to the ${
        term(
          "logodds",
        )
      } of one classifier at one position.`,
      `${kind === "path-dependent" ? "Path-dependent" : "Interventional"} values, exact, of ${
        counted(rows, "row")
      } of ${counted(genes, "gene")} (${
        CLASSES.map((name, i) => `${formatNumber(rowsByLabel[i] ?? 0, "count")} ${name}`).join(", ")
      })`,
      background !== null &&
        `, against ${counted(background.rows, "background row")} of ${counted(background.genes, "gene")}`,
      ". Donors and acceptors are drawn far more often than the table has them, so that both are seen. ",
      `They add up to the model's margin; largest error: ${exact}.`,
    ),
    heading("Mean influence"),
    figures(
      "Mean size of a feature's contributions over the rows explained, log odds.",
      classes.map((one) => meanFigure(one, analysis)),
    ),
    heading("Direction"),
    figures(
      `A dot is a row: right of the line the feature's value speaks for the class, left against it; its colour is the value's rank. ${
        formatNumber(swarmRows, "count")
      } rows are drawn.`,
      classes.map((one) => swarmFigure(one, analysis)),
    ),
    heading("Dependence"),
    figures(
      `Contribution against the feature's value, for the first ${MOST_DEPENDENCES} features of each classifier; the colour is the rank of the feature that goes with it most. At most ${MOST_DEPENDENCE_DOTS} rows are drawn.`,
      classes.flatMap((one) =>
        one.dependence.slice(0, MOST_DEPENDENCES).map((dependence, i) =>
          dependenceFigure(one, dependence, i, analysis)
        )
      ),
    ),
    heading("Single positions"),
    figures(
      "How a position's margin comes about, from what the model says knowing nothing (dashed) to its margin (solid). Above 0 the class is more likely than not, before calibration.",
      waterfalls.map((waterfall) => waterfallFigure(waterfall, analysis)),
    ),
    heading("Donors against acceptors"),
    figures(
      `A dot is a feature: what matters for donors lies to the right, for acceptors above. Correlation ${
        formatNumber(donorAcceptor.pearson, "general")
      } (Spearman ${formatNumber(donorAcceptor.spearman, "general")}).`,
      [donorAcceptorFigure(analysis)],
    ),
  ];
}
