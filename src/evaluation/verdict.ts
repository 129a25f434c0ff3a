/** The short answer for the terminal: is the meta-model better than the base model on genes it never saw? */
import { summariseValues } from "./evaluate.ts";
import type { BaseMetrics, FoldMetrics, ModelMetrics } from "./types.ts";

type Metric = (model: ModelMetrics) => number;

const macroF1: Metric = (m) => m.macroF1;
const spliceAp: Metric = (m) => m.splice.ap;

/** Rows of the table, and whether more (1) or less (-1) is better. */
const TABLE: readonly (readonly [title: string, metric: Metric, sign: 1 | -1])[] = [
  ["macro F1", macroF1, 1],
  ["donor F1", (m) => m.f1.donor, 1],
  ["acceptor F1", (m) => m.f1.acceptor, 1],
  ["donor AP", (m) => m.ap.donor, 1],
  ["acceptor AP", (m) => m.ap.acceptor, 1],
  ["splice F1", (m) => m.splice.f1, 1],
  ["splice AP", spliceAp, 1],
  ["splice ROC AUC", (m) => m.splice.auc, 1],
  ["gene top-k", (m) => m.topK, 1],
  ["log-loss", (m) => m.logLoss, -1],
];

const WIDTHS = [16, 19, 19, 12, 14] as const;

/**
 * A headline (by default one sentence by the folds alone), then a table of both models (mean ± sample standard deviation over folds), then the errors rescued and
 * introduced. Plain text without colours, at most 100 columns, ends with a newline.
 */
export function verdict(folds: readonly FoldMetrics[], headline?: readonly string[]): string {
  const bases = folds.flatMap((fold) => fold.base ?? []);
  const lines = bases.length === folds.length ? comparedLines(folds, bases, headline) : aloneLines(folds);
  return [...lines, extent(folds)].map((line) => line + "\n").join("");
}

function comparedLines(
  folds: readonly FoldMetrics[],
  bases: readonly BaseMetrics[],
  headline: readonly string[] = judgement(folds, bases),
): string[] {
  const rows = TABLE.map(([title, metric, sign]) => {
    const { difference, better } = compare(folds, bases, metric, sign);
    return [title, meanAndSd(folds, metric), meanAndSd(bases, metric), signed(difference), better];
  });
  return [
    ...headline,
    "",
    ...[["", "meta-model", "base model", "difference", "better in"], ...rows].map(layOut),
    "",
    ...errorLines(folds, bases),
  ];
}

function aloneLines(folds: readonly FoldMetrics[]): string[] {
  const rows = TABLE.map(([title, metric]) => [title, meanAndSd(folds, metric)]);
  return [
    "The data has no base-model scores, so the meta-model is measured on its own.",
    "",
    ...[["", "meta-model"], ...rows].map(layOut),
    "",
  ];
}

/**
 * Better (or worse) when mean macro F1 and mean splice average precision are both higher (lower), each so in more than
 * half of the folds; anything between is called unclear.
 */
function judgement(folds: readonly FoldMetrics[], bases: readonly BaseMetrics[]): string[] {
  const f1 = compare(folds, bases, macroF1, 1);
  const ap = compare(folds, bases, spliceAp, 1);
  const better = [f1, ap].every((c) => c.difference > 0 && 2 * c.wins > c.folds);
  const worse = [f1, ap].every((c) => c.difference < 0 && 2 * c.losses > c.folds);
  const word = better ? "is better" : worse ? "is worse" : "is not clearly better";
  return [
    `The meta-model ${word} than the base model on held-out genes:`,
    `macro F1 is higher in ${f1.better}, splice average precision in ${ap.better}.`,
  ];
}

interface Comparison {
  /** Mean of meta less base over the folds where both are defined. */
  readonly difference: number;
  /** Number of such folds, and of those where the meta-model is better, or worse. */
  readonly folds: number;
  readonly wins: number;
  readonly losses: number;
  /** "4 of 5 folds". */
  readonly better: string;
}

function compare(
  folds: readonly FoldMetrics[],
  bases: readonly BaseMetrics[],
  metric: Metric,
  sign: 1 | -1,
): Comparison {
  const differences = folds.map((fold, i) => metric(fold) - metric(bases[i]));
  const { mean, defined } = summariseValues(differences);
  const wins = differences.filter((d) => sign * d > 0).length;
  const losses = differences.filter((d) => sign * d < 0).length;
  return { difference: mean, folds: defined, wins, losses, better: `${wins} of ${counted(defined, "fold")}` };
}

function meanAndSd(models: readonly ModelMetrics[], metric: Metric): string {
  const { mean, sd } = summariseValues(models.map(metric));
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

function errorLines(folds: readonly FoldMetrics[], bases: readonly BaseMetrics[]): string[] {
  const line = (
    title: string,
    errors: Metric,
    rescued: (base: BaseMetrics) => number,
    introduced: (base: BaseMetrics) => number,
  ) =>
    `${title}: base model ${total(bases, errors)}, meta-model ${total(folds, errors)} ` +
    `(${total(bases, rescued)} rescued, ${total(bases, introduced)} introduced)`;
  return [
    line(
      "False positives",
      (m) => m.splice.falsePositives,
      (b) => b.falsePositivesRescued,
      (b) => b.falsePositivesIntroduced,
    ),
    line(
      "False negatives",
      (m) => m.splice.falseNegatives,
      (b) => b.falseNegativesRescued,
      (b) => b.falseNegativesIntroduced,
    ),
  ];
}

function extent(folds: readonly FoldMetrics[]): string {
  const rows = counted(total(folds, (fold) => fold.testRows), "row");
  const genes = counted(total(folds, (fold) => fold.testGenes), "gene");
  return `Mean ± sd over ${
    counted(folds.length, "fold")
  }: ${rows} of ${genes}, each predicted without its gene.`;
}

function total<T>(items: readonly T[], value: (item: T) => number): number {
  return items.reduce((sum, item) => sum + value(item), 0);
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}
