/** The ROC AUC of a feature, over all rows and within genes, with genes as the independent units. */

/** Rows that have a value, in ascending order of their values. */
export interface SortedRows {
  /** Class code per row. */
  readonly labels: Uint8Array;
  readonly genes: Uint32Array;
  /** Ends of the runs of equal values, ascending. */
  readonly tieEnds: Uint32Array;
}

/** Classes that count as positive, by class code; class 0 is negative, other rows are left out. */
export type Positives = readonly [0, 0 | 1, 0 | 1];

/** The AUC of the positive classes against neither. */
export interface GeneAuc {
  /** Rows with a value. */
  readonly positives: number;
  readonly negatives: number;
  /** Share of pairs of rows in the right order, ties half; NaN where a side is empty. */
  readonly auc: number;
  /** Its standard error with genes as clusters (Obuchowski 1997); NaN with fewer than two genes on a side. */
  readonly standardError: number;
  /** AUC within each gene; NaN where a side is empty. */
  readonly withinGene: Float64Array;
}

/** @param order rows in ascending order of their values, those without a value left out */
export function sortRows(
  values: ArrayLike<number>,
  order: Uint32Array,
  labels: Uint8Array,
  geneOf: Uint32Array,
): SortedRows {
  const sorted = { labels: new Uint8Array(order.length), genes: new Uint32Array(order.length) };
  const tieEnds = new Uint32Array(order.length);
  let runs = 0;
  for (let i = 0; i < order.length; i++) {
    const row = order[i];
    sorted.labels[i] = labels[row];
    sorted.genes[i] = geneOf[row];
    if (i + 1 === order.length || values[order[i + 1]] !== values[row]) tieEnds[runs++] = i + 1;
  }
  return { ...sorted, tieEnds: tieEnds.slice(0, runs) };
}

/** The AUC over all rows and within each of so many genes. */
export function geneAuc(
  { labels, genes, tieEnds }: SortedRows,
  geneCount: number,
  positive: Positives,
): GeneAuc {
  const count = { positive: new Float64Array(geneCount), negative: new Float64Array(geneCount) };
  for (let i = 0; i < labels.length; i++) {
    if (labels[i] === 0) count.negative[genes[i]]++;
    else count.positive[genes[i]] += positive[labels[i]];
  }
  const [positives, negatives] = [sum(count.positive), sum(count.negative)];
  // Sums per gene of: negatives below each positive, positives above each negative, ties half.
  const below = new Float64Array(geneCount);
  const above = new Float64Array(geneCount);
  const within = new Float64Array(geneCount);
  const seen = new Float64Array(geneCount); // negatives of the gene at lower values
  let [start, positivesBefore, negativesBefore] = [0, 0, 0];
  for (let run = 0; run < tieEnds.length; run++) {
    const end = tieEnds[run];
    let [tiedPositives, tiedNegatives] = [0, 0];
    for (let i = start; i < end; i++) {
      const label = labels[i];
      tiedPositives += positive[label];
      if (label !== 0) continue;
      tiedNegatives++;
      // Half of a tie counts: half before the positives of the value are looked at, half after.
      seen[genes[i]] += 0.5;
    }
    const lower = negativesBefore + tiedNegatives / 2;
    const higher = positives - positivesBefore - tiedPositives / 2;
    for (let i = start; i < end; i++) {
      const gene = genes[i];
      if (labels[i] === 0) above[gene] += higher;
      else if (positive[labels[i]] === 1) {
        below[gene] += lower;
        within[gene] += seen[gene];
      }
    }
    for (let i = start; i < end; i++) if (labels[i] === 0) seen[genes[i]] += 0.5;
    positivesBefore += tiedPositives;
    negativesBefore += tiedNegatives;
    start = end;
  }
  const auc = sum(below) / (positives * negatives);
  return {
    positives,
    negatives,
    auc,
    standardError: clusteredError(auc, count, below, above),
    withinGene: within.map((pairs, gene) => pairs / (count.positive[gene] * count.negative[gene])),
  };
}

/** Obuchowski, Biometrics 53 (1997) 567-578: the variance of an AUC whose rows come in clusters of either or both sides. */
function clusteredError(
  auc: number,
  count: { readonly positive: Float64Array; readonly negative: Float64Array },
  below: Float64Array,
  above: Float64Array,
): number {
  const [m, n] = [sum(count.positive), sum(count.negative)];
  let [withPositives, withNegatives, withAny] = [0, 0, 0];
  let [ofPositives, ofNegatives, ofBoth] = [0, 0, 0];
  for (let gene = 0; gene < below.length; gene++) {
    const [p, q] = [count.positive[gene], count.negative[gene]];
    if (p > 0) withPositives++;
    if (q > 0) withNegatives++;
    if (p + q > 0) withAny++;
    const x = below[gene] / n - p * auc;
    const y = above[gene] / m - q * auc;
    ofPositives += x * x;
    ofNegatives += y * y;
    ofBoth += x * y;
  }
  if (withPositives < 2 || withNegatives < 2) return NaN;
  const variance = ofPositives * withPositives / (withPositives - 1) / m ** 2 +
    ofNegatives * withNegatives / (withNegatives - 1) / n ** 2 +
    2 * ofBoth * withAny / (withAny - 1) / (m * n);
  return Math.sqrt(Math.max(0, variance));
}

function sum(values: Float64Array): number {
  let total = 0;
  for (const value of values) total += value;
  return total;
}
