/** Reads analysis.json: what somebody else may have written is checked as far as the report relies on it. */
import * as v from "valibot";
import { dataError } from "../numerics/errors.ts";
import { type Analysis, ANALYSIS_FORMAT, ANALYSIS_VERSION } from "./document.ts";

const PartSchema = v.variant("status", [
  v.object({ status: v.literal("done"), result: v.looseObject({}), notes: v.array(v.string()) }),
  v.object({ status: v.picklist(["left out", "impossible"]), reason: v.string() }),
]);

const PARTS = [
  "folds",
  "comparison",
  "againstRecalibrated",
  "curves",
  "thresholds",
  "calibration",
  "overconfidence",
  "leakage",
  "shuffled",
  "overfitting",
  "holdouts",
  "heldOut",
  "neighbours",
  "importance",
  "shap",
] as const satisfies readonly (keyof Analysis)[];

const DocumentSchema = v.looseObject({
  format: v.literal(ANALYSIS_FORMAT),
  version: v.literal(ANALYSIS_VERSION),
  run: v.looseObject({ libraryVersion: v.string(), algorithm: v.string(), notes: v.array(v.string()) }),
  ...Object.fromEntries(PARTS.map((part) => [part, PartSchema])),
  sampling: v.looseObject({ sentences: v.array(v.string()) }),
});

/**
 * The document in the bytes of an analysis.json.
 * @throws SpliceboostError (data) for what is no such document, or one of another version
 */
export function parseAnalysis(bytes: Uint8Array, source: string): Analysis {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch (cause) {
    throw dataError(`${source}: expected JSON text, found something else: the file is damaged`, cause);
  }
  const parsed = v.safeParse(DocumentSchema, value);
  if (!parsed.success) {
    const [issue] = parsed.issues;
    throw dataError(
      `${source}: ${
        v.getDotPath(issue) ?? "the whole"
      }: expected ${issue.expected}, found ${issue.received}; ` +
        "it is damaged or of another version of spliceboost: run the training again",
    );
  }
  return value as Analysis;
}
