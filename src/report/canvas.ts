/** A document to draw in: the page's own, or linkedom's where there is none. */
import type { Canvas } from "./charts/frame.ts";

export async function canvasFor(given?: Document): Promise<Canvas> {
  if (given) return { document: given };
  if (typeof document !== "undefined") return { document };
  const { parseHTML } = await import("linkedom");
  return { document: parseHTML("<!doctype html><html><body></body></html>").document as unknown as Document };
}
