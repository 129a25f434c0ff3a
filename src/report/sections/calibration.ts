/** Do the probabilities mean what they say. */
import type { CalibrationAnalysis, ConfidenceFinding } from "../../evaluation/calibration/types.ts";
import type { Analysis } from "../../evaluation/document.ts";
import {
  type Block,
  figures,
  heading,
  paragraph,
  partBlocks,
  remarks,
  type Section,
  sentenceList,
} from "../blocks.ts";
import { term } from "../glossary.ts";
import { markup } from "../html.ts";
import { counted, formatDifference, formatNumber } from "../numbers.ts";
import { staticTable, text } from "../table.ts";
import { TARGETS, targetTitle } from "./names.ts";
import { confidenceFigure, reliabilityFigure, targetOf } from "./calibration-figures.ts";
import { brierTable, numbersTable } from "./calibration-tables.ts";

export function calibrationSection({ calibration, overconfidence, run }: Analysis): Section {
  const quick = overconfidence.status === "done"
    ? findingBlocks(overconfidence.result, "quick-confidence")
    : [];
  return {
    id: "calibration",
    title: "Calibration",
    blocks: [
      paragraph(
        markup`${
          term(
            "calibration",
            "Calibrated",
          )
        } probabilities mean what they say: of the rows given 0.8, 80 % are of the class.`,
        run.model.calibration === null
          ? "This model's probabilities are as its classifiers give them, divided by their sum."
          : `This model is calibrated by ${run.model.calibration}.`,
        run.model.prior !== null &&
          ` They are given for rows of which ${formatNumber(run.model.prior.neither, "share")} are neither, ${
            formatNumber(run.model.prior.donor, "share")
          } donors and ${formatNumber(run.model.prior.acceptor, "share")} acceptors.`,
        " They hold for rows chosen as these were; along a whole gene sites are far rarer.",
      ),
      ...quick,
      ...(calibration.status !== "done" && quick.length > 0
        ? []
        : partBlocks(calibration, calibrationBlocks)),
    ],
  };
}

function findingBlocks(finding: ConfidenceFinding, id: string): Block[] {
  return [
    sentenceList(finding.sentences),
    figures("How much surer the probabilities are than the outcomes allow, by range of probability.", [
      confidenceFigure([finding], id),
    ]),
  ];
}

function calibrationBlocks(analysis: CalibrationAnalysis): Block[] {
  const { models, rows, genes, sampledFrom, resamples, weighting, changes } = analysis;
  const delivered = models[models.length - 1];
  return [
    paragraph(
      `${counted(rows, "row")} of ${counted(genes, "gene")}`,
      sampledFrom !== null &&
        `, whole genes drawn from ${counted(sampledFrom.rows, "row")} of ${
          counted(sampledFrom.genes, "gene")
        }`,
      `; ${counted(resamples, "resample")} of genes.`,
      weighting !== null && " Rows weigh as the target shares of the classes ask, not all the same.",
    ),
    sentenceList(
      TARGETS.flatMap((target) => targetOf(delivered, target)?.finding.sentences.join(" ") ?? []),
    ),
    heading("Reliability"),
    figures(
      markup`A dot is a group of rows of like probability. On the diagonal the model is calibrated; below it the class is rarer than predicted, above it more frequent. Groups are parts of the range of equal width; those of few rows have wide bars: ${
        term("interval")
      }.`,
      TARGETS.map((target) => reliabilityFigure(models, target)),
    ),
    heading("Over-confidence"),
    figures(
      "Right of 0 the probabilities are too sure, left of it too timid. The intervals of one model hold together with 95 %.",
      TARGETS.map((target) =>
        confidenceFigure(
          models.flatMap((model) => targetOf(model, target)?.finding ?? []),
          `confidence-${target}`,
        )
      ),
    ),
    heading("In numbers"),
    staticTable(numbersTable(models), "Calibration in numbers"),
    ...(changes === null ? [] : [
      paragraph("What calibration changed, calibrated less raw on held-out genes; negative is better."),
      staticTable({
        columns: [
          text("question", "question"),
          text("log_loss", "log-loss (95 % interval)"),
          text("brier", "Brier score (95 % interval)"),
        ],
        rows: changes.map(({ target, logLoss, brier }) => [
          target === null ? "all three classes" : targetTitle(target),
          formatDifference(logLoss),
          formatDifference(brier),
        ]),
      }, "What calibration changed"),
    ]),
    {
      kind: "table",
      id: "brier-parts",
      caption: "Parts of the Brier score",
      table: brierTable(models),
      open: false,
    },
    remarks(analysis.notes),
  ];
}
