import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  counted,
  formatBytes,
  formatDifference,
  formatEstimate,
  formatNumber,
  formatSeconds,
} from "../../src/report/numbers.ts";

const KINDS = ["count", "share", "metric", "general", "p"] as const;

describe("numbers", () => {
  it("are dashes where they are undefined", () => {
    for (const kind of KINDS) {
      for (const value of [null, undefined, NaN, Infinity, -Infinity]) {
        expect(formatNumber(value, kind)).toBe("–");
      }
    }
  });

  it("have the digits of their kind", () => {
    expect(formatNumber(1234567, "count")).toBe("1,234,567");
    expect(formatNumber(-1234, "count")).toBe("−1,234");
    expect(formatNumber(0.046, "share")).toBe("4.6 %");
    expect(formatNumber(0.00046, "share")).toBe("0.05 %");
    expect(formatNumber(-0.16619, "metric")).toBe("−0.1662");
    expect(formatNumber(0.00001, "p")).toBe("< 0.0001");
    expect(formatNumber(0.01234567, "general")).toBe("0.01235");
    expect(formatNumber(3e-7, "general")).toBe("3.00e-7");
    expect(formatNumber(12.5, "general")).toBe("12.5");
  });

  it("are never empty, undefined or NaN", () => {
    fc.assert(fc.property(fc.double(), fc.constantFrom(...KINDS), (value, kind) => {
      expect(formatNumber(value, kind)).toMatch(/^[^a-zA-Z]*([eE][+-]?\d+)?[^a-zA-Z]*$/);
      expect(formatNumber(value, kind)).not.toBe("");
    }));
  });

  it("come with intervals where there are any", () => {
    expect(formatEstimate({ value: 0.5, low: 0.4, high: 0.6 })).toBe(
      "0.5000\u00a0(0.4000\u00a0to\u00a00.6000)",
    );
    expect(formatEstimate({ value: 0.5, low: null, high: null })).toBe("0.5000");
    expect(formatEstimate({ value: null, low: null, high: null })).toBe("–");
    expect(formatDifference({ value: 0.5, low: -0.1, high: 0.6 })).toBe(
      "+0.5000\u00a0(−0.1000\u00a0to\u00a0+0.6000)",
    );
  });

  it("say what they count", () => {
    expect([counted(1, "gene"), counted(1200, "gene"), counted(0, "gene")]).toEqual([
      "1 gene",
      "1,200 genes",
      "0 genes",
    ]);
    expect([formatBytes(999), formatBytes(1_994_447), formatBytes(2e9)]).toEqual([
      "999 bytes",
      "2.0 MB",
      "2.0 GB",
    ]);
    expect([formatSeconds(0.163), formatSeconds(20.9), formatSeconds(200)]).toEqual([
      "0.16 s",
      "21 s",
      "3 min 20 s",
    ]);
  });
});
