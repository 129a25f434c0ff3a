/** The exact curves of a ranking, a point a distinct score, thinned for display. */
import { ENDS_TIE, POSITIVE, type RankedRows } from "./ranked.ts";
import { thin } from "./thin.ts";
import type { Curve } from "./types.ts";

/** ROC, precision-recall and gain curve; each null where it is undefined (no positives; no negatives, but for PR). */
export interface ExactCurves {
  readonly roc: Curve | null;
  readonly pr: Curve | null;
  readonly gain: Curve | null;
}

/**
 * The curves of all rows, at most `points` (at least 3) points each. The ROC begins at (0, 0). The PR curve begins at the highest score:
 * above it nothing is called and precision is undefined. The gain curve begins at recall gain 0, between two scores if need be.
 */
export function exactCurves(ranked: RankedRows, points: number): ExactCurves {
  const counts = countsByScore(ranked);
  const groups = counts.score.length;
  const P = groups === 0 ? 0 : counts.tp[groups - 1];
  const N = groups === 0 ? 0 : counts.fp[groups - 1];
  if (P === 0) return { roc: null, pr: null, gain: null };
  const { tp, fp, score } = counts;
  const pr = display(tp.map((t) => t / P), tp.map((t, i) => t / (t + fp[i])), [...score], groups, points);
  if (N === 0) return { roc: null, pr, gain: null };
  const roc = display(
    after([0], fp).map((f) => f / N),
    after([0], tp).map((t) => t / P),
    [null, ...score],
    groups + 1,
    points,
  );
  return { roc, pr, gain: gainCurve(counts, P, N, points) };
}

/** True and false positives with a score at or above each distinct score, descending. */
interface Counts {
  readonly tp: Float64Array;
  readonly fp: Float64Array;
  readonly score: Float32Array;
}

function countsByScore({ codes, scores }: RankedRows): Counts {
  const groups = codes.reduce((sum, code) => sum + ((code & ENDS_TIE) !== 0 ? 1 : 0), 0);
  const counts = {
    tp: new Float64Array(groups),
    fp: new Float64Array(groups),
    score: new Float32Array(groups),
  };
  let [tp, fp, group] = [0, 0, 0];
  for (let i = 0; i < codes.length; i++) {
    if ((codes[i] & POSITIVE) !== 0) tp++;
    else fp++;
    if ((codes[i] & ENDS_TIE) === 0) continue;
    counts.tp[group] = tp;
    counts.fp[group] = fp;
    counts.score[group++] = scores[i];
  }
  return counts;
}

/** Precision gain 1 - (P/N) FP/TP against recall gain 1 - (P/N) FN/TP (Flach and Kull 2015). */
function gainCurve({ tp, fp, score }: Counts, P: number, N: number, points: number): Curve {
  const odds = P / N;
  const onset = P * (P / (P + N)); // true positives where the recall gain is 0
  const first = tp.findIndex((t) => t >= onset);
  const [tp0, fp0] = first === 0 ? [0, 0] : [tp[first - 1], fp[first - 1]];
  const crosses = tp[first] > onset;
  const fpAtOnset = fp0 + ((onset - tp0) / (tp[first] - tp0)) * (fp[first] - fp0);
  const shown = {
    tp: after(crosses ? [onset] : [], tp.subarray(first)),
    fp: after(crosses ? [fpAtOnset] : [], fp.subarray(first)),
    score: [...(crosses ? [null] : []), ...score.subarray(first)],
  };
  // The first is 0 by definition, not by rounding.
  const x = shown.tp.map((t, i) => i === 0 ? 0 : 1 - odds * ((P - t) / t));
  const y = shown.tp.map((t, i) => 1 - odds * (shown.fp[i] / t));
  return display(x, y, shown.score, x.length, points);
}

/** Values behind some others; as arguments of a call, a million of them would not fit its stack. */
function after(first: readonly number[], values: Float64Array): Float64Array {
  const all = new Float64Array(first.length + values.length);
  all.set(first);
  all.set(values, first.length);
  return all;
}

function display(
  x: Float64Array,
  y: Float64Array,
  thresholds: readonly (number | null)[],
  exactPoints: number,
  points: number,
): Curve {
  const { kept, largestDeviation } = thin(x, y, points);
  return {
    x: kept.map((i) => x[i]),
    y: kept.map((i) => y[i]),
    thresholds: kept.map((i) => thresholds[i]),
    exactPoints,
    largestDeviation,
  };
}
