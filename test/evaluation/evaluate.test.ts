import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { evaluate, evaluateFold, summarise, summariseValues } from "../../src/evaluation/evaluate.ts";
import { checkBaseScores } from "../../src/evaluation/rows.ts";
import { SpliceboostError } from "../../src/numerics/errors.ts";
import { makeInputs } from "./inputs.ts";

const recipe = { seed: 11, rows: 600, genes: 12, bits: 6, classes: [0, 1, 2] };
const thresholds = { threshold: 0.5, baseThresh: 0.5 };
const input = { ...makeInputs(recipe), ...thresholds };

function errorOf(action: () => unknown): SpliceboostError {
  try {
    action();
  } catch (error) {
    if (error instanceof SpliceboostError) return error;
    throw error;
  }
  throw new Error("nothing was thrown");
}

describe("evaluate", () => {
  it("measures the rows of the chosen genes and no others", () => {
    const start = input.geneStart;
    const rows = (g: number) => Array.from({ length: start[g + 1] - start[g] }, (_, i) => start[g] + i);
    const chosen = [7, 2, 9];
    const picked = chosen.flatMap(rows);
    const pick = (values: Float32Array) => Float32Array.from(picked, (row) => values[row]);
    const alone = {
      ...thresholds,
      labels: Uint8Array.from(picked, (row) => input.labels[row]),
      probabilities: Float32Array.from(
        picked.flatMap((row) => [0, 1, 2].map((c) => input.probabilities[3 * row + c])),
      ),
      geneStart: Uint32Array.of(0, ...chosen.map((_, i) => chosen.slice(0, i + 1).flatMap(rows).length)),
      baseScores: { donor: pick(input.baseScores.donor), acceptor: pick(input.baseScores.acceptor) },
    };
    expect(evaluate({ ...input, genes: chosen })).toEqual(evaluate(alone));
  });

  it("keeps the fold number beside the metrics", () => {
    expect(evaluateFold({ ...input, fold: 3 })).toEqual({ fold: 3, ...evaluate(input) });
  });

  it("gives no base metrics without base scores, and the same meta metrics", () => {
    const { base, ...meta } = evaluate(input);
    expect(base).not.toBeNull();
    expect(evaluate({ ...input, baseScores: null })).toEqual({ ...meta, base: null });
  });

  it("applies each threshold to its own model, and only to the binary calls", () => {
    const before = evaluate(input);
    const strict = evaluate({ ...input, threshold: 0.9 });
    expect(strict.splice.falsePositives).toBeLessThan(before.splice.falsePositives);
    expect(strict.base?.splice).toEqual(before.base?.splice);
    expect({ ...strict, base: null, splice: null }).toEqual({ ...before, base: null, splice: null });
    const strictBase = evaluate({ ...input, baseThresh: 0.9 });
    expect(strictBase.splice).toEqual(before.splice);
    expect(strictBase.base?.splice.falsePositives).toBeLessThan(before.base?.splice.falsePositives ?? 0);
  });

  it("calls a row whose f32 score is the threshold as near as f32 can say it", () => {
    const rows = { labels: Uint8Array.of(1), geneStart: Uint32Array.of(0, 1), baseScores: null };
    for (const threshold of [0.1, 0.3, 0.7, 0.9]) {
      const probabilities = Float32Array.of(0, threshold, 0);
      expect(evaluate({ ...rows, probabilities, threshold, baseThresh: 0.5 }).splice.f1).toBe(1);
    }
  });

  it("rescues less introductions make up the whole difference of errors", () => {
    fc.assert(fc.property(fc.nat(), fc.nat(10), fc.nat(10), (seed, t, b) => {
      const data = makeInputs({ ...recipe, seed, rows: 60, genes: 3 });
      const { splice, base } = evaluate({ ...data, threshold: t / 10, baseThresh: b / 10 });
      if (base === null) throw new Error("base scores were given");
      expect(base.falsePositivesRescued - base.falsePositivesIntroduced)
        .toBe(base.splice.falsePositives - splice.falsePositives);
      expect(base.falseNegativesRescued - base.falseNegativesIntroduced)
        .toBe(base.splice.falseNegatives - splice.falseNegatives);
    }));
  });

  it("names the row of a missing or impossible score, and what it was", () => {
    const probabilities = input.probabilities.slice();
    probabilities[3 * 17 + 2] = NaN;
    const error = errorOf(() => evaluate({ ...input, probabilities }));
    expect(error.kind).toBe("data");
    expect(error.message).toMatch(/acceptor probability from 0 to 1, found NaN in row 17 /);
    for (const bad of [-0.1, 1.5, Infinity]) {
      const donor = input.baseScores.donor.slice();
      donor[23] = bad;
      const { message } = errorOf(() => evaluate({ ...input, baseScores: { ...input.baseScores, donor } }));
      expect(message).toContain("base donor score");
      expect(message).toContain("in row 23 ");
      expect(errorOf(() => checkBaseScores({ ...input.baseScores, donor })).message).toBe(message);
    }
    checkBaseScores(input.baseScores);
    // rows of other genes are not looked at
    expect(evaluate({ ...input, probabilities, genes: [11] }).testGenes).toBe(1);
  });

  it("takes -0 for 0", () => {
    const minus = evaluate({ ...input, probabilities: input.probabilities.map((p) => p === 0 ? -0 : p) });
    expect(minus).toEqual(evaluate(input));
  });

  it("refuses arrays that do not fit, unknown and repeated genes, labels above 2, thresholds that are no number", () => {
    const { probabilities, labels } = input;
    const bad: [object, string][] = [
      [{ probabilities: probabilities.slice(1) }, "Expected 1800 probabilities for 600 labels, found 1799"],
      [{ geneStart: input.geneStart.slice(0, -1) }, "found 550"],
      [{ geneStart: new Uint32Array(0) }, "found -1"],
      [{ baseScores: { donor: labels, acceptor: new Float32Array(1) } }, "base acceptor scores"],
      [{ genes: [12] }, "gene indices from 0 to 11, found 12 at place 0"],
      [{ genes: [-1] }, "found -1"],
      [{ genes: [4, 5, 4] }, "gene index 4 again at place 2"],
      [{ labels: labels.map(() => 3) }, "found 3 in row 0"],
      [{ threshold: NaN }, "finite threshold, found NaN"],
      [{ baseThresh: Infinity }, "finite baseThresh"],
    ];
    for (const [change, message] of bad) {
      expect(errorOf(() => evaluate({ ...input, ...change })).message).toContain(message);
    }
  });
});

describe("summaries over folds", () => {
  it("leave out undefined values and say how many were defined", () => {
    expect(summariseValues([1, NaN, 2, 3])).toEqual({ mean: 2, sd: 1, defined: 3 });
    expect(summariseValues([4, NaN])).toEqual({ mean: 4, sd: NaN, defined: 1 });
    expect(summariseValues([NaN])).toEqual({ mean: NaN, sd: NaN, defined: 0 });
  });

  it("have every metric by its name in the files", () => {
    const folds = [0, 1, 2].map((fold) => evaluateFold({ ...input, fold, genes: [fold, fold + 3] }));
    const summary = summarise(folds);
    expect(summary.test_macro_f1).toEqual(summariseValues(folds.map((fold) => fold.macroF1)));
    expect(summary.fp_rescued).toEqual(
      summariseValues(folds.map((f) => f.base?.falsePositivesRescued ?? NaN)),
    );
    expect(summarise([{ ...folds[0], base: null }]).base_f1.defined).toBe(0);
  });
});
