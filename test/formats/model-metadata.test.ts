import { describe, expect, it } from "vitest";
import { canonicalJson } from "../../src/formats/canonical-json.ts";
import { inputsHash, modelMetadata } from "../../src/formats/model-metadata.ts";
import { ensemble, training } from "../ensemble/small-ensemble.ts";

const leakage = { free: null, note: "not screened; nobody looked" };

describe("modelMetadata", () => {
  it("has the guide's fields, and claims nothing that was not measured", () => {
    expect(modelMetadata({ model: ensemble, cvFolds: 5, modelSha256: "c".repeat(64), leakage })).toEqual({
      evaluation_method: "cross_validation",
      model_type: "production_deployment",
      algorithm: "xgboost",
      data_leakage_free: null,
      data_leakage_note: expect.stringMatching(/^not screened; /),
      cv_folds: 5,
      calibration: null,
      classes: ["neither", "donor", "acceptor"],
      n_features: 3,
      n_rows: 5,
      n_genes: 2,
      n_trees: { neither: 2, donor: 1, acceptor: 1 },
      seed: 42,
      gene_list_sha256: training.geneListSha256,
      inputs_sha256: training.inputsSha256,
      model_sha256: "c".repeat(64),
      library_version: "0.1.0",
    });
  });

  it("says so where nothing was evaluated", () => {
    const metadata = modelMetadata({ model: ensemble, cvFolds: null, modelSha256: "", leakage });
    expect([metadata.evaluation_method, metadata.cv_folds]).toEqual(["none", null]);
  });
});

describe("inputsHash", () => {
  const a = { name: "a.parquet", sha256: "1".repeat(64) };
  const b = { name: "b.parquet", sha256: "2".repeat(64) };

  it("depends on names and hashes, not on order", () => {
    expect(inputsHash([a, b])).toBe(inputsHash([b, a]));
    expect(inputsHash([a, b])).not.toBe(inputsHash([{ ...a, name: "c.parquet" }, b]));
    expect(inputsHash([a, b])).not.toBe(inputsHash([{ ...a, sha256: b.sha256 }, b]));
    expect(inputsHash([a])).toMatch(/^[0-9a-f]{64}$/);
  });
});

describe("canonicalJson", () => {
  it("orders keys at every depth", () => {
    expect(canonicalJson({ b: [{ d: 1, c: null }], a: "é", gone: undefined, 2: true })).toBe(
      '{"2":true,"a":"é","b":[{"c":null,"d":1}]}',
    );
  });

  it.each([NaN, Infinity, 1n, () => 1, new Map()])("refuses %s", (value) => {
    expect(() => canonicalJson({ value })).toThrow(/JSON can hold/);
  });
});
