/** What learning curves say, by stated rules. */
import { CLASS_NAMES, type ClassName } from "../../data/dataset.ts";
import { studentQuantile } from "../../statistics/distributions.ts";
import { mean, variance } from "../../statistics/quantile.ts";
import type { Maybe } from "../analysis.ts";
import type {
  ClassOverfitting,
  LearningCurve,
  OverfittingAnalysis,
  OverfittingVerdict,
  OverFolds,
} from "./types.ts";

export interface Limits {
  readonly overfittingThreshold: number;
  readonly convergenceImprovement: number;
}

/** Share of the trees after which held-out log-loss must still fall for a curve not to have converged. */
const LAST_STRETCH = 0.8;

/** Sums the curves of one class up, one a fold. */
export function judgeClass(
  className: ClassName,
  curves: readonly LearningCurve[],
  limits: Limits,
): ClassOverfitting {
  const gapAp = overFolds(curves.map(({ trainAp, heldOutAp }) => minus(last(trainAp), last(heldOutAp))));
  const gapLogLoss = overFolds(
    curves.map(({ trainLogLoss, heldOutLogLoss }) => minus(last(heldOutLogLoss), last(trainLogLoss))),
  );
  const riseFromBest = overFolds(
    curves.map(({ heldOutLogLoss }) => minus(last(heldOutLogLoss), extreme(heldOutLogLoss, Math.min))),
  );
  const apFallFromBest = overFolds(
    curves.map(({ heldOutAp }) => minus(extreme(heldOutAp, Math.max), last(heldOutAp))),
  );
  const lastImprovement = overFolds(curves.map(lastImprovementOf));
  const verdict = verdictOf(gapAp.mean, riseFromBest.mean, limits);
  const found = {
    className,
    gapAp,
    gapLogLoss,
    bestTrees: overFolds(curves.map(({ bestTrees }) => bestTrees), 0),
    bestTreesAp: overFolds(curves.map(({ bestTreesAp }) => bestTreesAp), 0),
    riseFromBest,
    apFallFromBest,
    lastImprovement,
    converged: lastImprovement.mean === null ? null : lastImprovement.mean < limits.convergenceImprovement,
    verdict,
  };
  return { ...found, sentence: sentenceOf(found, limits) };
}

/** Mean, t interval (cut off at `least`), least and most of the values that are not null. */
export function overFolds(values: readonly Maybe[], least = -Infinity): OverFolds {
  const defined = values.filter((value) => value !== null);
  const folds = defined.length;
  if (folds === 0) return { mean: null, low: null, high: null, min: null, max: null, folds };
  const centre = mean(defined);
  const half = folds < 2 ? null : studentQuantile(0.975, folds - 1) * Math.sqrt(variance(defined) / folds);
  return {
    mean: centre,
    low: half === null ? null : Math.max(least, centre - half),
    high: half === null ? null : centre + half,
    min: Math.min(...defined),
    max: Math.max(...defined),
    folds,
  };
}

function verdictOf(gap: Maybe, rise: Maybe, limits: Limits): OverfittingVerdict {
  if (gap === null || rise === null) return "unknown";
  if (gap <= limits.overfittingThreshold) return "fits";
  return rise > limits.convergenceImprovement ? "overfit" : "memorises";
}

/** What the trees of the last stretch took off the held-out log-loss. */
function lastImprovementOf({ trees, heldOutLogLoss }: LearningCurve): Maybe {
  const from = trees.findLastIndex((count) => count <= LAST_STRETCH * trees[trees.length - 1]);
  return minus(heldOutLogLoss[from], last(heldOutLogLoss));
}

function sentenceOf(
  found: Omit<ClassOverfitting, "sentence">,
  { overfittingThreshold, convergenceImprovement }: Limits,
): string {
  const { className, verdict, gapAp, riseFromBest, apFallFromBest, bestTrees, converged } = found;
  if (verdict === "unknown") return `${className}: the sample has no rows to judge overfitting by.`;
  const gap = `average precision is ${number(gapAp.mean)} higher on training genes than on held-out genes`;
  const ranking = (apFallFromBest.mean ?? 0) > convergenceImprovement
    ? `held-out average precision has fallen by ${number(apFallFromBest.mean)} from its highest`
    : "held-out average precision has not fallen: the probabilities are overconfident, which calibration mends";
  const judged = {
    fits: `${className}: not overfit: ${gap}, which is not above ${overfittingThreshold}.`,
    memorises:
      `${className}: knows its training genes better (${gap}), but held-out log-loss has not risen with ` +
      "more trees: not harmful.",
    overfit:
      `${className}: overfit: ${gap}, and held-out log-loss has risen by ${number(riseFromBest.mean)} ` +
      `since its lowest at ${Math.round(bestTrees.mean ?? 0)} trees (mean over folds); ${ranking}.`,
  }[verdict];
  return judged +
    (converged
      ? ` It has converged: the last fifth of the trees takes less than ${convergenceImprovement} off held-out log-loss.`
      : " It has not converged: held-out log-loss still falls with the last trees.");
}

/**
 * The fewest trees, one number for all three classes, whose held-out log-loss (summed over classes, mean over folds) is within
 * `improvement` of the lowest; beside it the same for average precision. A classifier with fewer trees counts as it ended.
 */
export function recommendTrees(
  curves: readonly LearningCurve[],
  improvement: number,
): OverfittingAnalysis["recommended"] {
  const most = Math.max(0, ...curves.map(({ trees }) => last(trees)));
  const counts = [...new Set(curves.flatMap(({ trees }) => trees))].sort((a, b) => a - b);
  const losses = meanOverFolds(curves, counts, CLASS_NAMES, ({ heldOutLogLoss }) => heldOutLogLoss);
  const precisions = meanOverFolds(curves, counts, ["donor", "acceptor"], ({ heldOutAp }) => heldOutAp);
  if (losses === null || most === 0) {
    const sentence = "The sample has no held-out rows to choose a number of trees by.";
    return { trees: null, treesByAp: null, atLeast: false, sentence };
  }
  const best = Math.min(...losses);
  const trees = counts[losses.findIndex((loss) => loss <= best + improvement)];
  const treesByAp = precisions &&
    counts[precisions.findIndex((ap) => ap >= Math.max(...precisions) - improvement)];
  const before = counts.findLastIndex((count) => count <= LAST_STRETCH * most);
  const atLeast = losses[before] - last(losses) >= improvement && last(losses) <= best + improvement;
  const byAp = treesByAp === null || treesByAp === trees
    ? ""
    : ` Average precision of donors and acceptors is within ${improvement} of its highest from ${treesByAp} trees on.`;
  return {
    trees: atLeast ? most : trees,
    treesByAp,
    atLeast,
    sentence:
      (atLeast
        ? `Held-out log-loss still falls at ${most} trees: --n-estimators ${most} or more.`
        : `--n-estimators ${trees}: with it, held-out log-loss summed over the classes is within ${improvement} of the ` +
          `lowest of ${number(best)}.`) + byAp,
  };
}

/** A value at each number of trees, summed over the classes, mean over the folds that define all of them; null without such folds. */
function meanOverFolds(
  curves: readonly LearningCurve[],
  counts: readonly number[],
  classes: readonly ClassName[],
  valuesOf: (curve: LearningCurve) => readonly Maybe[],
): number[] | null {
  const own = curves.filter(({ className }) => classes.includes(className));
  const defined = own.filter((curve) => valuesOf(curve).every((value) => value !== null));
  const complete = [...new Set(defined.map(({ fold }) => fold))]
    .map((fold) => defined.filter((curve) => curve.fold === fold))
    .filter((fold) => fold.length === classes.length);
  if (complete.length === 0) return null;
  return counts.map((count) =>
    complete.flat().reduce((sum, curve) => sum + valueAt(curve.trees, valuesOf(curve), count), 0) /
    complete.length
  );
}

/** A curve at so many trees, straight between its points, level after the last. */
function valueAt(trees: readonly number[], values: readonly Maybe[], count: number): number {
  const after = trees.findIndex((own) => own >= count);
  if (after < 0) return last(values)!;
  if (after === 0) return values[0]!;
  const share = (count - trees[after - 1]) / (trees[after] - trees[after - 1]);
  return values[after - 1]! + share * (values[after]! - values[after - 1]!);
}

function last<T>(values: readonly T[]): T {
  return values[values.length - 1];
}

function extreme(values: readonly Maybe[], of: (...values: number[]) => number): Maybe {
  const defined = values.filter((value) => value !== null);
  return defined.length === 0 ? null : of(...defined);
}

function minus(a: Maybe, b: Maybe): Maybe {
  return a === null || b === null ? null : a - b;
}

function number(value: Maybe): string {
  return value === null ? "undefined" : value.toFixed(4);
}
