/** Charts as PDF, a page each, by pdfkit and svg-to-pdfkit: vectors, text as text, only the letters used are embedded. */
import { installedFonts } from "./chart-assets.ts";
import type { ChartAssets } from "./chart-files.ts";

/** What is used of pdfkit, which comes without types. */
interface Pdf {
  registerFont(name: string, font: Uint8Array): void;
  on(event: "data", take: (piece: Uint8Array) => void): void;
  on(event: "end", done: () => void): void;
  end(): void;
}
type PdfConstructor = new (options: {
  size: [number, number];
  margin: number;
  info: { CreationDate: Date; Producer: string; Creator: string };
}) => Pdf;
type DrawSvg = (
  pdf: Pdf,
  svg: string,
  x: number,
  y: number,
  options: { assumePt: boolean; fontCallback: (family: string, bold: boolean) => string },
) => void;

export async function pdfConverter(assets?: ChartAssets): Promise<(svg: string) => Promise<Uint8Array>> {
  const fonts = assets?.fonts ?? await installedFonts();
  const { default: Document } = await import("pdfkit") as unknown as { default: PdfConstructor };
  const { default: drawSvg } = await import("svg-to-pdfkit") as unknown as { default: DrawSvg };
  return async (svg) => {
    const size = sizeOf(svg);
    // The date is fixed, so that the same chart gives the same bytes.
    const info = { CreationDate: new Date(0), Producer: "spliceboost", Creator: "spliceboost" };
    const pdf = new Document({ size, margin: 0, info });
    const pieces: Uint8Array[] = [];
    pdf.on("data", (piece) => pieces.push(piece));
    const ended = new Promise<void>((resolve) => pdf.on("end", resolve));
    pdf.registerFont("plain", fonts.plain);
    pdf.registerFont("bold", fonts.bold);
    drawSvg(pdf, svg, 0, 0, { assumePt: true, fontCallback: (_family, bold) => bold ? "bold" : "plain" });
    pdf.end();
    await ended;
    return joined(pieces);
  };
}

/** Width and height of the chart; a pixel becomes a point. */
function sizeOf(svg: string): [number, number] {
  const [, width, height] = / viewBox="0 0 ([\d.]+) ([\d.]+)"/.exec(svg)!;
  return [Number(width), Number(height)];
}

function joined(pieces: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    bytes.set(piece, at);
    at += piece.length;
  }
  return bytes;
}
