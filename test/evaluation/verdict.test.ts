import { describe, expect, it } from "vitest";
import { evaluateFold } from "../../src/evaluation/evaluate.ts";
import type { FoldMetrics } from "../../src/evaluation/types.ts";
import { verdict } from "../../src/evaluation/verdict.ts";
import { makeInputs } from "./inputs.ts";

const thresholds = { threshold: 0.5, baseThresh: 0.5 };
const data = makeInputs({ seed: 21, rows: 500, genes: 10, bits: 10, classes: [0, 1, 2] });

/** Five folds; the meta-model is right everywhere in the first `right`, and wrong everywhere in the others. */
function folds(right: number, baseScores: typeof data.baseScores | null = data.baseScores): FoldMetrics[] {
  return [0, 1, 2, 3, 4].map((fold) => {
    const probabilities = new Float32Array(data.probabilities.length);
    data.labels.forEach((label, row) => probabilities[3 * row + (label + (fold < right ? 0 : 1)) % 3] = 1);
    const genes = [2 * fold, 2 * fold + 1];
    return evaluateFold({ ...data, baseScores, probabilities, genes, fold, ...thresholds });
  });
}

describe("verdict", () => {
  it.each([
    [5, "is better", "5 of 5"],
    [0, "is worse", "0 of 5"],
  ])("says that a meta-model right in %i folds %s", (right, judgement, share) => {
    const [first, second] = verdict(folds(right)).split("\n");
    expect(first).toBe(`The meta-model ${judgement} than the base model on held-out genes:`);
    expect(second).toContain(`macro F1 is higher in ${share} folds`);
  });

  it("does not call it better for a higher mean in a minority of folds", () => {
    const mixed = folds(2);
    const text = verdict(mixed);
    const higher = mixed.filter((fold) => fold.macroF1 > (fold.base?.macroF1 ?? NaN)).length;
    expect(higher).toBe(2);
    expect(text).toContain("is not clearly better");
    expect(text).toContain("macro F1 is higher in 2 of 5 folds");
  });

  it("does not call equal models better or worse", () => {
    const same = folds(0).map((fold) => fold.base === null ? fold : { ...fold, ...fold.base });
    expect(verdict(same)).toContain("is not clearly better");
    expect(verdict(same)).toContain("0 of 5 folds");
  });

  it("lays both models side by side, within 100 columns and without control characters", () => {
    const text = verdict(folds(5));
    const lines = text.split("\n");
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(100);
    expect(text).toMatch(/^macro F1 +1\.0000 ± 0\.0000 +0\.\d{4} ± 0\.\d{4} +\+0\.\d{4} +5 of 5 folds$/m);
    // deno-lint-ignore no-control-regex
    expect(text).not.toMatch(/[\x00-\x09\x0b-\x1f]/);
    expect(text).toContain("500 rows of 10 genes");
  });

  it("adds the errors of all folds up", () => {
    const all = folds(2);
    const sum = (value: (fold: FoldMetrics) => number) => all.reduce((total, fold) => total + value(fold), 0);
    expect(verdict(all)).toContain(
      `False positives: base model ${sum((f) => f.base?.splice.falsePositives ?? 0)}, ` +
        `meta-model ${sum((f) => f.splice.falsePositives)} ` +
        `(${sum((f) => f.base?.falsePositivesRescued ?? 0)} rescued, ` +
        `${sum((f) => f.base?.falsePositivesIntroduced ?? 0)} introduced)`,
    );
  });

  it("judges log-loss the other way round", () => {
    expect(verdict(folds(5))).toMatch(/^log-loss .* -\d+\.\d{4} +5 of 5 folds$/m);
  });

  it("measures the meta-model alone where there are no base scores", () => {
    const text = verdict(folds(5, null));
    expect(text).toMatch(/^The data has no base-model scores/);
    expect(text).toMatch(/^macro F1 +1\.0000 ± 0\.0000$/m);
    expect(text).not.toContain("False positives");
  });

  it("says undefined where no fold defines a metric, and leaves out the deviation of one fold", () => {
    const labels = data.labels.map((label) => label === 1 ? 0 : label);
    const text = verdict([evaluateFold({ ...data, labels, fold: 0, ...thresholds })]);
    expect(text).toMatch(/^donor AP +undefined +undefined +0 of 0 folds$/m);
    expect(text).toMatch(/^macro F1 +0\.\d{4} +0\.\d{4} .* of 1 fold$/m);
  });
});
