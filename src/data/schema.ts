/** Which columns are features, and why the others are not. */
import { dataError, nearestName, usageError } from "../numerics/errors.ts";
import { type ColumnKind, type ColumnSource, findColumn } from "./column-source.ts";
import type { ExcludedColumn } from "./dataset.ts";

/** What the choice of features depends on. */
export interface SchemaOptions {
  readonly geneCol: string;
  readonly labelCol: string;
  readonly positionCol: string;
  readonly chromCol: string;
  readonly encodeChrom: boolean;
  /** Names to leave out; each must be a column. */
  readonly excludeFeatures: readonly string[];
  /** The exact features wanted, in this order, or null to choose by the rules. */
  readonly features: readonly string[] | null;
}

/** A column over all files. */
export interface MergedColumn {
  readonly name: string;
  /** Kind over all files, those without a value left aside; a clash where files disagree on number or not. */
  readonly kind: ColumnKind | "clash";
  /** The files that have it, with the type each gives it. */
  readonly files: readonly { readonly file: string; readonly kind: ColumnKind; readonly type: string }[];
}

export interface ColumnPlan {
  readonly features: readonly string[];
  readonly excluded: readonly ExcludedColumn[];
  readonly notes: readonly string[];
}

/** Columns that are never features by their names, and why. */
const NEVER = new Map<string, string>([
  ...names("gives the label away", "splice_type", "pred_type", "true_position", "predicted_position"),
  ...names("a position, not a property", "position", "absolute_position", "window_start", "window_end"),
  ...names("an identifier", "gene_id", "transcript_id", "gene_name"),
  ...names("metadata", "strand", "gene_type", "transcript_count"),
  ...names("the raw sequence", "sequence"),
  ...names("repeats another column (the score of the site's own type)", "score"),
]);

/** Whether the name alone says that a column is no feature. */
export function neverAFeature(name: string): boolean {
  return NEVER.has(name) || isUnknownKmer(name);
}

function names(reason: string, ...columns: string[]): [string, string][] {
  return columns.map((name) => [name, reason]);
}

/** Whether a column counts a k-mer with an unknown base, such as 3mer_ANN. */
export function isUnknownKmer(name: string): boolean {
  const match = /^(\d+)mer_([ACGTN]+)$/i.exec(name);
  return match !== null && match[2].length === Number(match[1]) && /n/i.test(match[2]);
}

/** The columns of all files, in order of first appearance. */
export function mergeColumns(sources: readonly ColumnSource[]): MergedColumn[] {
  const merged = new Map<string, MergedColumn["files"][number][]>();
  for (const source of sources) {
    for (const { name, kind, type } of source.columns) {
      const files = merged.get(name);
      if (files) files.push({ file: source.name, kind, type });
      else merged.set(name, [{ file: source.name, kind, type }]);
    }
  }
  return [...merged].map(([name, files]) => ({
    name,
    files,
    kind: mergedKind(files.map((file) => file.kind)),
  }));
}

function mergedKind(kinds: readonly ColumnKind[]): ColumnKind | "clash" {
  const held = new Set(kinds.filter((kind) => kind !== "empty"));
  if (held.size === 0) return "empty";
  if (held.size === 1) return [...held][0];
  return held.has("number") ? "clash" : "other";
}

/** What the files say of a column that they disagree on: one file of each view. */
export function describeClash(column: MergedColumn): string {
  const number = column.files.find((file) => file.kind === "number");
  const other = column.files.find((file) => file.kind === "text" || file.kind === "other");
  return `column "${column.name}" holds numbers in ${number?.file} (${number?.type}) but not in ${other?.file} (${other?.type})`;
}

/**
 * Chooses the features.
 * @throws SpliceboostError (data) where files disagree on whether a feature is a number, or a wanted feature is not there
 * or not a number; (usage) where a name to exclude is no column.
 */
export function planColumns(sources: readonly ColumnSource[], options: SchemaOptions): ColumnPlan {
  const columns = mergeColumns(sources);
  const known = new Map(columns.map((column) => [column.name, column]));
  for (const name of options.excludeFeatures) {
    if (!known.has(name)) {
      throw usageError(`excludeFeatures: no column is called "${name}".${suggestion(name, known.keys())}`);
    }
  }
  const notes: string[] = [];
  const wanted = options.features === null ? null : new Set(options.features);
  const features: string[] = [];
  const excluded: ExcludedColumn[] = [];
  const partial: MergedColumn[] = [];
  for (const column of columns) {
    const reason = wanted
      ? (wanted.has(column.name) ? null : "not among the features asked for")
      : whyNot(column, options);
    if (reason === null) features.push(column.name);
    else excluded.push({ name: column.name, reason });
  }
  for (const name of options.features ?? features) {
    const column = known.get(name);
    if (!column) {
      throw dataError(
        `Feature "${name}" is in none of the ${sources.length} files.${suggestion(name, known.keys())} ` +
          "Give data made with the same columns as the model's.",
      );
    }
    requireNumbers(column, options);
    if (column.files.length < sources.length) partial.push(column);
  }
  if (partial.length > 0) notes.push(absentNote(partial, sources));
  const unknown = excluded.filter(({ name }) => isUnknownKmer(name)).length;
  if (unknown > 0 && wanted === null) {
    notes.push(`${unknown} k-mer columns with an unknown base (N) are left out.`);
  }
  if (features.length === 0) {
    throw dataError(
      `No column is left as a feature; ${excluded.length} columns are excluded. Add numeric columns.`,
    );
  }
  return { features: options.features ?? features, excluded, notes };
}

function whyNot(column: MergedColumn, options: SchemaOptions): string | null {
  const { name, kind } = column;
  if (name === options.geneCol) return "an identifier";
  if (name === options.labelCol) return "the label";
  if (name === options.positionCol) return "a position, not a property";
  if (options.excludeFeatures.includes(name)) return "excluded on request";
  if (name === options.chromCol) {
    return options.encodeChrom ? null : "the chromosome; a feature only on request";
  }
  if (isUnknownKmer(name)) return "a k-mer with an unknown base (N)";
  const never = NEVER.get(name);
  if (never !== undefined) return never;
  if (kind === "empty") return "no row has a value";
  if (kind === "text" || kind === "other") return `not a number (${column.files[0].type})`;
  return null;
}

function requireNumbers(column: MergedColumn, options: SchemaOptions): void {
  if (column.name === options.chromCol || column.kind === "number" || column.kind === "empty") return;
  if (column.kind === "clash") {
    throw dataError(
      `${capital(describeClash(column))}. Run validate --fix, or leave the column out with excludeFeatures.`,
    );
  }
  const { file, type } = column.files[0];
  throw dataError(`${file}: feature "${column.name}" must be a number, found ${type}. Convert the column.`);
}

function absentNote(columns: readonly MergedColumn[], sources: readonly ColumnSource[]): string {
  const { name } = columns[0];
  const without = sources.find((source) => !findColumn(source, name))?.name;
  return `${columns.length} ${columns.length === 1 ? "feature is" : "features are"} absent from some files ` +
    `(first: "${name}" from ${without}); the values are missing there.`;
}

function suggestion(name: string, known: Iterable<string>): string {
  const near = nearestName(name, known);
  return near === undefined ? "" : ` Did you mean "${near}"?`;
}

function capital(text: string): string {
  return text[0].toUpperCase() + text.slice(1);
}
