import { describe, expect, it } from "vitest";
import { verdictText } from "../../src/cli/verdict-text.ts";
import type { Comparison } from "../../src/evaluation/comparison/types.ts";
import type { Analysis } from "../../src/evaluation/document.ts";
import type { TrainingRun } from "../../src/training/types.ts";
import { simulatedAnalysis } from "../report/fixture/analysis.ts";
import { emptyAnalysis } from "./fake-learner.ts";

const run = {
  folds: [],
  rounds: { neither: 1, donor: 2000, acceptor: 3 },
  modelSha256: "5eed".repeat(16),
} as unknown as TrainingRun;
const empty = emptyAnalysis({ genes: ["a"], rows: 9, features: ["x"], inputs: [] });
const full = simulatedAnalysis({ genes: 12, features: 8, shapRows: 12 });

/** The lines that the analysis adds. */
const added = (document: Partial<Analysis>): string[] =>
  verdictText(run, { ...empty, ...document }).split("\n").slice(2, -4);

describe("what train prints at the end", () => {
  it("is the verdict, the trees and the hash where nothing was analysed", () => {
    expect(verdictText(run, empty).split("\n").slice(1)).toEqual([
      "Trees of the final model: neither 1, donor 2,000, acceptor 3.",
      `SHA-256 of the model: ${"5eed".repeat(16)}`,
      "",
    ]);
  });

  it("has a line for each part that was made", () => {
    const { comparison, againstRecalibrated, leakage, calibration } = full;
    expect(added({ comparison })).toEqual([
      expect.stringMatching(/^Gain over the base model, .*: macro F1 \+0\.\d{3} \(\+/),
    ]);
    expect(added({ againstRecalibrated })).toEqual([
      expect.stringMatching(/^Over the base model recalibrated on/),
    ]);
    expect(added({ leakage })).toEqual(["Features that give the label away: peak_height."]);
    expect(added({ calibration })).toHaveLength(1);
    expect(added({ comparison, againstRecalibrated, leakage, calibration })).toHaveLength(4);
  });

  it("says what came of permuted labels, before all else", () => {
    const sentence = "With permuted labels the run falls to chance.";
    const shuffled = { status: "done", notes: [], result: { sentence } } as unknown as Analysis["shuffled"];
    expect(added({ shuffled, comparison: full.comparison })[0]).toBe(sentence);
  });

  it("judges the genes that were kept out of everything", () => {
    const result = { genes: 7, comparison: full.comparison };
    const heldOut = { status: "done", notes: [], result } as unknown as Analysis["heldOut"];
    expect(added({ heldOut })).toEqual([
      expect.stringMatching(/^On 7 genes kept out of everything: macro F1 \+0\./),
    ]);
  });

  it("invents no number that is undefined", () => {
    if (full.comparison.status !== "done") throw new Error("expected a comparison");
    const none = { value: null, low: null, high: null };
    const metrics = full.comparison.result.metrics.map((metric) =>
      metric.metric === "macroF1" ? { ...metric, difference: none } : metric
    ).filter(({ metric }) => metric !== "apSplice");
    const result: Comparison = { ...full.comparison.result, metrics };
    expect(added({ comparison: { status: "done", result, notes: [] } })).toEqual([
      expect.stringMatching(/: macro F1 undefined; splice average precision undefined\.$/),
    ]);
  });
});
