/** What is wrong with a data set, or may be: everything found, not only the first. */
import { SpliceboostError } from "../numerics/errors.ts";
import type { DataInput } from "./byte-source.ts";
import { type ColumnSource, findColumn } from "./column-source.ts";
import type { Dataset } from "./dataset.ts";
import { ConstantAndDuplicateFinder } from "./distinct.ts";
import { openDataset, type OpenOptions } from "./open.ts";
import { openColumnSource } from "./open-source.ts";
import { describeClash, isUnknownKmer, mergeColumns, type MergedColumn, neverAFeature } from "./schema.ts";

/** One thing found. */
export interface Finding {
  /** error: training would stop; warning: it may not mean what you think; info: good to know. */
  readonly level: "error" | "warning" | "info";
  /** File concerned, or null for all. */
  readonly file: string | null;
  /** Column concerned, or null. */
  readonly column: string | null;
  readonly message: string;
  /** Whether `fixDataset` mends it. */
  readonly fixable: boolean;
}

/** Columns with a role, and progress; as for `openDataset`. */
export type ValidateOptions = Pick<
  OpenOptions,
  | "geneCol"
  | "labelCol"
  | "positionCol"
  | "chromCol"
  | "donorScoreCol"
  | "acceptorScoreCol"
  | "requireLabels"
  | "onProgress"
  | "signal"
>;

/**
 * Checks files against each other, then their contents: every feature is read once.
 * @returns Findings, errors first. Nothing that is wrong with the data is thrown.
 * @throws SpliceboostError (interrupted) on abort; (usage) for options that make no sense.
 */
export async function validateDataset(
  inputs: DataInput | readonly DataInput[],
  options: ValidateOptions = {},
): Promise<Finding[]> {
  const list = Array.isArray(inputs) ? inputs as readonly DataInput[] : [inputs as DataInput];
  const findings: Finding[] = [];
  const sources: ColumnSource[] = [];
  for (const [i, input] of list.entries()) {
    const name = (input as { name?: unknown }).name;
    const source = await attempt(
      findings,
      typeof name === "string" ? name : `input ${i + 1}`,
      null,
      () => openColumnSource(input, `input ${i + 1}`),
    );
    if (source) sources.push(source);
  }
  findings.push(...compareFiles(sources, options));
  if (!findings.some(({ level }) => level === "error")) {
    const data = await attempt(findings, null, null, () => openDataset(inputs, options));
    if (data) {
      findings.push(...describeData(data));
      await readFeatures(data, findings);
    }
  }
  const rank = { error: 0, warning: 1, info: 2 };
  return findings.sort((a, b) => rank[a.level] - rank[b.level]);
}

/** Runs a step; what it throws about the data becomes a finding. */
async function attempt<T>(
  findings: Finding[],
  file: string | null,
  column: string | null,
  step: () => Promise<T>,
): Promise<T | null> {
  try {
    return await step();
  } catch (error) {
    if (!(error instanceof SpliceboostError) || error.kind !== "data") throw error;
    findings.push({ level: "error", file, column, message: error.message, fixable: false });
    return null;
  }
}

/** Column sets and types of the files, side by side. */
export function compareFiles(sources: readonly ColumnSource[], options: ValidateOptions = {}): Finding[] {
  const findings: Finding[] = [];
  const merged = mergeColumns(sources);
  const keys = new Set([options.geneCol ?? "gene_id", options.labelCol ?? "splice_type"]);
  for (const source of sources) {
    const unknown = source.columns.map(({ name }) => name).filter(isUnknownKmer);
    if (unknown.length > 0) {
      findings.push(about("warning", source.name, unknown, "counts k-mers with an unknown base (N)", true));
    }
    if (source.rows === 0) findings.push(about("warning", source.name, [], "has no rows", false));
    const lacking = merged.filter(({ name }) => !findColumn(source, name) && !isUnknownKmer(name)).map((
      { name },
    ) => name);
    const missing = lacking.filter((name) => keys.has(name));
    if (missing.length > 0) {
      findings.push(about("error", source.name, missing, "is absent here and needed in every file", false));
    }
    const others = lacking.filter((name) => !keys.has(name));
    if (others.length > 0) {
      findings.push(about("warning", source.name, others, "is absent here and present in other files", true));
    }
  }
  for (const column of merged) findings.push(...compareTypes(column, keys));
  return findings;
}

function compareTypes(column: MergedColumn, keys: ReadonlySet<string>): Finding[] {
  const { name, files, kind } = column;
  if (kind === "clash") {
    const level = keys.has(name) || neverAFeature(name) ? "warning" : "error";
    return [{ level, file: null, column: name, message: `${describeClash(column)}.`, fixable: true }];
  }
  const types = [...new Set(files.filter((file) => file.kind !== "empty").map((file) => file.type))];
  if (types.length < 2) return [];
  return [about("info", null, [name], `has types that differ between files: ${types.join(", ")}`, true)];
}

function describeData(data: Dataset): Finding[] {
  const spelled = data.labelSpellings.map(({ spelling, label, rows }) => `${spelling} = ${label} (${rows})`);
  return [
    about(
      "info",
      null,
      [],
      `${data.rows} rows, ${data.genes.length} genes, ${data.features.length} features`,
      false,
    ),
    ...(spelled.length > 0 ? [about("info", null, [], `labels read: ${spelled.join(", ")}`, false)] : []),
    ...data.notes.map((note): Finding => ({
      level: "warning",
      file: null,
      column: null,
      message: note,
      fixable: false,
    })),
  ];
}

/** Reads every feature: infinities and damage are errors, columns that teach nothing are told. */
async function readFeatures(data: Dataset, findings: Finding[]): Promise<void> {
  const finder = new ConstantAndDuplicateFinder();
  let done = 0;
  let single = false;
  while (done < data.features.length) {
    const names = single ? [data.features[done]] : data.features.slice(done);
    try {
      for await (const { name, values } of data.columns(names)) {
        done++;
        const reason = finder.check(name, values);
        if (reason !== null) {
          findings.push(about("info", null, [name], `is left out of training, ${reason}`, false));
        }
      }
    } catch (error) {
      if (!(error instanceof SpliceboostError) || error.kind !== "data") throw error;
      // A block of columns does not say which one failed: from here on they come one by one.
      if (single || names.length === 1) {
        findings.push({
          level: "error",
          file: null,
          column: names[0],
          message: error.message,
          fixable: false,
        });
        done++;
      }
      single = true;
    }
  }
}

function about(
  level: Finding["level"],
  file: string | null,
  columns: readonly string[],
  what: string,
  fixable: boolean,
): Finding {
  const shown = columns.slice(0, 5).map((name) => `"${name}"`).join(", ");
  const rest = columns.length > 5 ? ` and ${columns.length - 5} more` : "";
  const subject = columns.length === 0
    ? ""
    : columns.length === 1
    ? `column ${shown} `
    : `columns ${shown}${rest}: each `;
  const message = `${file === null ? "" : `${file}: `}${subject}${what}.`;
  return { level, file, column: columns.length === 1 ? columns[0] : null, message, fixable };
}
