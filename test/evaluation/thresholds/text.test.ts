import fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import { applyPolicy } from "../../../src/evaluation/thresholds/policy.ts";
import { suggestThresholds } from "../../../src/evaluation/thresholds/suggest.ts";
import { parseThresholds, thresholdText } from "../../../src/evaluation/thresholds/text.ts";
import { GOAL_NAMES, SCOPES } from "../../../src/evaluation/thresholds/types.ts";
import { createTaskPool } from "../../../src/evaluation/workers/pool.ts";
import { makeInputs } from "../inputs.ts";
import { judgedRows } from "../judged.ts";

describe("threshold_suggestion.txt", () => {
  const pool = createTaskPool({ threads: 1 });
  afterAll(() => pool.close());

  it.each([[[0, 1, 2]], [[0, 1]], [[0]]])(
    "reads back the thresholds it wrote, classes %j",
    async (classes) => {
      const judged = judgedRows(makeInputs({ seed: 1, rows: 800, genes: 9, bits: 20, classes }));
      const analysis = await suggestThresholds(judged, {
        seed: 1,
        pool,
        resamples: 50,
        goals: { precision: 1, recall: 0.9 },
      });
      const text = thresholdText(analysis);
      expect(text).not.toMatch(/NaN|undefined|null/);
      if (!classes.includes(1)) {
        expect(() => parseThresholds(text)).toThrow("found no threshold");
        return;
      }
      const parsed = parseThresholds(text);
      for (const goal of GOAL_NAMES) {
        for (const scope of SCOPES) {
          const { threshold } = analysis.suggestions.find((one) => one.goal === goal && one.scope === scope)!;
          expect(parsed[goal][scope]).toBe(threshold.value);
        }
      }
      expect(parsed.file).toEqual(parsed["best-f1"]);
    },
  );

  it("reads a few lines of one's own, and the original's file", () => {
    expect(parseThresholds("# mine\n\nthreshold_donor = 0.4\r\nthreshold_acceptor=0.5").file)
      .toEqual({ global: null, donor: 0.4, acceptor: 0.5 });
    const original =
      "output_layer\tsigmoid\ncalibrated\tTrue\ncalib_method\tplatt\nthreshold_global\t0.95\n" +
      "F1_global\t0.948\nthreshold_donor\t0.9\nF1_donor\t0.957\nthreshold_acceptor\t0.92\nF1_acceptor\t0.94\n";
    expect(parseThresholds(original).file).toEqual({ global: 0.95, donor: 0.9, acceptor: 0.92 });
    expect(
      parseThresholds("threshold_global = none\nthreshold_donor = 1\nthreshold_acceptor = 0").file.global,
    )
      .toBeNull();
  });

  it.each([
    ["treshold_global = 0.5", 'line 1: expected a known key (did you mean "threshold_global"?)'],
    [
      "threshold_global = 0.5\nthreshold_global = 0.6",
      'line 2: expected every key once, found "threshold_global" again',
    ],
    ["threshold_donor = 1.5", 'expected threshold_donor from 0 to 1, or "none", found "1.5"'],
    ["threshold_donor = ", 'expected threshold_donor from 0 to 1, or "none", found ""'],
    ["threshold_donor = 0,5", 'found "0,5"'],
    ["threshold_global", 'expected "key = value"'],
    ["format = spliceboost-thresholds-9\nthreshold_global = 0.5", "expected format spliceboost-thresholds-1"],
    ["", "found no threshold"],
    ["# nothing\nF1_global = 0.9", "found no threshold"],
  ])("refuses %j", (text, message) => {
    expect(() => parseThresholds(text)).toThrow(message);
  });
});

describe("applyPolicy", () => {
  const p = Float32Array.of(0.9, 0.3, 0.3, 0.1, 0.6, 0.1, 0.2, 0.1, 0.5, 1, 0, 0);

  it("calls by the global threshold where there is one, else by each type's own", () => {
    expect([...applyPolicy({ global: 0.6, donor: 0.99, acceptor: 0.99 }, p)]).toEqual([1, 1, 2, 0]);
    expect([...applyPolicy({ global: null, donor: 0.5, acceptor: 0.25 }, p)]).toEqual([2, 1, 2, 0]);
    expect([...applyPolicy({ global: 0, donor: null, acceptor: null }, p)]).toEqual([1, 1, 2, 1]);
    expect([...applyPolicy({ global: 2, donor: null, acceptor: null }, p)]).toEqual([0, 0, 0, 0]);
  });

  it("refuses policies that call nothing, and probabilities that are not three a row", () => {
    expect(() => applyPolicy({ global: null, donor: 0.5, acceptor: null }, p)).toThrow("cannot call sites");
    expect(() => applyPolicy({ global: 0.5, donor: null, acceptor: null }, p.subarray(1))).toThrow("three");
  });

  it("calls a site at its own f32 score", () => {
    fc.assert(fc.property(fc.float({ min: 0, max: 1, noNaN: true }), (score) => {
      expect([...applyPolicy({ global: score, donor: null, acceptor: null }, Float32Array.of(0, score, 0))])
        .toEqual([1]);
    }));
  });
});
