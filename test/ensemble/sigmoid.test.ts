import { tableFromArrays } from "apache-arrow";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Dataset } from "../../src/data/dataset.ts";
import type { FeatureTable } from "../../src/data/feature-table.ts";
import type { Calibration } from "../../src/ensemble/calibration/types.ts";
import { SigmoidEnsemble } from "../../src/ensemble/sigmoid.ts";
import { SpliceboostError } from "../../src/numerics/errors.ts";
import { MARGIN_ONE } from "../../src/numerics/fixed.ts";
import { type Predictor, referencePredictor, TreeModel } from "../../src/trees/tree-model.ts";
import { ensemble, featureNames, parts, table } from "./small-ensemble.ts";

const EXPECTED = [[2.5, -2, -2], [-0.5, 2, -2], [-0.5, -2, 2], [2.5, -2, -2]];

/** The rows of `table` as objects. */
const rowObjects = table.gc_content.map((gc, r) => ({
  donor_score: table.donor_score[r],
  acceptor_score: table.acceptor_score[r],
  gc_content: gc,
}));

/** The part of a Dataset that prediction uses. */
function dataset(columns: Record<string, Float32Array>): Dataset {
  const names = Object.keys(columns);
  return {
    rows: columns[names[0]].length,
    features: names,
    excluded: [{ name: "acceptor_score", reason: "no row has a value" }],
    async *columns(wanted: readonly string[]) {
      for (const name of wanted) yield await Promise.resolve({ name, values: columns[name] });
    },
  } as unknown as Dataset;
}

const asDataset = dataset({
  gc_content: Float32Array.from(table.gc_content),
  acceptor_score: Float32Array.from(table.acceptor_score),
  donor_score: Float32Array.from(table.donor_score, (x) => x ?? NaN),
});

const arrow = tableFromArrays({
  gc_content: table.gc_content,
  donor_score: table.donor_score,
  acceptor_score: table.acceptor_score,
});

describe("SigmoidEnsemble", () => {
  it.each<[string, FeatureTable]>([
    ["columns by name", table],
    ["columns in another order, with one more", {
      more: ["a", "b", "c", "d"],
      ...Object.fromEntries(Object.entries(table).reverse()),
    }],
    ["typed columns", { ...table, gc_content: Float64Array.from(table.gc_content) }],
    ["objects by row", rowObjects],
    ["a Dataset", asDataset],
    ["an Arrow table", arrow],
  ])("predicts from %s", async (_, rows) => {
    const margins = await ensemble.margins(rows);
    expect([...margins]).toEqual(EXPECTED.flat().map((margin) => margin * MARGIN_ONE));
    expect([...await ensemble.predict(rows)]).toEqual([0, 1, 2, 0]);
    const probabilities = await ensemble.predictProba(rows);
    expect(probabilities).toBeInstanceOf(Float32Array);
    EXPECTED.flat().forEach((margin, i) =>
      expect(probabilities[i]).toBeCloseTo(1 / (1 + Math.exp(-margin)), 6)
    );
  });

  it("predicts the class of the largest probability, ties to the first", async () => {
    const leaf = (margin: number) => TreeModel.fromTrees(featureNames, margin, []);
    const margin = fc.integer({ min: -3, max: 3 }).map((x) => x * MARGIN_ONE);
    await fc.assert(fc.asyncProperty(margin, margin, margin, async (neither, donor, acceptor) => {
      const model = new SigmoidEnsemble({
        ...parts,
        classifiers: { neither: leaf(neither), donor: leaf(donor), acceptor: leaf(acceptor) },
      });
      const [code] = await model.predict([rowObjects[0]]);
      expect(code).toBe([neither, donor, acceptor].indexOf(Math.max(neither, donor, acceptor)));
    }));
  });

  it("rounds values to f32 as training does", async () => {
    // 0.5 less a quarter of an f32 step rounds to 0.5, which is not below the cut point.
    const donor_score = [0.5 - 2 ** -27, 0.5 - 2 ** -24];
    const codes = await ensemble.predict({ donor_score, acceptor_score: [0, 0], gc_content: [0, 0] });
    expect([...codes]).toEqual([1, 0]);
  });

  it("uses the predictor it is given, with all columns that some tree splits on", async () => {
    const seen: number[][] = [];
    const predictor: Predictor = {
      margins: async (models, columns, rows) => {
        seen.push(columns.map((column) => column.length));
        return await referencePredictor.margins(models, columns, rows);
      },
    };
    expect(await ensemble.margins(table, { predictor })).toEqual(await ensemble.margins(table));
    expect(seen).toEqual([[4, 4, 0]]);
  });

  it("predicts nothing from no rows", async () => {
    expect(await ensemble.predictProba([])).toEqual(new Float32Array());
    expect(await ensemble.predict({ donor_score: [], acceptor_score: [], gc_content: [] })).toEqual(
      new Uint8Array(),
    );
  });

  it("takes bigints and booleans for numbers", async () => {
    const rows = { donor_score: [1n, false], acceptor_score: BigInt64Array.of(0n, 1n), gc_content: [0, 0] };
    expect([...await ensemble.predict(rows)]).toEqual([1, 2]);
  });

  const { gc_content: _gc, ...withoutGc } = table;
  it.each<[string, FeatureTable, RegExp]>([
    ["a lacking feature", withoutGc, /lacks 1 of the model's 3 features: "gc_content";/],
    [
      "a feature under another name",
      { ...withoutGc, gc_contents: table.gc_content },
      /"gc_content" \(nearest name in the data: "gc_contents"\)/,
    ],
    ["no features at all", {}, /lacks 3 of the model's 3/],
    [
      "a lacking feature of a Dataset",
      dataset({ donor_score: new Float32Array(1) }),
      /lacks 2 .*"acceptor_score" \(left out .*: no row has a value\), "gc_content"/,
    ],
    ["a lacking feature of an Arrow table", tableFromArrays(withoutGc), /"gc_content"/],
    ["a lacking feature of rows", [{ donor_score: 1, acceptor_score: 1 }], /"gc_content"/],
    [
      "a row that lacks a feature",
      [rowObjects[0], { donor_score: 1, gc_content: 1 }],
      /"acceptor_score", row 1: .*found undefined/,
    ],
    ["a row that is no object", [rowObjects[0], 3] as unknown as FeatureTable, /row 1: expected an object/],
    ["text", { ...table, donor_score: [0, 0, "0.5", 0] }, /"donor_score", row 2: .*found the text "0.5"/],
    ["an infinity", { ...table, donor_score: [0, Infinity, 0, 0] }, /"donor_score", row 1: .*found Infinity/],
    ["a number beyond f32", { ...table, donor_score: [0, 0, 0, -1e39] }, /row 3: .*found -1e\+39/],
    [
      "columns of unlike length",
      { ...table, donor_score: [0] },
      /"acceptor_score": expected 1 values.*found 4/,
    ],
    [
      "a scalar as column",
      { ...table, gc_content: 4 as unknown as number[] },
      /"gc_content": expected 4.*found 4/,
    ],
    ["a number as rows", 3 as unknown as FeatureTable, /found number/],
  ])("refuses %s", async (_, rows, message) => {
    await expect(ensemble.predictProba(rows)).rejects.toThrow(message);
    await expect(ensemble.predictProba(rows)).rejects.toThrow(SpliceboostError);
  });

  it("gives no predictor columns that end early", async () => {
    const unchecking: Predictor = { margins: (models, _, rows) => models.map(() => new Int32Array(rows)) };
    const columns = { gc_content: [0, 0], donor_score: [0], acceptor_score: [0, 0] };
    const short = dataset(
      Object.fromEntries(Object.entries(columns).map(([name, values]) => [name, Float32Array.from(values)])),
    );
    await expect(ensemble.margins(short, { predictor: unchecking }))
      .rejects.toThrow(/"donor_score": expected 2 values, found 1/);
  });

  it("refuses classifiers of unlike features and cut points of another count", () => {
    const donor = TreeModel.fromTrees([...featureNames].reverse(), 0, []);
    expect(() => new SigmoidEnsemble({ ...parts, classifiers: { ...parts.classifiers, donor } })).toThrow(
      /"donor"/,
    );
    expect(() => new SigmoidEnsemble({ ...parts, cuts: [] })).toThrow(/cut points of 3 features, found 0/);
  });

  it("gives calibrated probabilities where it has a calibration, and the raw ones still", async () => {
    const identity = { kind: "sigmoid", slope: 1, intercept: 0 } as const;
    const calibration: Calibration = {
      mode: "per-class",
      method: "platt",
      // Donors are said to be far likelier than the classifier says.
      calibrators: [identity, { ...identity, intercept: 5 }, identity],
      trainingShares: { neither: 0.5, donor: 0.25, acceptor: 0.25 },
      targetPrior: null,
    };
    const model = new SigmoidEnsemble({ ...parts, calibration });
    const p = await model.predictProba(table);
    const own = EXPECTED[0].map((margin, c) => 1 / (1 + Math.exp(-margin - (c === 1 ? 5 : 0))));
    own.forEach((value, c) => expect(p[c]).toBeCloseTo(value / (own[0] + own[1] + own[2]), 6));
    expect([...await model.predict(table)]).toEqual([1, 1, 1, 1]);
    expect(await model.rawProbabilities(table)).toEqual(await ensemble.rawProbabilities(table));
    expect(await ensemble.rawProbabilities(table)).toEqual(await ensemble.predictProba(table));
    expect(model.describe().calibration).toEqual(calibration);
    expect(ensemble.describe().calibration).toBeNull();
  });

  it("describes itself as plain data", () => {
    const description = ensemble.describe();
    expect(JSON.parse(JSON.stringify(description))).toEqual(description);
    expect(description.classifiers.donor).toMatchObject({ trees: 1, leaves: 2, depth: 1, baseMargin: -1 });
    expect(description.featureNames).toEqual(featureNames);
  });
});
