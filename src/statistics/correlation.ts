/** Correlations of two columns of equal length. */
import { midranks } from "./ranks.ts";

/** Pearson's r over the pairs where neither value is NaN; NaN for fewer than two pairs or a constant column. */
export function pearson(x: ArrayLike<number>, y: ArrayLike<number>): number {
  let n = 0;
  let [sumX, sumY] = [0, 0];
  for (let i = 0; i < x.length; i++) {
    if (Number.isNaN(x[i]) || Number.isNaN(y[i])) continue;
    n++;
    sumX += x[i];
    sumY += y[i];
  }
  const [centreX, centreY] = [sumX / n, sumY / n];
  let [xx, yy, xy] = [0, 0, 0];
  for (let i = 0; i < x.length; i++) {
    if (Number.isNaN(x[i]) || Number.isNaN(y[i])) continue;
    const [dx, dy] = [x[i] - centreX, y[i] - centreY];
    xx += dx * dx;
    yy += dy * dy;
    xy += dx * dy;
  }
  // The rounded mean of equal values need not equal them, so what is left of a constant column is compared with its size.
  const flat = (squares: number, centre: number): boolean => squares <= n * (centre * 1e-15) ** 2;
  if (flat(xx, centreX) || flat(yy, centreY)) return NaN;
  return Math.max(-1, Math.min(1, xy / Math.sqrt(xx) / Math.sqrt(yy)));
}

/** Spearman's rho (ties get their mean rank) over the pairs where neither value is NaN; NaN as for `pearson`. */
export function spearman(x: ArrayLike<number>, y: ArrayLike<number>): number {
  const both: number[] = [];
  for (let i = 0; i < x.length; i++) if (!Number.isNaN(x[i]) && !Number.isNaN(y[i])) both.push(i);
  return pearson(
    midranks(Float64Array.from(both, (i) => x[i])).ranks,
    midranks(Float64Array.from(both, (i) => y[i])).ranks,
  );
}
