/** Which features leak, by some of a sample's genes: what each fold and the final model are judged by. */
import type { FeatureSample } from "../analysis.ts";
import { rocAuc, valueCounts } from "./association.ts";
import { codeColumn, type CodedColumn } from "./coded-column.ts";
import { countLabels, type GeneLabels } from "./gene-labels.ts";
import { type GeneProfile, profileGenes } from "./gene-profile.ts";
import { exceptionsOf, follow, isGraded } from "./honest-signs.ts";
import { labelCount } from "./label-count.ts";
import { strongestOrder, strongestValue } from "./patterns.ts";
import { honestReason, leakReason } from "./reasons.ts";
import { type RelationColumn, RelationFinder } from "./relations.ts";
import type { LeakageOptions, LeakPattern } from "./types.ts";

/** A column of fewer values takes no part in relations: that two counts are equal is coincidence. */
const RELATED_VALUES = 64;

/** A feature judged: whether it leaks, or has a pattern as strong and is yet no leak, and why. */
export interface Judgement {
  readonly leaks: boolean;
  /** "" where there is nothing to say. */
  readonly reason: string;
  readonly pattern: LeakPattern | null;
  /** Side that holds the value, or -1. */
  readonly side: number;
  readonly partner: string | null;
}

/** A sample made ready: one pass over each column serves all sets of genes. */
export class LeakageJudge {
  readonly sample: FeatureSample;
  readonly labels: GeneLabels;
  readonly profiles: readonly GeneProfile[];
  readonly #options: LeakageOptions;
  readonly #relations: RelationFinder;
  /** Columns that can take part in relations: they vary within genes and have many values. */
  readonly #relatable: RelationColumn[] = [];

  /** `onColumn` sees each column as it is coded. */
  constructor(
    sample: FeatureSample,
    options: LeakageOptions,
    onColumn: (feature: number, column: CodedColumn, profile: GeneProfile, labels: GeneLabels) => void =
      () => {},
  ) {
    this.sample = sample;
    this.#options = options;
    this.labels = countLabels(sample);
    this.profiles = sample.columns.map((values, feature) => {
      const column = codeColumn(values);
      const profile = profileGenes(column, this.labels);
      if (column.values.length >= RELATED_VALUES && profile.constant.includes(0)) {
        this.#relatable.push({ index: feature, values, integers: column.values.every(isSmallInteger) });
      }
      onColumn(feature, column, profile, this.labels);
      return profile;
    });
    this.#relations = new RelationFinder(this.labels, sample, options.seed);
  }

  column(feature: number): CodedColumn {
    return codeColumn(this.sample.columns[feature]);
  }

  /** Judges all features by the rows of these genes (ascending indices into the sample's genes). */
  judge(genes: Uint32Array): Judgement[] {
    const judgements = this.profiles.map((_, feature) => this.#alone(feature, genes));
    this.#clearCalls(judgements, genes);
    this.#judgeRelations(judgements, genes);
    return judgements;
  }

  /** By the feature's own patterns. */
  #alone(feature: number, genes: Uint32Array): Judgement {
    const { threshold } = this.#options;
    const profile = this.profiles[feature];
    const counted = labelCount(profile, this.labels, genes);
    if (counted !== null && counted.pattern.strength >= threshold) {
      const reason = leakReason(counted.pattern, { counted: counted.counted });
      return { leaks: true, reason, pattern: counted.pattern, side: -1, partner: null };
    }
    const value = strongestValue(profile, this.labels, genes);
    const order = strongestOrder(profile, this.labels, genes);
    const strongest = value !== null && value.pattern.strength >= (order?.pattern.strength ?? 0)
      ? value
      : order;
    if (strongest === null || strongest.pattern.strength < 0.5) return NOTHING;
    if (value !== null && value.pattern.strength >= threshold) {
      const column = this.column(feature);
      const { pattern } = value;
      const exact = order !== null && order.pattern.strength >= threshold;
      const leaks = exact || !isGraded(column, profile, this.labels, genes, value.side);
      const reason = leaks ? leakReason(pattern) : honestReason(pattern, null);
      return { leaks, reason, pattern, side: value.side, partner: null };
    }
    if (order !== null && order.pattern.strength >= threshold) {
      const reason = leakReason(order.pattern);
      return { leaks: true, reason, pattern: order.pattern, side: -1, partner: null };
    }
    return { leaks: false, reason: "", pattern: strongest.pattern, side: strongest.side, partner: null };
  }

  /** Clears features whose exceptions go by a feature that does not leak. */
  #clearCalls(judgements: Judgement[], genes: Uint32Array): void {
    const { columns, names } = this.sample;
    const honest = columns.map((_, feature) => feature).filter((feature) => !judgements[feature].leaks);
    for (const [feature, { leaks, pattern, side }] of judgements.entries()) {
      if (!leaks || pattern?.kind !== "value") continue;
      const exceptions = exceptionsOf(
        this.column(feature),
        this.profiles[feature],
        this.labels,
        genes,
        side,
      );
      const followed = exceptions && honest.find((other) => follow(exceptions, columns[other]));
      if (followed === null || followed === undefined) continue;
      const partner = names[followed];
      judgements[feature] = { leaks: false, reason: honestReason(pattern, partner), pattern, side, partner };
    }
  }

  /** Leaves out one of two related features: the one that goes further with the classes, or the later. */
  #judgeRelations(judgements: Judgement[], genes: Uint32Array): void {
    const { columns, names } = this.sample;
    const open = this.#relatable.filter(({ index }) => !judgements[index].leaks);
    const relations = this.#relations.find(open, genes, this.#options.threshold);
    relations.sort((a, b) => b.found.pattern.strength - a.found.pattern.strength);
    const honest = open.map(({ index }) => index);
    for (const { first, second, kind, found, column, profile } of relations) {
      if (judgements[first].leaks || judgements[second].leaks) continue;
      const exceptions = exceptionsOf(column, profile, this.labels, genes, found.side);
      if (exceptions && honest.some((other) => follow(exceptions, columns[other]))) continue;
      const out = this.#association(first, genes) > this.#association(second, genes) ? first : second;
      const partner = names[out === first ? second : first];
      const pattern: LeakPattern = { ...found.pattern, kind: "relation" };
      const reason = leakReason(pattern, { partner, relation: kind });
      judgements[out] = { leaks: true, reason, pattern, side: found.side, partner };
    }
  }

  /** The largest |2 AUC - 1| of a feature over the classes. */
  #association(feature: number, genes: Uint32Array): number {
    const column = this.column(feature);
    const counts = valueCounts(column, this.labels, genes);
    const sizes = [0, 1, 2].map((c) => Math.abs(2 * (rocAuc(counts, column.values.length, c) ?? 0.5) - 1));
    return Math.max(...sizes);
  }
}

const NOTHING: Judgement = { leaks: false, reason: "", pattern: null, side: -1, partner: null };

function isSmallInteger(value: number): boolean {
  return Number.isNaN(value) || (Number.isInteger(value) && Math.abs(value) <= 2 ** 24);
}
