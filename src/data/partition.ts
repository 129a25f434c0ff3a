/** Splitting groups (genes) into parts that resemble each other in every count that matters. */
import { usageError } from "../numerics/errors.ts";
import type { Stream } from "../numerics/random.ts";

/** A group that must stay whole, and the counts to balance (the same kinds, in the same order, for every group). */
export interface CountedGroup {
  readonly id: string;
  /** Non-negative counts, e.g. rows, donors, acceptors. */
  readonly counts: readonly number[];
}

/**
 * Assigns every group to one of `shares.length` parts; part p is to hold about `shares[p]` of each count.
 *
 * Greedy: groups are taken by descending size (the sum of a group's shares of the totals; the seed decides the order
 * among groups of like size, that is within a factor of two), and each goes to the part that raises the cost least. The cost is
 * `sum over parts p and counts k of (S_pk / T_k)^2 / shares[p]`, with S the part's sum and T the total; it is least
 * when every part has its share of everything. For n equal shares the result obeys
 * `sum_pk (S_pk / T_k - 1/n)^2 <= (1 - 1/n) * sum over groups and counts of (count / T_k)^2`.
 *
 * The result depends on ids, counts, shares and the stream alone, not on the order of `groups`. No part stays empty.
 *
 * @param shares positive, summing to 1
 * @returns part (0-based) per group, in the order of `groups`
 * @throws SpliceboostError (usage) when there are fewer groups than parts, or more than 255 parts
 */
export function balancedPartition(
  groups: readonly CountedGroup[],
  shares: readonly number[],
  stream: Stream,
): Uint8Array {
  if (shares.length > 255 || groups.length < shares.length) {
    throw usageError(
      `expected at least as many groups as parts and at most 255 parts, found ${groups.length} groups for ${shares.length} parts`,
    );
  }
  const kinds = groups[0].counts.length;
  const totals = new Float64Array(kinds);
  for (const { counts } of groups) counts.forEach((count, k) => totals[k] += count);

  const parts = new Uint8Array(groups.length);
  const filled = shares.map(() => new Float64Array(kinds));
  const members = new Uint32Array(shares.length);
  let empty = shares.length;
  const order = sizeOrder(groups, totals, stream);
  order.forEach((group, taken) => {
    const { counts } = groups[group];
    const mustFill = order.length - taken === empty;
    let best = -1;
    let bestCost = Infinity;
    for (let part = 0; part < shares.length; part++) {
      if (mustFill && members[part] > 0) continue;
      let cost = 0;
      for (let k = 0; k < kinds; k++) {
        if (totals[k] === 0) continue;
        cost += ((2 * filled[part][k] + counts[k]) * counts[k]) / (totals[k] * totals[k]);
      }
      cost /= shares[part];
      if (cost < bestCost) [best, bestCost] = [part, cost];
    }
    parts[group] = best;
    if (members[best]++ === 0) empty--;
    counts.forEach((count, k) => filled[best][k] += count);
  });
  return parts;
}

/** Indices of the groups, largest octave of size first, shuffled within an octave. */
function sizeOrder(groups: readonly CountedGroup[], totals: Float64Array, stream: Stream): number[] {
  const octave = groups.map(({ counts }) => {
    let size = 0;
    for (let k = 0; k < totals.length; k++) if (totals[k] > 0) size += counts[k] / totals[k];
    return Math.clz32((size / totals.length) * 0x7fffffff);
  });
  const byId = groups.map((_, i) => i).sort((a, b) => (groups[a].id < groups[b].id ? -1 : 1));
  // The sort is stable, so the shuffle survives within an octave.
  return stream.shuffle(byId).sort((a, b) => octave[a] - octave[b]);
}
