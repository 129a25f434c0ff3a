/** The rows of a round and their gradients, row by row: the contract of src/numerics spelled out slowly. */
import { type Lane, ROLE_TRAIN } from "../../src/numerics/engine.ts";
import { gossCounts, gossWarmUp, laneGrid } from "../../src/numerics/goss.ts";
import {
  fixedWeight,
  gradientMagnitude,
  gridUnits,
  hessian,
  weighted,
  type WeightGrid,
} from "../../src/numerics/gradient.ts";
import { PURPOSE, rowDraw, rowKey } from "../../src/numerics/random.ts";

/** Gradients per row; zero where a row is not sampled. */
export interface Gradients {
  readonly grid: WeightGrid;
  readonly sampled: readonly boolean[];
  /** In units of 2^(exponent - 28). */
  readonly fineG: Float64Array;
  readonly fineH: Float64Array;
  /** In units of the gradient grid. */
  readonly g: Float64Array;
  readonly h: Float64Array;
}

export function gradientsOf(lane: Lane, round: number, margins: Int32Array): Gradients {
  const grid = laneGrid(lane);
  const { exponent, bits } = grid;
  const rows = margins.length;
  const own = (row: number): number => fixedWeight(lane.weight ? lane.weight[row] : 1, exponent);
  const magnitude = (row: number, weight: number): number =>
    weighted(gradientMagnitude(margins[row], lane.target[row]), weight);
  const weights = weightsOf(lane, round, own, (row) => magnitude(row, own(row)));
  const gridKey = rowKey(lane.seed, PURPOSE.gradient, round);
  const out = {
    grid,
    sampled: weights.map((weight) => weight !== null),
    fineG: new Float64Array(rows),
    fineH: new Float64Array(rows),
    g: new Float64Array(rows),
    h: new Float64Array(rows),
  };
  weights.forEach((weight, row) => {
    if (weight === null) return;
    const sign = lane.target[row] === 1 ? -1 : 1;
    const fine = magnitude(row, weight);
    const curvature = weighted(hessian(margins[row]), weight);
    const draw = rowDraw(gridKey[0], gridKey[1], row);
    out.fineG[row] = sign * fine;
    out.fineH[row] = curvature;
    out.g[row] = sign * gridUnits(fine, draw, bits);
    out.h[row] = gridUnits(curvature, draw, bits);
  });
  return out;
}

/** Fixed-point weight of every row of the round's sample, null for the others. */
function weightsOf(
  { role, target, seed, parameters: p }: Lane,
  round: number,
  own: (row: number) => number,
  magnitude: (row: number) => number,
): (number | null)[] {
  const all = Array.from(role, (_, row) => row);
  const trained = all.filter((row) => role[row] === ROLE_TRAIN);
  const sampling = p.leafwise?.sampling ?? null;
  if (sampling?.kind === "goss" && round >= gossWarmUp(p.learningRate)) {
    const { top, others, amplification } = gossCounts(trained.length, sampling);
    const ranked = [...trained].sort((a, b) => magnitude(b) - magnitude(a) || a - b);
    const key = rowKey(seed, PURPOSE.goss, round);
    const draw = (row: number): number => rowDraw(key[0], key[1], row);
    const drawn = new Set(ranked.slice(top).sort((a, b) => draw(a) - draw(b) || a - b).slice(0, others));
    const kept = new Set(ranked.slice(0, top));
    return all.map((row) => {
      if (kept.has(row)) return own(row);
      return drawn.has(row) ? Math.floor(own(row) * amplification + 0.5) : null;
    });
  }
  const share = (row: number): number => {
    if (!p.leafwise) return p.subsample;
    if (sampling?.kind !== "bagging") return 1;
    return target[row] === 1 ? sampling.positive : sampling.negative;
  };
  const drawnIn = sampling?.kind === "bagging" ? Math.floor(round / sampling.every) * sampling.every : round;
  const key = rowKey(seed, PURPOSE.rowSample, drawnIn);
  const taken = new Set(
    trained.filter((row) => rowDraw(key[0], key[1], row) < Math.floor(share(row) * 2 ** 32)),
  );
  return all.map((row) => (taken.has(row) ? own(row) : null));
}
