import { PURPOSE, Stream } from "../../../src/numerics/random.ts";
import { afterAll, describe, expect, it } from "vitest";
import { suggestThresholds } from "../../../src/evaluation/thresholds/suggest.ts";
import {
  GOAL_NAMES,
  type GoalName,
  type Scope,
  SCOPES,
  type ThresholdAnalysis,
} from "../../../src/evaluation/thresholds/types.ts";
import { createTaskPool } from "../../../src/evaluation/workers/pool.ts";
import { makeInputs } from "../inputs.ts";
import { judgedRows } from "../judged.ts";

const recipe = { seed: 1, rows: 1500, genes: 12, bits: 24, classes: [0, 1, 2] };
const goals = { precision: 0.6, recall: 0.8 };

/** Inputs whose probabilities tell most sites from the rest. */
function sharpInputs(own: typeof recipe): ReturnType<typeof makeInputs> {
  const input = makeInputs(own);
  const probabilities = input.probabilities.map((p, i) =>
    i % 3 === input.labels[Math.floor(i / 3)] ? 0.5 * p + 0.5 : 0.6 * p
  );
  return { ...input, probabilities };
}

const find = ({ suggestions }: ThresholdAnalysis, goal: GoalName, scope: Scope) =>
  suggestions.find((one) => one.goal === goal && one.scope === scope)!;

describe("suggestThresholds", () => {
  const pool = createTaskPool({ threads: 1 });
  afterAll(() => pool.close());
  const options = { seed: 3, pool, goals, resamples: 200 };

  it("meets each goal on the rows it chose by, and tells what that achieves", async () => {
    const judged = judgedRows(sharpInputs(recipe));
    const analysis = await suggestThresholds(judged, options);
    expect(analysis.suggestions).toHaveLength(9);
    for (const scope of SCOPES) {
      const best = find(analysis, "best-f1", scope);
      for (const goal of GOAL_NAMES) {
        const { threshold, achieved, reason, metShare, nested, target } = find(analysis, goal, scope);
        expect(reason).toBeNull();
        expect(target).toBe(goal === "best-f1" ? null : goals[goal]);
        const called = Array.from(judged.meta.labels.keys()).filter((row) => {
          const { donor, acceptor } = judged.meta;
          const score = scope === "global"
            ? Math.fround(donor[row] + acceptor[row])
            : judged.meta[scope][row];
          return score >= Math.fround(threshold.value!);
        });
        const isSite = (row: number) => {
          const label = judged.meta.labels[row];
          return scope === "global" ? label > 0 : label === (scope === "donor" ? 1 : 2);
        };
        const hits = called.filter(isSite).length;
        const sites = Array.from(judged.meta.labels.keys()).filter(isSite).length;
        expect(achieved).toMatchObject({ called: called.length, hits });
        expect(achieved!.precision.value).toBeCloseTo(hits / called.length, 12);
        expect(achieved!.recall.value).toBeCloseTo(hits / sites, 12);
        expect(achieved!.f1.value!).toBeLessThanOrEqual(best.achieved!.f1.value!);
        if (goal !== "best-f1") expect(achieved![goal].value!).toBeGreaterThanOrEqual(goals[goal]);
        expect(threshold.low!).toBeLessThanOrEqual(threshold.high!);
        expect(metShare).toBeGreaterThan(0.9);
        expect(nested.thresholds).toHaveLength(3);
      }
    }
  });

  it("nests: a fold's threshold is what the other folds' genes alone suggest, judged on the fold", async () => {
    const input = sharpInputs(recipe);
    const whole = find(await suggestThresholds(judgedRows(input), options), "best-f1", "donor");
    let [called, hits] = [0, 0];
    for (let fold = 0; fold < 3; fold++) {
      const others = Array.from({ length: 12 }, (_, g) => g).filter((g) => g % 3 !== fold);
      const sub = judgedRows({ ...input, genes: others });
      const starts = sub.meta.geneStart;
      const alone = await suggestThresholds({
        ...sub,
        genes: others.map(String),
        foldOfGene: Uint8Array.from(others, (_, i) => i % 2),
      }, { ...options, resamples: 0 });
      expect(starts).toHaveLength(9);
      const cut = find(alone, "best-f1", "donor").threshold.value!;
      expect(whole.nested.thresholds[fold]).toBe(cut);
      const own = judgedRows({ ...input, genes: [fold, fold + 3, fold + 6, fold + 9] }).meta;
      own.donor.forEach((score, row) => {
        if (score < Math.fround(cut)) return;
        called++;
        if (own.labels[row] === 1) hits++;
      });
    }
    expect(whole.nested.achieved).toMatchObject({ called, hits });
    expect(whole.nested.achieved!.precision.value).toBeCloseTo(hits / called, 12);
  });

  it("chooses on noise what does not hold on other genes", async () => {
    const input = makeInputs(recipe);
    const stream = new Stream(9, PURPOSE.simulate);
    const noise = input.probabilities.map(() => stream.nextFloat());
    const analysis = await suggestThresholds(
      judgedRows({ ...input, probabilities: noise }),
      { ...options, goals: { precision: 0.075, recall: 0.8 } },
    );
    const { achieved, nested } = find(analysis, "precision", "donor");
    expect(achieved!.precision.value!).toBeGreaterThanOrEqual(0.075);
    expect(nested.achieved!.precision.value!).toBeLessThan(0.075);
  });

  it("says why a goal cannot be met, in place of a number", async () => {
    const analysis = await suggestThresholds(
      judgedRows(makeInputs({ ...recipe, bits: 2 })),
      { ...options, goals: { precision: 1, recall: 1 } },
    );
    const unmet = find(analysis, "precision", "donor");
    expect(unmet.threshold).toEqual({ value: null, low: null, high: null });
    expect(unmet.achieved).toBeNull();
    expect(unmet.reason).toMatch(/^No threshold has a precision of 1: the highest is 0\.\d+\.$/);
    expect(unmet.nested.reason).toContain("On the genes outside fold");
    const all = find(analysis, "recall", "donor");
    expect(all.achieved!.recall.value).toBe(1);
    const none = await suggestThresholds(judgedRows(makeInputs({ ...recipe, classes: [0, 1] })), options);
    expect(find(none, "best-f1", "acceptor").reason).toBe("There is no acceptor among the rows.");
    expect(none.policies.find(({ goal }) => goal === "best-f1")!.by).toBe("global");
    const nothing = await suggestThresholds(judgedRows(makeInputs({ ...recipe, classes: [0] })), options);
    expect(nothing.policies).toEqual(GOAL_NAMES.map((goal) => ({ goal, by: null, confusion: null })));
  });

  it("counts what the whole rule gives", async () => {
    const judged = judgedRows(sharpInputs(recipe));
    const { policies, ...analysis } = await suggestThresholds(judged, options);
    const { by, confusion } = policies.find(({ goal }) => goal === "best-f1")!;
    expect(by).toBe("global");
    const { called } = find({ policies, ...analysis }, "best-f1", "global").achieved!;
    expect(confusion!.flat().reduce((a, b) => a + b)).toBe(1500);
    expect(confusion!.reduce((sum, row) => sum + row[1] + row[2], 0)).toBe(called);
  });

  it("is JSON, the same for any number of threads, and survives one gene, one row, one fold", async () => {
    const judged = judgedRows(sharpInputs(recipe));
    const workers = createTaskPool({ threads: 2 });
    const one = await suggestThresholds(judged, options);
    expect(await suggestThresholds(judged, { ...options, pool: workers })).toEqual(one);
    workers.close();
    expect(JSON.parse(JSON.stringify(one))).toEqual(one);
    for (const [rows, genes] of [[1, 1], [3, 1], [40, 2]]) {
      const small = await suggestThresholds(
        judgedRows(makeInputs({ ...recipe, rows, genes }), { folds: 1 }),
        options,
      );
      expect(JSON.parse(JSON.stringify(small))).toEqual(small);
      for (const { nested, threshold } of small.suggestions) {
        expect(nested.achieved).toBeNull();
        expect(nested.reason).toContain("fold 1");
        expect(threshold.low).toBeNull();
      }
    }
  });

  it("refuses goals that are no shares", async () => {
    const judged = judgedRows(sharpInputs(recipe));
    for (const precision of [0, 1.1, NaN]) {
      await expect(suggestThresholds(judged, { ...options, goals: { precision, recall: 0.5 } }))
        .rejects.toMatchObject({ kind: "usage", message: expect.stringContaining("goals.precision") });
    }
  });
});
