/** Suggested thresholds, as JSON values. */
import type { Estimate, Maybe } from "../analysis.ts";

/** Names of the goals, as `--threshold-policy` has them. */
export const GOAL_NAMES = ["best-f1", "precision", "recall"] as const;
export type GoalName = (typeof GOAL_NAMES)[number];

/** What is called: a site by donor + acceptor, or one type by its own probability. */
export const SCOPES = ["global", "donor", "acceptor"] as const;
export type Scope = (typeof SCOPES)[number];

/** The least precision and the least recall asked for. */
export interface ThresholdGoals {
  readonly precision: number;
  readonly recall: number;
}

/** What calls at a threshold achieve on given rows, with 95 % intervals over genes. */
export interface Achieved {
  readonly precision: Estimate;
  readonly recall: Estimate;
  readonly f1: Estimate;
  /** Rows called and true sites called. */
  readonly called: number;
  readonly hits: number;
}

/** The same threshold rule chosen without the genes it is judged on: for each fold, on the genes of the other folds. */
export interface NestedThreshold {
  /** Chosen for each fold (by its number from 0), or null where the goal could not be met there. */
  readonly thresholds: readonly Maybe[];
  /** Over the folds with a threshold, their counts added up; null where there is none. */
  readonly achieved: Achieved | null;
  /** Folds without a threshold, and why; else null. */
  readonly reason: string | null;
}

/** One goal for one scope. */
export interface SuggestedThreshold {
  readonly goal: GoalName;
  /** The least precision or recall asked for; null for best-f1. */
  readonly target: Maybe;
  readonly scope: Scope;
  /** Rows scoring at or above it are called; its interval is that of thresholds chosen on resampled genes. */
  readonly threshold: Estimate;
  /** On the rows it was chosen on, at this threshold: optimistic; `nested` is the honest one. */
  readonly achieved: Achieved | null;
  readonly nested: NestedThreshold;
  /** Share of the resamples in which the goal can be met; null without resamples. */
  readonly metShare: Maybe;
  /** Why there is no threshold; null where there is one. */
  readonly reason: string | null;
}

/** Thresholds as they are applied; null where a goal could not be met. */
export interface PolicyThresholds {
  readonly global: Maybe;
  readonly donor: Maybe;
  readonly acceptor: Maybe;
}

/** What the whole rule of `applyPolicy` gives for each type of site, on the rows the thresholds were chosen on. */
export interface PolicyResult {
  readonly goal: GoalName;
  /** Whether the rule calls by the global threshold or by each type's own; null where it cannot call. */
  readonly by: "global" | "class" | null;
  /** confusion[true][called], class order neither, donor, acceptor; null where it cannot call. */
  readonly confusion: readonly (readonly number[])[] | null;
}

export interface ThresholdAnalysis {
  readonly goals: ThresholdGoals;
  /** Every goal for every scope. */
  readonly suggestions: readonly SuggestedThreshold[];
  readonly policies: readonly PolicyResult[];
  readonly rows: number;
  readonly genes: number;
  readonly folds: number;
  readonly resamples: number;
  readonly notes: readonly string[];
}
