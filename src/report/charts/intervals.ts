/** Numbers with their intervals, one row a thing: differences, effects, losses. */
import * as Plot from "@observablehq/plot";
import type { Estimate } from "../../evaluation/analysis.ts";
import { type Canvas, drawFrame, fitted, type Heading, type Key, labelMargin } from "./frame.ts";
import { colour } from "./theme.ts";

export interface IntervalSeries {
  /** In the legend; "" for a chart of one series. */
  readonly label: string;
  readonly colour: string;
  /** A ring in place of a dot. */
  readonly open?: boolean;
}

export interface IntervalRow {
  readonly label: string;
  /** One a series; null where there is none. */
  readonly estimates: readonly (Estimate | null)[];
}

export interface IntervalChart extends Heading {
  readonly series: readonly IntervalSeries[];
  readonly rows: readonly IntervalRow[];
  readonly xLabel: string;
  readonly xDomain?: readonly [number, number];
  /** Where a vertical line stands: no difference. */
  readonly zero?: number;
}

interface Placed {
  readonly row: string;
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

export function intervalChart(chart: IntervalChart, canvas: Canvas): SVGSVGElement {
  const { title, finding, series, rows, zero } = chart;
  const none = rows.every(({ estimates }) =>
    estimates.every((estimate) => (estimate?.value ?? null) === null)
  );
  const domain = chart.xDomain ?? (none ? [0, 1] : undefined);
  const margin = labelMargin(rows.map(({ label }) => label), 200);
  const keys: Key[] = series.filter(({ label }) => label !== "")
    .map(({ label, colour, open }) => ({ label, colour, shape: open ? "ring" : "dot" }));
  return drawFrame(canvas, {
    title,
    finding,
    keys,
    plotHeight: Math.max(60, rows.length * (12 + 10 * series.length)),
    marginLeft: margin,
    x: {
      label: chart.xLabel,
      grid: true,
      ticks: 5,
      ...(domain ? { domain: [...domain] } : { nice: true }),
    },
    y: {
      label: null,
      type: "band",
      domain: rows.map((_, i) => String(i)),
      tickFormat: (i: string) => fitted(rows[Number(i)].label, margin - 10),
      tickSize: 0,
    },
    marks: [
      zero === undefined ? null : Plot.ruleX([zero], { stroke: colour("quiet") }),
      ...series.flatMap((one, i) => seriesMarks(one, placed(rows, i), 10 * (i - (series.length - 1) / 2))),
    ],
  });
}

function placed(rows: readonly IntervalRow[], series: number): Placed[] {
  return rows.flatMap(({ estimates }, i) => {
    const estimate = estimates[series];
    if (!estimate || estimate.value === null) return [];
    return [{
      row: String(i),
      value: estimate.value,
      low: estimate.low ?? NaN,
      high: estimate.high ?? NaN,
    }];
  });
}

function seriesMarks(
  { colour: paint, open }: IntervalSeries,
  points: readonly Placed[],
  dy: number,
): Plot.Markish[] {
  return [
    Plot.link(points.filter(({ low, high }) => !Number.isNaN(low) && !Number.isNaN(high)), {
      x1: "low",
      x2: "high",
      y: "row",
      stroke: paint,
      strokeWidth: 1.6,
      dy,
    }),
    Plot.dot(points, {
      x: "value",
      y: "row",
      r: 3.6,
      dy,
      ...(open ? { fill: colour("ground"), stroke: paint, strokeWidth: 1.6 } : { fill: paint }),
    }),
  ];
}
