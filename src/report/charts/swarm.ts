/** Beeswarms: a row of points a feature, side by side where they are many, coloured by the feature's value. */
import type { Maybe } from "../../evaluation/analysis.ts";
import { dotPaths, RANK_KEYS, rankColour } from "./dots.ts";
import { type Canvas, drawFrame, fitted, type Heading, labelMargin, svgElement } from "./frame.ts";
import { colour } from "./theme.ts";

export interface SwarmChart extends Heading {
  readonly rows: readonly {
    readonly label: string;
    readonly values: readonly number[];
    /** 0 to 1 per value, or null where missing. */
    readonly ranks: readonly Maybe[];
  }[];
  readonly xLabel: string;
}

const ROW = 24;
const RADIUS = 1.6;

export function swarmChart(chart: SwarmChart, canvas: Canvas): SVGSVGElement {
  const { title, finding, rows } = chart;
  const margin = labelMargin(rows.map(({ label }) => label), 190);
  const all = rows.flatMap(({ values }) => values).filter(Number.isFinite);
  const least = all.reduce((a, b) => Math.min(a, b), 0);
  const most = all.reduce((a, b) => Math.max(a, b), 0);
  const space = (most - least) * 0.03 || 0.5;
  return drawFrame(canvas, {
    title,
    finding,
    keys: RANK_KEYS,
    plotHeight: Math.max(40, ROW * rows.length),
    marginLeft: margin,
    x: { label: chart.xLabel, domain: [least - space, most + space], grid: true, ticks: 6 },
    y: {
      label: null,
      type: "band",
      padding: 0,
      domain: rows.map((_, i) => String(i)),
      tickFormat: (i: string) => fitted(rows[Number(i)].label, margin - 10),
      tickSize: 0,
    },
    marks: [
      (_index, scales, _values, { marginTop, height, marginBottom }, { document }) => {
        const x = scales.x!;
        const group = svgElement(document, "g", {});
        group.append(svgElement(document, "path", {
          d: `M${x(0)} ${marginTop}V${height - marginBottom}`,
          stroke: colour("quiet"),
          fill: "none",
        }));
        const pitch = (height - marginTop - marginBottom) / Math.max(1, rows.length);
        const dots = rows.flatMap(({ values, ranks }, row) => {
          const middle = marginTop + pitch * (row + 0.5);
          const lefts = values.map((value) => x(value));
          return spread(lefts).map((offset, i) => ({
            x: lefts[i],
            y: middle + offset,
            colour: rankColour(ranks[i]),
          }));
        });
        group.append(...dotPaths(document, dots, RADIUS));
        return group;
      },
    ],
  });
}

/** Vertical offsets, pixels: points of one column of 2 pixels lie alternately above and below, closer where they are many. */
function spread(lefts: readonly number[]): number[] {
  const columns = lefts.map((left) => Math.round(left / 2));
  const sizes = new Map<number, number>();
  for (const column of columns) sizes.set(column, (sizes.get(column) ?? 0) + 1);
  const most = Math.max(1, ...sizes.values());
  const step = Math.min(1.8, (ROW - 6) / most);
  const placed = new Map<number, number>();
  return columns.map((column) => {
    const k = placed.get(column) ?? 0;
    placed.set(column, k + 1);
    return (k % 2 === 0 ? 1 : -1) * Math.ceil(k / 2) * step;
  });
}
