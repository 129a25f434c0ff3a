/** ROC, precision-recall and gain curves of both models, with bands over genes. */
import { usageError } from "../../numerics/errors.ts";
import type { Estimate, JudgedRows } from "../analysis.ts";
import {
  bcaEstimate,
  bootstrapNote,
  type BootstrapPlan,
  DEFAULT_RESAMPLES,
  percentileEstimate,
  planBootstrap,
  weightingRanges,
} from "../bootstrap.ts";
import type { EvaluatedRows } from "../rows.ts";
import type { TaskPool } from "../workers/pool.ts";
import { compactRanking } from "./compact.ts";
import { exactCurves } from "./exact.ts";
import { evenGrid, numbersAWeighting, recordLayout, rocGrid } from "./measure.ts";
import { rankClass, type RankedRows } from "./ranked.ts";
import { sharesByGene, topKCurve } from "./top-k.ts";
import type { Band, CurveAnalysis, CurveClass, ModelCurves, TopKCurve } from "./types.ts";

/** Points of a curve where nothing else is said (--n-roc-points). */
export const DEFAULT_CURVE_POINTS = 101;

const CLASSES: readonly CurveClass[] = ["neither", "donor", "acceptor", "splice"];

/** Entries of rankings that a task passes over, in all its weightings: some 50 ms. */
const ENTRIES_A_TASK = 2e7;

export interface CurveOptions {
  readonly seed: number;
  readonly pool: TaskPool;
  /** Points of a curve, at least 3 (default 101). */
  readonly points?: number;
  /** Gene resamples (default that of bootstrap.ts). */
  readonly resamples?: number;
}

/**
 * Curves of each class and of splice sites against neither, base model and meta-model, exact from all rows and thinned to
 * `points`; areas with BCa intervals and pointwise percentile bands over genes; top-k for several multiples of the number of
 * sites. A function of rows, seed, points and resamples alone.
 * @throws SpliceboostError (usage) unless `points` is a whole number from 3 to 1,000; (interrupted) where the pool closes
 */
export async function analyseCurves(judged: JudgedRows, options: CurveOptions): Promise<CurveAnalysis> {
  const { seed, pool, points = DEFAULT_CURVE_POINTS, resamples = DEFAULT_RESAMPLES } = options;
  if (!Number.isInteger(points) || points < 3 || points > 1000) {
    throw usageError(`points (--n-roc-points): expected a whole number from 3 to 1000, found ${points}.`);
  }
  const { meta } = judged;
  const plan = planBootstrap(seed, judged.genes.length, resamples);
  const judgments = CLASSES.flatMap((className) => [
    judgment(meta, "meta", className),
    ...(judged.base ? [judgment(judged.base, "base", className)] : []),
  ]);
  const measured = await measureAll(judgments, plan, points, pool);
  const curves = judgments.map(({ className, model, ranked }, i) => ({
    className,
    model,
    curves: modelCurves(ranked, measured.columns(i), plan, points),
  }));
  const find = (className: CurveClass, model: "meta" | "base"): ModelCurves | null =>
    curves.find((one) => one.className === className && one.model === model)?.curves ?? null;
  return {
    classes: CLASSES.map((className) => {
      const positives = countPositives(meta, className);
      const rows = meta.labels.length;
      return {
        className,
        positives,
        negatives: rows - positives,
        prevalence: rows === 0 ? null : positives / rows,
        meta: find(className, "meta")!,
        base: find(className, "base"),
      };
    }),
    topK: judgments.flatMap(({ rows, className, model, byGene }, i): TopKCurve[] => {
      if (className !== "donor" && className !== "acceptor") return [];
      const pooled = byGene.map((_, m) => measured.columns(i)(recordLayout(points).topK + m));
      return [topKCurve(rows, className, model, byGene, { plan, pooled, means: measured.means(i) })];
    }),
    rows: meta.labels.length,
    genes: judged.genes.length,
    points,
    resamples: plan.resamples,
    notes: notesOf(plan, points),
  };
}

/** One ranking to measure. */
interface Judgment {
  readonly className: CurveClass;
  readonly model: "meta" | "base";
  readonly rows: EvaluatedRows;
  readonly ranked: RankedRows;
  /** Top-k of each gene, a column a multiple; none for classes that are no type of site. */
  readonly byGene: readonly Float64Array[];
}

function judgment(rows: EvaluatedRows, model: "meta" | "base", className: CurveClass): Judgment {
  const byGene = className === "donor" || className === "acceptor" ? sharesByGene(rows, className) : [];
  return { className, model, rows, ranked: rankClass(rows, className), byGene };
}

/** One number of a ranking's records under every weighting. */
type Columns = (at: number) => Float64Array;

/** The records of each ranking and the means of its numbers by gene, measured in the pool. */
async function measureAll(
  judgments: readonly Judgment[],
  plan: BootstrapPlan,
  points: number,
  pool: TaskPool,
): Promise<{ columns: (ranking: number) => Columns; means: (ranking: number) => Float64Array[] }> {
  const rankings = judgments.map(({ ranked }) => compactRanking(ranked));
  const byGene = judgments.flatMap((judgment) => judgment.byGene);
  const shared = { rankings, byGene, plan, points };
  const entries = rankings.reduce((sum, { gene }) => sum + gene.length, 0);
  const size = Math.max(1, Math.floor(ENTRIES_A_TASK / Math.max(1, entries)));
  const parts = await pool.map("curves", weightingRanges(plan, size), shared);
  pool.forget(shared);
  const { length } = recordLayout(points);
  const stride = numbersAWeighting(shared);
  const column = (at: number): Float64Array => {
    const values = new Float64Array(plan.weightings);
    let weighting = 0;
    for (const part of parts) {
      for (let i = at; i < part.length; i += stride) values[weighting++] = part[i];
    }
    return values;
  };
  return {
    columns: (ranking) => (at) => column(ranking * length + at),
    means: (ranking) => {
      const first = rankings.length * length +
        judgments.slice(0, ranking).reduce((sum, judgment) => sum + judgment.byGene.length, 0);
      return judgments[ranking].byGene.map((_, m) => column(first + m));
    },
  };
}

function modelCurves(ranked: RankedRows, columns: Columns, plan: BootstrapPlan, points: number): ModelCurves {
  const layout = recordLayout(points);
  const exact = exactCurves(ranked, points);
  const judged = (curve: "roc" | "pr" | "gain", area: number, grid: Float64Array) => ({
    curve: exact[curve],
    band: exact[curve] && band(grid, (i) => columns(layout[curve] + i), plan),
    area: bcaEstimate(plan, columns(area)),
  });
  return {
    roc: judged("roc", layout.auc, rocGrid(points)),
    pr: judged("pr", layout.ap, evenGrid(points)),
    gain: judged("gain", layout.auprg, evenGrid(points)),
    remark: remarkOf(ranked),
  };
}

/** Null where nothing is resampled. */
function band(grid: Float64Array, column: (i: number) => Float64Array, plan: BootstrapPlan): Band | null {
  if (plan.resamples === 0) return null;
  const points: Estimate[] = Array.from(grid, (_, i) => bandPoint(plan, column(i)));
  return {
    x: [...grid],
    mean: points.map(({ value }) => value),
    low: points.map(({ low }) => low),
    high: points.map(({ high }) => high),
  };
}

/** Mean over the resamples (vertical averaging, Fawcett 2006) and the percentile interval. */
function bandPoint(plan: BootstrapPlan, values: Float64Array): Estimate {
  const { low, high } = percentileEstimate(plan, values);
  if (low === null) return { value: null, low, high };
  const defined = values.subarray(1, 1 + plan.resamples).filter((value) => !Number.isNaN(value));
  return { value: defined.reduce((sum, value) => sum + value, 0) / defined.length, low, high };
}

function remarkOf({ scores, positives, negatives }: RankedRows): string | null {
  const sum = (counts: Uint32Array): number => counts.reduce((total, count) => total + count, 0);
  if (scores.length === 0) return "There are no rows.";
  if (sum(positives) === 0) return "No row is of this class: there is no curve.";
  if (sum(negatives) === 0) return "All rows are of this class: only precision and recall are defined.";
  if (scores[0] === scores[scores.length - 1]) {
    return `All rows have the score ${scores[0]}: the model does not rank them.`;
  }
  return null;
}

function countPositives({ labels }: EvaluatedRows, className: CurveClass): number {
  const codes = { neither: [0], donor: [1], acceptor: [2], splice: [1, 2] }[className];
  return labels.reduce((sum, label) => sum + (codes.includes(label) ? 1 : 0), 0);
}

function notesOf(plan: BootstrapPlan, points: number): string[] {
  const notes = [
    bootstrapNote(plan),
    `Curves are exact from all rows and shown with at most ${points} points, the corners first; areas are of the exact curves.`,
  ];
  if (plan.resamples === 0) return notes;
  return [
    ...notes,
    "Bands are pointwise 95 % percentile intervals over the same resamples, averaged vertically at fixed false-positive " +
    "rates (cubes of even steps: low rates matter), recalls and recall gains.",
  ];
}
