/** The small trainings that between them run every kernel in every way it can be run. */
import type { TreeKernel } from "./tree-kernels.ts";
import type { VerifyCase } from "./verify-data.ts";

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
    name: "packed histograms, several blocks, gamma",
    seed: 1,
    rows: 7000,
    cells: MIXED,
    lanes: 1,
    rounds: 2,
    parameters: { gamma: 5 },
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
    cells: [[2, 2, 64], ...repeated(6, [2, -3]), ...repeated(5, [100]), [-90], [1], [-1]],
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
    name: "alpha, max_delta_step",
    seed: 5,
    rows: 900,
    cells: [[2, 2, 64], [20], [-30], [4, 5], [9, -2]],
    lanes: 1,
    rounds: 2,
    weights: true,
    copies: true,
    parameters: { regAlpha: 0.4, maxDeltaStep: 0.3 },
  },
  {
    name: "interactions, columns drawn by node, level and tree, some left out",
    seed: 6,
    rows: 900,
    cells: [...repeated(20, [-3, 4]), [100]],
    lanes: 3,
    rounds: 2,
    interactions: true,
    masks: true,
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
    masks: true,
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
