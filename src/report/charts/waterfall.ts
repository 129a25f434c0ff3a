/** How contributions add up, from a start to an end. */
import * as Plot from "@observablehq/plot";
import { formatNumber } from "../numbers.ts";
import { type Canvas, drawFrame, fitted, type Heading, labelMargin } from "./frame.ts";
import { colour } from "./theme.ts";

export interface WaterfallChart extends Heading {
  readonly subtitle: string;
  readonly start: number;
  readonly steps: readonly { readonly label: string; readonly change: number }[];
  readonly xLabel: string;
}

export function waterfallChart(chart: WaterfallChart, canvas: Canvas): SVGSVGElement {
  const { title, subtitle, finding, start, steps } = chart;
  const margin = labelMargin(steps.map(({ label }) => label), 210);
  let at = start;
  const bars = steps.map(({ change }, i) => {
    const from = at;
    at += change;
    return { row: String(i), from, to: at, change };
  });
  const end = at;
  const ends = bars.flatMap(({ from, to }) => [from, to]).concat(start);
  const least = Math.min(...ends);
  const most = Math.max(...ends);
  const space = (most - least) * 0.24 || 1; // the numbers stand beside the bars
  return drawFrame(canvas, {
    title,
    subtitle,
    finding,
    keys: [
      { label: "towards the class", colour: colour("high"), shape: "box" },
      { label: "away from it", colour: colour("low"), shape: "box" },
    ],
    plotHeight: 19 * Math.max(1, steps.length),
    marginLeft: margin,
    x: { label: chart.xLabel, grid: true, ticks: 5, domain: [least - space, most + space] },
    y: {
      label: null,
      type: "band",
      padding: 0.2,
      domain: bars.map(({ row }) => row),
      tickFormat: (i: string) => fitted(steps[Number(i)].label, margin - 10),
      tickSize: 0,
    },
    marks: [
      Plot.ruleX([start], { stroke: colour("quiet"), strokeDasharray: "3 3" }),
      Plot.ruleX([end], { stroke: colour("ink") }),
      Plot.rect(bars, {
        x1: "from",
        x2: "to",
        y: "row",
        fill: ({ change }: { change: number }) => colour(change < 0 ? "low" : "high"),
      }),
      ...[1, -1].map((side) =>
        Plot.text(bars.filter(({ change }) => (change < 0 ? -1 : 1) === side), {
          x: "to",
          y: "row",
          text: ({ change }: { change: number }) =>
            (change > 0 ? "+" : "") + formatNumber(Number(change.toPrecision(3)), "general"),
          textAnchor: side > 0 ? "start" : "end",
          dx: 4 * side,
          fill: colour("ink"),
        })
      ),
    ],
  });
}
