import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compactRanking } from "../../../src/evaluation/curves/compact.ts";
import { rankClass, rankRows } from "../../../src/evaluation/curves/ranked.ts";
import { DONOR } from "../../../src/evaluation/ranking.ts";
import { chooseSteps, thresholdBetween } from "../../../src/evaluation/thresholds/choose.ts";
import { GOAL_NAMES } from "../../../src/evaluation/thresholds/types.ts";
import goldens from "../curves/goldens/curves.json" with { type: "json" };
import { makeInputs } from "../inputs.ts";
import { judgedRows } from "../judged.ts";

describe("chosen thresholds against trying every score", () => {
  describe.each(goldens.cases)("$name", ({ expected, ...recipe }) => {
    const { meta } = judgedRows(makeInputs(recipe));
    it.each(["neither", "donor", "acceptor", "splice"] as const)("%s", (className) => {
      const ranked = rankClass(meta, className);
      const compact = compactRanking(ranked);
      const steps = chooseSteps(compact, new Uint16Array(recipe.genes).fill(1), goldens.goals);
      for (const goal of GOAL_NAMES) {
        const golden = expected[className]?.thresholds[goal] ?? null;
        if (golden === null) {
          expect(steps[goal], goal).toBe(-1);
          continue;
        }
        const { score, below } = compact;
        expect(score[steps[goal]], goal).toBe(Math.fround(golden.lowest));
        const cut = Math.fround(thresholdBetween(below[steps[goal]], score[steps[goal]]));
        expect(ranked.scores.filter((one) => one >= cut), goal).toHaveLength(golden.called);
      }
    });
  });
});

describe("equally good thresholds", () => {
  it("the higher is taken", () => {
    // F1 is 2/3 after one row and after all four.
    const scores = Float32Array.of(0.9, 0.8, 0.7, 0.6);
    const ranked = rankRows(scores, Uint8Array.of(1, 0, 0, 1), Uint32Array.of(0, 4), DONOR);
    const steps = chooseSteps(compactRanking(ranked), Uint16Array.of(1), { precision: 0.5, recall: 0.5 });
    expect(steps).toEqual({ "best-f1": 0, precision: 1, recall: 0, bestPrecision: 1 });
  });
});

describe("thresholdBetween", () => {
  it("is short, and parts the two scores even after rounding to f32", () => {
    expect(thresholdBetween(0.4183, 0.4387)).toBe(0.43);
    expect(thresholdBetween(0.1, 0.9)).toBe(0.5);
    expect(thresholdBetween(NaN, 0.7)).toBe(0);
    const score = fc.float({ min: 0, max: 2, noNaN: true });
    fc.assert(fc.property(score, score, (a, b) => {
      fc.pre(a !== b);
      const [below, above] = [Math.min(a, b), Math.max(a, b)];
      const cut = Math.fround(thresholdBetween(below, above));
      expect(cut > below && cut <= above).toBe(true);
    }));
    const next = (x: number): number => {
      const bits = new Uint32Array(Float32Array.of(x).buffer);
      return new Float32Array(Uint32Array.of(bits[0] + 1).buffer)[0];
    };
    fc.assert(fc.property(score, (below) => {
      expect(Math.fround(thresholdBetween(below, next(below)))).toBe(next(below));
    }));
  });
});
