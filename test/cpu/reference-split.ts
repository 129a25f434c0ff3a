/** The best split of a node, every candidate's gain by its canonical expression. */
import type { Lane } from "../../src/numerics/engine.ts";
import { MIN_GAIN, nodeScore, nodeWeight, type Regularisation, splitGain } from "../../src/numerics/gain.ts";
import { type BinnedMatrix, TILE_CELLS } from "../../src/numerics/matrix.ts";
import type { Gradients } from "./reference-gradients.ts";

export function binAt(matrix: BinnedMatrix, row: number, column: number): number {
  const { cell, radix, bins } = matrix.layout.columns[column];
  const byte = matrix.tiles[Math.floor(cell / TILE_CELLS)][row * TILE_CELLS + cell % TILE_CELLS];
  return Math.floor(byte / radix) % bins;
}

/** What all nodes of a tree share. */
export interface TreeContext {
  readonly matrix: BinnedMatrix;
  readonly lane: Lane;
  readonly gradients: Gradients;
  /** A grid unit, and regularisation in grid units. */
  readonly quantum: number;
  readonly units: Regularisation;
}

export interface NodeRows {
  readonly rows: readonly number[];
  readonly lower: number;
  readonly upper: number;
}

export interface Split {
  readonly gain: number;
  readonly column: number;
  readonly bin: number;
  readonly missingLeft: boolean;
  readonly left: NodeRows;
  readonly right: NodeRows;
}

/**
 * @param least least hessian of a child, in grid units
 * @param cutOf the only bin that may be split at, per column; absent: all
 */
export function bestSplit(
  context: TreeContext,
  node: NodeRows,
  columns: readonly number[],
  least: number,
  cutOf?: (column: number, values: number) => number,
): Split | null {
  const { matrix, lane, gradients: { g, h }, quantum, units } = context;
  const p = lane.parameters;
  const { rows, lower, upper } = node;
  const G = sum(g, rows);
  const H = sum(h, rows);
  const parent = nodeScore(G, H, units, lower, upper);
  let best: { gain: number; column: number; bin: number; missingLeft: boolean } | null = null;
  for (const column of columns) {
    const { bins, missingBin } = matrix.layout.columns[column];
    const values = missingBin < 0 ? bins : bins - 1;
    for (let bin = -1; bin < values; bin++) {
      if (cutOf && bin !== cutOf(column, values)) continue;
      for (const missingLeft of [true, false]) {
        let gl = 0;
        let hl = 0;
        for (const row of rows) {
          const b = binAt(matrix, row, column);
          if (b === missingBin ? missingLeft : b <= bin) {
            gl += g[row];
            hl += h[row];
          }
        }
        const hr = H - hl;
        if (hl < least || hr < least) continue;
        const wl = nodeWeight(gl, hl, units, lower, upper);
        const wr = nodeWeight(G - gl, hr, units, lower, upper);
        const direction = p.monotone?.[column] ?? 0;
        if (direction > 0 && wl > wr || direction < 0 && wl < wr) continue;
        const limited = p.monotone !== null;
        const bounds: [number, number] = limited ? [lower, upper] : [-Infinity, Infinity];
        const gain = splitGain(
          scoreIn(gl, hl, units, bounds, limited),
          scoreIn(G - gl, hr, units, bounds, limited),
          parent,
        );
        if (!best || gain > best.gain) best = { gain, column, bin, missingLeft };
      }
    }
  }
  if (!best || !(best.gain * quantum > MIN_GAIN) || best.gain * quantum < p.gamma) return null;
  return { ...best, ...sidesOf(context, node, best) };
}

/** The rows of the children and the bounds of their weights. */
function sidesOf(
  { matrix, lane, gradients: { g, h }, units }: TreeContext,
  { rows, lower, upper }: NodeRows,
  { column, bin, missingLeft }: { column: number; bin: number; missingLeft: boolean },
): { left: NodeRows; right: NodeRows } {
  const { missingBin } = matrix.layout.columns[column];
  const left: number[] = [];
  const right: number[] = [];
  for (const row of rows) {
    const b = binAt(matrix, row, column);
    (b === missingBin ? missingLeft : b <= bin) ? left.push(row) : right.push(row);
  }
  const direction = lane.parameters.monotone?.[column] ?? 0;
  const wl = nodeWeight(sum(g, left), sum(h, left), units, lower, upper);
  const wr = nodeWeight(sum(g, right), sum(h, right), units, lower, upper);
  const middle = (wl + wr) / 2;
  const bounds = direction === 0
    ? [[lower, upper], [lower, upper]]
    : direction > 0
    ? [[lower, middle], [middle, upper]]
    : [[middle, upper], [lower, middle]];
  return {
    left: { rows: left, lower: bounds[0][0], upper: bounds[0][1] },
    right: { rows: right, lower: bounds[1][0], upper: bounds[1][1] },
  };
}

/** Score of a child: with any constraint in the lane, always at its limited weight, as the contract's slow path has it. */
function scoreIn(
  G: number,
  H: number,
  r: Regularisation,
  [lower, upper]: [number, number],
  limited: boolean,
): number {
  if (!limited || lower !== -Infinity || upper !== Infinity || r.maxDeltaStep > 0) {
    return nodeScore(G, H, r, lower, upper);
  }
  const w = nodeWeight(G, H, r);
  return -(2 * G * w + (H + r.lambda) * w * w + 2 * r.alpha * Math.abs(w));
}

export function sum(values: Float64Array, rows: readonly number[]): number {
  let total = 0;
  for (const row of rows) total += values[row];
  return total;
}
