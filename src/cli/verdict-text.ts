/** What `train` prints at the end: the verdict over folds, then what the analysis adds to it in a line each. */
import type { Estimate, Part } from "../evaluation/analysis.ts";
import type { ConfidenceFinding } from "../evaluation/calibration/types.ts";
import type { ComparedMetric, Comparison } from "../evaluation/comparison/types.ts";
import type { Analysis } from "../evaluation/document.ts";
import { verdict } from "../evaluation/verdict.ts";
import type { TrainingRun } from "../training/types.ts";
import { formatInteger } from "./format.ts";

/** The text on stdout, whole lines. */
export function verdictText(run: TrainingRun, document: Analysis): string {
  const trees = Object.entries(run.rounds).map(([name, rounds]) => `${name} ${formatInteger(rounds)}`);
  const judged = run.folds.length > 0
    ? verdict(run.folds, headline(document))
    : "No cross-validation was made (--skip-eval), so nothing is known of the quality.\n";
  const lines = analysisLines(document);
  return [
    judged,
    ...(lines.length > 0 ? ["\n", ...lines.map((line) => `${line}\n`), "\n"] : []),
    `Trees of the final model: ${trees.join(", ")}.\nSHA-256 of the model: ${run.modelSha256}\n`,
  ].join("");
}

/** What the comparison concluded, by intervals and p-values over genes. */
function headline({ comparison }: Analysis): readonly string[] | undefined {
  return comparison.status === "done" ? [comparison.result.conclusion.sentences[0]] : undefined;
}

function analysisLines(document: Analysis): string[] {
  const { comparison, againstRecalibrated, shuffled, leakage, heldOut } = document;
  return [
    ...done(shuffled, ({ sentence }) => [sentence]),
    ...done(comparison, (result) => [
      `Gain over the base model, 95 % intervals over genes: ${gain(result, "macroF1", "macro F1")}; ` +
      `${gain(result, "apSplice", "splice average precision")}.`,
    ]),
    ...done(againstRecalibrated, (result) => [
      `Over the base model recalibrated on the same labels: ${gain(result, "macroF1", "macro F1")}; ` +
      `${gain(result, "apSplice", "splice average precision")}.`,
    ]),
    ...done(heldOut, ({ genes, comparison }) =>
      done(comparison, (result) => [
        `On ${genes} genes kept out of everything: ${gain(result, "macroF1", "macro F1")}; ` +
        `${gain(result, "apSplice", "splice average precision")}.`,
      ])),
    ...confidenceLine(document),
    ...done(leakage, ({ all }) => {
      const leaks = all.features.filter(({ verdict }) => verdict === "leak").map(({ feature }) => feature);
      return leaks.length === 0
        ? [`No feature of ${all.features.length} shows a pattern that gives the label away.`]
        : [`Features that give the label away: ${leaks.join(", ")}.`];
    }),
  ];
}

/** Whether splice probabilities are too sure. */
function confidenceLine({ calibration, overconfidence }: Analysis): string[] {
  const finding: ConfidenceFinding | undefined = calibration.status === "done"
    ? calibration.result.models.at(-1)?.targets.find(({ target }) => target === "splice")?.finding
    : overconfidence.status === "done"
    ? overconfidence.result
    : undefined;
  return finding === undefined ? [] : [finding.sentences[0]];
}

function gain({ metrics }: Comparison, metric: ComparedMetric, title: string): string {
  const found = metrics.find((one) => one.metric === metric);
  return found ? `${title} ${interval(found.difference)}` : `${title} undefined`;
}

function interval({ value, low, high }: Estimate): string {
  const signed = (x: number): string => (x < 0 ? "" : "+") + x.toFixed(3);
  if (value === null) return "undefined";
  return low === null || high === null
    ? signed(value)
    : `${signed(value)} (${signed(low)} to ${signed(high)})`;
}

function done<T>(part: Part<T>, lines: (result: T) => string[]): string[] {
  return part.status === "done" ? lines(part.result) : [];
}
