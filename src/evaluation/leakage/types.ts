/**
 * What the leakage screen returns: JSON values only. A leak is a value pattern that the making of the table left behind, not a
 * feature that is merely good; docs/leakage.md has the rule.
 */
import type { Estimate, Maybe } from "../analysis.ts";

/** A number for each class against the rest. */
export interface PerClass<T> {
  readonly neither: T;
  readonly donor: T;
  readonly acceptor: T;
}

export type ClassName = keyof PerClass<unknown>;

/** "leak": left out on request; "strong": tells classes apart, but as an honest score may; "ok": neither. */
export type LeakageVerdict = "leak" | "strong" | "ok";

export interface LeakageOptions {
  /**
   * Least strength of a leaking pattern, and least |correlation| or AUC (or 1 - AUC) of a strong feature; above 0.5, up to 1.
   * `--leakage-threshold`.
   */
  readonly threshold: number;
  /** Draws the rows by which pairs of features are told apart. */
  readonly seed: number;
}

/** How rows of a class can be told from all others by a feature. */
export interface LeakPattern {
  /**
   * "value": one value (of the table or of the gene) held by one side only; "relation": the same of an equality, difference or ratio of two
   * features; "order": all values of a side lie beyond those of the other, in each gene; "label count": the gene's number or share of sites.
   */
  readonly kind: "value" | "relation" | "order" | "label count";
  /** The class that is told from the two others; null for "label count". */
  readonly class: ClassName | null;
  /** "class" where rows of that class hold the value, "others" where the rest does; null where the kind has no holders. */
  readonly holders: "class" | "others" | null;
  /** The value held; null where each gene has its own, or the kind has none. */
  readonly value: number | "missing" | "infinity" | "-infinity" | null;
  /** Share of the holders' rows with the value, and of the other rows; means over genes. Null where the kind has none. */
  readonly inHolders: Maybe;
  readonly inOthers: Maybe;
  /** Their difference; for "order" and "label count" the share of genes that follow it. 0 to 1. */
  readonly strength: number;
  /** Genes by which it was judged, and those of them without an exception. */
  readonly genes: number;
  readonly exactGenes: number;
}

export interface FeatureScreen {
  readonly feature: string;
  readonly verdict: LeakageVerdict;
  /** A sentence with numbers; "" for "ok". */
  readonly reason: string;
  /** What else to know of the feature, or null. */
  readonly remark: string | null;
  /** Share of rows without a value. */
  readonly missing: Maybe;
  /** One value a row, different rows apart; missing is one value. */
  readonly distinctValues: number;
  /** Missing ranked below all values or above them, whichever is further from 0.5: a tree may send it either way. */
  readonly auc: PerClass<Maybe>;
  /** Over rows with a value; signed. */
  readonly pearson: PerClass<Maybe>;
  readonly spearman: PerClass<Maybe>;
  /** Bits about the three-class label, of the feature in at most 32 bins of about equal rows, missing being one more. */
  readonly mutualInformation: Maybe;
  /** Of the label's entropy, 0 to 1. */
  readonly informationShare: Maybe;
  /** The strongest pattern, where one was found of strength 0.5 or more. */
  readonly pattern: LeakPattern | null;
  /** Features that take part: those that share the pattern, and the one a relation is with. */
  readonly partners: readonly string[];
}

export interface LeakageScreen {
  readonly threshold: number;
  readonly seed: number;
  readonly genes: number;
  readonly rows: number;
  /** Bits. */
  readonly labelEntropy: Maybe;
  /** In the order of the sample's features. */
  readonly features: readonly FeatureScreen[];
  readonly notes: readonly string[];
}

/** A feature that is left out. */
export interface LeftOutFeature {
  readonly feature: string;
  readonly reason: string;
}

/** What a fold's models leave out, by the genes they train on. */
export interface FoldScreen {
  /** 0-based. */
  readonly fold: number;
  /** Training genes that were looked at. */
  readonly genes: number;
  readonly leftOut: readonly LeftOutFeature[];
}

export interface FoldScreens {
  /** By all genes: what the final model leaves out is its leaks. */
  readonly all: LeakageScreen;
  readonly folds: readonly FoldScreen[];
  readonly finalLeftOut: readonly LeftOutFeature[];
  readonly notes: readonly string[];
}

/** One class of a run on permuted labels. */
export interface ShuffledClass {
  readonly auc: Estimate;
  readonly ap: Estimate;
  /** Share of rows: the average precision of guessing. */
  readonly prevalence: Maybe;
}

export interface ShuffledLabels {
  readonly classes: PerClass<ShuffledClass>;
  /** Whether no class that could be judged has an AUC whose interval lies above 0.5; null where none could. */
  readonly atChance: boolean | null;
  readonly sentence: string;
}
