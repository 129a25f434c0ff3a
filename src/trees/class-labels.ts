/** Class labels of any kind, as codes. */
import { usageError } from "../numerics/errors.ts";

export type ClassLabel = number | string | boolean;

/**
 * The distinct labels, numbers ascending, texts in code-unit order, false before true.
 * @throws SpliceboostError (usage) for labels of several types, NaN, or fewer than two classes
 */
export function classesOf(labels: ArrayLike<ClassLabel>): ClassLabel[] {
  const classes = [...new Set(Array.from(labels))];
  const types = new Set(classes.map((label) => typeof label));
  if (types.size > 1 || classes.some((label) => typeof label === "object" || Number.isNaN(label))) {
    throw usageError(`expected labels of one type, without missing ones, found ${[...types].join(", ")}`);
  }
  if (classes.length < 2 || classes.length > 255) {
    throw usageError(`expected labels of 2 to 255 classes, found ${classes.length} in ${labels.length} rows`);
  }
  return classes.sort((a, b) => (a < b ? -1 : 1));
}

/** Position of each label among the classes; an error names a label that is not among them. */
export function encodeLabels(labels: ArrayLike<ClassLabel>, classes: readonly ClassLabel[]): Uint8Array {
  const codeOf = new Map(classes.map((label, code) => [label, code]));
  return Uint8Array.from(Array.from(labels), (label, row) => {
    const code = codeOf.get(label);
    if (code !== undefined) return code;
    throw usageError(
      `label ${JSON.stringify(label)} of row ${row} is not among the classes ${JSON.stringify(classes)}`,
    );
  });
}
