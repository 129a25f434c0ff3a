import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { FeatureSample } from "../../../src/evaluation/analysis.ts";
import { analyseImportance, type ImportanceInput } from "../../../src/evaluation/importance/analyse.ts";
import { featureGroupsCsv, featureImportanceCsv } from "../../../src/evaluation/importance/csv.ts";
import { PERMUTED, plantedModels, plantedSample } from "./planted.ts";
import type { ImportanceResult } from "../../../src/evaluation/importance/types.ts";
import { modelMetrics } from "../../../src/evaluation/metrics.ts";
import { createTaskPool } from "../../../src/evaluation/workers/pool.ts";
import { probability } from "../../../src/numerics/sigmoid.ts";
import { PURPOSE, Stream } from "../../../src/numerics/random.ts";
import { classifiersOf, sampleOf, stump } from "./models.ts";

const SEED = 5;

async function analyse(given: Partial<ImportanceInput> = {}) {
  const pool = given.pool ?? createTaskPool({ threads: 1 });
  try {
    return await analyseImportance({
      sample: plantedSample,
      foldModels: plantedModels,
      finalModel: plantedModels[0].classifiers,
      seed: SEED,
      ...given,
      pool,
    });
  } finally {
    if (!given.pool) pool.close();
  }
}

async function resultOf(given: Partial<ImportanceInput> = {}): Promise<ImportanceResult> {
  const part = await analyse(given);
  if (part.status !== "done") throw new Error(part.reason);
  return part.result;
}

/** Log-loss and macro AP of a fold's rows, predicted anew with some columns permuted. */
function slowMetrics(sample: FeatureSample, fold: number, permuted: readonly number[], repeat: number) {
  const rows = Array.from(sample.rows.keys()).filter((row) => {
    const gene = sample.geneStart.findLastIndex((start) => start <= row);
    return sample.foldOfGene[gene] === fold;
  });
  const order = new Stream(SEED, PURPOSE.permutation, fold, 1 + repeat).shuffle(
    Uint32Array.from(rows, (_, i) => i),
  );
  const columns = sample.columns.map((values, f) => {
    const own = Float32Array.from(rows, (row) => values[row]);
    return permuted.includes(f) ? Float32Array.from(order, (i) => own[i]) : own;
  });
  const { neither, donor, acceptor } = plantedModels[fold].classifiers;
  const [n, d, a] = [neither, donor, acceptor].map((model) =>
    Float32Array.from(model.marginsOf(columns, rows.length), probability)
  );
  const labels = Uint8Array.from(rows, (row) => sample.labels[row]);
  const geneStart = Uint32Array.of(0, rows.length);
  const { logLoss, macroAp } = modelMetrics({ labels, geneStart, neither: n, donor: d, acceptor: a }, 0.5);
  return { logLoss, macroAp };
}

describe("analyseImportance", () => {
  it("loses what prediction anew loses, group by group, fold by fold", async () => {
    const repeats = 2;
    const result = await resultOf({ repeats });
    const { names } = plantedSample;
    for (const { features, permutation } of result.groups) {
      const members = features.map((name) => names.indexOf(name));
      for (let fold = 0; fold < plantedModels.length; fold++) {
        const before = slowMetrics(plantedSample, fold, [], 0);
        const after = [0, 1].map((repeat) => slowMetrics(plantedSample, fold, members, repeat));
        const mean = (metric: "logLoss" | "macroAp") => (after[0][metric] + after[1][metric]) / 2;
        expect(permutation!.logLoss.folds[fold]).toBeCloseTo(mean("logLoss") - before.logLoss, 11);
        expect(permutation!.macroAp.folds[fold]).toBeCloseTo(before.macroAp - mean("macroAp"), 11);
        expect(result.method.folds[fold].logLoss).toBeCloseTo(before.logLoss, 11);
        expect(result.method.folds[fold].macroAp).toBeCloseTo(before.macroAp, 11);
      }
    }
    const signal = result.features[names.indexOf(PERMUTED.copy)];
    const alone = [0, 1].map((repeat) =>
      slowMetrics(plantedSample, 0, [names.indexOf(PERMUTED.copy)], repeat).logLoss
    );
    expect(signal.permutation!.logLoss.folds[0]).toBeCloseTo(
      (alone[0] + alone[1]) / 2 - slowMetrics(plantedSample, 0, [], 0).logLoss,
      11,
    );
  });

  it("finds the planted feature, groups it with its copy, and gives noise an interval that covers 0", async () => {
    const { features, groups } = await resultOf();
    const of = (name: string) => features.find((feature) => feature.name === name)!;
    const [signal, copy, noise, idle] = [PERMUTED.signal, PERMUTED.copy, PERMUTED.noise, PERMUTED.idle].map(
      of,
    );
    expect(groups[signal.group].features).toEqual([PERMUTED.signal, PERMUTED.copy]);
    expect(groups[signal.group].weakestCorrelation).toBeCloseTo(1, 6);
    const together = groups[signal.group].permutation!.logLoss.estimate;
    expect(together.low).toBeGreaterThan(0.05);
    expect(together.value).toBeGreaterThan(copy.permutation!.logLoss.estimate.value! + 0.05);
    const { low, high } = noise.permutation!.logLoss.estimate;
    expect(low).toBeLessThan(0);
    expect(high).toBeGreaterThan(0);
    expect(noise.univariate.donor.q).toBeGreaterThan(0.05);
    expect(signal.univariate.donor.q).toBeLessThan(0.001);
    expect(signal.univariate.donor.auc.low).toBeGreaterThan(0.7);
    expect(idle).toMatchObject({
      used: false,
      model: { donor: { weight: 0, totalGain: 0, meanGain: null } },
    });
    expect(idle.permutation!.logLoss).toEqual({
      estimate: { value: 0, low: 0, high: 0 },
      sdOverFolds: 0,
      sdOverRepeats: 0,
      folds: [0, 0, 0],
    });
  });

  it("gives the same with workers", async () => {
    const pool = createTaskPool({ threads: 3 });
    const shares: number[] = [];
    const threaded = await analyse({ pool, onProgress: (share) => shares.push(share) });
    pool.close();
    expect(threaded).toEqual(await analyse());
    expect(shares.at(-1)).toBe(1);
    expect(shares).toEqual([...shares].sort((a, b) => a - b));
  });

  it("draws whole genes where there are more rows than are to be permuted, and says so", async () => {
    const part = await analyse({ permutedRows: 200 });
    if (part.status !== "done") throw new Error(part.reason);
    const { method } = part.result;
    expect(method).toMatchObject({ permutedGenes: 5, permutedRows: 200, genes: 60, rows: 2400 });
    expect(method.folds.reduce((sum, { genes }) => sum + genes, 0)).toBe(5);
    expect(part.notes[0]).toBe(
      "Permuted 3 times on 200 rows of 5 held-out genes, drawn from the 2400 rows of 60 genes of the sample.",
    );
    expect(part.notes.join("\n")).toMatch(/before any calibration/);
    const other = await resultOf({ permutedRows: 200, seed: SEED + 1 });
    expect(other.groups[0].permutation).not.toEqual(part.result.groups[0].permutation);
    expect(other.features[0].univariate).toEqual(part.result.features[0].univariate);
  });

  it("sums up the splits of the delivered model, and ranks them over the folds", async () => {
    const { features, rankStability } = await resultOf();
    const signal = features[0].model.donor;
    expect(signal).toMatchObject({
      weight: 1,
      totalGain: 6,
      meanGain: 6,
      totalCover: 4,
      gainShare: 0.6,
      foldRank: { mean: 1, sd: 0 },
    });
    // Gains of the folds: signal 6, 7, 8; copy 3; noise 1.
    const shares = [6 / 10, 7 / 11, 8 / 12];
    expect(signal.foldGainShare.mean).toBeCloseTo((shares[0] + shares[1] + shares[2]) / 3, 12);
    expect(rankStability.donor.meanSpearman).toBeCloseTo(1, 12);
    const unranked = await resultOf({ foldModels: [], finalModel: null });
    expect(unranked.features[0].model.donor).toMatchObject({
      weight: 0,
      gainShare: null,
      foldRank: { mean: null },
    });
    expect(unranked.rankStability.donor.meanSpearman).toBeNull();
  });

  it("tests features without any model, and permutes none", async () => {
    const part = await analyse({ foldModels: [], finalModel: null });
    if (part.status !== "done") throw new Error(part.reason);
    expect(part.notes[0]).toContain("Nothing was permuted");
    expect(part.result.features[0].permutation).toBeNull();
    expect(part.result.features[0].univariate.donor.p).toBeLessThan(1e-6);
    expect(part.result.method).toMatchObject({ permutedRows: 0, folds: [] });
  });

  it("is impossible without rows or features", async () => {
    const none = sampleOf({ x: new Float32Array() }, new Uint8Array(), 1, 1);
    expect(await analyse({ sample: none, foldModels: [] })).toMatchObject({ status: "impossible" });
    const nameless = { ...plantedSample, names: [], columns: [] };
    expect(await analyse({ sample: nameless, foldModels: [] })).toMatchObject({ status: "impossible" });
  });

  it("refuses what does not fit", async () => {
    const refused = (given: Partial<ImportanceInput>, message: RegExp) =>
      expect(analyse(given)).rejects.toMatchObject({
        kind: "usage",
        message: expect.stringMatching(message),
      });
    await refused({ repeats: 0 }, /repeats/);
    await refused({ groupCutoff: 0 }, /correlation/);
    await refused({ permutedRows: 0 }, /at least 1 row/);
    await refused({ foldModels: plantedModels.slice(0, 2) }, /fold 2/);
    const { names, columns } = plantedSample;
    await refused({ sample: { ...plantedSample, columns: columns.slice(1) } }, /columns/);
    await refused({ sample: { ...plantedSample, names: ["x", ...names.slice(1)] } }, /"donor_signal"/);
  });

  it("gives numbers or nulls for anything: few rows, one gene, classes missing, ties, missing values", async () => {
    const value = fc.oneof(fc.integer({ min: 0, max: 3 }), fc.constant(NaN));
    const cases = fc.record({
      genes: fc.integer({ min: 1, max: 4 }),
      rowsPerGene: fc.integer({ min: 1, max: 4 }),
      classes: fc.constantFrom([0], [1], [0, 1], [1, 2], [0, 1, 2]),
      folds: fc.integer({ min: 1, max: 3 }),
      seed: fc.nat(),
      values: fc.array(value, { minLength: 32, maxLength: 32 }),
    });
    const pool = createTaskPool({ threads: 1 });
    await fc.assert(
      fc.asyncProperty(cases, async ({ genes, rowsPerGene, classes, folds, seed, values }) => {
        const rows = genes * rowsPerGene;
        const columns = {
          a: Float32Array.from(values.slice(0, rows)),
          b: Float32Array.from(values.slice(16, 16 + rows)),
          constant: new Float32Array(rows).fill(1),
          missing: new Float32Array(rows).fill(NaN),
        };
        const labels = Uint8Array.from({ length: rows }, (_, row) => classes[(row + seed) % classes.length]);
        const models = Array.from({ length: folds }, () =>
          classifiersOf(Object.keys(columns), {
            neither: [stump(0, 1.5, -(2 ** 20), 2 ** 20)],
            donor: [stump(1, 1.5, -(2 ** 20), 2 ** 20), stump(3, 0, 5, 6)],
            acceptor: [],
          }));
        const part = await analyse({
          sample: sampleOf(columns, labels, rowsPerGene, folds),
          foldModels: models,
          finalModel: models[0].classifiers,
          seed,
          pool,
        });
        if (part.status !== "done") throw new Error(part.reason);
        expect(JSON.parse(JSON.stringify(part))).toEqual(part);
        for (const { features, groups } of [part.result]) {
          expect(features[2].univariate.donor.p).toBeNull();
          expect(groups.flatMap(({ features }) => features).sort()).toEqual(Object.keys(columns).sort());
        }
      }),
      { numRuns: 60 },
    );
    pool.close();
  });
});

describe("tables", () => {
  it("have a line a feature and a line a group, as many cells as names, and no invented number", async () => {
    const result = await resultOf({ permutedRows: 40 });
    const lines = featureImportanceCsv(result).trimEnd().split("\n").map((line) => line.split(","));
    expect(lines.map(([name]) => name)).toEqual(["feature", ...plantedSample.names]);
    const header = lines[0];
    expect(new Set(header).size).toBe(header.length);
    for (const line of lines) expect(line.length).toBe(header.length);
    const cell = (row: number, column: string) => {
      expect(header).toContain(column);
      return lines[row][header.indexOf(column)];
    };
    const signal = result.features[0];
    expect(Number(cell(1, "donor_total_gain"))).toBe(signal.model.donor.totalGain);
    expect(Number(cell(1, "permuted_log_loss"))).toBe(signal.permutation!.logLoss.estimate.value);
    expect(Number(cell(1, "group_permuted_macro_ap"))).toBe(
      result.groups[0].permutation!.macroAp.estimate.value,
    );
    expect(Number(cell(1, "donor_vs_neither_auc_low"))).toBe(signal.univariate.donor.auc.low);
    expect(cell(4, "donor_gain")).toBe("");
    expect(cell(1, "permuted_log_loss_low")).toBe(""); // one fold has rows
    expect(cell(4, "used")).toBe("no");

    const groups = featureGroupsCsv(result).trimEnd().split("\n");
    expect(groups[0]).toMatch(
      /^group,size,features,weakest_correlation,permuted_log_loss,permuted_log_loss_low,/,
    );
    expect(groups[1]).toMatch(/^1,2,donor_signal donor_copy,/);
    expect(groups.length).toBe(1 + result.groups.length);
  });

  it("quotes names that a comma or a quote is in", async () => {
    const result = await resultOf();
    const [first, ...others] = result.features;
    const odd = { ...result, features: [{ ...first, name: 'a,"b"' }, ...others] };
    expect(featureImportanceCsv(odd).split("\n")[1]).toMatch(/^"a,""b""",yes,/);
  });
});
