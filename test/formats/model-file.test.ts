import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { SigmoidEnsemble } from "../../src/ensemble/sigmoid.ts";
import {
  loadModel,
  MODEL_FORMAT_VERSION,
  modelHash,
  readModel,
  saveModel,
} from "../../src/formats/model-file.ts";
import { readSafetensors, type Tensor, writeSafetensors } from "../../src/formats/safetensors.ts";
import { CALIBRATION_METHODS, CALIBRATION_MODES } from "../../src/ensemble/calibration/types.ts";
import { fitCalibration } from "../../src/ensemble/calibration/calibration.ts";
import { SpliceboostError } from "../../src/numerics/errors.ts";
import { TreeModel } from "../../src/trees/tree-model.ts";
import { ensemble, parts, table } from "../ensemble/small-ensemble.ts";
import { knownRows } from "../ensemble/calibration/inputs.ts";
import { forest } from "../trees/random-trees.ts";

const bytes = saveModel(ensemble);

/** The model file with some tensors and metadata replaced (undefined: removed). */
function altered(
  tensors: Readonly<Record<string, Tensor | undefined>>,
  metadata: Readonly<Record<string, unknown>> = {},
): Uint8Array {
  const file = readSafetensors(bytes);
  const changed = Object.entries({ ...Object.fromEntries(file.tensors), ...tensors });
  const texts = Object.entries({
    ...file.metadata,
    ...Object.fromEntries(Object.entries(metadata).map(([key, value]) => [key, JSON.stringify(value)])),
  });
  return writeSafetensors(
    new Map(changed.filter((entry): entry is [string, Tensor] => entry[1] !== undefined)),
    Object.fromEntries(texts.filter(([, text]) => text !== undefined)) as Record<string, string>,
  );
}

const vector = (data: Tensor["data"]): Tensor => ({ shape: [data.length], data });
/** A tensor of the file with one value replaced. */
function withValue(name: string, at: number, value: number): Readonly<Record<string, Tensor>> {
  const data = readSafetensors(bytes).tensors.get(name)!.data.slice() as Int32Array;
  data[at] = value;
  return { [name]: vector(data) };
}

describe("the model file", () => {
  it("holds all of a model but the device it was trained on", async () => {
    const loaded = await loadModel(bytes);
    const { device: _device, ...parameters } = ensemble.parameters;
    expect(loaded.describe()).toEqual({ ...ensemble.describe(), parameters });
    expect(loaded.cuts).toEqual(ensemble.cuts);
    expect(loaded.classifiers.neither.packed).toEqual(ensemble.classifiers.neither.packed);
    expect(loaded.classifiers.acceptor.packed).toEqual(ensemble.classifiers.acceptor.packed);
    expect(await loaded.margins(table)).toEqual(await ensemble.margins(table));
  });

  it("comes back from any trees, and saves to the same bytes again", () => {
    const baseMargin = fc.integer({ min: -1e6, max: 1e6 });
    fc.assert(
      fc.property(forest, baseMargin, fc.boolean(), ({ featureNames, cuts, trees }, base, withCuts) => {
        const model = new SigmoidEnsemble({
          ...parts,
          cuts: withCuts ? cuts : null,
          classifiers: {
            neither: TreeModel.fromTrees(featureNames, base, trees),
            donor: TreeModel.fromTrees(featureNames, 0 - base, trees.slice(1)),
            acceptor: TreeModel.fromTrees(featureNames, 0, trees.slice(0, 1)),
          },
        });
        const saved = saveModel(model);
        const loaded = readModel(saved);
        expect(loaded.classifiers).toEqual(model.classifiers);
        expect(loaded.cuts).toEqual(model.cuts);
        expect(saveModel(loaded)).toEqual(saved);
      }),
    );
  });

  it("has bytes that do not depend on the device or the order of parameters", () => {
    const parameters = Object.fromEntries(Object.entries({ ...parts.parameters, device: "auto" }).reverse());
    expect(saveModel(new SigmoidEnsemble({ ...parts, parameters }))).toEqual(bytes);
  });

  it("keeps its bytes from release to release", () => {
    // A new hash means a new format: raise MODEL_FORMAT_VERSION where older readers would misread it.
    expect(MODEL_FORMAT_VERSION).toBe(1);
    expect(modelHash(bytes)).toBe("925b327912375be62d7691a72ff15c8a8e340e29dd9e9040e9c1c2ede4283011");
  });

  it("is read from a Blob, a buffer and anything read by range", async () => {
    const source = {
      name: "x",
      size: bytes.length,
      slice: (start: number, end: number) => Promise.resolve(bytes.slice(start, end).buffer),
    };
    for (const input of [new Blob([bytes]), bytes.buffer, source]) {
      expect(saveModel(await loadModel(input))).toEqual(bytes);
    }
  });

  it("is not changed by what the caller later does to the bytes", async () => {
    const own = bytes.slice();
    const loaded = await loadModel(own);
    own.fill(0);
    expect(saveModel(loaded)).toEqual(bytes);
  });

  it("is refused when cut short at any length", () => {
    for (let length = 0; length < bytes.length; length++) {
      expect(() => readModel(bytes.subarray(0, length), "x"), `${length} bytes`).toThrow(/^x: /);
    }
  });

  it("meets damage with a SpliceboostError or with a model that predicts", () => {
    const flips = fc.array(fc.tuple(fc.nat({ max: bytes.length - 1 }), fc.nat({ max: 255 })), {
      minLength: 1,
      maxLength: 3,
    });
    fc.assert(
      fc.property(flips, (flips) => {
        const damaged = bytes.slice();
        for (const [at, value] of flips) damaged[at] = value;
        let model: SigmoidEnsemble;
        try {
          model = readModel(damaged);
        } catch (error) {
          expect(error).toBeInstanceOf(SpliceboostError);
          return;
        }
        const columns = model.featureNames.map(() => Float32Array.of(0, NaN));
        expect(model.classifiers.donor.marginsOf(columns, 2)).toHaveLength(2);
      }),
      { numRuns: 2000 },
    );
  });

  it.each<[string, Uint8Array, RegExp]>([
    [
      "a newer format",
      altered({}, { format_version: 2, library_version: "0.9.0", more: 1 }),
      /version 2, .* up to 1; install spliceboost 0\.9\.0/,
    ],
    [
      "another format",
      writeSafetensors(new Map(), { format: "pt" }),
      /expected format "spliceboost-model".*found "pt"/,
    ],
    ["no metadata", writeSafetensors(new Map()), /found undefined/],
    ["an older format", altered({}, { format_version: 0 }), /format_version: expected 1, found 0/],
    [
      "metadata that is no JSON",
      writeSafetensors(new Map(), { format: "spliceboost-model", training: "{" }),
      /"training" is not JSON/,
    ],
    [
      "other classes",
      altered({}, { class_names: ["donor", "neither", "acceptor"] }),
      /class_names\.0: expected "neither"/,
    ],
    [
      "a feature twice",
      altered({}, { feature_names: ["a", "b", "a"] }),
      /feature_names: expected names that differ/,
    ],
    ["another margin grid", altered({}, { margin_bits: 16 }), /margin_bits: expected 20, found 16/],
    ["a fractional base margin", altered({}, { base_margins: [0.5, 0, 0] }), /base_margins\.0/],
    ["parameters nested without end", altered({}, { parameters: { a: [[[]]] } }), /parameters\.a/],
    [
      "a tree count too high",
      altered({}, { tree_counts: [2, 1, 2] }),
      /"trees\.offsets": expected Uint32Array of shape \[6\], found .*\[5\]/,
    ],
    [
      "a tree count beyond memory",
      altered({}, { tree_counts: [2 ** 52, 1, 1] }),
      /"trees\.offsets": expected .*4503599627370499/,
    ],
    [
      "a lacking tensor",
      altered({ "trees.gain": undefined }),
      /"trees\.gain": expected Float64Array of shape \[12\], found none/,
    ],
    ["a tensor too many", altered({ more: vector(Uint8Array.of(1)) }), /found "more" too/],
    [
      "a tensor of another dtype",
      altered({ "trees.value": vector(new Float32Array(12)) }),
      /"trees\.value": expected Int32Array.*found Float32Array/,
    ],
    [
      "a tensor of another shape",
      altered({ "trees.bin": { shape: [4, 3], data: new Int16Array(12) } }),
      /"trees\.bin".*shape \[4,3\]/,
    ],
    ["falling offsets", altered(withValue("trees.offsets", 1, 7)), /"trees\.offsets": .*found 6 at 2/],
    [
      "offsets that begin late",
      altered(withValue("trees.offsets", 0, 1)),
      /"trees\.offsets": .*found 1 at 0/,
    ],
    [
      "offsets that end late",
      altered(withValue("trees.offsets", 4, 13)),
      /"trees\.column": expected Int32Array of shape \[13\]/,
    ],
    [
      "an unknown feature in a tree",
      altered(withValue("trees.column", 9, 3)),
      /x: acceptor, tree 0, node 0: expected a feature from 0 to 2/,
    ],
    ["a cycle", altered(withValue("trees.left", 3, 0)), /x: neither, tree 1, node 0: expected children/],
    ["a threshold that is no number", altered(withValue("trees.threshold", 0, NaN)), /found NaN/],
    [
      "a threshold that is no cut",
      altered(withValue("trees.threshold", 0, 0.75)),
      /expected the threshold of bin 1, 0\.5; found 0\.75/,
    ],
    [
      "falling cuts",
      altered(withValue("cuts.values", 1, 0.25)),
      /feature 0 must be finite and ascending; found 0\.25 at 1/,
    ],
    [
      "leaf values beyond i32",
      altered({ ...withValue("trees.value", 1, 2 ** 31 - 1) }),
      /x: neither: .*\+-2047/,
    ],
    [
      "a hash that is none",
      altered({}, {
        training: { ...JSON.parse(readSafetensors(bytes).metadata.training), gene_list_sha256: "no" },
      }),
      /training\.gene_list_sha256/,
    ],
  ])("refuses %s", (_, file, message) => {
    expect(() => readModel(file, "x")).toThrow(message);
    expect(() => readModel(file, "x")).toThrow(/^x: /);
    expect(() => readModel(file)).toThrow(SpliceboostError);
  });

  it("is not written with parameters that JSON cannot hold", () => {
    const parameters = { learningRate: NaN };
    expect(() => saveModel(new SigmoidEnsemble({ ...parts, parameters }))).toThrow(
      /parameters\.learningRate/,
    );
  });
});

describe("a calibrated model's file", () => {
  const rows = knownRows(1, 4, 50);
  const kinds = CALIBRATION_MODES.flatMap((mode) => CALIBRATION_METHODS.map((method) => ({ mode, method })));
  const calibrated = ({ mode, method }: typeof kinds[number]): SigmoidEnsemble => {
    const prior = { neither: 0.99, donor: 0.006, acceptor: 0.004 };
    return new SigmoidEnsemble({
      ...parts,
      calibration: fitCalibration({ ...rows, mode, method, prior }).calibration,
    });
  };

  it.each(kinds)("holds its calibration: $mode, $method", async (kind) => {
    const model = calibrated(kind);
    const saved = saveModel(model);
    const loaded = readModel(saved);
    expect(loaded.calibration).toEqual(model.calibration);
    expect(saveModel(loaded)).toEqual(saved);
    expect(await loaded.predictProba(table)).toEqual(await model.predictProba(table));
    expect(await loaded.rawProbabilities(table)).toEqual(await ensemble.predictProba(table));
  });

  it("differs from that of the model without it in one metadata key", () => {
    const plain = readSafetensors(bytes);
    const { calibration, ...others } = readSafetensors(saveModel(calibrated(kinds[0]))).metadata;
    expect(JSON.parse(calibration).mode).toBe("per-class");
    expect(others).toEqual(plain.metadata);
    expect(saveModel(new SigmoidEnsemble({ ...parts, calibration: null }))).toEqual(bytes);
  });

  const good = calibrated({ mode: "per-class", method: "isotonic" }).calibration!;
  const [first, ...rest] = good.calibrators;
  it.each<[string, unknown]>([
    ["null", null],
    ["text", "platt"],
    ["a method that is none", { ...good, method: "magic" }],
    ["knots that fall", {
      ...good,
      calibrators: [{ ...first, x: [1, 0], y: [0, 1] }, ...rest],
    }],
    ["a knot that JSON cannot hold", {
      ...good,
      calibrators: [{ ...first, x: [1e999], y: [0] }, ...rest],
    }],
    ["knots without end", {
      ...good,
      calibrators: [{ kind: "isotonic", x: Array(2 ** 21 + 1).fill(0), y: [0] }, ...rest],
    }],
  ])("is refused with %s for a calibration", (_, calibration) => {
    const file = altered({}, { calibration });
    expect(() => readModel(file, "x")).toThrow(/^x: metadata: calibration/);
    expect(() => readModel(file, "x")).toThrow(SpliceboostError);
  });

  it("is not written with a calibration that could not be read", () => {
    const broken = { ...good, calibrators: rest };
    expect(() => saveModel(new SigmoidEnsemble({ ...parts, calibration: broken }))).toThrow(/calibration/);
  });
});

describe("modelHash", () => {
  it("is SHA-256", () => {
    expect(modelHash(new TextEncoder().encode("abc"))).toBe(
      "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
    );
  });
});
