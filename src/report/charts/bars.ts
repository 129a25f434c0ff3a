/** Horizontal bars from nought, the number at their end; and a histogram. */
import * as Plot from "@observablehq/plot";
import { formatNumber, type NumberKind } from "../numbers.ts";
import { type Canvas, drawFrame, fitted, type Heading, type Key, labelMargin } from "./frame.ts";
import { colour } from "./theme.ts";

export interface BarChart extends Heading {
  readonly bars: readonly { readonly label: string; readonly value: number; readonly colour: string }[];
  readonly xLabel: string;
  readonly kind: NumberKind;
  readonly keys?: readonly Key[];
  /** Left end of the axis; 0 where absent. */
  readonly from?: number;
  /** Right end of the axis; the largest value where absent. */
  readonly to?: number;
}

export function barChart(chart: BarChart, canvas: Canvas): SVGSVGElement {
  const { title, finding, bars, kind, keys, from = 0 } = chart;
  const margin = labelMargin(bars.map(({ label }) => label), 200);
  const rows = bars.map((bar, i) => ({ ...bar, row: String(i) }));
  const most = chart.to ?? Math.max(from, ...bars.map(({ value }) => value));
  return drawFrame(canvas, {
    title,
    finding,
    keys,
    plotHeight: Math.max(40, 18 * bars.length),
    marginLeft: margin,
    marginRight: 58,
    x: { label: chart.xLabel, grid: true, ticks: 4, domain: [from, most > from ? most : from + 1] },
    y: {
      label: null,
      type: "band",
      padding: 0.25,
      domain: rows.map(({ row }) => row),
      tickFormat: (i: string) => fitted(bars[Number(i)].label, margin - 10),
      tickSize: 0,
    },
    marks: [
      Plot.rect(rows, { x1: from, x2: "value", y: "row", fill: "colour" }),
      Plot.text(rows, {
        x: "value",
        y: "row",
        text: ({ value }: { value: number }) => formatNumber(value, kind),
        textAnchor: "start",
        dx: 4,
        fill: colour("ink"),
      }),
    ],
  });
}

export interface Histogram extends Heading {
  readonly values: readonly number[];
  readonly xLabel: string;
  readonly yLabel: string;
  /** Colours below and above this value. */
  readonly split: number;
  readonly colours: readonly [below: string, above: string];
  readonly keys?: readonly Key[];
}

/** Bins of a histogram of equal width; the split is an edge. */
export function histogramBins(
  values: readonly number[],
  split: number,
  bins = 30,
): { from: number; to: number; count: number }[] {
  if (values.length === 0) return [];
  const least = values.reduce((a, b) => Math.min(a, b), split);
  const most = values.reduce((a, b) => Math.max(a, b), split);
  const width = (most - least) / bins || 1;
  const first = Math.floor((least - split) / width);
  const counts: number[] = [];
  for (const value of values) {
    const bin = Math.floor((value - split) / width) - first;
    counts[bin] = (counts[bin] ?? 0) + 1;
  }
  return Array.from(counts, (count, i) => ({
    from: split + (first + i) * width,
    to: split + (first + i + 1) * width,
    count: count ?? 0,
  }));
}

export function histogram(chart: Histogram, canvas: Canvas): SVGSVGElement {
  const { title, finding, values, split, colours, keys } = chart;
  const bins = histogramBins(values, split);
  return drawFrame(canvas, {
    title,
    finding,
    keys,
    plotHeight: 200,
    x: { label: chart.xLabel },
    y: { label: chart.yLabel, grid: true, nice: true },
    marks: [
      Plot.rect(bins.filter(({ count }) => count > 0), {
        x1: "from",
        x2: "to",
        y1: 0,
        y2: "count",
        insetLeft: 0.5,
        insetRight: 0.5,
        fill: ({ from, to }: { from: number; to: number }) =>
          (from + to) / 2 < split ? colours[0] : colours[1],
      }),
      Plot.ruleX([split], { stroke: colour("ink") }),
    ],
  });
}
