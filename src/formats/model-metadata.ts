/** model_metadata.json: the guide's fields, and the hashes of what the model was made of. */
import type { SigmoidEnsemble } from "../ensemble/sigmoid.ts";
import { Sha256 } from "../numerics/sha256.ts";

export interface MetadataFacts {
  readonly model: SigmoidEnsemble;
  /** Folds of the cross-validation, or null where it was skipped. */
  readonly cvFolds: number | null;
  /** SHA-256 of model.safetensors (hex). */
  readonly modelSha256: string;
  /** Whether the features are free of what gives the label away (null: nobody looked), and how that is known. */
  readonly leakage: { readonly free: boolean | null; readonly note: string };
}

/** Contents of model_metadata.json; keys in the order they are written. */
export interface ModelMetadata {
  readonly evaluation_method: "cross_validation" | "none";
  readonly model_type: "production_deployment";
  readonly algorithm: string;
  /** null: nobody looked. A claim is made only once it is measured. */
  readonly data_leakage_free: boolean | null;
  readonly data_leakage_note: string;
  readonly cv_folds: number | null;
  /** null: not calibrated. */
  readonly calibration: { readonly mode: string; readonly method: string } | null;
  readonly classes: readonly string[];
  readonly n_features: number;
  readonly n_rows: number;
  readonly n_genes: number;
  readonly n_trees: Readonly<Record<string, number>>;
  readonly seed: number;
  readonly gene_list_sha256: string;
  readonly inputs_sha256: string;
  readonly model_sha256: string;
  readonly library_version: string;
}

/** Contents of model_metadata.json. */
export function modelMetadata({ model, cvFolds, modelSha256, leakage }: MetadataFacts): ModelMetadata {
  const { training } = model;
  return {
    evaluation_method: cvFolds === null ? "none" : "cross_validation",
    model_type: "production_deployment",
    algorithm: model.algorithm,
    data_leakage_free: leakage.free,
    data_leakage_note: leakage.note,
    cv_folds: cvFolds,
    calibration: model.calibration && { mode: model.calibration.mode, method: model.calibration.method },
    classes: model.classNames,
    n_features: model.featureNames.length,
    n_rows: training.rows,
    n_genes: training.genes,
    n_trees: Object.fromEntries(model.classNames.map((name) => [name, model.classifiers[name].treeCount])),
    seed: training.seed,
    gene_list_sha256: training.geneListSha256,
    inputs_sha256: training.inputsSha256,
    model_sha256: modelSha256,
    library_version: training.libraryVersion,
  };
}

/** SHA-256 (hex) over the hashes and names of the files read, one "hash  name" a line, sorted: their order is free. */
export function inputsHash(inputs: readonly { readonly name: string; readonly sha256: string }[]): string {
  const lines = inputs.map(({ name, sha256 }) => `${sha256}  ${name}\n`).sort();
  return new Sha256().update(new TextEncoder().encode(lines.join(""))).hex();
}
