/** Corrections of p-values for many tests. Undefined p-values (NaN) stay so and do not count as tests. */

/** Holm's step-down: the chance of any false finding is held. */
export function holm(p: ArrayLike<number>): Float64Array {
  const order = ascending(p);
  const adjusted = new Float64Array(p.length).fill(NaN);
  let least = 0;
  order.forEach((i, rank) => {
    least = Math.max(least, Math.min(1, p[i] * (order.length - rank)));
    adjusted[i] = least;
  });
  return adjusted;
}

/** Benjamini and Hochberg's step-up: the expected share of false findings is held. */
export function benjaminiHochberg(p: ArrayLike<number>): Float64Array {
  const order = ascending(p);
  const adjusted = new Float64Array(p.length).fill(NaN);
  let most = 1;
  for (let rank = order.length - 1; rank >= 0; rank--) {
    most = Math.min(most, p[order[rank]] * (order.length / (rank + 1)));
    adjusted[order[rank]] = most;
  }
  return adjusted;
}

function ascending(p: ArrayLike<number>): number[] {
  return Array.from(p, (_, i) => i).filter((i) => !Number.isNaN(p[i])).sort((a, b) => p[a] - p[b] || a - b);
}
