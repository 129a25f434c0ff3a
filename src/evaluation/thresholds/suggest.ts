/** Thresholds for stated goals, and what they achieve on genes that they were not chosen on. */
import { usageError } from "../../numerics/errors.ts";
import type { JudgedRows } from "../analysis.ts";
import {
  bcaEstimate,
  bootstrapNote,
  type BootstrapPlan,
  DEFAULT_RESAMPLES,
  percentileEstimate,
  planBootstrap,
  weightingRanges,
} from "../bootstrap.ts";
import { type CompactRanking, compactRanking } from "../curves/compact.ts";
import { rankClass, type RankedRows } from "../curves/ranked.ts";
import type { TaskPool } from "../workers/pool.ts";
import { callGenes, foldsOf, nestedThresholds, noCalls } from "./nested.ts";
import { chooseSteps, type ChosenSteps, thresholdBetween } from "./choose.ts";
import { applyPolicy, policyRule } from "./policy.ts";
import type { GeneCalls } from "./resample.ts";
import {
  type Achieved,
  GOAL_NAMES,
  type GoalName,
  type PolicyResult,
  type Scope,
  SCOPES,
  type SuggestedThreshold,
  type ThresholdAnalysis,
  type ThresholdGoals,
} from "./types.ts";

/** Least precision and recall where nothing else is said. */
export const DEFAULT_GOALS: ThresholdGoals = { precision: 0.95, recall: 0.95 };

/** Entries of rankings that a task passes over, in all its weightings: some 50 ms. */
const ENTRIES_A_TASK = 2e7;

export interface ThresholdOptions {
  readonly seed: number;
  readonly pool: TaskPool;
  readonly goals?: ThresholdGoals;
  readonly resamples?: number;
}

/** One ranking: a scope's scores, and the thresholds chosen on all rows. */
interface ScopeRanking {
  readonly scope: Scope;
  readonly ranked: RankedRows;
  readonly compact: CompactRanking;
  readonly chosen: ChosenSteps;
}

/**
 * Suggests thresholds on the delivered out-of-fold probabilities: for each goal, one on donor + acceptor (global) and one for each type of
 * site. What they achieve is told twice: on the rows they were chosen on, and nested, chosen on the genes of the other folds. A function
 * of rows, goals, seed and resamples alone.
 * @throws SpliceboostError (usage) for a goal that is not above 0 and at most 1; (interrupted) where the pool closes
 */
export async function suggestThresholds(
  judged: JudgedRows,
  options: ThresholdOptions,
): Promise<ThresholdAnalysis> {
  const { seed, pool, goals = DEFAULT_GOALS, resamples = DEFAULT_RESAMPLES } = options;
  for (const [name, value] of Object.entries(goals)) {
    if (!(value > 0 && value <= 1)) {
      throw usageError(`goals.${name}: expected a share above 0 and at most 1, found ${value}.`);
    }
  }
  const plan = planBootstrap(seed, judged.genes.length, resamples);
  const folds = foldsOf(judged.foldOfGene);
  const everyGene = new Uint16Array(judged.genes.length).fill(1);
  const rankings = SCOPES.map((scope): ScopeRanking => {
    const ranked = rankClass(judged.meta, scope === "global" ? "splice" : scope);
    const compact = compactRanking(ranked);
    return { scope, ranked, compact, chosen: chooseSteps(compact, everyGene, goals) };
  });
  const parts = rankings.flatMap((ranking) =>
    GOAL_NAMES.map((goal) => {
      const { ranked, compact, chosen } = ranking;
      const step = chosen[goal];
      const threshold = step < 0 ? null : thresholdBetween(compact.below[step], compact.score[step]);
      const calls = threshold === null ? noCalls(judged.genes.length) : callGenes(ranked, () => threshold);
      const nested = nestedThresholds(ranking.ranked, compact, judged.foldOfGene, folds, goal, goals);
      return { ranking, goal, threshold, calls, nested };
    })
  );
  const column = await resampleAll(
    rankings.map(({ compact }) => compact),
    parts.flatMap(({ calls, nested }) => [calls, nested.calls]),
    { plan, pool, goals },
  );
  const suggestions = parts.map(({ ranking, goal, threshold, calls, nested }, i): SuggestedThreshold => {
    const thresholds = column(i);
    const achieved = (own: GeneCalls, which: number): Achieved => {
      const first = parts.length + 3 * (2 * i + which);
      const [precision, recall, f1] = [0, 1, 2].map((n) => bcaEstimate(plan, column(first + n)));
      return { precision, recall, f1, called: sum(own.called), hits: sum(own.hits) };
    };
    const met = thresholds.subarray(1, 1 + plan.resamples).filter((value) => !Number.isNaN(value)).length;
    return {
      goal,
      target: goal === "best-f1" ? null : goals[goal],
      scope: ranking.scope,
      threshold: percentileEstimate(plan, thresholds),
      achieved: threshold === null ? null : achieved(calls, 0),
      nested: {
        thresholds: nested.thresholds,
        achieved: nested.thresholds.every((one) => one === null) ? null : achieved(nested.calls, 1),
        reason: nested.reason,
      },
      metShare: plan.resamples === 0 ? null : met / plan.resamples,
      reason: threshold === null ? unmetReason(ranking, goal, goals) : null,
    };
  });
  return {
    goals,
    suggestions,
    policies: GOAL_NAMES.map((goal) => policyResult(goal, suggestions, judged)),
    rows: judged.meta.labels.length,
    genes: judged.genes.length,
    folds: folds.length,
    resamples: plan.resamples,
    notes: [
      bootstrapNote(plan),
      "Thresholds are chosen on all held-out rows; their intervals are percentiles of thresholds chosen on resampled genes. " +
      "What they achieve on the rows they were chosen on is optimistic; nested values are chosen on the genes of the other folds.",
      shareNote(judged),
    ],
  };
}

/** Precision is that of a share of sites, which a table of chosen rows makes larger than a genome's. */
function shareNote({ meta: { labels } }: JudgedRows): string {
  const sites = labels.reduce((count, label) => count + Number(label > 0), 0);
  return `Precision and F1 hold where as many rows are sites as here (${sites} of ${labels.length}); where sites are rarer, the same ` +
    "threshold has less precision.";
}

/** One number under every weighting of the plan, by its place among those of the task. */
async function resampleAll(
  rankings: readonly CompactRanking[],
  calls: readonly GeneCalls[],
  { plan, pool, goals }: { plan: BootstrapPlan; pool: TaskPool; goals: ThresholdGoals },
): Promise<(at: number) => Float64Array> {
  const shared = { rankings, goals, calls, plan };
  const entries = rankings.reduce((total, { gene }) => total + gene.length, 0);
  const size = Math.max(1, Math.floor(ENTRIES_A_TASK / Math.max(1, entries)));
  const parts = await pool.map("thresholds", weightingRanges(plan, size), shared);
  pool.forget(shared);
  const stride = rankings.length * GOAL_NAMES.length + 3 * calls.length;
  return (at) => {
    const values = new Float64Array(plan.weightings);
    let weighting = 0;
    for (const part of parts) {
      for (let i = at; i < part.length; i += stride) values[weighting++] = part[i];
    }
    return values;
  };
}

function unmetReason({ scope, compact, chosen }: ScopeRanking, goal: GoalName, goals: ThresholdGoals) {
  if (compact.score.length === 0) {
    return `There is no ${scope === "global" ? "splice site" : scope} among the rows.`;
  }
  return goal === "precision"
    ? `No threshold has a precision of ${goals.precision}: the highest is ${chosen.bestPrecision.toFixed(4)}.`
    : "No threshold meets the goal.";
}

function policyResult(
  goal: GoalName,
  suggestions: readonly SuggestedThreshold[],
  { meta }: JudgedRows,
): PolicyResult {
  const of = (scope: Scope) =>
    suggestions.find((one) => one.goal === goal && one.scope === scope)?.threshold.value ?? null;
  const policy = { global: of("global"), donor: of("donor"), acceptor: of("acceptor") };
  const by = policyRule(policy);
  if (by === null) return { goal, by, confusion: null };
  const probabilities = new Float32Array(3 * meta.labels.length);
  for (let row = 0; row < meta.labels.length; row++) {
    probabilities[3 * row] = meta.neither[row];
    probabilities[3 * row + 1] = meta.donor[row];
    probabilities[3 * row + 2] = meta.acceptor[row];
  }
  const confusion = [[0, 0, 0], [0, 0, 0], [0, 0, 0]];
  applyPolicy(policy, probabilities).forEach((code, row) => confusion[meta.labels[row]][code]++);
  return { goal, by, confusion };
}

function sum(counts: Uint32Array): number {
  return counts.reduce((total, count) => total + count, 0);
}
