/** What all charts have in common: size, title, legend, words for screen readers. */
import * as Plot from "@observablehq/plot";
import { colour } from "./theme.ts";

/** Where charts are drawn: the page's document, or linkedom's outside of browsers. */
export interface Canvas {
  readonly document: Document;
}

/** An entry of a chart's legend. */
export interface Key {
  readonly label: string;
  readonly colour: string;
  readonly shape: "line" | "dashes" | "dot" | "ring" | "band" | "box";
}

/** What a chart says of itself. */
export interface Heading {
  /** A few words above the chart. */
  readonly title: string;
  /** What is to be seen, for those who cannot see it. */
  readonly finding: string;
}

export interface Frame extends Heading {
  /** Below the title, quieter. */
  readonly subtitle?: string;
  readonly keys?: readonly Key[];
  /** Pixels; text is 12 pixels high. */
  readonly width?: number;
  /** Of the plot area. */
  readonly plotHeight: number;
  readonly marginLeft?: number;
  readonly marginRight?: number;
  readonly marginBottom?: number;
  readonly x?: Plot.ScaleOptions;
  readonly y?: Plot.ScaleOptions;
  readonly color?: Plot.ScaleOptions;
  readonly marks: Plot.Markish[];
}

export const WIDTH = 440;
const FONT = 12;
/** Mean width of a character, pixels; wide enough for the fonts that pages and pictures use. */
const CHARACTER = 6.9;
const LINE = 17;

/** Draws the marks in a frame; an `svg` element that belongs to the canvas's document. */
export function drawFrame({ document }: Canvas, frame: Frame): SVGSVGElement {
  const { title, subtitle, finding, keys = [], width = WIDTH, plotHeight, x, y, color, marks } = frame;
  const legend = legendLines(keys, width);
  const legendTop = subtitle === undefined ? 24 : 24 + LINE;
  // Plot would put the label of y over the title.
  const yLabel = typeof y?.label === "string" ? y.label : null;
  const marginTop = legendTop + LINE * legend.length + (yLabel === null ? 8 : 22);
  const marginBottom = frame.marginBottom ?? 40;
  const svg = Plot.plot({
    document,
    width,
    height: marginTop + plotHeight + marginBottom,
    marginTop,
    marginBottom,
    marginLeft: frame.marginLeft ?? 48,
    marginRight: frame.marginRight ?? 16,
    style: { fontSize: `${FONT}px`, fontFamily: "inherit" },
    // Long labels have room to the left of a narrow plot.
    x: { labelAnchor: "right", labelArrow: "none", ...x },
    y: { ...y, label: null },
    color,
    marks,
  }) as SVGSVGElement;
  svg.querySelector("style")?.remove(); // the page has one for all
  svg.removeAttribute("class");
  for (const grid of svg.querySelectorAll('[aria-label$="grid"]')) {
    grid.setAttribute("stroke", colour("rule"));
    grid.removeAttribute("stroke-opacity"); // not every reader of SVG hands it down
  }
  svg.setAttribute("role", "img");
  svg.setAttribute("aria-label", `${title}. ${finding}`);
  svg.append(textAt(document, title, 4, 15, "bold"));
  if (yLabel !== null) svg.append(textAt(document, yLabel, 4, marginTop - 9));
  if (subtitle !== undefined) svg.append(textAt(document, subtitle, 4, 15 + LINE));
  legend.forEach((line, i) => drawLegendLine(svg, document, line, legendTop + LINE * i));
  return svg;
}

/** Text cut to what fits, with an ellipsis. */
export function fitted(text: string, pixels: number): string {
  const most = Math.max(3, Math.floor(pixels / CHARACTER));
  return text.length <= most ? text : text.slice(0, most - 1) + "…";
}

/** Left margin for labels, at most `most` pixels. */
export function labelMargin(labels: readonly string[], most = 190): number {
  const longest = labels.reduce((length, label) => Math.max(length, label.length), 0);
  return Math.min(most, Math.ceil(longest * CHARACTER) + 14);
}

/** An element of SVG with its attributes. */
export function svgElement(
  document: Document,
  name: string,
  attributes: Readonly<Record<string, string | number>>,
): SVGElement {
  const element = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, String(value));
  return element;
}

interface PlacedKey extends Key {
  readonly left: number;
}

function legendLines(keys: readonly Key[], width: number): PlacedKey[][] {
  const lines: PlacedKey[][] = [];
  let left = Infinity;
  for (const key of keys) {
    const extent = 26 + key.label.length * CHARACTER + 14;
    if (left + extent > width) {
      lines.push([]);
      left = 4;
    }
    lines[lines.length - 1].push({ ...key, left });
    left += extent;
  }
  return lines;
}

function drawLegendLine(
  svg: SVGSVGElement,
  document: Document,
  keys: readonly PlacedKey[],
  top: number,
): void {
  const middle = top + LINE / 2;
  for (const { label, colour: paint, shape, left } of keys) {
    svg.append(swatch(document, shape, paint, left, middle), textAt(document, label, left + 26, middle + 4));
  }
}

function swatch(
  document: Document,
  shape: Key["shape"],
  paint: string,
  left: number,
  middle: number,
): SVGElement {
  switch (shape) {
    case "line":
    case "dashes":
      return svgElement(document, "path", {
        d: `M${left} ${middle}h20`,
        stroke: paint,
        "stroke-width": 2,
        fill: "none",
        ...(shape === "dashes" && { "stroke-dasharray": "5 3" }),
      });
    case "band":
    case "box":
      return svgElement(document, "rect", {
        x: left,
        y: middle - 5,
        width: 20,
        height: 10,
        fill: paint,
        "fill-opacity": shape === "band" ? 0.2 : 1,
      });
    default:
      return svgElement(document, "circle", {
        cx: left + 10,
        cy: middle,
        r: 4,
        ...(shape === "dot" ? { fill: paint } : { fill: "none", stroke: paint, "stroke-width": 1.5 }),
      });
  }
}

function textAt(document: Document, text: string, x: number, y: number, weight = "normal"): SVGElement {
  const element = svgElement(document, "text", { x, y, "text-anchor": "start", "font-size": FONT });
  if (weight !== "normal") element.setAttribute("font-weight", weight);
  element.setAttribute("fill", colour("ink"));
  element.textContent = text;
  return element;
}
