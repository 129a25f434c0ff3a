import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { FeatureSample } from "../../../src/evaluation/analysis.ts";
import { analyseOverfitting } from "../../../src/evaluation/overfitting/analyse.ts";
import { learningCurvesCsv } from "../../../src/evaluation/overfitting/csv.ts";
import { judgeClass, overFolds, recommendTrees } from "../../../src/evaluation/overfitting/judge.ts";
import { stageModels, stageTrees } from "../../../src/evaluation/overfitting/stages.ts";
import type { LearningCurve } from "../../../src/evaluation/overfitting/types.ts";
import { ACCEPTOR, DONOR, NEITHER, rankingMetrics } from "../../../src/evaluation/ranking.ts";
import { fromMargin } from "../../../src/numerics/fixed.ts";
import { probability } from "../../../src/numerics/sigmoid.ts";
import { GradientBoostedTrees } from "../../../src/trees/gradient-boosted-trees.ts";
import { treePredictor } from "../../../src/trees/predictor.ts";
import { TreeModel } from "../../../src/trees/tree-model.ts";
import { tinyDataset } from "../../training/tiny-dataset.ts";

const FOLDS = 3;

/** All rows of a tiny data set; gene g is held out by fold g % 3. */
async function tinySample(): Promise<FeatureSample> {
  const data = tinyDataset({ genes: 12 });
  const columns: Float32Array[] = [];
  for await (const { values } of data.columns(data.features)) columns.push(values);
  return {
    names: data.features,
    columns,
    labels: data.labels!,
    geneStart: data.geneStart,
    genes: Uint32Array.from(data.genes.keys()),
    rows: Uint32Array.from({ length: data.rows }, (_, row) => row),
    foldOfGene: Uint8Array.from(data.genes, (_, g) => g % FOLDS),
  };
}

function rowsOf({ foldOfGene, geneStart }: FeatureSample, fold: number, heldOut: boolean): number[] {
  return [...foldOfGene.keys()].filter((g) => (foldOfGene[g] === fold) === heldOut)
    .flatMap((g) => Array.from({ length: geneStart[g + 1] - geneStart[g] }, (_, i) => geneStart[g] + i));
}

async function train(sample: FeatureSample, parameters: Record<string, unknown>): Promise<TreeModel[][]> {
  const models: TreeModel[][] = [];
  for (let fold = 0; fold < FOLDS; fold++) {
    const rows = rowsOf(sample, fold, false);
    const learner = new GradientBoostedTrees({ device: "cpu", ...parameters });
    const table = sample.names.map((name, f) =>
      [name, Float32Array.from(rows, (row) => sample.columns[f][row])] as const
    );
    await learner.fit(Object.fromEntries(table), rows.map((row) => sample.labels[row]));
    models.push([...learner.models_]);
  }
  return models;
}

/** A curve of these losses, held-out AP falling from 0.9 by `apFall`. */
function curve(
  fold: number,
  className: LearningCurve["className"],
  heldOut: number[],
  change: Partial<LearningCurve> = {},
): LearningCurve {
  return {
    fold,
    className,
    trees: heldOut.map((_, i) => i * 10),
    trainLogLoss: heldOut.map((_, i) => 0.5 / (i + 1)),
    heldOutLogLoss: heldOut,
    trainAp: heldOut.map(() => 1),
    heldOutAp: heldOut.map(() => 0.8),
    validation: null,
    trainRows: 100,
    heldOutRows: 50,
    bestTrees: heldOut.indexOf(Math.min(...heldOut)) * 10,
    bestTreesAp: 0,
    ...change,
  };
}

const limits = { overfittingThreshold: 0.05, convergenceImprovement: 0.001 };

describe("analyseOverfitting", () => {
  const predictor = treePredictor({ threads: 1 });
  let sample: FeatureSample;
  let models: TreeModel[][];
  beforeAll(async () => {
    sample = await tinySample();
    models = await train(sample, { n_estimators: 60, max_depth: 3, learning_rate: 0.3 });
  });
  afterAll(() => predictor.close());

  it("measures what models of the first trees alone give, point for point", async () => {
    const { curves } = await analyseOverfitting({ foldModels: models, sample, histories: null, predictor });
    expect(curves).toHaveLength(9);
    const positives = [NEITHER, DONOR, ACCEPTOR];
    for (const [i, one] of curves.entries()) {
      const [fold, c] = [Math.floor(i / 3), i % 3];
      const model = models[fold][c];
      expect([one.fold, one.trees[0], one.trees[one.trees.length - 1]]).toEqual([fold, 0, model.treeCount]);
      for (const [s, count] of one.trees.entries()) {
        const trees = Array.from({ length: count }, (_, t) => model.tree(t));
        const margins = TreeModel.fromTrees(sample.names, model.baseMargin, trees)
          .marginsOf(sample.columns, sample.labels.length);
        for (const heldOut of [false, true]) {
          const rows = rowsOf(sample, fold, heldOut);
          const loss = rows.reduce((sum, row) => {
            const sign = sample.labels[row] === c ? 1 : -1;
            return sum + Math.log1p(Math.exp(-sign * fromMargin(margins[row])));
          }, 0) / rows.length;
          expect((heldOut ? one.heldOutLogLoss : one.trainLogLoss)[s]).toBeCloseTo(loss, 5);
          const { ap } = rankingMetrics(
            Float32Array.from(rows, (row) => probability(margins[row])),
            Uint8Array.from(rows, (row) => sample.labels[row]),
            positives[c],
          );
          expect((heldOut ? one.heldOutAp : one.trainAp)[s]).toBe(ap);
        }
      }
    }
  });

  it("is JSON, and does not depend on threads", async () => {
    const input = { foldModels: models, sample, histories: null };
    const one = await analyseOverfitting({ ...input, predictor });
    expect(JSON.parse(JSON.stringify(one))).toEqual(one);
    const many = treePredictor({ threads: 2 });
    expect(await analyseOverfitting({ ...input, predictor: many })).toEqual(one);
    many.close();
  });

  it("sees models that learn noise by heart", async () => {
    const noise = { ...sample, names: ["noise"], columns: [sample.columns[2]] };
    const deep = await train(noise, {
      n_estimators: 80,
      max_depth: 6,
      learning_rate: 0.5,
      min_child_weight: 0,
    });
    const { classes, recommended } = await analyseOverfitting({
      foldModels: deep,
      sample: noise,
      histories: null,
      predictor,
    });
    expect(classes.map(({ verdict }) => verdict)).toEqual(["overfit", "overfit", "overfit"]);
    expect(classes[1].sentence).toContain("donor: overfit");
    expect(recommended.trees!).toBeLessThan(20);
    expect(recommended.atLeast).toBe(false);
  });

  it("asks for more trees where held-out loss still falls", async () => {
    const few = models.map((fold) =>
      fold.map((model) =>
        TreeModel.fromTrees(
          sample.names,
          model.baseMargin,
          Array.from({ length: 5 }, (_, t) => model.tree(t)),
        )
      )
    );
    const { classes, recommended } = await analyseOverfitting({
      foldModels: few,
      sample,
      histories: null,
      predictor,
    });
    expect(classes.map(({ converged }) => converged)).toEqual([false, false, false]);
    expect(recommended).toMatchObject({ trees: 5, atLeast: true });
    expect(recommended.sentence).toContain("--n-estimators 5 or more");
  });

  it("shows validation metrics, and keeps their genes out of both sides", async () => {
    const history = Array.from({ length: 70 }, (_, round) => 1 / (round + 1));
    const histories = models.map((fold) => fold.map(() => history));
    const validationGenes = models.map((_, fold) =>
      sample.foldOfGene.map((own, g) => own !== fold && g < 6 ? 1 : 0)
    );
    const { curves } = await analyseOverfitting({
      foldModels: models,
      sample,
      histories,
      validationGenes,
      predictor,
    });
    const { validation, trainRows, heldOutRows } = curves[0];
    expect(validation!.trees[validation!.trees.length - 1]).toBe(70);
    validation!.trees.forEach((count, i) => expect(validation!.values[i]).toBe(1 / count));
    const aside = [...sample.foldOfGene.keys()].filter((g) => validationGenes[0][g] === 1)
      .reduce((sum, g) => sum + sample.geneStart[g + 1] - sample.geneStart[g], 0);
    expect(trainRows + heldOutRows + aside).toBe(sample.labels.length);
  });

  it("has nulls where a side or a class has no rows", async () => {
    const oneFold = { ...sample, foldOfGene: sample.foldOfGene.map(() => 0) };
    const { curves, classes, recommended } = await analyseOverfitting({
      foldModels: models.slice(0, 1),
      sample: oneFold,
      histories: null,
      predictor,
    });
    expect(curves[0].trainLogLoss.every((loss) => loss === null)).toBe(true);
    expect(classes.map(({ verdict }) => verdict)).toEqual(["unknown", "unknown", "unknown"]);
    expect(classes[0].bestTrees.low).toBeNull();
    expect(recommended.trees).not.toBeNull();
    const none = { ...sample, foldOfGene: sample.foldOfGene.map(() => 9) };
    const nowhere = await analyseOverfitting({
      foldModels: models,
      sample: none,
      histories: null,
      predictor,
    });
    expect(nowhere.recommended).toMatchObject({ trees: null, atLeast: false });
    const withoutDonors = { ...sample, labels: sample.labels.map((label) => label === 1 ? 0 : label) };
    const lacking = await analyseOverfitting({
      foldModels: models,
      sample: withoutDonors,
      histories: null,
      predictor,
    });
    expect(lacking.curves[1].heldOutAp.every((ap) => ap === null)).toBe(true);
    expect(lacking.classes[1].verdict).toBe("unknown");
    expect(JSON.stringify(lacking)).not.toContain("NaN");
  });

  it("refuses models, histories and limits that do not fit", async () => {
    const input = { foldModels: models, sample, histories: null, predictor };
    const cases = [
      { foldModels: [models[0].slice(1)] },
      { sample: { ...sample, columns: sample.columns.slice(1) } },
      { histories: [] },
      { options: { overfittingThreshold: 2 } },
      { options: { convergenceImprovement: NaN } },
    ];
    for (const change of cases) {
      await expect(analyseOverfitting({ ...input, ...change })).rejects.toMatchObject({ kind: "usage" });
    }
  });

  it("writes a table: rounds of early stopping beside the points of the curves", async () => {
    const histories = models.map((fold) => fold.map(() => [0.5, 0.4, 0.3]));
    const csv = learningCurvesCsv(
      await analyseOverfitting({ foldModels: models, sample, histories, predictor }),
    );
    const lines = csv.trimEnd().split("\n").map((line) => line.split(","));
    expect(lines.every((cells) => cells.length === 8)).toBe(true);
    expect(lines[1].slice(0, 3)).toEqual(["1", "neither", "0"]);
    const own = lines.filter(([fold, name]) => fold === "1" && name === "neither");
    expect(own.filter((cells) => cells[7] !== "").map((cells) => [cells[2], cells[7]]))
      .toEqual([["1", "0.5"], ["2", "0.4"], ["3", "0.3"]]);
    expect(csv).not.toMatch(/NaN|null/);
  });
});

describe("stages", () => {
  it("cut a model without losing a tree: their margins add up, from none to all", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 3000 }), fc.integer({ min: 1, max: 60 }), (trees, stages) => {
        const at = stageTrees(trees, stages);
        expect([at[0], at[at.length - 1]]).toEqual([0, trees]);
        expect(at).toEqual([...new Set(at)].sort((a, b) => a - b));
        expect(at.length).toBeLessThanOrEqual(stages + 1);
      }),
    );
    expect(stageModels(TreeModel.fromTrees([], 7, []), [0])).toEqual([]);
  });
});

describe("verdicts on curves", () => {
  it("overfit where held-out loss rose, memorises where it did not, fits where the gap is small", () => {
    const falls = [0.5, 0.3, 0.2, 0.15, 0.1502, 0.1501];
    const rises = [0.5, 0.3, 0.2, 0.21, 0.25, 0.3];
    const of = (losses: number[], change = {}) =>
      judgeClass("donor", [0, 1].map((f) => curve(f, "donor", losses, change)), limits);
    expect(of(rises)).toMatchObject({ verdict: "overfit", converged: true });
    expect(of(rises).riseFromBest.mean).toBeCloseTo(0.1, 12);
    expect(of(rises).sentence).toContain("overconfident, which calibration mends");
    expect(of(rises, { heldOutAp: [0.1, 0.9, 0.9, 0.9, 0.8, 0.7] }).sentence).toContain(
      "has fallen by 0.2000",
    );
    expect(of(falls)).toMatchObject({ verdict: "memorises" });
    expect(of(falls, { heldOutAp: falls.map(() => 0.97) })).toMatchObject({ verdict: "fits" });
    expect(of(falls, { heldOutAp: falls.map(() => null) })).toMatchObject({ verdict: "unknown" });
  });

  it("recommends the fewest trees that are as good as the best, for all classes at once", () => {
    const names = ["neither", "donor", "acceptor"] as const;
    const losses = [0.5, 0.3, 0.2005, 0.2, 0.25, 0.3];
    const flat = [0.1, 0.1, 0.1, 0.1, 0.1, 0.1];
    const curves = [0, 1].flatMap((fold) =>
      names.map((name) => curve(fold, name, name === "donor" ? losses : flat))
    );
    expect(recommendTrees(curves, 0.001)).toMatchObject({ trees: 20, atLeast: false });
    expect(recommendTrees(curves, 0)).toMatchObject({ trees: 30 });
    const better = curves.map((one) => ({ ...one, heldOutAp: [0.1, 0.2, 0.3, 0.4, 0.5, 0.5] }));
    expect(recommendTrees(better, 0.001)).toMatchObject({ trees: 20, treesByAp: 40 });
    expect(recommendTrees([], 0.001).trees).toBeNull();
    // a classifier that stopped early stays at its end
    const short = curves.map((one) =>
      one.className === "donor" ? curve(one.fold, "donor", losses.slice(0, 4)) : one
    );
    expect(recommendTrees(short, 0.001)).toMatchObject({ trees: 20, atLeast: false });
  });

  it("gives t intervals over folds, none for one fold", () => {
    expect(overFolds([1, 2, 3])).toEqual({
      mean: 2,
      low: expect.closeTo(-0.48413771, 6), // scipy.stats.t.interval(0.95, 2, 2, 1 / sqrt(3))
      high: expect.closeTo(4.48413771, 6),
      min: 1,
      max: 3,
      folds: 3,
    });
    expect(overFolds([1, 2, 3], 0).low).toBe(0);
    expect(overFolds([null, 5])).toEqual({ mean: 5, low: null, high: null, min: 5, max: 5, folds: 1 });
    expect(overFolds([]).mean).toBeNull();
  });
});
