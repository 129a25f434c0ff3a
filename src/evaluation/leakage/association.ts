/** How strongly a column goes with the classes, from counts of its values: rank, linear and any association. */
import { entropyBits } from "../../statistics/information.ts";
import type { Maybe } from "../analysis.ts";
import type { CodedColumn } from "./coded-column.ts";
import type { GeneLabels } from "./gene-labels.ts";
import type { FeatureScreen, PerClass } from "./types.ts";

/** Bins of a column for its mutual information, besides that of missing. */
const BINS = 32;

/** Rows of class c with code v over some genes: counts[3 v + c]. */
export function valueCounts(
  { codes, values }: CodedColumn,
  { labels, geneStart }: GeneLabels,
  genes: Uint32Array,
): Uint32Array {
  const counts = new Uint32Array(3 * values.length);
  for (const gene of genes) {
    for (let row = geneStart[gene]; row < geneStart[gene + 1]; row++) counts[3 * codes[row] + labels[row]]++;
  }
  return counts;
}

export type Association = Pick<
  FeatureScreen,
  "missing" | "distinctValues" | "auc" | "pearson" | "spearman" | "mutualInformation" | "informationShare"
>;

/**
 * Associations of a column by its counts. Null where undefined: a class without rows or without others, a column of one value.
 * O(distinct values).
 */
export function associate({ values, missing }: CodedColumn, counts: Uint32Array): Association {
  const classes = [0, 0, 0];
  let distinctValues = 0;
  for (let code = 0; code < values.length; code++) {
    for (let c = 0; c < 3; c++) classes[c] += counts[3 * code + c];
    if (totalOf(counts, code) > 0) distinctValues++;
  }
  const rows = classes[0] + classes[1] + classes[2];
  const present = missing < 0 ? values.length : missing;
  const without = missing < 0 ? 0 : totalOf(counts, missing);
  const ranks = midranksOf(counts, present);
  const labelEntropy = entropyBits(classes);
  const information = rows === 0 ? null : mutualInformation(counts, present, missing, labelEntropy);
  return {
    missing: rows === 0 ? null : without / rows,
    distinctValues,
    auc: perClass((c) => aucOf(counts, present, missing, classes, c)),
    pearson: perClass((c) => correlation(values, counts, present, c)),
    spearman: perClass((c) => correlation(ranks, counts, present, c)),
    mutualInformation: information,
    informationShare: information === null || !(labelEntropy > 0)
      ? null
      : Math.min(1, information / labelEntropy),
  };
}

/** The area under the ROC curve of holding class `c`'s rows above those of the others, among codes below `present`; null where a side is empty. */
export function rocAuc(
  counts: Uint32Array,
  present: number,
  c: number,
  below: readonly [number, number] = [0, 0],
): Maybe {
  // Rows so far of the class and of the others.
  let [own, others] = below;
  let ordered = 0; // twice the pairs in order, a tie counting one
  for (let code = 0; code < present; code++) {
    const tied = counts[3 * code + c];
    const tiedOthers = totalOf(counts, code) - tied;
    ordered += tied * (2 * others + tiedOthers);
    own += tied;
    others += tiedOthers;
  }
  return own > 0 && others > 0 ? ordered / (2 * own * others) : null;
}

/** Missing below all values or above them, whichever is further from 0.5. */
function aucOf(
  counts: Uint32Array,
  present: number,
  missing: number,
  classes: readonly number[],
  c: number,
): Maybe {
  if (missing < 0) return rocAuc(counts, present, c);
  const above = rocAuc(counts, present + 1, c);
  const own = counts[3 * missing + c];
  const others = totalOf(counts, missing) - own;
  if (above === null) return null;
  // Rows without a value below all: each pairs in order with the class's other rows, and ties with its own.
  const valued = rocAuc(counts, present, c, [own, others]);
  const pairs = 2 * classes[c] * (classes[0] + classes[1] + classes[2] - classes[c]);
  const below = (valued ?? 0) + own * others / pairs;
  // A tie, to rounding, goes to above.
  return Math.abs(below - 0.5) > Math.abs(above - 0.5) + 1e-12 ? below : above;
}

/** Pearson's r of numbers by code with the indicator of a class; null for fewer than two rows or where either is constant. */
function correlation(numbers: ArrayLike<number>, counts: Uint32Array, present: number, c: number): Maybe {
  let [n, own, sum] = [0, 0, 0];
  for (let code = 0; code < present; code++) {
    const total = totalOf(counts, code);
    if (total === 0) continue;
    n += total;
    own += counts[3 * code + c];
    sum += total * numbers[code];
  }
  const mean = sum / n;
  let [squares, products] = [0, 0];
  let [least, most] = [Infinity, -Infinity];
  for (let code = 0; code < present; code++) {
    const total = totalOf(counts, code);
    if (total === 0) continue;
    const off = numbers[code] - mean;
    squares += total * off * off;
    products += counts[3 * code + c] * off;
    least = Math.min(least, numbers[code]);
    most = Math.max(most, numbers[code]);
  }
  if (!(most > least) || own === 0 || own === n) return null;
  const r = products / Math.sqrt(squares * (own - own * own / n));
  return Number.isFinite(r) ? Math.max(-1, Math.min(1, r)) : null;
}

/** Mean rank from 1 of each code that occurs. */
function midranksOf(counts: Uint32Array, present: number): Float64Array {
  const ranks = new Float64Array(present);
  let before = 0;
  for (let code = 0; code < present; code++) {
    const total = totalOf(counts, code);
    ranks[code] = before + (total + 1) / 2;
    before += total;
  }
  return ranks;
}

/** Bits about the label of the column in bins of about equal rows; equal values share a bin. */
function mutualInformation(
  counts: Uint32Array,
  present: number,
  missing: number,
  labelEntropy: number,
): number {
  let rows = 0;
  let occurring = 0;
  for (let code = 0; code < present; code++) {
    rows += totalOf(counts, code);
    if (totalOf(counts, code) > 0) occurring++;
  }
  const few = occurring <= BINS;
  const joint = new Float64Array(3 * (BINS + 1));
  let bin = -1;
  let before = 0;
  for (let code = 0; code < present; code++) {
    const total = totalOf(counts, code);
    if (total === 0) continue;
    if (bin < 0 || few || before >= rows * (bin + 1) / BINS) bin++;
    for (let c = 0; c < 3; c++) joint[3 * bin + c] += counts[3 * code + c];
    before += total;
  }
  if (missing >= 0) { for (let c = 0; c < 3; c++) joint[3 * BINS + c] = counts[3 * missing + c]; }
  const bins = Float64Array.from({ length: BINS + 1 }, (_, b) => totalOf(joint, b));
  return Math.max(0, labelEntropy + entropyBits(bins) - entropyBits(joint));
}

function totalOf(counts: ArrayLike<number>, code: number): number {
  return counts[3 * code] + counts[3 * code + 1] + counts[3 * code + 2];
}

function perClass<T>(of: (c: number) => T): PerClass<T> {
  return { neither: of(0), donor: of(1), acceptor: of(2) };
}
