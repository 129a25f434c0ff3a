/** ROC, precision-recall and precision-recall-gain curves of a run, as JSON values. */
import type { Estimate, Maybe } from "../analysis.ts";

/** What a curve ranks: one class against the other two, or splice sites (donor + acceptor) against neither. */
export type CurveClass = "neither" | "donor" | "acceptor" | "splice";

/** A curve, columns of equal length, from the highest threshold down. */
export interface Curve {
  /** ROC: false-positive rate; PR: recall; gain: recall gain. Not descending. */
  readonly x: readonly number[];
  /** ROC: true-positive rate; PR: precision; gain: precision gain. */
  readonly y: readonly number[];
  /** Rows scoring at or above it are called; null at the ROC's origin, where none is, and at points between thresholds. */
  readonly thresholds: readonly Maybe[];
  /** Points of the exact curve, one a distinct score; where `x` has fewer, they are thinned for display. */
  readonly exactPoints: number;
  /** Largest vertical distance of an exact point from the line through the points kept; 0 where none was dropped. */
  readonly largestDeviation: number;
}

/** Pointwise 95 % band over genes, columns of equal length; null where too few resamples define the point. */
export interface Band {
  readonly x: readonly number[];
  readonly mean: readonly Maybe[];
  readonly low: readonly Maybe[];
  readonly high: readonly Maybe[];
}

/** A curve with its band and the area under it. */
export interface JudgedCurve {
  readonly curve: Curve | null;
  readonly band: Band | null;
  /** ROC: AUC; PR: average precision (steps); gain: AUPRG (Flach and Kull 2015). Of all rows, not of the thinned curve. */
  readonly area: Estimate;
}

/** A model's curves of one class. */
export interface ModelCurves {
  readonly roc: JudgedCurve;
  readonly pr: JudgedCurve;
  readonly gain: JudgedCurve;
  /** Why a curve is lacking, or what to know of its shape (a constant score, ...); else null. */
  readonly remark: string | null;
}

/** Both models' curves of one class. */
export interface ClassCurves {
  readonly className: CurveClass;
  readonly positives: number;
  readonly negatives: number;
  /** Share of positive rows: the precision of random calls; null without rows. */
  readonly prevalence: Maybe;
  readonly meta: ModelCurves;
  /** Null where the data has no base scores. */
  readonly base: ModelCurves | null;
}

/** Top-k where k is a multiple of the number of true sites, rounded down. */
export interface TopKPoint {
  /** 0.5, 1, 2, 4. */
  readonly multiple: number;
  /** SpliceAI's, all held-out rows ranked together: hits among the k best over min(k, sites). */
  readonly pooled: Estimate;
  /** Number of rows taken; null without sites. */
  readonly pooledK: Maybe;
  /** The same within each gene, mean over the genes where k is at least 1. */
  readonly byGene: Estimate;
  readonly genes: number;
}

/** A model's top-k of one type of site. */
export interface TopKCurve {
  readonly site: "donor" | "acceptor";
  readonly model: "meta" | "base";
  readonly sites: number;
  readonly points: readonly TopKPoint[];
}

export interface CurveAnalysis {
  /** neither, donor, acceptor, splice. */
  readonly classes: readonly ClassCurves[];
  readonly topK: readonly TopKCurve[];
  readonly rows: number;
  readonly genes: number;
  /** Points asked for, a curve. */
  readonly points: number;
  /** Gene resamples behind the bands and intervals. */
  readonly resamples: number;
  readonly notes: readonly string[];
}
