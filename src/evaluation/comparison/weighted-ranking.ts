/**
 * Average precision, ROC AUC and pooled top-k with a weight a gene, from rows sorted once. Between two scores at which a positive row
 * lies only the number of negatives matters, so rows become entries (group of scores, unit) with their counts: few of them, and exact.
 */
import { argsort } from "../../statistics/argsort.ts";
import type { PositiveLabels } from "../ranking.ts";

/** Rows to be ranked. */
export interface ScoredRows {
  /** Finite. */
  readonly scores: Float32Array;
  readonly labels: Uint8Array;
  /** Unit that each row weighs with: its gene, or its gene as one of two models scored it. */
  readonly unitOfRow: Uint32Array;
}

/** Rows sorted and counted; structured-cloneable. */
export interface UnitRanking {
  readonly units: number;
  /** Entries of the i-th group are groupStart[i] .. groupStart[i+1]-1; groups go from the highest scores down to the last positive. */
  readonly groupStart: Uint32Array;
  /** Unit per entry, and its positive and negative rows there. */
  readonly unit: Uint32Array;
  readonly positives: Uint32Array;
  readonly negatives: Uint32Array;
  /** All positive and negative rows of a unit. */
  readonly unitPositives: Uint32Array;
  readonly unitNegatives: Uint32Array;
}

/** Sorts rows (of one list or several) and counts them by group of scores and unit. */
export function rankUnits(
  lists: readonly ScoredRows[],
  isPositive: PositiveLabels,
  units: number,
): UnitRanking {
  const { scores, positive, unitOf } = joined(lists, isPositive);
  const order = argsort(scores);
  const entries = new EntryList(units);
  const groupStart = [0];
  const close = (): void => {
    if (entries.closeGroup()) groupStart.push(entries.length);
  };
  for (let at = order.length - 1; at >= 0;) {
    const score = scores[order[at]];
    const end = at;
    let tiedPositives = 0;
    for (; at >= 0 && scores[order[at]] === score; at--) tiedPositives += positive[order[at]];
    if (tiedPositives > 0) close(); // the negatives above
    for (let i = at + 1; i <= end; i++) entries.add(unitOf[order[i]], positive[order[i]]);
    if (tiedPositives > 0) close();
  }
  const [unitPositives, unitNegatives] = [new Uint32Array(units), new Uint32Array(units)];
  for (let row = 0; row < positive.length; row++) {
    (positive[row] === 1 ? unitPositives : unitNegatives)[unitOf[row]]++;
  }
  return {
    units,
    groupStart: Uint32Array.from(groupStart),
    ...entries.columns(),
    unitPositives,
    unitNegatives,
  };
}

/** The three numbers of a weighting. */
export interface WeightedRanking {
  /** Each is NaN where the weighted rows have no positives, `auc` also without negatives. */
  readonly ap: number;
  readonly auc: number;
  /** Expected share of the positives among the k first rows, k = their number. */
  readonly topK: number;
}

/** Rows of each group under a weighting. */
export interface GroupCounts {
  readonly positives: Int32Array;
  readonly negatives: Int32Array;
  readonly allPositives: number;
  readonly allNegatives: number;
}

/** As if every row of unit u stood there weights[u] times. */
export function weightedRanking(ranking: UnitRanking, weights: Uint16Array): WeightedRanking {
  return rankingOf(groupCounts(ranking, weights));
}

/** The rows of each group as if those of unit u stood there weights[u] times: the loop that all resampling spends its time in. */
export function groupCounts(ranking: UnitRanking, weights: Uint16Array): GroupCounts {
  const { groupStart, unit, units, positives: positivesOf, negatives: negativesOf } = ranking;
  const groups = groupStart.length - 1;
  const positives = new Int32Array(groups);
  const negatives = new Int32Array(groups);
  for (let group = 0, entry = 0; group < groups; group++) {
    const end = groupStart[group + 1];
    let tiedPositives = 0;
    let tiedNegatives = 0;
    for (; entry < end; entry++) { // in 32-bit integers: twice as fast
      const weight = weights[unit[entry]];
      tiedPositives = (tiedPositives + Math.imul(weight, positivesOf[entry])) | 0;
      tiedNegatives = (tiedNegatives + Math.imul(weight, negativesOf[entry])) | 0;
    }
    positives[group] = tiedPositives;
    negatives[group] = tiedNegatives;
  }
  let [allPositives, allNegatives] = [0, 0];
  for (let u = 0; u < units; u++) {
    allPositives += weights[u] * ranking.unitPositives[u];
    allNegatives += weights[u] * ranking.unitNegatives[u];
  }
  return { positives, negatives, allPositives, allNegatives };
}

/** The rows of `all` that are not among `some`, group by group. */
export function otherCounts(all: GroupCounts, some: GroupCounts): GroupCounts {
  const positives = all.positives.slice();
  const negatives = all.negatives.slice();
  for (let group = 0; group < positives.length; group++) {
    positives[group] -= some.positives[group];
    negatives[group] -= some.negatives[group];
  }
  return {
    positives,
    negatives,
    allPositives: all.allPositives - some.allPositives,
    allNegatives: all.allNegatives - some.allNegatives,
  };
}

/** The metrics of rows counted by group. */
export function rankingOf(
  { positives, negatives, allPositives, allNegatives }: GroupCounts,
): WeightedRanking {
  let above = 0;
  let negativesAbove = 0;
  let precisionSum = 0;
  let ordered = 0;
  let hits = 0;
  let open = allPositives; // places among the first k not taken yet
  for (let group = 0; group < positives.length; group++) {
    const tiedPositives = positives[group];
    const tiedNegatives = negatives[group];
    ordered += tiedNegatives * (2 * above + tiedPositives);
    above += tiedPositives;
    negativesAbove += tiedNegatives;
    const tied = tiedPositives + tiedNegatives;
    if (tiedPositives > 0) {
      precisionSum += tiedPositives * (above / (above + negativesAbove));
      hits += open >= tied ? tiedPositives : open * tiedPositives / tied;
    }
    open = open > tied ? open - tied : 0;
  }
  ordered += 2 * above * (allNegatives - negativesAbove); // those below the last positive
  return {
    ap: precisionSum / allPositives,
    auc: ordered / (2 * allPositives * allNegatives),
    topK: hits / allPositives,
  };
}

function joined(lists: readonly ScoredRows[], isPositive: PositiveLabels) {
  const rows = lists.reduce((sum, list) => sum + list.scores.length, 0);
  const [scores, positive, unitOf] = [new Float32Array(rows), new Uint8Array(rows), new Uint32Array(rows)];
  let at = 0;
  for (const list of lists) {
    scores.set(list.scores, at);
    unitOf.set(list.unitOfRow, at);
    for (let row = 0; row < list.labels.length; row++) positive[at + row] = isPositive[list.labels[row]];
    at += list.scores.length;
  }
  return { scores, positive, unitOf };
}

/** Counts rows by unit until a group closes, then keeps an entry a unit. */
class EntryList {
  readonly #open: [Uint32Array, Uint32Array]; // negatives and positives of the open group, by unit
  readonly #touched: number[] = [];
  readonly #unit: number[] = [];
  readonly #positives: number[] = [];
  readonly #negatives: number[] = [];

  constructor(units: number) {
    this.#open = [new Uint32Array(units), new Uint32Array(units)];
  }

  get length(): number {
    return this.#unit.length;
  }

  add(unit: number, positive: number): void {
    if (this.#open[0][unit] + this.#open[1][unit] === 0) this.#touched.push(unit);
    this.#open[positive][unit]++;
  }

  /** Whether the group had rows. */
  closeGroup(): boolean {
    for (const unit of this.#touched) {
      this.#unit.push(unit);
      this.#negatives.push(this.#open[0][unit]);
      this.#positives.push(this.#open[1][unit]);
      this.#open[0][unit] = this.#open[1][unit] = 0;
    }
    return this.#touched.splice(0).length > 0;
  }

  columns(): Pick<UnitRanking, "unit" | "positives" | "negatives"> {
    return {
      unit: Uint32Array.from(this.#unit),
      positives: Uint32Array.from(this.#positives),
      negatives: Uint32Array.from(this.#negatives),
    };
  }
}
