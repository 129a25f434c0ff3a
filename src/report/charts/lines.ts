/** Lines over a number: curves of a classifier, learning curves, reliability, profiles around sites. */
import * as Plot from "@observablehq/plot";
import type { Maybe } from "../../evaluation/analysis.ts";
import { type Canvas, drawFrame, type Heading, type Key } from "./frame.ts";
import { colour } from "./theme.ts";

export interface LinePoint {
  readonly x: number;
  /** Null breaks the line. */
  readonly y: Maybe;
  readonly low?: Maybe;
  readonly high?: Maybe;
}

export interface Line {
  /** In the legend; lines of an empty label are not listed. */
  readonly label: string;
  readonly colour: string;
  readonly dashed?: boolean;
  /** Thin and pale: one of many. */
  readonly faint?: boolean;
  /** A dot at each point. */
  readonly dots?: boolean;
  /** How `low` and `high` are drawn. */
  readonly interval?: "band" | "whiskers";
  /** Horizontal first, then vertical. */
  readonly steps?: boolean;
  readonly points: readonly LinePoint[];
}

export interface LineChart extends Heading {
  readonly lines: readonly Line[];
  readonly xLabel: string;
  readonly yLabel: string;
  readonly xDomain?: readonly [number, number];
  readonly yDomain?: readonly [number, number];
  readonly xTicks?: readonly number[];
  readonly xFormat?: (x: number) => string;
  /** A grey line for comparison, such as chance. */
  readonly reference?: {
    readonly label: string;
    readonly from: readonly number[];
    readonly to: readonly number[];
  };
  /** Pixels. */
  readonly plotHeight?: number;
}

export function lineChart(chart: LineChart, canvas: Canvas): SVGSVGElement {
  const { title, finding, lines, reference, plotHeight = 260 } = chart;
  const keys: Key[] = lines.filter((line) => line.label !== "")
    .map((line) => ({ label: line.label, colour: line.colour, shape: line.dashed ? "dashes" : "line" }));
  if (reference) keys.push({ label: reference.label, colour: colour("quiet"), shape: "line" });
  return drawFrame(canvas, {
    title,
    finding,
    keys,
    plotHeight,
    x: {
      label: chart.xLabel,
      ...(chart.xDomain && { domain: [...chart.xDomain] }),
      ...(chart.xTicks && { ticks: [...chart.xTicks] }),
      ...(chart.xFormat && { tickFormat: chart.xFormat }),
    },
    y: {
      label: chart.yLabel,
      grid: true,
      nice: !chart.yDomain,
      ...(chart.yDomain && { domain: [...chart.yDomain] }),
    },
    marks: [
      reference &&
      Plot.line([reference.from, reference.to], { stroke: colour("quiet"), strokeWidth: 1 }),
      ...lines.flatMap(intervalMarks),
      ...lines.map(lineMark),
      ...lines.map((line) => line.dots ? dotMark(line) : null),
    ],
  });
}

const defined = (value: Maybe | undefined): number => value ?? NaN;

function intervalMarks(line: Line): Plot.Markish[] {
  const points = line.points.filter(({ low, high }) => typeof low === "number" && typeof high === "number");
  if (points.length === 0 || line.interval === undefined) return [];
  if (line.interval === "whiskers") {
    return [Plot.ruleX(points, { x: "x", y1: "low", y2: "high", stroke: line.colour, strokeWidth: 1.2 })];
  }
  return [Plot.areaY(line.points, {
    x: "x",
    y1: ({ low }: LinePoint) => defined(low),
    y2: ({ high }: LinePoint) => defined(high),
    fill: line.colour,
    fillOpacity: 0.16,
  })];
}

function lineMark(line: Line): Plot.Markish {
  return Plot.line(line.points, {
    x: "x",
    y: ({ y }: LinePoint) => defined(y),
    stroke: line.colour,
    strokeWidth: line.faint ? 0.8 : 1.8,
    strokeOpacity: line.faint ? 0.55 : 1,
    ...(line.dashed && { strokeDasharray: "5 3" }),
    ...(line.steps && { curve: "step-after" as const }),
  });
}

function dotMark(line: Line): Plot.Markish {
  return Plot.dot(line.points.filter(({ y }) => y !== null), {
    x: "x",
    y: "y",
    r: 2.8,
    ...(line.dashed
      ? { stroke: line.colour, fill: colour("ground"), strokeWidth: 1.4 }
      : { fill: line.colour }),
  });
}
