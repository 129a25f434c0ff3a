/** `spliceboost report`: makes the report of a finished run anew from what the run directory holds. */
import { basename, join, resolve } from "node:path";
import { parseAnalysis } from "../../evaluation/parse-document.ts";
import { dataError } from "../../numerics/errors.ts";
import type { Context } from "../context.ts";
import { isDirectory, readIfPresent, RunStore, writeWhole } from "../files.ts";
import { MANIFEST_FILE, readRecord } from "../manifest.ts";
import type { Values } from "../option-types.ts";
import type { REPORT_OPTIONS } from "../options.ts";
import type { Invocation } from "../parse.ts";
import { reportFiles } from "../report-files.ts";

const REPORT_FILE = "report.html";
const ANALYSIS_FILE = "analysis.json";

/** Runs `report`; returns the exit code. */
export async function reportCommand(invocation: Invocation, context: Context): Promise<number> {
  const values = invocation.values as unknown as Values<typeof REPORT_OPTIONS>;
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
  const { outputs: _outputs, summary: _summary, verdict: _verdict, ...facts } = record ?? {};
  const written: string[] = [];
  for await (
    const { path, bytes } of reportFiles(analysis, facts, values.plotFormat ?? null, basename(resolve(run)))
  ) {
    const to = path === REPORT_FILE && values.out !== undefined ? values.out : store.path(path);
    await writeWhole(to, bytes);
    written.push(to);
  }
  if (values.json) context.out(JSON.stringify({ written }, null, 2) + "\n");
  else context.out(written.map((name) => `${name}\n`).join(""));
  return 0;
}
