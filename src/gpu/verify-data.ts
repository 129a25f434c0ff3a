/** Small random trainings: a binned matrix and lanes over it, made by hand. */
import {
  type GrowthParameters,
  type Lane,
  ROLE_ASIDE,
  ROLE_TRAIN,
  ROLE_VALIDATION,
} from "../numerics/engine.ts";
import { MARGIN_ONE } from "../numerics/fixed.ts";
import { type BinnedColumn, type BinnedMatrix, TILE_CELLS } from "../numerics/matrix.ts";
import { Stream } from "../numerics/random.ts";

/** What a random training is made from. */
export interface VerifyCase {
  readonly name: string;
  readonly seed: number;
  readonly rows: number;
  /** Value bins of the columns of each cell; negative: and a bin for missing values. */
  readonly cells: readonly (readonly number[])[];
  readonly lanes: number;
  /** Of the first lane; every second one has one less. */
  readonly rounds: number;
  readonly parameters?: Partial<GrowthParameters>;
  readonly weights?: boolean;
  readonly monotone?: boolean;
  readonly interactions?: boolean;
  /** The last lane may not split on every fifth column. */
  readonly masks?: boolean;
  /** Whether the targets go by all columns, a little each: trees grow as wide as they may. */
  readonly smooth?: boolean;
  /** Whether columns repeat the ones before them that have as many bins: many splits are alike. */
  readonly copies?: boolean;
  /** The last lane has no rows to train on, or no targets but 0, so that nothing is to be gained. */
  readonly lastLane?: "empty" | "flat";
  /** Of the lanes. */
  readonly baseMargins?: readonly number[];
  /** Bytes of a binding at most, where less than the adapter's: the training is cut into chunks. */
  readonly maxBinding?: number;
}

const PLAIN: GrowthParameters = {
  rounds: 1,
  learningRate: 0.3,
  maxDepth: 4,
  minChildWeight: 0.5,
  gamma: 0,
  regLambda: 1,
  regAlpha: 0,
  maxDeltaStep: 0,
  subsample: 1,
  colsampleBytree: 1,
  colsampleBylevel: 1,
  colsampleBynode: 1,
  monotone: null,
  interactions: null,
  gradientBits: 6,
  earlyStopping: null,
};

/** The matrix of a case, filled at random: low bins more often than high ones. */
export function caseMatrix(c: VerifyCase): BinnedMatrix {
  const stream = new Stream(c.seed, 1);
  const columns: BinnedColumn[] = [];
  c.cells.forEach((own, cell) => {
    let radix = 1;
    for (const values of own) {
      const bins = values < 0 ? 1 - values : values;
      const cuts = Float32Array.from({ length: Math.abs(values) - 1 }, (_, i) => i + 0.5);
      const missingBin = values < 0 ? bins - 1 : -1;
      columns.push({ name: `f${columns.length}`, cell, radix, bins, missingBin, cuts });
      radix *= bins;
    }
  });
  const tiles = Array.from(
    { length: Math.ceil(c.cells.length / TILE_CELLS) },
    () => new Uint8Array(c.rows * TILE_CELLS),
  );
  const drawn = new Map<number, Uint8Array>();
  for (const { cell, radix, bins } of columns) {
    const copied = c.copies ? drawn.get(bins) : undefined;
    const own = copied ??
      Uint8Array.from({ length: c.rows }, () => Math.floor(bins * stream.nextFloat() ** 1.5));
    drawn.set(bins, own);
    const bytes = tiles[Math.floor(cell / TILE_CELLS)];
    own.forEach((bin, row) => bytes[row * TILE_CELLS + cell % TILE_CELLS] += radix * bin);
  }
  return { layout: { rows: c.rows, cells: c.cells.length, tiles: tiles.length, columns }, tiles };
}

/** The lanes of a case over its matrix. */
export function caseLanes(c: VerifyCase, { layout: { columns }, tiles }: BinnedMatrix): Lane[] {
  const all = columns.map((_, column) => column);
  const groups = [0, 1].map((odd) => all.filter((column) => column % 3 === 0 || column % 2 === odd));
  const binOf = ({ cell, radix, bins }: BinnedColumn, row: number): number => {
    const byte = tiles[Math.floor(cell / TILE_CELLS)][row * TILE_CELLS + cell % TILE_CELLS];
    return Math.floor(byte / radix) % bins;
  };
  return Array.from({ length: c.lanes }, (_, l) => {
    const stream = new Stream(c.seed, 2, l);
    const target = new Uint8Array(c.rows);
    const role = new Uint8Array(c.rows);
    const weight = c.weights ? new Float32Array(c.rows) : null;
    const own = columns[l % columns.length];
    const last = l === c.lanes - 1 ? c.lastLane : undefined;
    for (let row = 0; row < c.rows; row++) {
      const likely = c.smooth
        ? columns.reduce((sum, column) => sum + binOf(column, row) / column.bins, 0) / columns.length
        : binOf(own, row) % 2 === 1
        ? 0.8
        : 0.15;
      target[row] = last !== "flat" && stream.nextFloat() < likely ? 1 : 0;
      const draw = stream.nextFloat();
      role[row] = last === "empty"
        ? ROLE_ASIDE
        : draw < 0.8
        ? ROLE_TRAIN
        : draw < 0.9
        ? ROLE_VALIDATION
        : ROLE_ASIDE;
      if (weight) weight[row] = stream.nextInt(5) === 0 ? 0 : 0.2 + stream.nextFloat();
    }
    return {
      name: `lane ${l}`,
      target,
      role,
      weight,
      baseMargin: (c.baseMargins?.[l] ?? l / 2 - 0.25) * MARGIN_ONE,
      // Lanes of one seed draw alike.
      seed: c.seed * 2 ** 33 + (l >> 1),
      ...(c.masks && l === c.lanes - 1 && {
        columns: Uint8Array.from(columns, (_, column) => column % 5 === 0 ? 0 : 1),
      }),
      parameters: {
        ...PLAIN,
        ...c.parameters,
        rounds: Math.max(1, c.rounds - l % 2),
        monotone: c.monotone ? Int8Array.from(columns, () => stream.nextInt(3) - 1) : null,
        interactions: c.interactions ? groups : null,
      },
    };
  });
}
