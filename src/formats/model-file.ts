/**
 * The model container, `model.safetensors` (docs/formats.md): trees as tensors, all else as JSON in the metadata.
 * Equal trainings give equal bytes. Loading executes nothing and believes nothing: every value is checked.
 */
import * as v from "valibot";
import { type ByteSource, resolveInput } from "../data/byte-source.ts";
import { CLASS_NAMES } from "../data/dataset.ts";
import { CalibrationSchema } from "../ensemble/calibration/schema.ts";
import { type EnsembleParts, SigmoidEnsemble } from "../ensemble/sigmoid.ts";
import { dataError, usageError } from "../numerics/errors.ts";
import { MARGIN_BITS, MARGIN_LIMIT } from "../numerics/fixed.ts";
import { Sha256 } from "../numerics/sha256.ts";
import { checkTrees } from "../trees/tree-check.ts";
import { type PackedTrees, packTrees, sliceTree, TreeModel } from "../trees/tree-model.ts";
import { canonicalJson } from "./canonical-json.ts";
import { readSafetensors, type Safetensors, type Tensor, writeSafetensors } from "./safetensors.ts";
import { checkOffsets, readTreeTensors, TREE_TENSORS, treeTensors, vectorOf } from "./tree-tensors.ts";

/** `format` in the metadata. */
export const MODEL_FORMAT = "spliceboost-model";
/** Rises when an older spliceboost would misread the file. */
export const MODEL_FORMAT_VERSION = 1;

const CUT_TENSORS = ["cuts.offsets", "cuts.values"] as const;
const DEFAULT_NAME = "model.safetensors";

const Count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const Digest = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/));
const Margin = v.pipe(v.number(), v.integer(), v.minValue(-MARGIN_LIMIT), v.maxValue(MARGIN_LIMIT));

const Scalar = v.union([v.null(), v.boolean(), v.number(), v.string()]);
/** What a learner's parameter may be; no deeper, so that nothing a file holds can exhaust the stack. */
const ParameterValue = v.union([
  Scalar,
  v.array(v.union([Scalar, v.array(Scalar)])),
  v.record(v.string(), Scalar),
]);

/** Every metadata value but `format`, parsed as JSON. */
const MetadataSchema = v.strictObject({
  format_version: v.literal(MODEL_FORMAT_VERSION),
  library_version: v.string(),
  algorithm: v.string(),
  class_names: v.strictTuple([
    v.literal(CLASS_NAMES[0]),
    v.literal(CLASS_NAMES[1]),
    v.literal(CLASS_NAMES[2]),
  ]),
  feature_names: v.pipe(
    v.array(v.string()),
    v.check((names) => new Set(names).size === names.length, "names that differ"),
  ),
  parameters: v.record(v.string(), ParameterValue),
  margin_bits: v.literal(MARGIN_BITS),
  base_margins: v.strictTuple([Margin, Margin, Margin]),
  tree_counts: v.strictTuple([Count, Count, Count]),
  has_cuts: v.boolean(),
  training: v.strictObject({
    rows: Count,
    genes: Count,
    gene_list_sha256: Digest,
    inputs_sha256: Digest,
    seed: Count,
  }),
  /** Absent where the model is not calibrated. */
  calibration: v.optional(CalibrationSchema),
});
type Metadata = v.InferOutput<typeof MetadataSchema>;

/** The bytes of a model file. */
export function saveModel(model: SigmoidEnsemble): Uint8Array<ArrayBuffer> {
  const models = CLASS_NAMES.map((className) => model.classifiers[className]);
  const { training } = model;
  // Where a model was trained must not show in its bytes.
  const { device: _device, ...parameters } = model.parameters;
  const metadata = {
    format_version: MODEL_FORMAT_VERSION,
    library_version: training.libraryVersion,
    algorithm: model.algorithm,
    class_names: [...CLASS_NAMES],
    feature_names: [...model.featureNames],
    parameters,
    margin_bits: MARGIN_BITS,
    base_margins: [models[0].baseMargin, models[1].baseMargin, models[2].baseMargin],
    tree_counts: [models[0].treeCount, models[1].treeCount, models[2].treeCount],
    has_cuts: model.cuts !== null,
    training: {
      rows: training.rows,
      genes: training.genes,
      gene_list_sha256: training.geneListSha256,
      inputs_sha256: training.inputsSha256,
      seed: training.seed,
    },
    ...(model.calibration && { calibration: model.calibration }),
  };
  const checked = v.safeParse(MetadataSchema, metadata);
  if (!checked.success) throw usageError(`model: ${issueText(checked.issues[0])}`);

  const trees = packTrees(
    models.flatMap((one) => Array.from({ length: one.treeCount }, (_, t) => one.tree(t))),
  );
  const tensors = new Map([...treeTensors(trees), ...(model.cuts ? cutTensors(model.cuts) : [])]);
  return writeSafetensors(tensors, {
    format: MODEL_FORMAT,
    ...Object.fromEntries(Object.entries(metadata).map(([key, value]) => [key, canonicalJson(value)])),
  });
}

/**
 * A model from its file.
 * @param input the file's bytes, a Blob, a URL, or anything read by range.
 * @throws SpliceboostError (data) for a file that is damaged, no model, or of a newer format.
 */
export async function loadModel(
  input: Uint8Array | ArrayBuffer | Blob | URL | ByteSource,
): Promise<SigmoidEnsemble> {
  const source = await resolveInput(input, DEFAULT_NAME);
  if ("table" in source) throw usageError(`expected the bytes of a ${DEFAULT_NAME}, found a table`);
  return readModel(new Uint8Array(await source.slice(0, source.size)), source.name);
}

/** A model from the bytes of its file, which it goes on using; errors as of `loadModel`. */
export function readModel(bytes: Uint8Array, source: string = DEFAULT_NAME): SigmoidEnsemble {
  const file = readSafetensors(bytes, source);
  const metadata = readMetadata(file.metadata, source);
  const { feature_names: featureNames, tree_counts: counts, training } = metadata;
  const cuts = metadata.has_cuts ? readCuts(file, featureNames.length, source) : null;
  checkTensorNames(file, metadata.has_cuts, source);
  const all = readTreeTensors(file.tensors, counts[0] + counts[1] + counts[2], source);

  let first = 0;
  const models = CLASS_NAMES.map((className, c) => {
    const packed = sliceTrees(all, first, first += counts[c]);
    checkTrees(packed, { featureNames, cuts }, `${source}: ${className}`);
    try {
      return new TreeModel(featureNames, metadata.base_margins[c], packed);
    } catch (cause) {
      throw dataError(`${source}: ${className}: ${(cause as Error).message}`, cause);
    }
  });
  const parts: EnsembleParts = {
    classifiers: { neither: models[0], donor: models[1], acceptor: models[2] },
    algorithm: metadata.algorithm,
    parameters: metadata.parameters,
    cuts,
    training: {
      rows: training.rows,
      genes: training.genes,
      geneListSha256: training.gene_list_sha256,
      inputsSha256: training.inputs_sha256,
      seed: training.seed,
      libraryVersion: metadata.library_version,
    },
    calibration: metadata.calibration ?? null,
  };
  return new SigmoidEnsemble(parts);
}

/** SHA-256 of a model file, in hex. */
export function modelHash(bytes: Uint8Array): string {
  return new Sha256().update(bytes).hex();
}

function readMetadata(texts: Readonly<Record<string, string>>, source: string): Metadata {
  const { format, ...rest } = texts;
  if (format !== MODEL_FORMAT) {
    throw dataError(
      `${source}: expected format "${MODEL_FORMAT}" in the metadata, found ${JSON.stringify(format)}`,
    );
  }
  const values: Record<string, unknown> = {};
  for (const [key, text] of Object.entries(rest)) {
    try {
      values[key] = JSON.parse(text);
    } catch (cause) {
      throw dataError(`${source}: metadata "${key}" is not JSON text: the file is damaged`, cause);
    }
  }
  const version = values.format_version;
  if (typeof version === "number" && version > MODEL_FORMAT_VERSION) {
    const writer = typeof values.library_version === "string" ? values.library_version : "a later version";
    throw dataError(
      `${source}: the model has format version ${version}, this spliceboost reads up to ${MODEL_FORMAT_VERSION}; ` +
        `install spliceboost ${writer} (which wrote it) or newer`,
    );
  }
  const parsed = v.safeParse(MetadataSchema, values);
  if (!parsed.success) throw dataError(`${source}: metadata: ${issueText(parsed.issues[0])}`);
  return parsed.output;
}

function issueText(issue: v.BaseIssue<unknown>): string {
  return `${v.getDotPath(issue) ?? "the whole"}: expected ${
    issue.expected ?? issue.message
  }, found ${issue.received}`;
}

function checkTensorNames({ tensors }: Safetensors, hasCuts: boolean, source: string): void {
  const known: readonly string[] = hasCuts ? [...TREE_TENSORS, ...CUT_TENSORS] : TREE_TENSORS;
  const unknown = [...tensors.keys()].find((name) => !known.includes(name));
  if (unknown !== undefined) {
    throw dataError(
      `${source}: expected the tensors ${known.join(", ")}; found ${JSON.stringify(unknown)} too`,
    );
  }
}

function cutTensors(cuts: readonly Float32Array[]): [string, Tensor][] {
  const offsets = new Uint32Array(cuts.length + 1);
  cuts.forEach((own, f) => offsets[f + 1] = offsets[f] + own.length);
  const values = new Float32Array(offsets[cuts.length]);
  cuts.forEach((own, f) => values.set(own, offsets[f]));
  return [
    [CUT_TENSORS[0], { shape: [offsets.length], data: offsets }],
    [CUT_TENSORS[1], { shape: [values.length], data: values }],
  ];
}

/** Cut points per feature: finite and ascending. */
function readCuts({ tensors }: Safetensors, features: number, source: string): Float32Array[] {
  const offsets = vectorOf(tensors, CUT_TENSORS[0], Uint32Array, features + 1, source);
  const values = vectorOf(tensors, CUT_TENSORS[1], Float32Array, offsets[features], source);
  checkOffsets(offsets, values.length, CUT_TENSORS[0], source);
  return Array.from({ length: features }, (_, f) => {
    const own = values.subarray(offsets[f], offsets[f + 1]);
    own.forEach((cut, i) => {
      if (!Number.isFinite(cut) || (i > 0 && cut <= own[i - 1])) {
        throw dataError(
          `${source}: cut points of feature ${f} must be finite and ascending; found ${cut} at ${i}`,
        );
      }
    });
    return own;
  });
}

/** Trees first .. end-1, as views. */
function sliceTrees(packed: PackedTrees, first: number, end: number): PackedTrees {
  const begin = packed.offsets[first];
  const offsets = packed.offsets.slice(first, end + 1).map((offset) => offset - begin);
  return { offsets, ...sliceTree(packed, begin, packed.offsets[end]) };
}
