/** Every chart of the report as a file: SVG as it is, PNG and PDF by libraries that are loaded only then. */
import type { Analysis } from "../evaluation/document.ts";
import { usageError } from "../numerics/errors.ts";
import { canvasFor } from "./canvas.ts";
import { standaloneSvg } from "./charts/svg-text.ts";
import { reportFigures } from "./report.ts";

/** Formats that charts are written in. */
export const CHART_FORMATS = ["svg", "png", "pdf"] as const;
export type ChartFormat = (typeof CHART_FORMATS)[number];

export interface ChartFile {
  /** Name of the file, in the folder plots. */
  readonly path: string;
  readonly bytes: Uint8Array;
}

/** What PNG and PDF need beside the libraries; fetched from the installed packages where absent. */
export interface ChartAssets {
  /** DejaVu Sans as TrueType, plain and bold. */
  readonly fonts: { readonly plain: Uint8Array; readonly bold: Uint8Array };
  /** index_bg.wasm of @resvg/resvg-wasm; for PNG only. */
  readonly rasteriser?: Uint8Array;
}

export interface ChartOptions {
  /** Where charts are drawn; the page's own, or linkedom's outside of browsers, where absent. */
  readonly document?: Document;
  readonly assets?: ChartAssets;
}

/**
 * Charts of an analysis, one at a time, on white ground. The same analysis gives the same bytes.
 * @throws SpliceboostError "usage" for a format that there is none of
 */
export async function* chartFiles(
  analysis: Analysis,
  format: ChartFormat,
  options: ChartOptions = {},
): AsyncGenerator<ChartFile> {
  const canvas = await canvasFor(options.document);
  const convert = await converter(format, options.assets);
  for (const { id, draw } of reportFigures(analysis)) {
    yield { path: `plots/${id}.${format}`, bytes: await convert(standaloneSvg(draw(canvas))) };
  }
}

type Convert = (svg: string) => Uint8Array | Promise<Uint8Array>;

async function converter(format: ChartFormat, assets?: ChartAssets): Promise<Convert> {
  switch (format) {
    case "svg":
      return (svg) => new TextEncoder().encode(svg);
    case "png":
      return (await import("./chart-png.ts")).pngConverter(assets);
    case "pdf":
      return (await import("./chart-pdf.ts")).pdfConverter(assets);
    default:
      throw usageError(
        `Expected a format for charts of ${CHART_FORMATS.join(", ")}, found ${String(format)}.`,
      );
  }
}
