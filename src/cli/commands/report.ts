/** `spliceboost report`: makes the report of a finished run anew from what the run directory holds. */
import { basename, join, resolve } from "node:path";
import type { Analysis } from "../../evaluation/document.ts";
import { parseAnalysis } from "../../evaluation/parse-document.ts";
import { dataError, SpliceboostError } from "../../numerics/errors.ts";
import { Sha256 } from "../../numerics/sha256.ts";
import { type Context, printJson } from "../context.ts";
import { isDirectory, readIfPresent, RunStore, writeWhole } from "../files.ts";
import { encode, MANIFEST_FILE, readRecord, type RunRecord } from "../manifest.ts";
import type { Values } from "../option-types.ts";
import type { REPORT_OPTIONS } from "../options.ts";
import type { Invocation } from "../parse.ts";
import { reportFiles } from "../report-files.ts";

const REPORT_FILE = "report.html";
const ANALYSIS_FILE = "analysis.json";

type ReportValues = Values<typeof REPORT_OPTIONS>;
type Output = RunRecord["outputs"][number];

/** Runs `report`; returns the exit code. */
export async function reportCommand(invocation: Invocation, context: Context): Promise<number> {
  const values = invocation.values as unknown as ReportValues;
  const run = invocation.argument ?? "";
  if (!await isDirectory(run)) throw dataError(`${run}: expected a run directory, found none.`);
  const store = RunStore.existing(run);
  const path = join(run, ANALYSIS_FILE);
  const bytes = await readIfPresent(path);
  if (bytes === null) {
    throw dataError(
      `${run}: expected ${ANALYSIS_FILE} in the run directory, found none. Has the training finished?`,
    );
  }
  const analysis = parseAnalysis(bytes, path);
  const record = await readRecord(store);
  if (record === null) {
    context.log.warn(
      `${run} has no ${MANIFEST_FILE}: the report does not say where and how fast the run was made.`,
    );
  }
  const isAsWritten = record?.outputs.find((output) => output.path === ANALYSIS_FILE)?.sha256 === hash(bytes);
  if (record && !isAsWritten) {
    context.log.warn(`${path} is not what the training wrote, by the hash in ${MANIFEST_FILE}.`);
  }
  let written: string[];
  try {
    written = await writeReport(store, analysis, record, values);
  } catch (error) {
    if (isAsWritten || error instanceof SpliceboostError) throw error;
    throw dataError(`${path}: expected an analysis that can be shown, found a damaged one: ${error}`, error);
  }
  if (values.json) printJson(context, { written });
  else context.out(written.map((name) => `${name}\n`).join(""));
  return 0;
}

/** Makes every file before the first is written; returns their paths. With --out, the report alone, and there. */
async function writeReport(
  store: RunStore,
  analysis: Analysis,
  record: RunRecord | null,
  { out, plotFormat }: ReportValues,
): Promise<string[]> {
  const { outputs = [], summary: _summary, verdict: _verdict, ...facts } = record ?? {};
  const written: string[] = [];
  const made: Output[] = [];
  const name = basename(resolve(store.directory));
  for (const { path, bytes } of await all(reportFiles(analysis, facts, plotFormat ?? null, name))) {
    const isReport = path === REPORT_FILE;
    if (out !== undefined && !isReport && !path.startsWith("plots/")) continue;
    const elsewhere = isReport ? out : undefined;
    await writeWhole(elsewhere ?? store.path(path), bytes);
    written.push(elsewhere ?? store.path(path));
    if (elsewhere === undefined) made.push({ path, bytes: bytes.length, sha256: hash(bytes) });
  }
  const after = merged(outputs, made);
  if (record && JSON.stringify(after) !== JSON.stringify(outputs)) {
    await store.write(MANIFEST_FILE, encode({ ...record, outputs: after }));
  }
  return written;
}

/** The manifest's list of files with those made anew in their places, new ones last. */
function merged(before: readonly Output[], made: readonly Output[]): Output[] {
  const anew = new Map(made.map((output) => [output.path, output]));
  const known = new Set(before.map(({ path }) => path));
  return [
    ...before.map((output) => anew.get(output.path) ?? output),
    ...made.filter(({ path }) => !known.has(path)),
  ];
}

function hash(bytes: Uint8Array): string {
  return new Sha256().update(bytes).hex();
}

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = [];
  for await (const item of items) list.push(item);
  return list;
}
