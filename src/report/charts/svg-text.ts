/** Charts as text: short numbers, and what a picture needs to stand alone. */
import { LIGHT, withLightColours } from "./theme.ts";

const GEOMETRY = /\b(d|x|y|x1|x2|y1|y2|cx|cy|r|width|height|transform|points)="([^"]*)"/g;

/** The chart as it stands in a page: coordinates with one decimal. */
export function chartMarkup(svg: SVGSVGElement): string {
  return svg.outerHTML.replace(
    GEOMETRY,
    (_, name: string, value: string) =>
      `${name}="${
        value.replace(/-?\d*\.\d{2,}(?:e-?\d+)?/g, (number) => String(Number(Number(number).toFixed(1))))
      }"`,
  );
}

/** The chart as a file: colours of light ground on white, fonts by name, no style sheet. */
export function standaloneSvg(
  svg: SVGSVGElement,
  fontFamily = "DejaVu Sans, Arial, Helvetica, sans-serif",
): string {
  const [, attributes, inner] = /^<svg([^>]*)>([^]*)<\/svg>$/.exec(chartMarkup(svg))!;
  const kept = attributes
    .replace(/ style="[^"]*"/, "")
    .replace(/ xmlns="[^"]*"/, "")
    .replace(/ font-family="[^"]*"/, "")
    .replace(/ font-size="[^"]*"/, "");
  const ground = `<rect width="100%" height="100%" fill="${LIGHT.ground}"/>`;
  return withLightColours(
    `<svg xmlns="http://www.w3.org/2000/svg" font-family="${fontFamily}" font-size="12"${kept}>${ground}${inner}</svg>\n`,
  ).replaceAll("currentColor", LIGHT.ink);
}
