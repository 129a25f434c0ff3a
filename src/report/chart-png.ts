/** Charts as PNG, by resvg compiled to WebAssembly: no native code, nothing fetched when installed. */
import { initWasm, Resvg } from "@resvg/resvg-wasm";
import { installed, installedFonts } from "./chart-assets.ts";
import type { ChartAssets } from "./chart-files.ts";

/** Pixels of the picture for one of the chart: sharp in print at 3 inches of width, and on dense screens. */
const SCALE = 2;

let started: Promise<void> | undefined;

export async function pngConverter(assets?: ChartAssets): Promise<(svg: string) => Uint8Array> {
  const fonts = assets?.fonts ?? await installedFonts();
  // Once for the program: the library refuses a second time.
  started ??= start(assets?.rasteriser);
  await started;
  return (svg) => {
    const chart = new Resvg(svg, {
      fitTo: { mode: "zoom", value: SCALE },
      font: { fontBuffers: [fonts.plain, fonts.bold], defaultFontFamily: "DejaVu Sans" },
    });
    const picture = chart.render();
    try {
      return picture.asPng();
    } finally {
      picture.free();
      chart.free();
    }
  };
}

async function start(rasteriser?: Uint8Array): Promise<void> {
  await initWasm(
    (rasteriser ?? await installed("@resvg/resvg-wasm/index_bg.wasm")) as Uint8Array<ArrayBuffer>,
  );
}
