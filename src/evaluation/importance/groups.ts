/** Groups of correlated features. */

/**
 * Average-linkage clusters: two clusters are one where the mean similarity of their pairs is at least `cutoff`. Found by chains of nearest
 * neighbours (Murtagh 1983), in the square of the number of features; ties go to the lowest index.
 * @param similarity (n, n) row-major and symmetric; NaN counts as 0
 * @returns members of each group, ascending, in the order of their first
 */
export function averageLinkage(similarity: Float64Array, n: number, cutoff: number): number[][] {
  const between = similarity.map((value) => Number.isNaN(value) ? 0 : value);
  const members: (number[] | null)[] = Array.from({ length: n }, (_, i) => [i]);
  /** Merges that reach the cutoff; those below it only lead the chain on. */
  const groupOf = Int32Array.from({ length: n }, (_, i) => i);
  const chain: number[] = [];
  for (let left = n; left > 1;) {
    if (chain.length === 0) chain.push(members.findIndex((own) => own !== null));
    const tip = chain[chain.length - 1];
    const previous = chain[chain.length - 2] ?? -1;
    // The one before wins ties, or the chain could go round.
    let best = previous;
    for (let other = 0; other < n; other++) {
      if (other === tip || members[other] === null) continue;
      if (best < 0 || between[tip * n + other] > between[tip * n + best]) best = other;
    }
    if (best !== previous) {
      chain.push(best);
      continue;
    }
    chain.length -= 2;
    merge(tip, best);
    left--;
  }
  const groups = new Map<number, number[]>();
  groupOf.forEach((group, i) => groups.set(group, [...(groups.get(group) ?? []), i]));
  return [...groups.values()];

  function merge(a: number, b: number): void {
    const [own, added] = [members[a]!, members[b]!];
    if (between[a * n + b] >= cutoff) { for (const i of added) groupOf[i] = groupOf[own[0]]; }
    for (let other = 0; other < n; other++) {
      if (other === a || other === b || members[other] === null) continue;
      const mean = (own.length * between[a * n + other] + added.length * between[b * n + other]) /
        (own.length + added.length);
      between[a * n + other] = between[other * n + a] = mean;
    }
    members[a] = [...own, ...added];
    members[b] = null;
  }
}
