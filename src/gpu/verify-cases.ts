/** Small random trainings that between them run every kernel in every way it can be run. */
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
import type { TreeKernel } from "./tree-kernels.ts";

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

const repeated = (times: number, columns: readonly number[]): number[][] =>
  Array.from({ length: times }, () => [...columns]);

/** One tile and a bit: columns of few bins and many, alone and together, with missing values and without. */
const MIXED = [
  ...repeated(5, [-3, 4]),
  ...repeated(3, [2, 2, 2, 2]),
  [40],
  [-60],
  [255],
  [-255],
  [5, -6, 7],
  ...repeated(3, [17]),
  ...repeated(18, [-2]),
];

/** What a full verification runs. */
export const CASES: readonly VerifyCase[] = [
  {
    name: "packed histograms, several blocks",
    seed: 1,
    rows: 7000,
    cells: MIXED,
    lanes: 1,
    rounds: 2,
  },
  {
    name: "paired histograms, fine gradients, a lane without positives",
    seed: 2,
    rows: 300,
    cells: MIXED,
    lanes: 3,
    rounds: 1,
    lastLane: "flat",
    baseMargins: [0.25, -13.5, 2],
    parameters: { maxDepth: 7, minChildWeight: 0, regLambda: 0, gradientBits: 20 },
  },
  {
    name: "many ties, an empty lane",
    seed: 3,
    rows: 300,
    cells: [[2, 2, 60], ...repeated(6, [2, -3]), ...repeated(5, [100]), [-90], [1], [-1]],
    lanes: 3,
    rounds: 2,
    copies: true,
    lastLane: "empty",
    parameters: { gradientBits: 1, minChildWeight: 0, regLambda: 0, subsample: 0.7 },
  },
  {
    name: "monotone constraints, ties",
    seed: 4,
    rows: 900,
    cells: [[80], [-80], [4, 5], [9, -2], [4, 5], [120], [-130], [140]],
    lanes: 2,
    rounds: 2,
    monotone: true,
    copies: true,
    parameters: { maxDepth: 5, minChildWeight: 0.1, gradientBits: 1 },
  },
  {
    name: "alpha, max_delta_step, gamma",
    seed: 5,
    rows: 900,
    cells: [[2, 2, 60], [20], [-30], [4, 5], [9, -2]],
    lanes: 1,
    rounds: 2,
    weights: true,
    copies: true,
    parameters: { regAlpha: 0.4, maxDeltaStep: 0.3, gamma: 3 },
  },
  {
    name: "interactions, columns drawn by node, level and tree",
    seed: 6,
    rows: 900,
    cells: [...repeated(20, [-3, 4]), [100]],
    lanes: 3,
    rounds: 2,
    interactions: true,
    parameters: { colsampleBynode: 0.6, colsampleBylevel: 0.8, colsampleBytree: 0.9 },
  },
  {
    name: "chunks of rows and of tiles",
    seed: 7,
    rows: 1000,
    cells: [...repeated(40, [-6]), ...repeated(40, [20])],
    lanes: 2,
    rounds: 1,
    parameters: { maxDepth: 3 },
    maxBinding: 2 ** 15,
  },
  {
    name: "wide trees, histograms in batches",
    seed: 8,
    rows: 5000,
    cells: [[256], [-255]],
    lanes: 1,
    rounds: 1,
    smooth: true,
    parameters: { maxDepth: 10, minChildWeight: 0, regLambda: 0, gradientBits: 8 },
    maxBinding: 2 ** 19,
  },
  { name: "one row", seed: 9, rows: 1, cells: [[3], [-4]], lanes: 1, rounds: 2 },
  { name: "one column", seed: 10, rows: 50, cells: [[7]], lanes: 2, rounds: 2, weights: true },
];

/** Trained whole and compared with the CPU engine. */
export const TRAININGS: readonly VerifyCase[] = [
  {
    name: "training of mixed columns with early stopping",
    seed: 21,
    rows: 2000,
    cells: MIXED,
    lanes: 2,
    rounds: 6,
    weights: true,
    parameters: {
      maxDepth: 6,
      subsample: 0.8,
      colsampleBytree: 0.8,
      earlyStopping: { patience: 3, minDelta: 0, metric: "logloss" },
    },
  },
  {
    name: "training with constraints",
    seed: 22,
    rows: 1500,
    cells: [[40], [-30], [4, 5], [9, -2], ...repeated(8, [-3])],
    lanes: 2,
    rounds: 4,
    monotone: true,
    interactions: true,
    parameters: { maxDepth: 5, regAlpha: 0.1, colsampleBynode: 0.8, gradientBits: 12 },
  },
  {
    name: "training in chunks",
    seed: 23,
    rows: 2000,
    cells: [...repeated(40, [-6]), ...repeated(40, [20])],
    lanes: 1,
    rounds: 3,
    parameters: { maxDepth: 4 },
    maxBinding: 2 ** 16,
  },
];

/** Two tiny trainings that between them run every kernel. */
export const QUICK_CASES: readonly VerifyCase[] = [
  quickCase(new Set(["columns", "histogramPacked", "histogramPrivate", "search"])),
  quickCase(new Set(["histogramPaired", "searchExact"])),
];

/** A tiny training that runs these kernels, of those that not every training runs. */
export function quickCase(kernels: ReadonlySet<TreeKernel>): VerifyCase {
  const few = kernels.has("histogramPrivate") ? repeated(8, [-3, 4]) : [];
  return {
    name: "start-up",
    seed: 11,
    rows: 600,
    cells: [...few, [-40], [60], [5, 6]],
    lanes: 2,
    rounds: 1,
    weights: true,
    parameters: {
      maxDepth: 3,
      gradientBits: kernels.has("histogramPaired") ? 12 : 6,
      regAlpha: kernels.has("searchExact") ? 0.1 : 0,
      colsampleBynode: kernels.has("columns") ? 0.7 : 1,
    },
  };
}

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
  const half = columns.map((_, column) => column).filter((column) => column % 2 === 0);
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
      parameters: {
        ...PLAIN,
        ...c.parameters,
        rounds: Math.max(1, c.rounds - l % 2),
        monotone: c.monotone ? Int8Array.from(columns, () => stream.nextInt(3) - 1) : null,
        interactions: c.interactions ? [half, [0, 1, columns.length - 1], [1, 3, 5]] : null,
      },
    };
  });
}
