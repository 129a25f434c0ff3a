/** threshold_suggestion.txt: written for readers and for `predict --threshold-policy`. */
import { nearestName, usageError } from "../../numerics/errors.ts";
import type { Estimate, Maybe } from "../analysis.ts";
import {
  type Achieved,
  GOAL_NAMES,
  type GoalName,
  type PolicyThresholds,
  type Scope,
  SCOPES,
  type SuggestedThreshold,
  type ThresholdAnalysis,
} from "./types.ts";

const FORMAT = "spliceboost-thresholds-1";

/** Keys that carry no threshold; the last three are the original system's. */
const OTHER_KEYS = [
  "format",
  "precision_target",
  "recall_target",
  "output_layer",
  "calibrated",
  "calib_method",
];
const FIELDS = [
  "threshold",
  "threshold_low",
  "threshold_high",
  ...["precision", "recall", "f1"].flatMap((name) => [name, `${name}_low`, `${name}_high`]),
  "precision_same_rows",
  "recall_same_rows",
  "f1_same_rows",
];

/** The policies of a file: its own (the lines threshold_global, ...), and one a goal. */
export type ParsedThresholds = Readonly<Record<"file" | GoalName, PolicyThresholds>>;

/**
 * The text of threshold_suggestion.txt: `key = value` lines and `#` comments; "none" for what is undefined. The first lines
 * have the original's names and are what `--threshold-policy FILE` calls by: best F1, to be edited at will.
 */
export function thresholdText(analysis: ThresholdAnalysis): string {
  const { goals, suggestions } = analysis;
  const find = (goal: GoalName, scope: Scope): SuggestedThreshold =>
    suggestions.find((one) => one.goal === goal && one.scope === scope)!;
  const lines = [
    "# Thresholds suggested from out-of-fold probabilities as delivered: " +
    `${analysis.rows} rows of ${analysis.genes} genes, ${analysis.folds} folds.`,
    "# precision, recall and f1 are nested: the threshold of each fold was chosen on the genes of the other folds.",
    "# Those with _same_rows are of the rows the threshold was chosen on, and optimistic. _low and _high: 95 % over genes.",
    "# Precision and F1 hold where as many rows are sites as in the data; where sites are rarer, precision is lower.",
    "# predict --threshold-policy best-f1|precision|recall calls by the sections below; given this file, by the next lines.",
    `format = ${FORMAT}`,
    ...SCOPES.flatMap((scope) => {
      const { threshold, nested } = find("best-f1", scope);
      return [
        `threshold_${scope} = ${text(threshold.value)}`,
        `F1_${scope} = ${rounded(nested.achieved?.f1.value ?? null)}`,
      ];
    }),
    `precision_target = ${goals.precision}`,
    `recall_target = ${goals.recall}`,
    ...GOAL_NAMES.flatMap((goal) => SCOPES.flatMap((scope) => section(find(goal, scope)))),
  ];
  return lines.map((line) => line + "\n").join("");
}

function section(suggestion: SuggestedThreshold): string[] {
  const { goal, scope, target, threshold, achieved, nested, reason } = suggestion;
  const key = `${goal}.${scope}`;
  const title = goal === "best-f1" ? "highest F1" : `${goal} of at least ${target}`;
  const what = scope === "global" ? "donor + acceptor, splice site or not" : `${scope} probability`;
  const remarks = [reason, nested.reason].filter((remark) => remark !== null);
  const own = (name: "precision" | "recall" | "f1"): string[] =>
    estimate(`${key}.${name}`, of(nested.achieved, name));
  return [
    "",
    `# ${title}: ${what}`,
    ...remarks.map((remark) => `# ${remark}`),
    ...estimate(`${key}.threshold`, threshold),
    ...own("precision"),
    ...own("recall"),
    ...own("f1"),
    `${key}.precision_same_rows = ${rounded(of(achieved, "precision").value)}`,
    `${key}.recall_same_rows = ${rounded(of(achieved, "recall").value)}`,
    `${key}.f1_same_rows = ${rounded(of(achieved, "f1").value)}`,
  ];
}

function of(achieved: Achieved | null, name: "precision" | "recall" | "f1"): Estimate {
  return achieved?.[name] ?? { value: null, low: null, high: null };
}

function estimate(key: string, { value, low, high }: Estimate): string[] {
  const shown = key.endsWith(".threshold") ? text(value) : rounded(value);
  return [`${key} = ${shown}`, `${key}_low = ${rounded(low)}`, `${key}_high = ${rounded(high)}`];
}

/** Six decimals: what is measured, not what is called by. */
function rounded(value: Maybe): string {
  return value === null ? "none" : String(Number(value.toFixed(6)));
}

function text(value: Maybe): string {
  return value === null ? "none" : String(value);
}

/**
 * Reads what `thresholdText` writes, or a few lines of one's own: `threshold_global`, or `threshold_donor` and `threshold_acceptor`. "=" or a
 * tab separates key and value, as in the original's file. Thresholds that are not there are null.
 * @throws SpliceboostError (usage) naming the line: an unknown or repeated key, a threshold that is no number in its range;
 * or where there is no threshold at all
 */
export function parseThresholds(source: string): ParsedThresholds {
  const known = new Set([
    ...OTHER_KEYS,
    ...SCOPES.flatMap((scope) => [`threshold_${scope}`, `F1_${scope}`]),
    ...GOAL_NAMES.flatMap((goal) =>
      SCOPES.flatMap((scope) => FIELDS.map((field) => `${goal}.${scope}.${field}`))
    ),
  ]);
  const values = new Map<string, Maybe>();
  for (const [i, raw] of source.split(/\r?\n/).entries()) {
    const line = raw.trim();
    if (line === "" || line.startsWith("#")) continue;
    const fail = (expected: string, found: string) =>
      usageError(`Threshold file, line ${i + 1}: expected ${expected}, found ${found}.`);
    const [, key, value] = /^([^=\t]+?)\s*[=\t]\s*(.*)$/.exec(line) ?? [];
    if (key === undefined) throw fail('"key = value"', JSON.stringify(line));
    if (!known.has(key)) {
      const near = nearestName(key, known);
      throw fail(`a known key${near ? ` (did you mean "${near}"?)` : ""}`, `"${key}"`);
    }
    if (values.has(key)) throw fail("every key once", `"${key}" again`);
    if (key === "format" && value !== FORMAT) throw fail(`format ${FORMAT}`, `"${value}"`);
    const isThreshold = /^threshold_\w+$|\.threshold$/.test(key);
    if (!isThreshold) {
      values.set(key, null);
      continue;
    }
    const number = value === "none" ? null : value === "" ? NaN : Number(value);
    const most = key.includes("global") ? 2 : 1; // donor + acceptor of two classifiers may exceed 1
    if (number !== null && !(number >= 0 && number <= most)) {
      throw fail(`${key} from 0 to ${most}, or "none"`, JSON.stringify(value));
    }
    values.set(key, number);
  }
  const policy = (keyOf: (scope: Scope) => string): PolicyThresholds => ({
    global: values.get(keyOf("global")) ?? null,
    donor: values.get(keyOf("donor")) ?? null,
    acceptor: values.get(keyOf("acceptor")) ?? null,
  });
  const of = (goal: GoalName) => policy((scope) => `${goal}.${scope}.threshold`);
  const parsed = {
    file: policy((scope) => `threshold_${scope}`),
    "best-f1": of("best-f1"),
    precision: of("precision"),
    recall: of("recall"),
  };
  const found = Object.values(parsed).some((one) => SCOPES.some((scope) => one[scope] !== null));
  if (!found) {
    throw usageError("Threshold file: expected a line such as threshold_global = 0.5, found no threshold.");
  }
  return parsed;
}
