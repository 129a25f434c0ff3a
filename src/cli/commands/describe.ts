/** `spliceboost describe`: what a data set, a model or a run directory holds. */
import { join } from "node:path";
import { CLASS_NAMES, type Dataset } from "../../data/dataset.ts";
import { calibrationInWords } from "../../ensemble/calibration/describe.ts";
import type { EnsembleDescription } from "../../ensemble/sigmoid.ts";
import { type Context, printJson } from "../context.ts";
import { countLabels, dataLines, labelLines } from "../data-report.ts";
import { isDirectory, readIfPresent, RunStore } from "../files.ts";
import { formatBytes, formatInteger, formatTable } from "../format.ts";
import { MANIFEST_FILE, readRecord, type RunRecord } from "../manifest.ts";
import { columnOptions, openData } from "../open-data.ts";
import type { Values } from "../option-types.ts";
import type { DESCRIBE_OPTIONS } from "../options.ts";
import type { Invocation } from "../parse.ts";
import { openModel } from "./predict.ts";

type DescribeValues = Values<typeof DESCRIBE_OPTIONS>;

/** Runs `describe`; returns the exit code. */
export async function describeCommand(invocation: Invocation, context: Context): Promise<number> {
  const values = invocation.values as unknown as DescribeValues;
  const target = invocation.argument ?? "";
  const { kind, document, text } = await describe(target, values, context);
  if (values.json) printJson(context, { kind, ...document });
  else context.out(text);
  return 0;
}

interface Description {
  readonly kind: "run" | "model" | "data";
  readonly document: object;
  readonly text: string;
}

async function describe(target: string, values: DescribeValues, context: Context): Promise<Description> {
  if (/\.safetensors$/i.test(target)) return await describeModel(target);
  if (await isDirectory(target)) {
    if (await readIfPresent(join(target, MANIFEST_FILE))) return await describeRun(target);
    if (await readIfPresent(join(target, "model.safetensors"))) return await describeModel(target);
  }
  return await describeData(target, values, context);
}

async function describeRun(target: string): Promise<Description> {
  const record = await readRecord(RunStore.existing(target)) as RunRecord;
  const options = Object.entries(record.command.options).filter(([, value]) =>
    value !== null && value !== false && !(Array.isArray(value) && value.length === 0)
  );
  const text = [
    record.verdict,
    "Options:",
    formatTable(options.map(([name, value]) => [`  --${name}`, JSON.stringify(value)])),
    "Files:",
    formatTable(record.outputs.map(({ path, bytes }) => [`  ${path}`, formatBytes(bytes)])),
  ].join("\n");
  return { kind: "run", document: record, text };
}

async function describeModel(target: string): Promise<Description> {
  const model = (await openModel(target)).describe();
  return { kind: "model", document: model, text: modelText(model) };
}

function modelText(model: EnsembleDescription): string {
  const { training, calibration } = model;
  const rows = CLASS_NAMES.map((name) => {
    const { trees, leaves, depth, features } = model.classifiers[name];
    return [name, formatInteger(trees), formatInteger(leaves), String(depth), String(features)];
  });
  return [
    `${model.algorithm}: three one-vs-rest classifiers, ${
      formatInteger(model.featureNames.length)
    } features,`,
    `trained on ${formatInteger(training.rows)} rows of ${
      formatInteger(training.genes)
    } genes, seed ${training.seed}, ` +
    `by spliceboost ${training.libraryVersion}.`,
    calibration
      ? `Calibrated: ${calibrationInWords(calibration)}.`
      : "Not calibrated: each probability is its classifier's own, so the three need not sum to 1.",
    "",
    formatTable([["class", "trees", "leaves", "depth", "features used"], ...rows]),
    `Parameters: ${JSON.stringify(model.parameters)}`,
    `Features: ${model.featureNames.join(", ")}`,
    "",
  ].join("\n");
}

async function describeData(target: string, values: DescribeValues, context: Context): Promise<Description> {
  const options = { ...columnOptions(values), requireLabels: false };
  const { files, data, close } = await openData(target, options, (text) => context.log.info(text));
  close();
  const { genes, rows, features, excluded, notes, inputs, labelSpellings } = data;
  const document = {
    files: files.paths,
    rows,
    genes: genes.length,
    chromosomes: chromosomes(data),
    labels: data.labels ? countLabels(data) : null,
    label_spellings: labelSpellings,
    base_scores: data.baseScores !== null,
    features,
    excluded,
    notes,
    inputs,
  };
  return { kind: "data", document, text: dataText(data) };
}

function dataText(data: Dataset): string {
  const lines = [...dataLines(data), ...labelLines(data)];
  const chroms = chromosomes(data);
  lines.push(chroms.length === 0 ? "Chromosomes: unknown." : `Chromosomes: ${chroms.join(", ")}.`);
  lines.push(`Base-model scores: ${data.baseScores ? "yes" : "no"}.`);
  for (const note of data.notes) lines.push(`Note: ${note}`);
  const left = data.excluded.map(({ name, reason }) => [`  ${name}`, reason]);
  return [
    ...lines,
    "",
    `Features (${data.features.length}): ${data.features.join(", ")}`,
    "",
    `No features (${left.length}):`,
    formatTable(left),
  ].join("\n");
}

function chromosomes(data: Dataset): string[] {
  return [...new Set(data.chromosomes)].filter((name) => name !== "").sort();
}
