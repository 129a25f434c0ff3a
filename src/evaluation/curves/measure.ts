/** Everything that the curves say of one ranking under one weighting of the genes, in one pass over the rows. */
import { type BootstrapPlan, geneWeights } from "../bootstrap.ts";
import { type CompactRanking, weighted } from "./compact.ts";

/** Multiples of the number of sites that top-k is given for, as SpliceAI's authors give it. */
export const TOP_K_MULTIPLES = [0.5, 1, 2, 4] as const;

/** Where the numbers of one weighting stand in its record. */
export interface RecordLayout {
  readonly auc: number;
  readonly ap: number;
  readonly auprg: number;
  /** TOP_K_MULTIPLES.length numbers. */
  readonly topK: number;
  /** `points` numbers each: TPR at `rocGrid`, precision and precision gain at `evenGrid`. */
  readonly roc: number;
  readonly pr: number;
  readonly gain: number;
  readonly length: number;
}

export function recordLayout(points: number): RecordLayout {
  const roc = 3 + TOP_K_MULTIPLES.length;
  return {
    auc: 0,
    ap: 1,
    auprg: 2,
    topK: 3,
    roc,
    pr: roc + points,
    gain: roc + 2 * points,
    length: roc + 3 * points,
  };
}

/** Recalls and recall gains of the bands: evenly from 0 to 1. */
export function evenGrid(points: number): Float64Array {
  return Float64Array.from({ length: points }, (_, i) => i / (points - 1));
}

/** False-positive rates of the bands: cubes of even steps, since sites are rare and low rates are what matters. */
export function rocGrid(points: number): Float64Array {
  return evenGrid(points).map((share) => share ** 3);
}

/** What the task "curves" shares between its payloads. */
export interface CurveTask {
  readonly rankings: readonly CompactRanking[];
  /** Numbers a gene whose means over genes are wanted too; NaN for genes that do not count. */
  readonly byGene: readonly Float64Array[];
  readonly plan: BootstrapPlan;
  readonly points: number;
}

/** Numbers that the task gives for a weighting: the records of all rankings, one behind another, then the means. */
export function numbersAWeighting({ rankings, byGene, points }: CurveTask): number {
  return rankings.length * recordLayout(points).length + byGene.length;
}

/** The numbers of weightings from .. to-1, one behind another. */
export function measureWeightings(
  { from, to }: { readonly from: number; readonly to: number },
  task: CurveTask,
): Float64Array {
  const { length } = recordLayout(task.points);
  const numbers = new Float64Array((to - from) * numbersAWeighting(task));
  let at = 0;
  for (let weighting = from; weighting < to; weighting++) {
    const weights = geneWeights(task.plan, weighting);
    for (const ranking of task.rankings) {
      measure(ranking, weights, task.points, numbers.subarray(at, at + length));
      at += length;
    }
    for (const values of task.byGene) numbers[at++] = weightedMean(values, weights);
  }
  return numbers;
}

function weightedMean(values: Float64Array, weights: Uint16Array): number {
  let [sum, count] = [0, 0];
  for (let g = 0; g < values.length; g++) {
    if (Number.isNaN(values[g])) continue;
    sum += weights[g] * values[g];
    count += weights[g];
  }
  return sum / count;
}

/**
 * Fills a record; NaN where undefined. AUC counts ties half; AP is the sum of steps of recall times precision. Between
 * scores, curves are linear in counts: straight in ROC and gain space; precision at a recall is that of the first threshold
 * reaching it. AUPRG is the area under the gain curve for recall gains from 0 (Flach and Kull, NIPS 2015). Top-k is the
 * share of hits among the k best, of min(k, positives), k = the multiple of the positives rounded down; ties for the last
 * places count their expected share.
 */
export function measure(
  ranking: CompactRanking,
  weights: Uint16Array,
  points: number,
  record: Float64Array,
): void {
  const { gene, positives, negatives, runEnd, groupEnd } = ranking;
  const layout = recordLayout(points);
  const P = weighted(ranking.genePositives, weights);
  const N = weighted(ranking.geneNegatives, weights);
  record.fill(NaN);
  if (P === 0) return;
  const grids = new GridFiller(record, points, P, N);
  let tp = 0;
  let fp = 0;
  let inverse = Infinity; // 1 / tp
  let ordered = 0; // pairs with the positive above, a tie half
  let precisionSum = 0;
  let gainArea = 0;
  const odds = P / N;
  const onset = P * (P / (P + N)); // true positives where recall is the prevalence, and recall gain 0
  let at = 0;
  for (let step = 0; step < groupEnd.length; step++) {
    for (const end = runEnd[step]; at < end; at++) fp += weights[gene[at]] * negatives[at];
    const tp0 = tp;
    const fp0 = fp;
    for (const end = groupEnd[step]; at < end; at++) {
      const weight = weights[gene[at]];
      tp += weight * positives[at];
      fp += weight * negatives[at];
    }
    if (tp === tp0) continue;
    const gained = tp - tp0;
    ordered += gained * (N - 0.5 * (fp0 + fp));
    precisionSum += gained * (tp / (tp + fp));
    const inverse0 = inverse;
    inverse = 1 / tp;
    if (tp > onset) {
      // Width times mean height of the stretch, less P * odds; from the onset on where it lies within.
      const before = tp0 >= onset;
      const startInverse = before ? inverse0 : 1 / onset;
      const startFp = before ? fp0 : fp0 + ((onset - tp0) / gained) * (fp - fp0);
      gainArea += (startInverse - inverse) * (1 - 0.5 * odds * (startFp * startInverse + fp * inverse));
    }
    if (tp >= grids.nextTp || fp > grids.nextFp || tp + fp >= grids.nextCalled) grids.pass(tp0, fp0, tp, fp);
  }
  grids.end();
  record[layout.ap] = precisionSum / P;
  if (N > 0) {
    record[layout.auc] = ordered / (P * N);
    record[layout.auprg] = P * odds * gainArea;
  }
}

/** Values at the points of the grids and at the numbers of calls of top-k, as the counts pass them. */
class GridFiller {
  readonly #record: Float64Array;
  readonly #layout: RecordLayout;
  readonly #points: number;
  readonly #P: number;
  readonly #N: number;
  #roc = 0;
  #pr = 0;
  #gain = 0;
  #topK = 0;
  /** Counts from which `pass` has something to write: true positives, false positives (beyond), calls. */
  nextTp = 0;
  nextFp = 0;
  nextCalled = 0;

  constructor(record: Float64Array, points: number, P: number, N: number) {
    this.#record = record;
    this.#layout = recordLayout(points);
    this.#points = points;
    this.#P = P;
    this.#N = N;
    if (N === 0) this.#roc = this.#gain = points; // no false-positive rate, no prevalence to gain over
    while (this.#topK < TOP_K_MULTIPLES.length && this.#k() === 0) this.#topK++;
    this.#aim();
  }

  /** Rows of one score, positives among them, took the counts from (tp0, fp0) to (tp, fp). */
  pass(tp0: number, fp0: number, tp: number, fp: number): void {
    const [P, N, record, layout] = [this.#P, this.#N, this.#record, this.#layout];
    for (; this.#roc < this.#points && this.#fpAt() < fp; this.#roc++) {
      const wanted = this.#fpAt();
      const share = fp > fp0 ? Math.max(0, (wanted - fp0) / (fp - fp0)) : 0;
      record[layout.roc + this.#roc] = (tp0 + share * (tp - tp0)) / P;
    }
    for (; this.#pr < this.#points && this.#tpAtRecall() <= tp; this.#pr++) {
      record[layout.pr + this.#pr] = tp / (tp + fp);
    }
    for (; this.#gain < this.#points && this.#tpAtGain() <= tp; this.#gain++) {
      const wanted = this.#tpAtGain();
      const false_ = fp0 + ((wanted - tp0) / (tp - tp0)) * (fp - fp0);
      record[layout.gain + this.#gain] = 1 - (P / N) * (false_ / wanted);
    }
    for (; this.#topK < TOP_K_MULTIPLES.length && this.#k() <= tp + fp; this.#topK++) {
      const k = this.#k();
      const share = Math.max(0, (k - tp0 - fp0) / (tp + fp - tp0 - fp0));
      record[layout.topK + this.#topK] = (tp0 + share * (tp - tp0)) / Math.min(k, P);
    }
    this.#aim();
  }

  /** After the last positive. */
  end(): void {
    const [record, layout] = [this.#record, this.#layout];
    for (; this.#roc < this.#points; this.#roc++) if (this.#N > 0) record[layout.roc + this.#roc] = 1;
    for (; this.#topK < TOP_K_MULTIPLES.length; this.#topK++) {
      if (this.#k() > 0) record[layout.topK + this.#topK] = this.#P / Math.min(this.#k(), this.#P);
    }
  }

  #aim(): void {
    this.nextTp = Math.min(
      this.#pr < this.#points ? this.#tpAtRecall() : Infinity,
      this.#gain < this.#points ? this.#tpAtGain() : Infinity,
    );
    this.nextFp = this.#roc < this.#points ? this.#fpAt() : Infinity;
    this.nextCalled = this.#topK < TOP_K_MULTIPLES.length ? this.#k() : Infinity;
  }

  #fpAt(): number {
    return this.#N * (this.#roc / (this.#points - 1)) ** 3;
  }

  #tpAtRecall(): number {
    return (this.#P * this.#pr) / (this.#points - 1);
  }

  /** True positives at a recall gain g: P^2 / (n - N g). */
  #tpAtGain(): number {
    return this.#P * (this.#P / (this.#P + this.#N * (1 - this.#gain / (this.#points - 1))));
  }

  #k(): number {
    return Math.floor(TOP_K_MULTIPLES[this.#topK] * this.#P);
  }
}
