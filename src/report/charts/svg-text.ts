/** Charts as text: short numbers, and what a picture needs to stand alone. */
import { escapeText } from "../html.ts";
import { LIGHT, withLightColours } from "./theme.ts";

/** Attributes that hold coordinates. */
const GEOMETRY = new Set("d x y x1 x2 y1 y2 cx cy r width height transform points".split(" "));

/** The chart as it stands in a page, well-formed as XML too: coordinates with one decimal. */
export function chartMarkup(svg: SVGSVGElement): string {
  return `<svg${attributesOf(svg)}>${childrenOf(svg)}</svg>`;
}

/** The chart as a file: colours of light ground on white, fonts by name, no style sheet. */
export function standaloneSvg(
  svg: SVGSVGElement,
  fontFamily = "DejaVu Sans, Arial, Helvetica, sans-serif",
): string {
  const own = new Set(["style", "class", "xmlns", "xmlns:xlink", "font-family", "font-size"]);
  const head = `<svg xmlns="http://www.w3.org/2000/svg" font-family="${fontFamily}" font-size="12"`;
  const ground = `<rect width="100%" height="100%" fill="${LIGHT.ground}"/>`;
  return withLightColours(`${head}${attributesOf(svg, own)}>${ground}${childrenOf(svg)}</svg>\n`)
    .replaceAll('"currentColor"', `"${LIGHT.ink}"`);
}

const ELEMENT = 1;
const TEXT = 3;

function childrenOf(node: Node): string {
  return [...node.childNodes].map((child) => {
    if (child.nodeType === TEXT) return escapeText(child.textContent ?? "");
    if (child.nodeType !== ELEMENT) return "";
    const element = child as Element;
    const inside = childrenOf(element);
    const start = `<${element.localName}${attributesOf(element)}`;
    return inside === "" ? `${start}/>` : `${start}>${inside}</${element.localName}>`;
  }).join("");
}

function attributesOf(element: Element, left: ReadonlySet<string> = new Set()): string {
  return [...element.attributes].filter(({ name }) => !left.has(name))
    .map(({ name, value }) => ` ${name}="${escapeText(GEOMETRY.has(name) ? shortened(value) : value)}"`)
    .join("");
}

function shortened(value: string): string {
  return value.replace(/-?\d*\.\d{2,}(?:e-?\d+)?/g, (number) => String(Number(Number(number).toFixed(1))));
}
