/** Fewer points of a line, the corners first. */

/** Points kept of a line, and how far it strays from the others. */
export interface Thinned {
  /** Indices of the points kept, ascending; the first and the last are among them. */
  readonly kept: number[];
  /** Largest vertical distance of a point from the line through the points kept. */
  readonly largestDeviation: number;
}

/** Points between two points kept, the farthest of them from the line between these. */
interface Stretch {
  readonly from: number;
  readonly to: number;
  readonly farthest: number;
  readonly deviation: number;
}

/**
 * Keeps at most `points` (at least 2) of a line whose x does not descend: its ends, then again and again the point that is
 * farthest from the line as it is (Douglas and Peucker 1973, the worst stretch first). Points on the line are never kept.
 */
export function thin(x: ArrayLike<number>, y: ArrayLike<number>, points: number): Thinned {
  const last = x.length - 1;
  if (last < 1) return { kept: x.length === 0 ? [] : [0], largestDeviation: 0 };
  const kept = [0, last];
  const open = [stretch(x, y, 0, last)];
  while (kept.length < points) {
    const worst = open.reduce((most, one, i) => one.deviation > open[most].deviation ? i : most, 0);
    const { from, to, farthest, deviation } = open[worst];
    if (deviation === 0) break;
    kept.push(farthest);
    open.splice(worst, 1, stretch(x, y, from, farthest), stretch(x, y, farthest, to));
  }
  return {
    kept: kept.sort((a, b) => a - b),
    largestDeviation: Math.max(...open.map(({ deviation }) => deviation)),
  };
}

function stretch(x: ArrayLike<number>, y: ArrayLike<number>, from: number, to: number): Stretch {
  let farthest = from;
  let deviation = 0;
  const width = x[to] - x[from];
  const low = Math.min(y[from], y[to]);
  const high = Math.max(y[from], y[to]);
  for (let i = from + 1; i < to; i++) {
    const distance = width > 0
      ? Math.abs(y[i] - (y[from] + ((x[i] - x[from]) / width) * (y[to] - y[from])))
      : Math.max(0, y[i] - high, low - y[i]);
    if (distance > deviation) [farthest, deviation] = [i, distance];
  }
  return { from, to, farthest, deviation };
}
