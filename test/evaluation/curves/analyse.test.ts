import { afterAll, describe, expect, it } from "vitest";
import { analyseCurves } from "../../../src/evaluation/curves/analyse.ts";
import { curvesCsv } from "../../../src/evaluation/curves/csv.ts";
import { evaluate } from "../../../src/evaluation/evaluate.ts";
import { createTaskPool } from "../../../src/evaluation/workers/pool.ts";
import { makeInputs } from "../inputs.ts";
import { judgedRows } from "../judged.ts";

const recipe = { seed: 1, rows: 1500, genes: 12, bits: 24, classes: [0, 1, 2] };

describe("analyseCurves", () => {
  const pool = createTaskPool({ threads: 1 });
  afterAll(() => pool.close());
  const options = { seed: 3, pool, points: 21, resamples: 200 };

  it("agrees with the metrics, and its intervals hold the values", async () => {
    const input = makeInputs(recipe);
    const { classes, topK, ...rest } = await analyseCurves(judgedRows(input), options);
    const metrics = evaluate({ ...input, threshold: 0.5, baseThresh: 0.5 });
    expect(rest).toMatchObject({ rows: 1500, genes: 12, points: 21, resamples: 200 });
    for (const { className, meta, base } of classes) {
      const [own, other] = className === "splice"
        ? [metrics.splice, metrics.base!.splice]
        : [metrics, metrics.base!].map(({ ap, auc }) => ({ ap: ap[className], auc: auc[className] }));
      for (const [curves, expected] of [[meta, own], [base!, other]] as const) {
        expect(curves.pr.area.value).toBeCloseTo(expected.ap, 12);
        expect(curves.roc.area.value).toBeCloseTo(expected.auc, 12);
        expect(curves.remark).toBeNull();
        for (const { area, curve, band } of [curves.roc, curves.pr, curves.gain]) {
          expect(area.low!).toBeLessThan(area.value!);
          expect(area.high!).toBeGreaterThan(area.value!);
          expect(curve!.x.length).toBeLessThanOrEqual(21);
          expect(curve!.x).toHaveLength(curve!.thresholds.length);
          expect(band!.x).toHaveLength(21);
          band!.low.forEach((low, i) => expect(low!).toBeLessThanOrEqual(band!.high[i]!));
        }
      }
    }
    const donors = topK.find(({ site, model }) => site === "donor" && model === "meta")!;
    expect(donors.points.map(({ multiple }) => multiple)).toEqual([0.5, 1, 2, 4]);
    expect(donors.points[1].pooled.value).toBeCloseTo(metrics.pooledTopKDonor, 12);
    expect(donors.points[1].byGene.value).toBeCloseTo(metrics.topKDonor, 12);
    expect(donors.points[1].pooledK).toBe(donors.sites);
    const shares = donors.points.slice(1).map(({ pooled }) => pooled.value!);
    expect(shares).toEqual(shares.toSorted((a, b) => a - b));
  });

  it("is the same for any number of threads, and changes with the seed", async () => {
    const judged = judgedRows(makeInputs(recipe));
    const workers = createTaskPool({ threads: 2 });
    const [one, two, other] = [
      await analyseCurves(judged, options),
      await analyseCurves(judged, { ...options, pool: workers }),
      await analyseCurves(judged, { ...options, seed: 4 }),
    ];
    workers.close();
    expect(two).toEqual(one);
    expect(other.classes[1].meta.pr.curve).toEqual(one.classes[1].meta.pr.curve);
    expect(other.classes[1].meta.pr.area.low).not.toEqual(one.classes[1].meta.pr.area.low);
  });

  it("is JSON: nothing is lost or invented on the way", async () => {
    for (const classes of [[0, 1, 2], [0, 1], [1, 2], [0]]) {
      const analysis = await analyseCurves(
        judgedRows(makeInputs({ ...recipe, classes, rows: 120 })),
        options,
      );
      expect(JSON.parse(JSON.stringify(analysis))).toEqual(analysis);
    }
  });

  it.each(
    [
      [
        "no acceptor",
        { ...recipe, classes: [0, 1] },
        "acceptor",
        "No row is of this class: there is no curve.",
      ],
      ["sites only", { ...recipe, classes: [1, 2] }, "splice", "All rows are of this class"],
      ["a constant score", { ...recipe, bits: 0 }, "donor", "All rows have the score 0"],
    ] as const,
  )("says why: %s", async (_, own, className, remark) => {
    const { classes } = await analyseCurves(
      judgedRows(makeInputs({ ...own, classes: [...own.classes] })),
      options,
    );
    const { meta } = classes.find((one) => one.className === className)!;
    expect(meta.remark).toContain(remark);
    if (remark.startsWith("No row")) {
      expect(meta.pr).toEqual({ curve: null, band: null, area: { value: null, low: null, high: null } });
    } else if (remark.startsWith("All rows are")) {
      expect(meta.roc.curve).toBeNull();
      expect(meta.pr.area.value).toBe(1);
    } else expect(meta.roc.area.value).toBe(0.5);
  });

  it("has no intervals for few genes, and no base curves without base scores", async () => {
    const input = makeInputs({ ...recipe, genes: 1, rows: 100 });
    const analysis = await analyseCurves(judgedRows({ ...input, baseScores: null }), options);
    const { meta, base, prevalence } = analysis.classes[1];
    expect(base).toBeNull();
    expect(meta.pr.area).toMatchObject({ value: expect.any(Number), low: null, high: null });
    expect(meta.pr.band).toBeNull();
    expect(prevalence).toBeGreaterThan(0);
    expect(analysis.resamples).toBe(0);
    expect(analysis.notes.join(" ")).toContain("No intervals");
    const one = await analyseCurves(judgedRows(makeInputs({ ...recipe, genes: 1, rows: 1 })), options);
    expect(one.rows).toBe(1);
  });

  it("refuses numbers of points that make no curve", async () => {
    for (const points of [2, 2.5, NaN, 10_001]) {
      await expect(analyseCurves(judgedRows(makeInputs(recipe)), { ...options, points }))
        .rejects.toMatchObject({ kind: "usage" });
    }
  });

  it("writes a table: a line a point, empty where undefined", async () => {
    const analysis = await analyseCurves(judgedRows(makeInputs({ ...recipe, classes: [0, 1] })), options);
    const [header, ...lines] = curvesCsv(analysis).trimEnd().split("\n").map((line) => line.split(","));
    expect(header).toEqual(["model", "class", "curve", "kind", "x", "y", "low", "high", "threshold"]);
    const count = analysis.classes.flatMap(({ meta, base }) =>
      [meta, base!].flatMap(({ roc, pr, gain }) => [roc, pr, gain])
    ).reduce((sum, { curve, band }) => sum + (curve?.x.length ?? 0) + (band?.x.length ?? 0), 0);
    expect(lines).toHaveLength(count);
    expect(lines.every((cells) => cells.length === header.length)).toBe(true);
    expect(lines.some(([, className]) => className === "acceptor")).toBe(false);
    expect(lines[0]).toEqual(["meta", "neither", "roc", "curve", "0", "0", "", "", ""]);
  });
});
