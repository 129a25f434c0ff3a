import { parquetReadObjects } from "hyparquet";
import { describe, expect, it } from "vitest";
import type { Dataset } from "../../src/data/dataset.ts";
import { loadModel } from "../../src/formats/model-file.ts";
import { ROLE_ASIDE, ROLE_TRAIN, ROLE_VALIDATION } from "../../src/numerics/engine.ts";
import { logitMargin } from "../../src/numerics/fixed.ts";
import { train } from "../../src/training/train.ts";
import type { ProgressEvent, TrainingRun, TrainSettings } from "../../src/training/types.ts";
import { FakeEngine } from "./fake-engine.ts";
import { tinyDataset } from "./tiny-dataset.ts";

const QUICK = {
  nEstimators: 12,
  nFolds: 3,
  holdoutRepeats: 0,
  algorithmParams: { learning_rate: 0.5 },
} as const;

async function filesOf(run: TrainingRun): Promise<Map<string, Uint8Array>> {
  const files = new Map<string, Uint8Array>();
  for await (const { path, bytes } of run.files()) files.set(path, bytes);
  return files;
}
const textOf = (files: Map<string, Uint8Array>, path: string) => new TextDecoder().decode(files.get(path));
const trainTiny = (settings: TrainSettings = {}, data: Dataset = tinyDataset()) =>
  train(data, { ...QUICK, engine: new FakeEngine(), ...settings });

describe("train", () => {
  it("predicts every row by the fold that never saw its gene", async () => {
    const engine = new FakeEngine();
    const data = tinyDataset();
    const run = await trainTiny({ engine }, data);
    const [foldLanes, finalLanes] = engine.calls;
    expect(foldLanes.map(({ name }) => name).slice(0, 4)).toEqual([
      "fold 1/3 neither",
      "fold 1/3 donor",
      "fold 1/3 acceptor",
      "fold 2/3 neither",
    ]);
    expect(finalLanes).toHaveLength(3);
    for (let row = 0; row < data.rows; row++) {
      const aside = [0, 1, 2].filter((fold) => foldLanes[3 * fold].role[row] === ROLE_ASIDE);
      expect(aside).toEqual([run.oof!.fold[row]]);
      expect(finalLanes[0].role[row]).toBe(ROLE_TRAIN);
    }
    // The features give the class away, so predictions put on the wrong rows would show here.
    expect(run.pooled!.macroF1).toBeGreaterThan(0.7);
    const genesOf = (fold: number) =>
      data.genes.filter((_, g) => run.oof!.fold[data.geneStart[g]] === fold).length;
    expect(run.folds.map(({ testGenes }) => testGenes)).toEqual([0, 1, 2].map(genesOf));
    expect(run.pooled!.testGenes).toBe(12);
    expect(run.rounds).toEqual({ neither: 12, donor: 12, acceptor: 12 });
  });

  it("learns one class against the rest from its share of the training rows", async () => {
    const engine = new FakeEngine();
    const data = tinyDataset();
    await trainTiny({ engine }, data);
    engine.calls.flat().forEach((lane, i) => {
      const isTrained = (row: number) => lane.role[row] === ROLE_TRAIN;
      const rows = Array.from(data.labels!.keys()).filter(isTrained);
      const positives = rows.filter((row) => lane.target[row] === 1);
      for (const row of rows) expect(lane.target[row]).toBe(data.labels![row] === i % 3 ? 1 : 0);
      expect(lane.baseMargin).toBe(logitMargin(positives.length / rows.length));
    });
  });

  it("uses base_score and scale_pos_weight", async () => {
    const engine = new FakeEngine();
    await trainTiny({ engine, algorithmParams: { base_score: 0.2, scale_pos_weight: 3 } });
    for (const lane of engine.calls.flat()) {
      expect(lane.baseMargin).toBe(logitMargin(0.2));
      expect([...lane.weight!]).toEqual(Array.from(lane.target, (positive) => (positive ? 3 : 1)));
    }
  });

  it("stops early by validation genes and takes the final rounds from the folds", async () => {
    const engine = new FakeEngine();
    const run = await trainTiny({
      engine,
      nEstimators: 60,
      earlyStoppingPatience: 3,
      validSize: 0.25,
      algorithmParams: { learning_rate: 1 },
    });
    const [foldLanes, finalLanes] = engine.calls;
    for (const lane of foldLanes) {
      expect(lane.role.includes(ROLE_VALIDATION)).toBe(true);
      expect(lane.parameters.earlyStopping).toEqual({ patience: 3, minDelta: 0, metric: "logloss" });
    }
    const results = JSON.parse(textOf(await filesOf(run), "complete_training_results.json"));
    for (const [c, name] of (["neither", "donor", "acceptor"] as const).entries()) {
      const trees = results.folds.map((f: { classifiers: Record<string, { trees: number }> }) =>
        f.classifiers[name].trees
      );
      const mean = Math.round(trees.reduce((sum: number, n: number) => sum + n, 0) / 3);
      expect(mean).toBeLessThan(60);
      expect(run.rounds[name]).toBe(mean);
      expect(finalLanes[c].parameters).toMatchObject({ rounds: mean, earlyStopping: null });
      expect(run.model.classifiers[name].treeCount).toBe(mean);
    }
  });

  it("leaves out constant and duplicate columns and says why", async () => {
    const data = tinyDataset({ extra: { flat: () => 3, again: (row) => row % 5, copy: (row) => row % 5 } });
    const run = await trainTiny({}, data);
    expect(run.model.featureNames).toEqual(["donor_signal", "acceptor_signal", "noise", "again"]);
    const lines = textOf(await filesOf(run), "feature_manifest.csv").trim().split("\n");
    expect(lines[0]).toBe("feature,used,reason,bins,missing_share,cell");
    expect(lines.find((line) => line.startsWith("flat,"))).toMatch(/^flat,no,constant: 3 in every row,,,$/);
    expect(lines.find((line) => line.startsWith("copy,"))).toMatch(/^copy,no,same values as again,,,$/);
    expect(lines.find((line) => line.startsWith("again,"))).toMatch(/^again,yes,,5,0,\d+$/);
    expect(lines.at(-1)).toBe('position,no,"a position, not a feature",,,');
  });

  it("keeps constraints on the features they were given for", async () => {
    const engine = new FakeEngine();
    const data = tinyDataset({ extra: { flat: () => 3, last: (row) => row % 5 } });
    const algorithmParams = {
      monotone_constraints: [0, 0, -1, 1, 1],
      interaction_constraints: [["flat", "last"], ["noise", "donor_signal"]],
    };
    await trainTiny({ engine, algorithmParams }, data);
    expect([...engine.calls[0][0].parameters.monotone!]).toEqual([0, 0, -1, 1]);
    expect(engine.calls[0][0].parameters.interactions).toEqual([[3], [0, 2]]);
  });

  it("skips the cross-validation on request, even with one gene", async () => {
    const run = await train(tinyDataset({ genes: 1 }), {
      nEstimators: 3,
      skipEval: true,
      engine: new FakeEngine(),
    });
    expect(run.oof).toBeNull();
    expect(run.pooled).toBeNull();
    expect(run.aggregate).toBeNull();
    expect(run.folds).toEqual([]);
    const files = [...(await filesOf(run)).keys()];
    expect(files).toContain("model.safetensors");
    expect(files).not.toContain("gene_cv_metrics.csv");
  });

  it("refuses data without labels, without a class, and one gene", async () => {
    await expect(trainTiny({}, { ...tinyDataset(), labels: null })).rejects.toThrow(/no label column/);
    await expect(trainTiny({}, tinyDataset({ without: () => [2] }))).rejects.toThrow(/none of acceptor/);
    await expect(trainTiny({}, tinyDataset({ genes: 1 }))).rejects.toThrow(/--skip-eval/);
  });

  it("does without base scores and positions", async () => {
    const run = await trainTiny({}, tinyDataset({ baseScores: false, positions: false }));
    expect(run.pooled!.base).toBeNull();
    const files = await filesOf(run);
    expect(files.has("compare_base_meta.json")).toBe(false);
    const [row] = await parquetReadObjects({ file: files.get("oof_predictions.parquet")!.slice().buffer });
    expect(Object.keys(row)).toEqual([
      "gene_id",
      "label",
      "fold",
      "meta_neither",
      "meta_donor",
      "meta_acceptor",
    ]);
  });

  it("writes the run directory", async () => {
    const data = tinyDataset();
    const run = await trainTiny({}, data);
    const files = await filesOf(run);
    expect([...files.keys()]).toEqual([
      "gene_cv_metrics.csv",
      "metrics_fold1.json",
      "metrics_fold2.json",
      "metrics_fold3.json",
      "metrics_aggregate.json",
      "compare_base_meta.json",
      "oof_predictions.parquet",
      "gene_folds.csv",
      "leakage_report.csv",
      "feature_manifest.csv",
      "train.features.json",
      "model.safetensors",
      "model_metadata.json",
      "complete_training_results.json",
    ]);
    const rows = await parquetReadObjects({ file: files.get("oof_predictions.parquet")!.slice().buffer });
    expect(rows).toHaveLength(data.rows);
    const at = data.geneStart[4] + 2;
    expect(rows[at]).toMatchObject({
      gene_id: "gene004",
      position: BigInt(at * 3),
      label: ["neither", "donor", "acceptor"][data.labels![at]],
      fold: run.oof!.fold[at] + 1,
      meta_donor: run.oof!.probabilities[3 * at + 1],
      donor_score: data.baseScores!.donor[at],
    });
    const folds = textOf(files, "gene_folds.csv").trim().split("\n");
    expect(folds[0]).toBe("gene_id,fold,rows,donors,acceptors");
    expect(folds[5]).toBe(`gene004,${run.oof!.fold[at] + 1},${data.geneStart[5] - data.geneStart[4]},2,2`);
    expect(JSON.parse(textOf(files, "train.features.json")).feature_names).toEqual(run.model.featureNames);
    expect(JSON.parse(textOf(files, "model_metadata.json"))).toMatchObject({ cv_folds: 3, n_genes: 12 });

    const model = await loadModel(files.get("model.safetensors")!);
    expect(await model.predictProba(data)).toEqual(await run.model.predictProba(data));
    expect(run.manifest).toMatchObject({
      n_folds: 3,
      inputs: data.inputs,
      notes: ["a note of the data set"],
    });
    expect(JSON.parse(JSON.stringify(run.manifest))).toEqual(run.manifest);
  });

  it("makes the same bytes again, others for another seed", async () => {
    const first = await filesOf(await trainTiny());
    expect(await filesOf(await trainTiny())).toEqual(first);
    const other = await filesOf(await trainTiny({ seed: 43 }));
    expect(other.get("model.safetensors")).not.toEqual(first.get("model.safetensors"));
  });

  it("changes metrics by the thresholds", async () => {
    const strict = await trainTiny({ threshold: 1, baseThresh: 1 });
    const lax = await trainTiny({ threshold: 0, baseThresh: 0 });
    expect(lax.pooled!.splice.falsePositives).toBeGreaterThan(strict.pooled!.splice.falsePositives);
    expect(lax.pooled!.base!.splice.falsePositives).toBeGreaterThan(
      strict.pooled!.base!.splice.falsePositives,
    );
  });

  it("reports progress up to the whole, phase by phase", async () => {
    const events: ProgressEvent[] = [];
    await trainTiny({ onProgress: (event) => events.push(event) });
    for (const [phase, total] of [["cross-validation", 108], ["final", 36]] as const) {
      const done = events.filter((event) => event.phase === phase && event.lane !== "").map((event) =>
        event.done
      );
      expect(done).toEqual([...done].sort((a, b) => a - b));
      expect(done.at(-1)).toBe(total);
    }
    expect(events.filter((event) => event.phase === "bin" && event.lane !== "").map((event) => event.lane))
      .toEqual(["donor_signal", "acceptor_signal", "noise"]);
  });

  it("leaves a given engine open", async () => {
    const engine = new FakeEngine();
    await trainTiny({ engine });
    expect(engine.closed).toBe(false);
  });
});
