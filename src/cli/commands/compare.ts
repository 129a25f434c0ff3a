/** `spliceboost compare`: runs side by side, each against the first, paired on their common genes. */
import { comparePaired } from "../../evaluation/comparison/compare.ts";
import type { Comparison, MetricComparison } from "../../evaluation/comparison/types.ts";
import type { Estimate, Maybe } from "../../evaluation/analysis.ts";
import { createTaskPool } from "../../evaluation/workers/pool.ts";
import { usageError } from "../../numerics/errors.ts";
import { type Context, printJson } from "../context.ts";
import { writeWhole } from "../files.ts";
import { counted, formatTable } from "../format.ts";
import { encode } from "../manifest.ts";
import type { Values } from "../option-types.ts";
import type { COMPARE_OPTIONS } from "../options.ts";
import type { Invocation } from "../parse.ts";
import { type CommonRows, commonRows, readPredictions, type RunPredictions } from "../run-predictions.ts";

/** One run against the first. */
interface Compared {
  readonly first: string;
  readonly second: string;
  readonly notes: readonly string[];
  readonly comparison: Comparison;
}

/** Runs `compare`; returns the exit code. */
export async function compareCommand(invocation: Invocation, context: Context): Promise<number> {
  const values = invocation.values as unknown as Values<typeof COMPARE_OPTIONS>;
  const runs = invocation.operands.map((run) => run.replace(/(?<=.)\/+$/, ""));
  const twice = runs.find((run, i) => runs.indexOf(run) < i);
  if (twice !== undefined) throw usageError(`compare: ${twice} is given twice; give each run once.`);
  const [first, ...others] = await Promise.all(runs.map(readPredictions));
  const names = distinctNames([first, ...others]);
  const pool = createTaskPool({ threads: values.threads });
  const compared: Compared[] = [];
  try {
    for (const [i, second] of others.entries()) {
      context.log.info(`Compares ${second.run} with ${first.run}.`);
      const common = commonRows(first, second);
      const notes = rowNotes(common, first, second);
      for (const note of notes) context.log.warn(note);
      const comparison = await comparePaired(
        common.first,
        common.second,
        common,
        {
          thresholds: { baseThresh: values.threshold, threshold: values.threshold },
          names: { base: names[0], meta: names[i + 1] },
          seed: values.seed,
          pool,
        },
      );
      compared.push({ first: first.run, second: second.run, notes, comparison });
    }
  } finally {
    pool.close();
  }
  if (values.out !== undefined) await writeWhole(values.out, encode(compared));
  if (values.json) printJson(context, compared);
  else context.out(compared.map(text).join("\n"));
  return 0;
}

/** The last parts of the paths where they differ, else the paths. */
function distinctNames(runs: readonly RunPredictions[]): string[] {
  const names = runs.map(({ name }) => name);
  return new Set(names).size === names.length ? names : runs.map(({ run }) => run);
}

function rowNotes(common: CommonRows, first: RunPredictions, second: RunPredictions): string[] {
  const notes: string[] = [];
  if (common.onlyOne > 0) {
    notes.push(
      `Left out: ${counted(common.onlyOne, "gene")} that only one of ${first.run} and ${second.run} has.`,
    );
  }
  if (common.foldOfGene === null) {
    notes.push(`${second.run} held other genes out together than ${first.run}: there is no test over folds.`);
  }
  if (common.differing > 0) {
    notes.push(
      `Left out: ${counted(common.differing, "gene")} with other rows or labels in ${second.run}.`,
    );
  }
  return notes;
}

function text({ comparison, notes }: Compared): string {
  const { names, metrics, conclusion, rows, genes } = comparison;
  const header = ["", names.base, names.meta, "difference (95 % over genes)", "p (Holm)", ""];
  const lines = metrics.map((metric) => [
    metric.title,
    number(metric.base.value),
    number(metric.meta.value),
    difference(metric.difference),
    pValue(metric.pHolm),
    metric.finding === "not distinguishable" ? "" : metric.finding,
  ]);
  return [
    `${names.meta} against ${names.base}: ${counted(rows, "row")} of ${counted(genes, "gene")}.\n`,
    ...conclusion.sentences.map((sentence) => `${sentence}\n`),
    ...notes.map((note) => `Note: ${note}\n`),
    "\n",
    formatTable([header, ...lines]),
  ].join("");
}

function number(value: Maybe): string {
  return value === null ? "undefined" : value.toFixed(4);
}

function difference({ value, low, high }: Estimate): string {
  if (value === null) return "undefined";
  const signed = (x: number): string => (x < 0 ? "" : "+") + x.toFixed(4);
  return low === null || high === null
    ? signed(value)
    : `${signed(value)} (${signed(low)} to ${signed(high)})`;
}

function pValue(p: MetricComparison["pHolm"]): string {
  if (p === null) return "";
  return p < 0.001 ? "<0.001" : p.toFixed(3);
}
