/** Charts of calibration. */
import type {
  ConfidenceFinding,
  JudgedModel,
  ModelCalibration,
  Target,
  TargetCalibration,
} from "../../evaluation/calibration/types.ts";
import type { Figure } from "../blocks.ts";
import { intervalChart } from "../charts/intervals.ts";
import { lineChart } from "../charts/lines.ts";
import { colour } from "../charts/theme.ts";
import { formatNumber } from "../numbers.ts";
import { type Cell, number, text } from "../table.ts";
import { targetTitle } from "./names.ts";

export const MODEL_NAMES: Readonly<Record<JudgedModel, string>> = {
  base: "base model",
  raw: "meta-model, raw",
  calibrated: "meta-model, calibrated",
};

export const targetOf = ({ targets }: ModelCalibration, target: Target): TargetCalibration | undefined =>
  targets.find((one) => one.target === target);

export function reliabilityFigure(models: readonly ModelCalibration[], target: Target): Figure {
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
        lines: shown.map(({ model, equalWidth }) => ({
          label: MODEL_NAMES[model],
          ...look(model, names),
          dots: true,
          interval: "whiskers" as const,
          points: equalWidth.bins.map(({ predicted, observed: { value, low, high } }) => ({
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
        reference: { label: "perfect", from: [0, 0], to: [1, 1] },
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

export function confidenceFigure(findings: readonly ConfidenceFinding[], id: string): Figure {
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

/** Colour, dash. */
function look(model: JudgedModel, models: readonly JudgedModel[]): { colour: string; dashed: boolean } {
  if (model === "base") return { colour: colour("base"), dashed: true };
  const alone = !models.includes("calibrated");
  return {
    colour: colour(model === "calibrated" || alone ? "meta" : "raw"),
    dashed: model === "raw" && !alone,
  };
}
