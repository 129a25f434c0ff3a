/** The short answer for the terminal: is the meta-model better than the base model on genes it never saw? */
import { FILE_METRICS } from "./columns.ts";
import { summariseValues } from "./evaluate.ts";
import type { Evaluation, FoldMetrics } from "./types.ts";

/** Rows of the table: title, the file names of the meta-model's and the base model's metric, which end is better. */
const TABLE = [
  ["macro F1", "test_macro_f1", "base_macro_f1", 1],
  ["donor F1", "donor_f1", "base_donor_f1", 1],
  ["acceptor F1", "acceptor_f1", "base_acceptor_f1", 1],
  ["donor AP", "donor_ap", "base_donor_ap", 1],
  ["acceptor AP", "acceptor_ap", "base_acceptor_ap", 1],
  ["splice F1", "meta_f1", "base_f1", 1],
  ["splice AP", "ap_meta", "ap_base", 1],
  ["splice ROC AUC", "auc_meta", "auc_base", 1],
  ["gene top-k", "meta_topk", "base_topk", 1],
  ["log-loss", "log_loss", "base_log_loss", -1],
] as const;

const WIDTHS = [16, 19, 19, 12, 12] as const;

/**
 * One sentence, then a table of both models (mean ± sample standard deviation over folds), then the errors rescued and
 * introduced. Plain text without colours, at most 100 columns, ends with a newline.
 */
export function verdict(folds: readonly FoldMetrics[]): string {
  const hasBase = folds.length > 0 && folds.every((fold) => fold.base !== null);
  const columns = hasBase ? 5 : 2;
  const header = ["", "meta-model", "base model", "difference", "better in"];
  const body = TABLE.map(([title, meta, base, sign]) => {
    const { difference, better } = compare(folds, meta, base, sign);
    return [title, meanAndSd(folds, meta), meanAndSd(folds, base), signed(difference), better];
  });
  const lines = [
    sentence(folds, hasBase),
    "",
    ...[header, ...body].map((cells) => layOut(cells.slice(0, columns))),
    "",
    ...(hasBase ? errorLines(folds) : []),
    extent(folds),
  ];
  return lines.map((line) => line + "\n").join("");
}

/**
 * Better (or worse) when mean macro F1 and mean splice average precision are both higher (lower) and so in more than
 * half of the folds; anything between is called unclear.
 */
function sentence(folds: readonly FoldMetrics[], hasBase: boolean): string {
  if (!hasBase) return "The data has no base-model scores, so the meta-model is measured on its own.";
  const f1 = compare(folds, "test_macro_f1", "base_macro_f1", 1);
  const ap = compare(folds, "ap_meta", "ap_base", 1);
  const better = [f1, ap].every((c) => c.difference > 0 && 2 * c.wins > c.folds);
  const worse = [f1, ap].every((c) => c.difference < 0 && 2 * c.losses > c.folds);
  const judgement = better ? "is better" : worse ? "is worse" : "is not clearly better";
  return `The meta-model ${judgement} than the base model on held-out genes:\n` +
    `macro F1 is higher in ${f1.better}, splice average precision in ${ap.better}.`;
}

interface Comparison {
  /** Mean over the folds where both are defined of meta less base. */
  readonly difference: number;
  /** Such folds, and those of them where the meta-model is better or worse. */
  readonly folds: number;
  readonly wins: number;
  readonly losses: number;
  readonly better: string;
}

function compare(folds: readonly FoldMetrics[], meta: string, base: string, sign: 1 | -1): Comparison {
  const [metaValues, baseValues] = [valuesOf(folds, meta), valuesOf(folds, base)];
  const differences = metaValues.map((value, i) => value - baseValues[i]);
  const { mean, defined } = summariseValues(differences);
  const wins = differences.filter((d) => sign * d > 0).length;
  const losses = differences.filter((d) => sign * d < 0).length;
  const better = `${wins} of ${defined} fold${defined === 1 ? "" : "s"}`;
  return { difference: mean, folds: defined, wins, losses, better };
}

function valuesOf(folds: readonly FoldMetrics[], name: string): number[] {
  const metric = FILE_METRICS.find(([known]) => known === name);
  if (metric === undefined) throw new Error(`no metric is named ${name}`);
  return folds.map(metric[1]);
}

function meanAndSd(folds: readonly FoldMetrics[], name: string): string {
  const { mean, sd } = summariseValues(valuesOf(folds, name));
  if (Number.isNaN(mean)) return "undefined";
  return Number.isNaN(sd) ? mean.toFixed(4) : `${mean.toFixed(4)} ± ${sd.toFixed(4)}`;
}

function signed(difference: number): string {
  if (Number.isNaN(difference)) return "";
  return (difference < 0 ? "" : "+") + difference.toFixed(4);
}

function layOut(cells: readonly string[]): string {
  return cells.map((cell, i) => i === 0 ? cell.padEnd(WIDTHS[0]) : cell.padStart(WIDTHS[i])).join("")
    .trimEnd();
}

function errorLines(folds: readonly FoldMetrics[]): string[] {
  const total = (name: string) => valuesOf(folds, name).reduce((sum, value) => sum + value, 0);
  const line = (title: string, kind: "fp" | "fn") =>
    `${title}: ${total(`base_${kind}`)} with the base model, ${total(`meta_${kind}`)} with the meta-model ` +
    `(${total(`${kind}_rescued`)} rescued, ${total(`${kind}_introduced`)} introduced)`;
  return [line("False positives", "fp"), line("False negatives", "fn")];
}

function extent(folds: readonly Evaluation[]): string {
  const rows = folds.reduce((sum, fold) => sum + fold.testRows, 0);
  const genes = folds.reduce((sum, fold) => sum + fold.testGenes, 0);
  return `${rows} rows of ${genes} genes, each predicted by models that never saw its gene; mean ± sd over ` +
    `${folds.length} fold${folds.length === 1 ? "" : "s"}`;
}
