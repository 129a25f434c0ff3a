/**
 * The oracle of every tree engine: the contract of src/numerics spelled out row by row, slow and plain. No histogram
 * subtraction, no packing, no skipped rows, no filter: every candidate's gain is evaluated by its canonical expression.
 */
import type { Lane, LaneResult, Tree } from "../../src/numerics/engine.ts";
import { ROLE_TRAIN } from "../../src/numerics/engine.ts";
import { MARGIN_ONE, PROBABILITY_BITS } from "../../src/numerics/fixed.ts";
import { MIN_GAIN, nodeScore, nodeWeight, splitGain } from "../../src/numerics/gain.ts";
import {
  fixedWeight,
  gradientMagnitude,
  gridUnits,
  hessian,
  weighted,
  weightGrid,
} from "../../src/numerics/gradient.ts";
import { type BinnedMatrix, TILE_CELLS } from "../../src/numerics/matrix.ts";
import { PURPOSE, rowDraw, rowKey } from "../../src/numerics/random.ts";
import { allowedAfter, sampleColumns } from "../../src/numerics/column-sample.ts";

export function binAt(matrix: BinnedMatrix, row: number, column: number): number {
  const { cell, radix, bins } = matrix.layout.columns[column];
  const byte = matrix.tiles[Math.floor(cell / TILE_CELLS)][row * TILE_CELLS + cell % TILE_CELLS];
  return Math.floor(byte / radix) % bins;
}

interface Node {
  id: number;
  rows: number[];
  lower: number;
  upper: number;
  path: Set<number>;
}

/** Trains one lane without early stopping. */
export function trainReference(matrix: BinnedMatrix, lane: Lane): LaneResult {
  const margins = new Int32Array(matrix.layout.rows).fill(lane.baseMargin);
  const trees: Tree[] = [];
  for (let round = 0; round < lane.parameters.rounds; round++) {
    trees.push(growTree(matrix, lane, round, margins));
  }
  return { trees, margins, history: new Float64Array() };
}

function growTree(matrix: BinnedMatrix, lane: Lane, round: number, margins: Int32Array): Tree {
  const p = lane.parameters;
  const rows = matrix.layout.rows;
  const { exponent, bits } = weightGrid(lane.weight, (row) => lane.role[row] === ROLE_TRAIN, p.gradientBits);
  const quantum = 2 ** (exponent - bits);
  const units = { lambda: p.regLambda / quantum, alpha: p.regAlpha / quantum, maxDeltaStep: p.maxDeltaStep };
  const leastHessian = Math.max(1, Math.ceil(p.minChildWeight / quantum));

  const fineG = new Float64Array(rows);
  const fineH = new Float64Array(rows);
  const g = new Float64Array(rows);
  const h = new Float64Array(rows);
  const sampleKey = rowKey(lane.seed, PURPOSE.rowSample, round);
  const gridKey = rowKey(lane.seed, PURPOSE.gradient, round);
  for (let row = 0; row < rows; row++) {
    if (lane.role[row] !== ROLE_TRAIN) continue;
    if (rowDraw(sampleKey[0], sampleKey[1], row) >= Math.floor(p.subsample * 2 ** 32)) continue;
    const weight = lane.weight ? fixedWeight(lane.weight[row], exponent) : 65536;
    const sign = lane.target[row] === 1 ? -1 : 1;
    const magnitude = weighted(gradientMagnitude(margins[row], lane.target[row]), weight);
    const curvature = weighted(hessian(margins[row]), weight);
    const draw = rowDraw(gridKey[0], gridKey[1], row);
    fineG[row] = sign * magnitude;
    fineH[row] = curvature;
    g[row] = sign * gridUnits(magnitude, draw, bits);
    h[row] = gridUnits(curvature, draw, bits);
  }

  const tree = {
    column: [-1],
    bin: [0],
    threshold: [0],
    missingLeft: [0],
    left: [-1],
    gain: [0],
    lower: [-Infinity],
    upper: [Infinity],
  };
  const everyRow = Array.from({ length: rows }, (_, row) => row);
  const nodeRows: number[][] = [everyRow];
  let level: Node[] = [{ id: 0, rows: everyRow, lower: -Infinity, upper: Infinity, path: new Set() }];
  const all = matrix.layout.columns.map((_, i) => i).filter((i) => !lane.columns || lane.columns[i] === 1);
  const treeColumns = sampleColumns(all, p.colsampleBytree, lane.seed, round, 0, 0);
  for (let depth = 0; depth < p.maxDepth; depth++) {
    const levelColumns = sampleColumns(treeColumns, p.colsampleBylevel, lane.seed, round, depth + 1, 0);
    // Nodes that the engine still considers: their index is part of the column draw.
    const live = level.filter((node) =>
      depth === 0 ||
      (node.rows.filter((row) => g[row] !== 0 || h[row] !== 0).length >= 2 &&
        sum(h, node.rows) >= 2 * leastHessian)
    );
    const next: Node[] = [];
    live.forEach((node, index) => {
      const reachable = allowedAfter(node.path, p);
      let columns = reachable ? levelColumns.filter((column) => reachable.has(column)) : levelColumns;
      columns = sampleColumns(columns, p.colsampleBynode, lane.seed, round, depth + 1, index + 1);
      const G = sum(g, node.rows);
      const H = sum(h, node.rows);
      const parent = nodeScore(G, H, units, node.lower, node.upper);
      let best: { gain: number; column: number; bin: number; missingLeft: boolean } | null = null;
      for (const column of columns) {
        const { bins, missingBin } = matrix.layout.columns[column];
        const values = missingBin < 0 ? bins : bins - 1;
        for (let bin = -1; bin < values; bin++) {
          for (const missingLeft of [true, false]) {
            let gl = 0;
            let hl = 0;
            for (const row of node.rows) {
              const b = binAt(matrix, row, column);
              if (b === missingBin ? missingLeft : b <= bin) {
                gl += g[row];
                hl += h[row];
              }
            }
            const hr = H - hl;
            if (hl < leastHessian || hr < leastHessian) continue;
            const wl = nodeWeight(gl, hl, units, node.lower, node.upper);
            const wr = nodeWeight(G - gl, hr, units, node.lower, node.upper);
            const direction = p.monotone?.[column] ?? 0;
            if (direction > 0 && wl > wr || direction < 0 && wl < wr) continue;
            const limited = p.monotone !== null;
            const [lower, upper] = limited ? [node.lower, node.upper] : [-Infinity, Infinity];
            const gain = splitGain(
              nodeScoreIn(gl, hl, units, lower, upper, limited),
              nodeScoreIn(G - gl, hr, units, lower, upper, limited),
              parent,
            );
            if (!best || gain > best.gain) best = { gain, column, bin, missingLeft };
          }
        }
      }
      if (!best || !(best.gain * quantum > MIN_GAIN) || best.gain * quantum < p.gamma) return;
      const { column, bin, missingLeft } = best;
      const { cuts, missingBin, bins } = matrix.layout.columns[column];
      const values = missingBin < 0 ? bins : bins - 1;
      const left: number[] = [];
      const right: number[] = [];
      for (const row of node.rows) {
        const b = binAt(matrix, row, column);
        (b === missingBin ? missingLeft : b <= bin) ? left.push(row) : right.push(row);
      }
      const child = tree.column.length;
      tree.column[node.id] = column;
      tree.bin[node.id] = bin;
      tree.threshold[node.id] = bin < 0 ? -Infinity : bin < values - 1 ? cuts[bin] : Infinity;
      tree.missingLeft[node.id] = missingLeft ? 1 : 0;
      tree.left[node.id] = child;
      tree.gain[node.id] = best.gain * quantum;
      const direction = p.monotone?.[column] ?? 0;
      const wl = nodeWeight(sum(g, left), sum(h, left), units, node.lower, node.upper);
      const wr = nodeWeight(sum(g, right), sum(h, right), units, node.lower, node.upper);
      const middle = (wl + wr) / 2;
      const bounds = direction === 0
        ? [[node.lower, node.upper], [node.lower, node.upper]]
        : direction > 0
        ? [[node.lower, middle], [middle, node.upper]]
        : [[middle, node.upper], [node.lower, middle]];
      [left, right].forEach((own, side) => {
        const id = child + side;
        tree.column.push(-1);
        tree.bin.push(0);
        tree.threshold.push(0);
        tree.missingLeft.push(0);
        tree.left.push(-1);
        tree.gain.push(0);
        tree.lower.push(bounds[side][0]);
        tree.upper.push(bounds[side][1]);
        nodeRows[id] = own;
        next.push({
          id,
          rows: own,
          lower: bounds[side][0],
          upper: bounds[side][1],
          path: new Set([...node.path, column]),
        });
      });
    });
    level = next;
  }

  const fineUnit = 2 ** (exponent - PROBABILITY_BITS);
  const r = { lambda: p.regLambda, alpha: p.regAlpha, maxDeltaStep: p.maxDeltaStep };
  const size = tree.column.length;
  const value = new Int32Array(size);
  const cover = new Float64Array(size);
  for (let node = size - 1; node >= 0; node--) {
    if (tree.left[node] >= 0) {
      cover[node] = cover[tree.left[node]] + cover[tree.left[node] + 1];
      continue;
    }
    const G = sum(fineG, nodeRows[node]) * fineUnit;
    cover[node] = sum(fineH, nodeRows[node]) * fineUnit;
    const weight = nodeWeight(G, cover[node], r, tree.lower[node], tree.upper[node]);
    value[node] = Math.floor(weight * p.learningRate * MARGIN_ONE + 0.5);
    for (const row of nodeRows[node]) margins[row] += value[node];
  }
  return {
    column: Int32Array.from(tree.column),
    bin: Int16Array.from(tree.bin),
    threshold: Float32Array.from(tree.threshold),
    missingLeft: Uint8Array.from(tree.missingLeft),
    left: Int32Array.from(tree.left),
    value,
    gain: Float64Array.from(tree.gain),
    cover,
  };
}

/** Score of a child: with any constraint in the lane, always at its limited weight, as the contract's slow path has it. */
function nodeScoreIn(
  G: number,
  H: number,
  r: { lambda: number; alpha: number; maxDeltaStep: number },
  lower: number,
  upper: number,
  limited: boolean,
): number {
  if (!limited || lower !== -Infinity || upper !== Infinity || r.maxDeltaStep > 0) {
    return nodeScore(G, H, r, lower, upper);
  }
  const w = nodeWeight(G, H, r);
  return -(2 * G * w + (H + r.lambda) * w * w + 2 * r.alpha * Math.abs(w));
}

function sum(values: Float64Array, rows: readonly number[]): number {
  let total = 0;
  for (const row of rows) total += values[row];
  return total;
}
