import { describe, expect, it } from "vitest";
import { exactCurves } from "../../../src/evaluation/curves/exact.ts";
import { rankRows } from "../../../src/evaluation/curves/ranked.ts";
import { DONOR } from "../../../src/evaluation/ranking.ts";

describe("curves of many rows", () => {
  it("has a point for each of more scores than a call takes arguments", () => {
    const rows = 300_000;
    const scores = Float32Array.from({ length: rows }, (_, row) => (row + 1) / 2 ** 20);
    const labels = Uint8Array.from(scores, (_, row) => (row % 10 === 0 ? 1 : 0));
    const { roc, pr, gain } = exactCurves(rankRows(scores, labels, Uint32Array.of(0, rows), DONOR), 11);
    expect(roc?.exactPoints).toBe(rows + 1);
    expect(pr?.exactPoints).toBe(rows);
    expect([roc?.x[0], roc?.y[0], roc?.x.at(-1), roc?.y.at(-1)]).toEqual([0, 0, 1, 1]);
    expect(gain?.x[0]).toBe(0);
  });
});
