/** Do the probabilities mean what they say. */
import type {
  CalibrationAnalysis,
  ConfidenceFinding,
  JudgedModel,
  ModelCalibration,
  Target,
  TargetCalibration,
} from "../../evaluation/calibration/types.ts";
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
import { lineChart } from "../charts/lines.ts";
import { colour } from "../charts/theme.ts";
import { term } from "../glossary.ts";
import { markup } from "../html.ts";
import { counted, formatDifference, formatEstimate, formatNumber } from "../numbers.ts";
import { type Cell, type DataTable, number, staticTable, text } from "../table.ts";
import { TARGETS, targetTitle } from "./names.ts";

const MODEL_NAMES: Readonly<Record<JudgedModel, string>> = {
  base: "base model",
  raw: "meta-model, raw",
  calibrated: "meta-model, calibrated",
};

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
    sentenceList(TARGETS.flatMap((target) => targetOf(delivered, target)?.finding.sentences ?? [])),
    heading("Reliability"),
    figures(
      markup`A dot is a group of rows of like probability. On the diagonal the model is calibrated; below it the class is rarer than predicted, above it more frequent. Groups have equal numbers of rows; bars: ${
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

const targetOf = ({ targets }: ModelCalibration, target: Target): TargetCalibration | undefined =>
  targets.find((one) => one.target === target);

/** Colour, dash. */
function look(model: JudgedModel, models: readonly JudgedModel[]): { colour: string; dashed: boolean } {
  if (model === "base") return { colour: colour("base"), dashed: true };
  const alone = !models.includes("calibrated");
  return {
    colour: colour(model === "calibrated" || alone ? "meta" : "raw"),
    dashed: model === "raw" && !alone,
  };
}

function reliabilityFigure(models: readonly ModelCalibration[], target: Target): Figure {
  const names = models.map(({ model }) => model);
  const shown = models.flatMap((model) => {
    const one = targetOf(model, target);
    return one ? [{ model: model.model, ...one }] : [];
  });
  const title = `Reliability: ${targetTitle(target).toLowerCase()}`;
  return {
    id: `reliability-${target}`,
    title,
    draw: (canvas) =>
      lineChart({
        title,
        finding: shown.map(({ model, equalMass, finding }) =>
          `${MODEL_NAMES[model]}: expected calibration error ${
            formatNumber(equalMass.ece.value, "metric")
          }, ${finding.verdict}.`
        ).join(" "),
        lines: shown.map(({ model, equalMass }) => ({
          label: MODEL_NAMES[model],
          ...look(model, names),
          dots: true,
          interval: "whiskers" as const,
          points: equalMass.bins.map(({ predicted, observed: { value, low, high } }) => ({
            x: predicted,
            y: value,
            low,
            high,
          })),
        })),
        xLabel: "mean predicted probability",
        yLabel: "observed share of rows",
        xDomain: [0, 1],
        yDomain: [0, 1],
        reference: { label: "calibrated", from: [0, 0], to: [1, 1] },
      }, canvas),
    data: {
      columns: [
        text("model", "model"),
        text("bins", "bins"),
        number("from", "from", "general"),
        number("to", "to", "general"),
        number("rows", "rows", "count"),
        number("genes", "genes", "count"),
        number("predicted", "predicted", "metric"),
        number("observed", "observed", "metric"),
        number("low", "low", "metric"),
        number("high", "high", "metric"),
      ],
      rows: shown.flatMap(({ model, equalMass, equalWidth }) =>
        [equalMass, equalWidth].flatMap(({ kind, bins }) =>
          bins.map(({ from, to, rows, genes, predicted, observed }): Cell[] => [
            MODEL_NAMES[model],
            kind,
            from,
            to,
            rows,
            genes,
            predicted,
            observed.value,
            observed.low,
            observed.high,
          ])
        )
      ),
    },
  };
}

function confidenceFigure(findings: readonly ConfidenceFinding[], id: string): Figure {
  const names = findings.map(({ model }) => model);
  const [first] = findings;
  const title = first ? `Over-confidence: ${targetTitle(first.target).toLowerCase()}` : "Over-confidence";
  const ranges = first?.ranges ?? [];
  return {
    id,
    title,
    draw: (canvas) =>
      intervalChart({
        title,
        finding: findings.map(({ model, verdict }) => `${MODEL_NAMES[model]}: ${verdict}.`).join(" "),
        series: findings.map(({ model }) => ({
          label: MODEL_NAMES[model],
          colour: look(model, names).colour,
          open: look(model, names).dashed,
        })),
        rows: ranges.map(({ from, to }, i) => ({
          label: `${formatNumber(from, "general")} to ${formatNumber(to, "general")}`,
          estimates: findings.map(({ ranges }) => ranges[i]?.excess ?? null),
        })),
        xLabel: "too timid   ←   probability   →   too sure",
        zero: 0,
      }, canvas),
    data: {
      columns: [
        text("model", "model"),
        number("from", "from", "general"),
        number("to", "to", "general"),
        number("rows", "rows", "count"),
        number("genes", "genes", "count"),
        number("predicted", "predicted", "metric"),
        number("observed", "observed", "metric"),
        number("excess", "too sure by", "metric"),
        number("low", "low", "metric"),
        number("high", "high", "metric"),
        text("verdict", "verdict"),
      ],
      rows: findings.flatMap(({ model, ranges }) =>
        ranges.map(({ from, to, rows, genes, predicted, observed, excess, verdict }): Cell[] => [
          MODEL_NAMES[model],
          from,
          to,
          rows,
          genes,
          predicted,
          observed,
          excess.value,
          excess.low,
          excess.high,
          verdict,
        ])
      ),
    },
  };
}

function numbersTable(models: readonly ModelCalibration[]): DataTable {
  return {
    columns: [
      text("question", "question"),
      text("model", "model"),
      text("ece", "ECE (95 % interval)", "expected calibration error, bins of equal numbers of rows"),
      number("ece_chance", "ECE by chance", "metric", "what sampling alone would give a calibrated model"),
      number("p", "p", "p", "share of resamples of a calibrated model with an error at least as large"),
      text("slope", "slope", "logistic recalibration: below 1 too extreme, above 1 too timid"),
      text("log_loss", "log-loss"),
      text("brier", "Brier score"),
      text("verdict", "verdict"),
    ],
    rows: TARGETS.flatMap((target) =>
      models.flatMap((model): Cell[][] => {
        const one = targetOf(model, target);
        if (!one) return [];
        const { equalMass: { ece }, slope, logLoss, brier, finding } = one;
        return [[
          targetTitle(target),
          MODEL_NAMES[model.model],
          formatEstimate(ece),
          ece.byChance,
          ece.p,
          formatEstimate(slope, "general"),
          formatEstimate(logLoss),
          formatEstimate(brier.brier),
          finding.verdict,
        ]];
      })
    ),
  };
}

function brierTable(models: readonly ModelCalibration[]): DataTable {
  return {
    columns: [
      text("question", "question"),
      text("model", "model"),
      number("brier", "Brier score", "metric"),
      number("reliability", "reliability", "metric", "distance from calibration: 0 is best"),
      number("resolution", "resolution", "metric", "how much groups differ: more is better"),
      number("uncertainty", "uncertainty", "metric", "variance of the label"),
      number("within_bins", "within bins", "metric"),
      number("mce", "largest error of a bin", "metric"),
      number("ece_width", "ECE, bins of equal width", "metric"),
      number("intercept", "intercept", "general"),
    ],
    rows: TARGETS.flatMap((target) =>
      models.flatMap((model): Cell[][] => {
        const one = targetOf(model, target);
        if (!one) return [];
        const {
          brier: { brier, reliability, resolution, uncertainty, withinBins },
          equalMass,
          equalWidth,
          intercept,
        } = one;
        return [[
          targetTitle(target),
          MODEL_NAMES[model.model],
          brier.value,
          reliability.value,
          resolution.value,
          uncertainty.value,
          withinBins.value,
          equalMass.mce.value,
          equalWidth.ece.value,
          intercept.value,
        ]];
      })
    ),
  };
}
