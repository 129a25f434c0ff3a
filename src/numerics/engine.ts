/**
 * The one interface between tree learners and the engines that grow trees. An engine owns a binned matrix and
 * trains *lanes*: models over the same matrix, each with its own labels, rows, weights and seed. It knows nothing of
 * genes, folds or reports. Whatever the engine, the same lanes give the same bytes.
 */
import type { BinnedMatrix, TileAllocator } from "./matrix.ts";

/** Parameters of growth, resolved: XGBoost's meaning of every name. */
export interface GrowthParameters {
  readonly rounds: number;
  readonly learningRate: number;
  /** Edges from root to leaf, at least 1. */
  readonly maxDepth: number;
  readonly minChildWeight: number;
  readonly gamma: number;
  readonly regLambda: number;
  readonly regAlpha: number;
  /** 0: no limit. */
  readonly maxDeltaStep: number;
  readonly subsample: number;
  readonly colsampleBytree: number;
  readonly colsampleBylevel: number;
  readonly colsampleBynode: number;
  /** -1, 0 or 1 per column, or null. */
  readonly monotone: Int8Array | null;
  /** Groups of columns that may meet on a path, or null. */
  readonly interactions: readonly (readonly number[])[] | null;
  /** Width of the gradient grid: gradients are multiples of 2^-gradientBits of the mean weight's power of two (weightGrid). */
  readonly gradientBits: number;
  readonly earlyStopping: EarlyStopping | null;
  /** Leaf-wise growth in LightGBM's manner; absent: depthwise, level by level. */
  readonly leafwise?: LeafwiseGrowth;
}

/**
 * Leaf-wise growth: of all leaves the one whose best split gains most is split next, ties to the one made first, until there are `maxLeaves`
 * (Shi 2007; LightGBM, Ke et al. 2017). Of the other parameters `subsample` and `colsampleBylevel` are 1 with it.
 */
export interface LeafwiseGrowth {
  /** Most leaves of a tree, at least 2. */
  readonly maxLeaves: number;
  /** Least rows of a child, as LightGBM counts them: by the child's share of the node's hessian (leastForRows in gain.ts). */
  readonly minDataInLeaf: number;
  /** Whether one cut a column is drawn for each node and tried alone (Geurts et al. 2006). */
  readonly extraTrees: boolean;
  /** How each tree's rows are drawn; null: all rows. */
  readonly sampling: Bagging | Goss | null;
}

/** Rows drawn anew every so many rounds, each with the probability of its class. */
export interface Bagging {
  readonly kind: "bagging";
  readonly every: number;
  readonly negative: number;
  readonly positive: number;
}

/** Gradient-based one-side sampling (Ke et al. 2017): see goss.ts. */
export interface Goss {
  readonly kind: "goss";
  readonly topRate: number;
  readonly otherRate: number;
}

export interface EarlyStopping {
  /** Rounds without improvement after which training stops. */
  readonly patience: number;
  /** Least improvement that counts. */
  readonly minDelta: number;
  readonly metric: "logloss" | "aucpr";
}

/** What a row is to a lane. */
export const ROLE_ASIDE = 0;
export const ROLE_TRAIN = 1;
export const ROLE_VALIDATION = 2;

/** One model to train. */
export interface Lane {
  /** Shown in progress, e.g. "fold 2, donor". */
  readonly name: string;
  /** 0 or 1 per row. */
  readonly target: Uint8Array;
  /** One of ROLE_* per row. */
  readonly role: Uint8Array;
  /** Finite and non-negative per row, or null for 1. Class weights are multiplied in by the caller. */
  readonly weight: Float32Array | null;
  /** Starting margin, fixed point (see fixed.ts). */
  readonly baseMargin: number;
  readonly seed: number;
  readonly parameters: GrowthParameters;
  /** 1 per column of the matrix that the lane may split on, else 0; absent: all. Samples are drawn from these. */
  readonly columns?: Uint8Array;
  /** Trees of an earlier, interrupted training of this very lane, to go on from. */
  readonly resume?: readonly Tree[];
}

/** A grown tree; arrays are indexed by node, breadth first, the root is node 0. */
export interface Tree {
  /** Column split on, or -1 at a leaf. */
  readonly column: Int32Array;
  /** Highest value bin that goes left (-1: only missing goes left); 0 at a leaf. */
  readonly bin: Int16Array;
  /** x < threshold goes left. */
  readonly threshold: Float32Array;
  /** 1 where missing goes left. */
  readonly missingLeft: Uint8Array;
  /** Left child, or -1 at a leaf; the right child is the next node. */
  readonly left: Int32Array;
  /** Leaf value, fixed-point margin, learning rate applied; 0 at inner nodes. */
  readonly value: Int32Array;
  /** Loss reduction of the split; 0 at a leaf. */
  readonly gain: Float64Array;
  /** Sum of hessians of the training rows in the node. */
  readonly cover: Float64Array;
}

export interface LaneResult {
  /** All trees kept: up to and including the best round. */
  readonly trees: Tree[];
  /** Fixed-point margin of every row after those trees. */
  readonly margins: Int32Array;
  /** Validation metric by round, empty without validation rows. */
  readonly history: Float64Array;
}

/**
 * Called as a lane moves on, from the thread that asked for the training; `round` is its number of trees so far, resumed ones
 * included. Rounds that follow fast may be reported together.
 */
export type RoundListener = (lane: number, round: number, metric: number | null) => void;

/** Takes a lane's result: trees so far where the training was aborted (`finished` false). */
export type LaneListener = (lane: number, result: LaneResult, finished: boolean) => void | Promise<void>;

export interface TrainOptions {
  readonly signal?: AbortSignal;
  readonly onRound?: RoundListener;
}

/** A place to train: the CPU, a GPU. */
export interface Engine {
  readonly kind: "cpu" | "webgpu";
  /** One line for the log: threads, adapter. */
  readonly description: string;
  /** Memory for the tiles of a matrix of this many rows. */
  allocator(): TileAllocator;
  /**
   * Trains all lanes over the matrix and hands each result to `onLane` as it finishes, keeping none. Rejects with kind "interrupted" on
   * abort, after `onLane` saw every lane that had begun.
   */
  train(
    matrix: BinnedMatrix,
    lanes: readonly Lane[],
    onLane: LaneListener,
    options?: TrainOptions,
  ): Promise<void>;
  /** Ends the workers; the memory goes with the engine. */
  close(): Promise<void>;
}

/** Trains all lanes and returns their results in order. */
export async function trainAll(
  engine: Engine,
  matrix: BinnedMatrix,
  lanes: readonly Lane[],
  options?: TrainOptions,
): Promise<LaneResult[]> {
  const results: LaneResult[] = new Array(lanes.length);
  await engine.train(matrix, lanes, (lane, result) => void (results[lane] = result), options);
  return results;
}
