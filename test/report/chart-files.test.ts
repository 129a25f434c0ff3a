import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { describe, expect, it } from "vitest";
import type { Analysis } from "../../src/evaluation/document.ts";
import {
  type ChartAssets,
  type ChartFile,
  chartFiles,
  type ChartFormat,
} from "../../src/report/chart-files.ts";
import { reportFigures } from "../../src/report/report.ts";
import { simulatedAnalysis } from "./fixture/analysis.ts";

const require = createRequire(import.meta.url);
const installed = (name: string): Promise<Uint8Array> => readFile(require.resolve(name));

async function assets(): Promise<ChartAssets> {
  const [plain, bold, rasteriser] = await Promise.all([
    installed("dejavu-fonts-ttf/ttf/DejaVuSans.ttf"),
    installed("dejavu-fonts-ttf/ttf/DejaVuSans-Bold.ttf"),
    installed("@resvg/resvg-wasm/index_bg.wasm"),
  ]);
  return { fonts: { plain, bold }, rasteriser };
}

/** A few charts of each kind are enough for the slow formats. */
function fewCharts(): Analysis {
  const left = { status: "left out" as const, reason: "Not here." };
  return {
    ...simulatedAnalysis({ features: 12, shapRows: 30, hostile: '<&"é≥φ' }),
    ...{
      comparison: left,
      againstRecalibrated: left,
      curves: left,
      calibration: left,
      importance: left,
      overfitting: left,
    },
    ...{ thresholds: left, neighbours: left, leakage: left },
  };
}

async function all(analysis: Analysis, format: ChartFormat): Promise<ChartFile[]> {
  return await Array.fromAsync(chartFiles(analysis, format, { assets: await assets() }));
}

describe("charts as files", () => {
  it("are SVG that stands alone, one a chart", async () => {
    const analysis = simulatedAnalysis({ hostile: '<&"é≥φ' });
    const files = await all(analysis, "svg");
    expect(files.map(({ path }) => path)).toEqual(reportFigures(analysis).map(({ id }) => `plots/${id}.svg`));
    for (const { bytes } of files) {
      const text = new TextDecoder().decode(bytes);
      expect(text).toMatch(/^<svg xmlns="http:\/\/www.w3.org\/2000\/svg"/);
      expect(text).not.toMatch(/var\(|currentColor|<script|<style/);
      expect(text.replace(/<\/?(svg|g|path|line|rect|text|circle|tspan|title)\b[^<>]*>/g, "")).not.toMatch(
        /[<>]/,
      );
    }
  });

  it("are PNG, twice the size, the same each time", async () => {
    const [files, again] = [await all(fewCharts(), "png"), await all(fewCharts(), "png")];
    expect(files).toEqual(again);
    for (const { path, bytes } of files) {
      expect(path).toMatch(/^plots\/[\w-]+\.png$/);
      expect([...bytes.subarray(0, 8)]).toEqual([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
      expect(new DataView(bytes.buffer, bytes.byteOffset).getUint32(16)).toBe(880);
    }
  });

  it("are PDF of one page with embedded letters, the same each time", async () => {
    const [files, again] = [await all(fewCharts(), "pdf"), await all(fewCharts(), "pdf")];
    expect(files).toEqual(again);
    for (const { bytes } of files) {
      const text = new TextDecoder("latin1").decode(bytes);
      expect(text).toMatch(/^%PDF-1\.\d/);
      expect(text.match(/\/Type \/Page\b/g)?.length).toBe(1);
      expect(text).toMatch(/\/FontFile2/);
      expect(text).toMatch(/\/BaseFont \/\w+\+DejaVuSans/);
    }
  });

  it("come in no other format", async () => {
    await expect(all(fewCharts(), "gif" as ChartFormat)).rejects.toThrow(/svg, png, pdf, found gif/);
  });
});
