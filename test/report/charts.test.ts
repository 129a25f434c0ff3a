import fc from "fast-check";
import { parseHTML } from "linkedom";
import { describe, expect, it } from "vitest";
import { barChart, histogram, histogramBins } from "../../src/report/charts/bars.ts";
import { dotChart, rankColour } from "../../src/report/charts/dots.ts";
import type { Canvas } from "../../src/report/charts/frame.ts";
import { intervalChart } from "../../src/report/charts/intervals.ts";
import { lineChart } from "../../src/report/charts/lines.ts";
import { chartMarkup, standaloneSvg } from "../../src/report/charts/svg-text.ts";
import { swarmChart } from "../../src/report/charts/swarm.ts";
import { DARK, LIGHT } from "../../src/report/charts/theme.ts";
import { waterfallChart } from "../../src/report/charts/waterfall.ts";

const canvas: Canvas = {
  document: parseHTML("<!doctype html><body></body>").document as unknown as Document,
};
const heading = { title: "A <b>title</b>", finding: 'It "rises".' };
const number = fc.double({ min: -1e6, max: 1e6, noNaN: true });
const maybe = fc.option(number, { nil: null });

/** What must hold of every chart. */
function check(svg: SVGSVGElement): void {
  const text = chartMarkup(svg);
  expect(text).not.toMatch(/NaN|Infinity|undefined|null/);
  expect(text).not.toContain("<b>");
  expect(svg.getAttribute("role")).toBe("img");
  expect(svg.getAttribute("aria-label")).toBe('A <b>title</b>. It "rises".');
  expect(svg.querySelector("style")).toBeNull();
}

describe("charts of any numbers", () => {
  it("lines", () => {
    const point = fc.record({ x: number, y: maybe, low: maybe, high: maybe });
    const line = fc.record({
      label: fc.constantFrom("", "meta-model"),
      colour: fc.constant("var(--meta)"),
      dots: fc.boolean(),
      dashed: fc.boolean(),
      interval: fc.constantFrom("band" as const, "whiskers" as const),
      points: fc.array(point, { maxLength: 20 }),
    });
    fc.assert(
      fc.property(fc.array(line, { maxLength: 3 }), (lines) => {
        check(lineChart({ ...heading, lines, xLabel: "x", yLabel: "y" }, canvas));
      }),
      { numRuns: 30 },
    );
  });

  it("intervals", () => {
    const estimate = fc.option(fc.record({ value: maybe, low: maybe, high: maybe }), { nil: null });
    const row = fc.record({
      label: fc.string(),
      estimates: fc.array(estimate, { minLength: 2, maxLength: 2 }),
    });
    const series = [{ label: "a", colour: "var(--meta)" }, { label: "b", colour: "var(--base)", open: true }];
    fc.assert(
      fc.property(fc.array(row, { maxLength: 8 }), (rows) => {
        const svg = intervalChart({ ...heading, series, rows, xLabel: "x", zero: 0 }, canvas);
        expect(chartMarkup(svg)).not.toMatch(/NaN|Infinity|undefined/);
      }),
      { numRuns: 30 },
    );
  });

  it("bars, histograms, dots, beeswarms, waterfalls", () => {
    fc.assert(
      fc.property(fc.array(number, { maxLength: 30 }), (values) => {
        const names = values.map((_, i) => ({
          label: `f${i}`,
          value: Math.abs(values[i]),
          colour: "red",
          change: values[i],
        }));
        check(barChart({ ...heading, bars: names, xLabel: "x", kind: "general" }, canvas));
        check(
          histogram(
            { ...heading, values, xLabel: "x", yLabel: "n", split: 0, colours: ["red", "blue"] },
            canvas,
          ),
        );
        const dots = values.map((x, i) => ({
          x,
          y: values[values.length - 1 - i],
          colour: rankColour(i % 2 ? null : 0.3),
        }));
        check(dotChart({ ...heading, dots, xLabel: "x", yLabel: "y", diagonal: true, square: true }, canvas));
        check(
          swarmChart({
            ...heading,
            rows: [{
              label: "f",
              values,
              ranks: values.map(() => 0.5),
            }],
            xLabel: "x",
          }, canvas),
        );
        check(
          waterfallChart({ ...heading, subtitle: "of a row", start: -1, steps: names, xLabel: "x" }, canvas),
        );
      }),
      { numRuns: 20 },
    );
  });

  it("counts every value of a histogram in one bin, none across the split", () => {
    fc.assert(fc.property(fc.array(number, { minLength: 1 }), (values) => {
      const bins = histogramBins(values, 0);
      expect(bins.reduce((sum, { count }) => sum + count, 0)).toBe(values.length);
      expect(bins.every(({ from, to }) => from >= 0 || to <= 1e-9)).toBe(true);
    }));
  });
});

describe("charts as text", () => {
  const chart = () =>
    lineChart({
      ...heading,
      lines: [{
        label: "meta-model",
        colour: "var(--meta)",
        points: [{ x: 0, y: 1 / 3 }, { x: 1, y: 0.123456 }],
      }],
      xLabel: "x",
      yLabel: "0.123456",
    }, canvas);

  it("are the same each time", () => {
    expect(chartMarkup(chart())).toBe(chartMarkup(chart()));
  });

  it("have short coordinates, and texts as they are", () => {
    const text = chartMarkup(chart());
    expect(text).not.toMatch(/ [xy][12]?="[^"]*\.\d{2}/);
    expect(text).toContain(">0.123456<");
  });

  it("stand alone with colours of light ground", () => {
    const text = standaloneSvg(chart());
    expect(text).toMatch(/^<svg xmlns="http:\/\/www.w3.org\/2000\/svg" /);
    expect(text).not.toMatch(/var\(|currentColor|style=/);
    expect(text).toContain(LIGHT.meta);
    const { document } = parseHTML(text);
    expect(document.querySelectorAll("svg").length).toBe(1);
  });
});

describe("colours", () => {
  /** WCAG 2: relative luminance and contrast. */
  const luminance = (hex: string): number => {
    const [r, g, b] = [1, 3, 5].map((i) => parseInt(hex.slice(i, i + 2), 16) / 255)
      .map((c) => c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const contrast = (a: string, b: string): number => {
    const [low, high] = [luminance(a), luminance(b)].sort((x, y) => x - y);
    return (high + 0.05) / (low + 0.05);
  };

  it("hold 4.5:1 on their ground, the rules and the grey of missing values aside", () => {
    for (const palette of [LIGHT, DARK]) {
      for (const [name, value] of Object.entries(palette)) {
        if (name === "ground" || name === "rule") continue;
        expect(contrast(value, palette.ground), name).toBeGreaterThan(name === "missing" ? 3 : 4.4);
      }
    }
  });
});
