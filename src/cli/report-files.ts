/** The report of a run and what goes with it: made when asked for, since the charts take a while to load. */
import * as v from "valibot";
import type { ChartFormat } from "../report/chart-files.ts";
import type { RunFacts } from "../report/options.ts";
import type { Analysis } from "../evaluation/document.ts";
import type { RunFile } from "../training/run-files.ts";

const Seconds = v.record(v.string(), v.number());
const ManifestSchema = v.object({
  engine: v.optional(v.string()),
  device: v.optional(v.object({ reason: v.string() })),
  runtime: v.optional(v.string()),
  finished: v.optional(v.string()),
  seconds: v.optional(Seconds),
  analysis_seconds: v.optional(Seconds),
});

/** Formats that charts are written in. */
export type PlotFormat = ChartFormat;

/**
 * report.html, MODEL_CARD.md, the files for MultiQC, and, with a format, every chart in the folder plots.
 * @param facts where and how fast the run was made: manifest.json without its outputs
 * @param name what the run is called: the last part of its directory
 */
export async function* reportFiles(
  analysis: Analysis,
  facts: Readonly<Record<string, unknown>>,
  plotFormat: PlotFormat | null,
  name: string,
): AsyncGenerator<RunFile> {
  const { renderReport } = await import("../report/report.ts");
  const { modelCard } = await import("../report/model-card.ts");
  const { multiqcFiles } = await import("../report/multiqc.ts");
  yield file("report.html", await renderReport(analysis, { facts: runFacts(facts), name }));
  yield file("MODEL_CARD.md", modelCard(analysis, name));
  for (const { path, text } of multiqcFiles(analysis, name)) yield file(path, text);
  if (plotFormat === null) return;
  const { chartFiles } = await import("../report/chart-files.ts");
  for await (const { path, bytes } of chartFiles(analysis, plotFormat)) {
    yield { path, bytes };
  }
}

/** What the report says of where and how fast; what the manifest lacks is not said. */
function runFacts(manifest: Readonly<Record<string, unknown>>): RunFacts {
  const parsed = v.safeParse(ManifestSchema, manifest);
  if (!parsed.success) return {};
  const { engine, device, runtime, finished, seconds, analysis_seconds: analysis } = parsed.output;
  const analysed = Object.values(analysis ?? {}).reduce((sum, s) => sum + s, 0);
  return {
    engine,
    deviceReason: device?.reason,
    runtime,
    finished,
    seconds: seconds && { ...seconds, ...(analysis && { analysis: analysed }) },
  };
}

function file(path: string, text: string): RunFile {
  return { path, bytes: new TextEncoder().encode(text) };
}
