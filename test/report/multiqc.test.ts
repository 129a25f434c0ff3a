import { expect, it } from "vitest";
import { multiqcFiles } from "../../src/report/multiqc.ts";
import { simulatedAnalysis } from "./fixture/analysis.ts";

const parsed = (files: ReturnType<typeof multiqcFiles>) =>
  Object.fromEntries(files.map(({ path, text }) => [path, JSON.parse(text)]));

it("writes what MultiQC finds and merges", () => {
  const files = parsed(multiqcFiles(simulatedAnalysis(), "run A"));
  expect(Object.keys(files)).toEqual(
    ["general", "pr", "roc", "importance"].map((name) => `spliceboost_${name}_mqc.json`),
  );
  const general = files["spliceboost_general_mqc.json"];
  expect(general).toMatchObject({ id: "spliceboost_general", plot_type: "generalstats" });
  expect(Object.keys(general.headers)).toEqual(Object.keys(general.data["run A"]));
  expect(general.data["run A"].macro_f1_gain).toBeCloseTo(0.262, 9);
  const { data, pconfig, plot_type } = files["spliceboost_roc_mqc.json"];
  expect([plot_type, pconfig.id]).toEqual(["linegraph", "spliceboost_roc_plot"]);
  expect(Object.keys(data).length).toBe(6);
  for (const curve of Object.values<Record<string, number>>(data)) {
    expect(Object.values(curve).every(Number.isFinite)).toBe(true);
    expect(Object.keys(curve).every((x) => Number.isFinite(Number(x)))).toBe(true);
  }
  const importance = files["spliceboost_importance_mqc.json"].data["run A"];
  expect(Object.keys(importance).length).toBe(20);
  expect(Object.values<number>(importance)).toEqual(
    Object.values<number>(importance).toSorted((a, b) => b - a),
  );
});

it("leaves out what there is not", () => {
  const absent = { status: "impossible" as const, reason: "No." };
  const analysis = {
    ...simulatedAnalysis(),
    folds: absent,
    curves: absent,
    importance: absent,
    comparison: absent,
    calibration: absent,
  };
  const files = parsed(multiqcFiles(analysis, "x"));
  expect(Object.keys(files)).toEqual(["spliceboost_general_mqc.json"]);
  expect(files["spliceboost_general_mqc.json"].data).toEqual({ x: { genes: 60 } });
});
