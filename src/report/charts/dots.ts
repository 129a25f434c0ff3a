/** Many points: each colour is one path of dots, so that thousands of them stay small. */
import type { Canvas, Heading, Key } from "./frame.ts";
import { drawFrame, svgElement } from "./frame.ts";
import type * as Plot from "@observablehq/plot";
import { colour } from "./theme.ts";

export interface Dot {
  readonly x: number;
  readonly y: number;
  readonly colour: string;
}

export interface DotChart extends Heading {
  readonly dots: readonly Dot[];
  readonly xLabel: string;
  readonly yLabel: string;
  readonly keys?: readonly Key[];
  /** A line of equal x and y. */
  readonly diagonal?: boolean;
  /** A horizontal line at 0. */
  readonly zeroLine?: boolean;
  /** Both axes start at 0 and have the same end. */
  readonly square?: boolean;
  readonly radius?: number;
  /** Names beside some of the dots. */
  readonly names?: readonly { readonly x: number; readonly y: number; readonly label: string }[];
}

export function dotChart(chart: DotChart, canvas: Canvas): SVGSVGElement {
  const { title, finding, dots, keys, diagonal, zeroLine, square, radius = 2 } = chart;
  const [xDomain, yDomain] = square
    ? sameDomain(dots)
    : [domainOf(dots.map(({ x }) => x)), domainOf(dots.map(({ y }) => y))];
  return drawFrame(canvas, {
    title,
    finding,
    keys,
    plotHeight: 280,
    x: { label: chart.xLabel, domain: xDomain, grid: true, ticks: 6 },
    y: { label: chart.yLabel, domain: yDomain, grid: true },
    marks: [
      (_index, { x, y }, _values, { width }, { document }) => {
        const group = svgElement(document, "g", {});
        if (diagonal) {
          group.append(lineBetween(document, x!, y!, [xDomain[0], xDomain[0]], [xDomain[1], xDomain[1]]));
        }
        if (zeroLine) group.append(lineBetween(document, x!, y!, [xDomain[0], 0], [xDomain[1], 0]));
        group.append(
          ...dotPaths(document, dots.map((dot) => ({ ...dot, x: x!(dot.x), y: y!(dot.y) })), radius),
        );
        const names = (chart.names ?? []).map((name) => ({ ...name, x: x!(name.x), y: y!(name.y) }));
        group.append(...nameTexts(document, names, width));
        return group;
      },
    ],
  });
}

/** Dots at pixel positions as one path a colour. */
export function dotPaths(document: Document, dots: readonly Dot[], radius: number): SVGElement[] {
  const paths = new Map<string, string[]>();
  for (const { x, y, colour } of dots) {
    if (!Number.isFinite(x) || !Number.isFinite(y)) continue;
    let path = paths.get(colour);
    if (!path) paths.set(colour, path = []);
    path.push(`M${x.toFixed(1)} ${y.toFixed(1)}h0`);
  }
  return [...paths].map(([stroke, path]) =>
    svgElement(document, "path", {
      d: path.join(""),
      stroke,
      fill: "none",
      "stroke-width": 2 * radius,
      "stroke-linecap": "round",
      "stroke-opacity": 0.75,
    })
  );
}

/** Seven colours from low to high, and one for missing values. */
export function rankColour(rank: number | null): string {
  if (rank === null) return colour("missing");
  const share = Math.round(Math.min(1, Math.max(0, rank)) * 6) / 6;
  if (share === 0) return colour("low");
  if (share === 1) return colour("high");
  return RAMP[Math.round(share * 6) - 1];
}

/** Between `low` and `high`, of middling lightness: they hold on light and on dark ground. */
const RAMP = ["#4f7fd0", "#7579c4", "#9370b0", "#ab6394", "#c05772"] as const;

export const RANK_KEYS: readonly Key[] = [
  { label: "low value", colour: colour("low"), shape: "dot" },
  { label: "middle", colour: RAMP[2], shape: "dot" },
  { label: "high value", colour: colour("high"), shape: "dot" },
  { label: "missing", colour: colour("missing"), shape: "dot" },
];

type Scale = NonNullable<Plot.ScaleFunctions["x"]>;

function lineBetween(document: Document, x: Scale, y: Scale, from: number[], to: number[]): SVGElement {
  return svgElement(document, "path", {
    d: `M${x(from[0])} ${y(from[1])}L${x(to[0])} ${y(to[1])}`,
    stroke: colour("quiet"),
    fill: "none",
  });
}

interface Named {
  readonly x: number;
  readonly y: number;
  readonly label: string;
}

/** Names beside their dots, towards the middle of the chart; those that would lie on another are left out. */
function nameTexts(document: Document, names: readonly Named[], width: number): SVGElement[] {
  const placed: Named[] = [];
  return names.flatMap((name) => {
    if (placed.some(({ x, y }) => Math.abs(y - name.y) < 13 && Math.abs(x - name.x) < 130)) return [];
    placed.push(name);
    const left = name.x > 0.6 * width;
    const text = svgElement(document, "text", {
      x: name.x + (left ? -6 : 6),
      y: Math.max(name.y - 4, 60),
      "text-anchor": left ? "end" : "start",
      "font-size": 11,
      fill: colour("ink"),
    });
    text.textContent = name.label;
    return [text];
  });
}

function sameDomain(dots: readonly Dot[]): [number[], number[]] {
  const [, most] = domainOf(dots.flatMap(({ x, y }) => [x, y]));
  return [[0, most], [0, most]];
}

/** Least and most with a margin of 3 %; a unit interval where all are equal or there are none. */
function domainOf(values: readonly number[]): number[] {
  const finite = values.filter(Number.isFinite);
  if (finite.length === 0) return [0, 1];
  const least = finite.reduce((a, b) => Math.min(a, b));
  const most = finite.reduce((a, b) => Math.max(a, b));
  const margin = (most - least) * 0.03 || 0.5;
  return [least - margin, most + margin];
}
