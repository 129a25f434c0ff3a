/** Layouts of what kernels and host share; must be kept in sync with shaders/shared/records.wgsl, which says what each word is. */
import type { GrowthParameters } from "../numerics/engine.ts";
import { PROBABILITY_BITS } from "../numerics/fixed.ts";
import { MIN_GAIN } from "../numerics/gain.ts";
import type { WeightGrid } from "../numerics/gradient.ts";
import { usageError } from "../numerics/errors.ts";
import { seedKey } from "../numerics/random.ts";

/** Words of a Frame, in order. */
const FRAME_FIELDS = [
  "rows",
  "lanes",
  "columns",
  "cells",
  "level",
  "last",
  "maxWidth",
  "maxNodes",
  "maxBlocks",
  "slots",
  "subtractNext",
  "batchFirst",
  "batchSize",
  "chunk",
  "firstTile",
  "tiles",
  "firstRow",
  "chunkRows",
  "firstCell",
  "chunkCells",
  "chunkBins",
  "firstGroup",
  "flushRows",
  "ring",
  "maskWords",
  "maskRound",
  "maskSet",
  "maskLevel",
  "nodeMasks",
  "groups",
  "chunks",
  "levels",
] as const;

/** What a dispatch works on. */
export type Frame = Readonly<Record<(typeof FRAME_FIELDS)[number], number>>;

export const FRAME_BYTES = FRAME_FIELDS.length * 4;

/** A frame as the kernels read it. */
export function frameWords(frame: Frame): Uint32Array {
  return Uint32Array.from(FRAME_FIELDS, (name) => frame[name]);
}

export const NONE = 0xffffffff;
export const ROW_BLOCK = 2048;
export const BUILD_BLOCK = 4096;
export const LIST_WORDS = 3;
export const NODE_WORDS = 16;
export const BUILD_WORDS = 4;
export const TREE_WORDS = 20;
export const RECORD_WORDS = 12;
export const BEST_WORDS = 5;
/** Set in the key of an entry of best where the sieve left several splits of the cell. */
export const UNCLEAR = 0x80000000;
export const TABLE_HEAD = 3;
export const CELL_WORDS = 6;
export const COLUMN_WORDS = 6;
export const LANE_WORDS = 26;
export const GROUP_WORDS = 3;

export const STATE = {
  words: 16,
  round: 0,
  active: 1,
  listed: 2,
  g: 3,
  h: 4,
  tree: 5,
  builds: 6,
  buildBlocks: 7,
  nodes: 8,
  blocks: 10,
  sign: 12,
} as const;

export const NODE = {
  id: 0,
  start: 1,
  count: 2,
  g: 3,
  h: 4,
  slot: 5,
  sibling: 6,
  firstBlock: 7,
  accepted: 8,
  direction: 9,
  middle: 10,
  lower: 12,
  upper: 14,
} as const;

export const TREE = {
  cell: 0,
  left: 1,
  mask: 2,
  key: 10,
  g: 11,
  h: 12,
  gl: 13,
  hl: 14,
  lower: 16,
  upper: 18,
} as const;

export const FLAG = { limited: 1, allRows: 2 } as const;

/** Bits of a row's info word. */
export const INFO = { target: 1 << 17, roleShift: 18 } as const;

/** Indirect arguments of a level, three words each, as offsets in bytes; see args_a_level in records.wgsl. */
export class ArgumentPlaces {
  readonly chunks: number;
  readonly levels: number;

  constructor(chunks: number, levels: number) {
    this.chunks = chunks;
    this.levels = levels;
  }

  get bytes(): number {
    return this.levels * (3 * this.chunks + 2) * 12;
  }

  histogram(level: number, chunk: number): number {
    return (level * (3 * this.chunks + 2) + chunk) * 12;
  }

  private(level: number, chunk: number): number {
    return this.histogram(level, this.chunks + chunk);
  }

  search(level: number, chunk: number): number {
    return this.histogram(level, 2 * this.chunks + chunk);
  }

  choose(level: number): number {
    return this.histogram(level, 3 * this.chunks);
  }

  partition(level: number): number {
    return this.histogram(level, 3 * this.chunks + 1);
  }
}

const scratch = new DataView(new ArrayBuffer(8));

/** A double as the kernels hold it: high word, low word. */
export function doubleWords(x: number): [number, number] {
  scratch.setFloat64(0, x);
  return [scratch.getUint32(0), scratch.getUint32(4)];
}

/** Software f64 in the kernels has no subnormal numbers; within these bounds none can come up. */
const LEAST_PARAMETER = 1e-30;
const LARGEST_PARAMETER = 1e30;
/** Up to this (in grid units) the sieve of the search stays within the range of f32; beyond, every candidate is judged in f64. */
const LARGEST_SIEVED_LAMBDA = 2 ** 31;

/**
 * A lane's parameters as the kernels read them.
 * @throws SpliceboostError (usage) for a parameter beyond what the kernels' arithmetic covers
 */
export function laneWords(p: GrowthParameters, grid: WeightGrid, seed: number, maskSet: number): Uint32Array {
  const { learningRate, regLambda, regAlpha, maxDeltaStep, gamma } = p;
  for (const [name, x] of Object.entries({ learningRate, regLambda, regAlpha, maxDeltaStep, gamma })) {
    if (x !== 0 && (x < LEAST_PARAMETER || x > LARGEST_PARAMETER)) {
      throw usageError(
        `${name}: WebGPU expects 0 or a number from ${LEAST_PARAMETER} to ${LARGEST_PARAMETER}, got ${x}; ` +
          "train on the CPU engine (--device cpu), or choose another value",
      );
    }
  }
  const quantum = 2 ** (grid.exponent - grid.bits);
  const limited = maxDeltaStep > 0 || p.monotone !== null;
  const threshold = Math.floor(p.subsample * 2 ** 32);
  const flags = (limited ? FLAG.limited : 0) | (threshold >= 2 ** 32 ? FLAG.allRows : 0);
  scratch.setFloat32(0, regLambda / quantum);
  const lambdaApproximate = scratch.getUint32(0);
  return Uint32Array.of(
    grid.bits,
    flags,
    leastHessian(p, quantum),
    p.maxDepth,
    threshold,
    maskSet,
    ...seedKey(seed),
    ...doubleWords(regLambda / quantum),
    ...doubleWords(regAlpha / quantum),
    ...doubleWords(maxDeltaStep),
    ...doubleWords(MIN_GAIN / quantum),
    ...doubleWords(gamma / quantum),
    ...doubleWords(regLambda),
    ...doubleWords(regAlpha),
    ...doubleWords(learningRate),
    grid.exponent - PROBABILITY_BITS,
    lambdaApproximate,
  );
}

/** Whether the sieve of the search cannot judge a lane's splits, so that every candidate is judged in f64. */
export function needsExactSearch(p: GrowthParameters, grid: WeightGrid): boolean {
  const quantum = 2 ** (grid.exponent - grid.bits);
  return p.maxDeltaStep > 0 || p.monotone !== null || p.regAlpha > 0 ||
    p.regLambda / quantum > LARGEST_SIEVED_LAMBDA;
}

function leastHessian({ minChildWeight }: GrowthParameters, quantum: number): number {
  return Math.min(Math.max(1, Math.ceil(minChildWeight / quantum)), 0x3fffffff);
}
