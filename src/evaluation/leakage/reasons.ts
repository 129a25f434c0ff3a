/** What is said of a feature: sentences with the numbers they rest on. */
import type { Maybe } from "../analysis.ts";
import { CLASSES } from "./gene-labels.ts";
import type { LeakPattern, PerClass } from "./types.ts";

const MADE = "so it tells how the table was made, not what the sequence is";

/** What a pattern is about besides its own values. */
export interface About {
  /** What of the labels the feature counts. */
  readonly counted?: string;
  /** The other feature of a relation, and what relates them. */
  readonly partner?: string;
  readonly relation?: "difference" | "ratio";
}

/** Why a pattern is a leak. */
export function leakReason(pattern: LeakPattern, about: About = {}): string {
  const { kind, genes, exactGenes } = pattern;
  if (kind === "label count") {
    return `It is the same on all rows of a gene and follows ${about.counted} of the gene in ${exactGenes} of ${genes} genes: ` +
      "it is made from the labels.";
  }
  if (kind === "order") {
    return `In ${exactGenes} of ${genes} genes all ${pattern.class} rows lie on the same side of all other rows: ` +
      "no honest score is without an error.";
  }
  const holds = kind === "relation"
    ? `${relationText(pattern, about)} holds`
    : `${capital(valueText(pattern))} is held`;
  return `${holds} ${kind === "relation" ? "on" : "by"} ${shares(pattern)}, ${MADE}.`;
}

/** What a strong pattern is, and why it is no leak. */
export function honestReason(pattern: LeakPattern, follows: string | null): string {
  const why = follows === null
    ? "its other values tell the rows apart by degrees, as a score's do"
    : `where it errs goes by ${follows}, as a call made from a score does`;
  return `${capital(valueText(pattern))} is held by ${shares(pattern)}, but ${why}.`;
}

/** The associations at or above the threshold, or "". */
export function strongReason(
  threshold: number,
  auc: PerClass<Maybe>,
  pearson: PerClass<Maybe>,
  spearman: PerClass<Maybe>,
): string {
  const measures: [string, PerClass<Maybe>, (x: number) => number][] = [
    ["AUC", auc, (x) => Math.max(x, 1 - x)],
    ["|Pearson|", pearson, Math.abs],
    ["|Spearman|", spearman, Math.abs],
  ];
  const found = measures.flatMap(([name, values, size]) =>
    CLASSES.flatMap((of) => {
      const value = values[of];
      return value !== null && size(value) >= threshold
        ? [`${name} ${size(value).toFixed(3)} for ${of}`]
        : [];
    })
  );
  return found.length === 0 ? "" : `${found.join(", ")}; no pattern that the making of a table leaves.`;
}

function shares({ class: of, holders, inHolders, inOthers, genes, exactGenes }: LeakPattern): string {
  const [own, rest] = [`the ${of} rows`, of === "neither" ? "the site rows" : `the rows that are not ${of}`];
  const [holding, others] = holders === "class" ? [own, rest] : [rest, own];
  return `${percent(inHolders)} of ${holding} and ${percent(inOthers)} of ${others} ` +
    `(means over ${genes} genes, ${exactGenes} of them without an exception)`;
}

function valueText({ value }: LeakPattern): string {
  if (value === null) return "one value, each gene's own,";
  if (value === "missing") return "no value (missing)";
  return `the value ${typeof value === "number" ? numberText(value) : value}`;
}

function relationText({ value }: LeakPattern, { partner, relation }: About): string {
  if (typeof value !== "number") return `A ${relation} of its own in each gene to ${partner}`;
  if (value === (relation === "ratio" ? 1 : 0)) return `Equality with ${partner}`;
  return `A ${relation} of ${numberText(value)} to ${partner}`;
}

function numberText(value: number): string {
  return String(Number(value.toPrecision(6)));
}

function percent(share: Maybe): string {
  return `${(100 * (share ?? 0)).toFixed(1)} %`;
}

function capital(text: string): string {
  return text[0].toUpperCase() + text.slice(1);
}
