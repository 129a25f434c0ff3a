/** Which columns a node may split on: the lane's, column samples and interaction constraints. */
import { PURPOSE, rowDraw, rowKey } from "./random.ts";
import type { GrowthParameters, Lane } from "./engine.ts";

/** The columns of a matrix of so many that a lane may split on, ascending. */
export function laneColumns({ columns }: Pick<Lane, "columns">, count: number): readonly number[] {
  const all = Array.from({ length: count }, (_, column) => column);
  return columns ? all.filter((column) => columns[column] === 1) : all;
}

/** How many of n columns a fraction is: XGBoost's count. */
export function floorCount(n: number, fraction: number): number {
  return Math.max(1, Math.floor(fraction * n));
}

/** How many of n columns a fraction is: LightGBM's count. */
export function roundCount(n: number, fraction: number): number {
  return Math.max(Math.min(2, n), Math.floor(fraction * n + 0.5));
}

/** `countOf` so many of the columns, by lowest draw; ascending. */
export function sampleColumns(
  columns: readonly number[],
  fraction: number,
  seed: number,
  round: number,
  level: number,
  node: number,
  countOf: (n: number, fraction: number) => number = floorCount,
): readonly number[] {
  if (fraction >= 1) return columns;
  const [key0, key1] = rowKey(seed, PURPOSE.columnSample, round, level, node);
  const count = countOf(columns.length, fraction);
  const draws = columns.map((column) => ({ column, draw: rowDraw(key0, key1, column) }));
  draws.sort((a, b) => a.draw - b.draw);
  return draws.slice(0, count).map(({ column }) => column).sort((a, b) => a - b);
}

/**
 * Columns that may follow on a path that has split on `path`: the path's own, and those of every group that holds
 * the whole path (XGBoost's interaction constraints). Null where all may.
 */
export function allowedAfter(
  path: ReadonlySet<number>,
  parameters: Pick<GrowthParameters, "interactions">,
): ReadonlySet<number> | null {
  if (!parameters.interactions || path.size === 0) return null;
  const allowed = new Set(path);
  for (const group of parameters.interactions) {
    const members = new Set(group);
    if ([...path].every((column) => members.has(column))) { for (const column of group) allowed.add(column); }
  }
  return allowed;
}

/** The level that column samples of leaf-wise growth are drawn under, whatever the depth: their nodes are told apart by path. */
export const LEAFWISE_LEVEL = 255;
/** A root's path. */
export const ROOT_PATH = 0;

/** A u32 for the left (0) or right (1) child of the node on `path`: a function of the turns from the root, not of the order of growth. */
export function childPath(path: number, side: 0 | 1): number {
  return rowDraw(path, 0x9e3779b9, side);
}
