/** The records of shaders/shared/records.wgsl as the twins read and write them: doubles, signed words, a lane's parameters. */
import type { Regularisation } from "../../numerics/gain.ts";
import { doubleWords, FLAG, type Frame, LANE_WORDS, STATE } from "../records.ts";

/** Workgroups of a dispatch. */
export type Groups = readonly [number, number, number];

/** A kernel again, on the host: one dispatch over copies of its buffers, in the order of its bindings after the frame. */
export type Twin = (frame: Frame, buffers: readonly Uint32Array[], groups: Groups) => void;

/** The index of the first wrong word in the last buffer as the kernel left it, or -1; `buffers` are as the twin left them. */
export type Accept = (
  frame: Frame,
  buffers: readonly Uint32Array[],
  found: Uint32Array,
  groups: Groups,
) => number;

/** The first index at which two arrays of one length differ, or -1. */
export function firstDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return i;
  return -1;
}

/** Calls `work` for every workgroup of a dispatch, the first direction fastest. */
export function forGroups(
  [width, height, depth]: Groups,
  work: (x: number, y: number, z: number) => void,
): void {
  for (let z = 0; z < depth; z++) {
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) work(x, y, z);
    }
  }
}

/** The same words as i32. */
export function signedWords(words: Uint32Array): Int32Array {
  return new Int32Array(words.buffer, words.byteOffset, words.length);
}

/** The same words as bytes, in the order of the cells. */
export function bytesOf(words: Uint32Array): Uint8Array {
  return new Uint8Array(words.buffer, words.byteOffset, words.byteLength);
}

const scratch = new DataView(new ArrayBuffer(8));

/** The double at `at`: high word, low word. */
export function doubleAt(words: Uint32Array, at: number): number {
  scratch.setUint32(0, words[at]);
  scratch.setUint32(4, words[at + 1]);
  return scratch.getFloat64(0);
}

export function setDouble(words: Uint32Array, at: number, x: number): void {
  words.set(doubleWords(x), at);
}

/** The two's complement 64-bit integer at `at`: low word, high word. */
export function wideAt(words: Uint32Array, at: number): bigint {
  return BigInt.asIntN(64, (BigInt(words[at + 1]) << 32n) | BigInt(words[at]));
}

export function setWide(words: Uint32Array, at: number, x: bigint): void {
  words[at] = Number(BigInt.asUintN(32, x));
  words[at + 1] = Number(BigInt.asUintN(32, x >> 32n));
}

/** Blocks of so many rows. */
export function blocksOf(rows: number, block: number): number {
  return Math.ceil(rows / block);
}

/** Features of the mask that begins at `at`, ascending. */
export function featuresOf(masks: Uint32Array, at: number, columns: number): number[] {
  const features: number[] = [];
  for (let feature = 0; feature < columns; feature++) {
    if ((masks[at + (feature >>> 5)] >>> (feature & 31)) & 1) features.push(feature);
  }
  return features;
}

/** A lane's LaneParameters. */
export interface LaneRecord {
  readonly bits: number;
  /** Whether children are scored at limited weights. */
  readonly limited: boolean;
  readonly allRows: boolean;
  /** Least hessian of a child, grid units. */
  readonly least: number;
  readonly depth: number;
  /** Rows are sampled where their draw is below. */
  readonly threshold: number;
  readonly maskSet: number;
  readonly seed: number;
  /** In grid units. */
  readonly units: Regularisation;
  readonly minGain: number;
  readonly gamma: number;
  /** For leaf values. */
  readonly real: Regularisation;
  readonly learningRate: number;
  /** What a fine sum is in. */
  readonly fineUnit: number;
}

/** The parameters of a lane, as `laneWords` wrote them. */
export function laneAt(parameters: Uint32Array, lane: number): LaneRecord {
  const words = parameters.subarray(lane * LANE_WORDS, (lane + 1) * LANE_WORDS);
  const maxDeltaStep = doubleAt(words, 12);
  return {
    bits: words[0],
    limited: (words[1] & FLAG.limited) !== 0,
    allRows: (words[1] & FLAG.allRows) !== 0,
    least: words[2],
    depth: words[3],
    threshold: words[4],
    maskSet: words[5],
    seed: words[7] * 2 ** 32 + words[6],
    units: { lambda: doubleAt(words, 8), alpha: doubleAt(words, 10), maxDeltaStep },
    minGain: doubleAt(words, 14),
    gamma: doubleAt(words, 16),
    real: { lambda: doubleAt(words, 18), alpha: doubleAt(words, 20), maxDeltaStep },
    learningRate: doubleAt(words, 22),
    fineUnit: 2 ** (words[24] | 0),
  };
}

/** Place of a node of a lane's level in nodes, in nodes. */
export function nodeAt(frame: Frame, level: number, lane: number, index: number): number {
  return ((level & 1) * frame.lanes + lane) * frame.maxWidth + index;
}

/** Nodes of the level at hand that a lane has. */
export function liveNodes(frame: Frame, state: Uint32Array, lane: number): number {
  return state[lane * STATE.words + STATE.nodes + (frame.level & 1)];
}

/** Where a lane's mask over the columns of the level at hand begins. */
export function levelMaskAt(frame: Frame, state: Uint32Array, lane: number, maskSet: number): number {
  const round = state[lane * STATE.words + STATE.round] % frame.ring;
  return round * frame.maskRound + maskSet * frame.maskSet + frame.level * frame.maskLevel;
}
