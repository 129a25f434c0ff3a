/** Models and rows at the edges of f32: subnormals, both zeros, infinities, NaN of any payload, ties with thresholds. */
import { Stream } from "../../src/numerics/random.ts";
import type { Tree } from "../../src/numerics/engine.ts";
import { TreeModel } from "../../src/trees/tree-model.ts";

export interface ForestShape {
  readonly seed: number;
  readonly rows: number;
  readonly columns: number;
  readonly models: number;
  /** Trees of each model. */
  readonly trees: number;
  /** Nodes of a tree, at most. */
  readonly size: number;
  /** Distinct thresholds; few make ties. */
  readonly thresholds: number;
  /** Every split on the last node: as deep as a tree can be. */
  readonly chains?: boolean;
}

export interface ExtremeForest {
  readonly models: readonly TreeModel[];
  readonly columns: readonly Float32Array<ArrayBuffer>[];
}

/** Bits of zeros, least and largest subnormals, least normals, one and its neighbour, largest numbers, infinities; both signs. */
const EDGES = [0, 1, 0x007fffff, 0x00800000, 0x3f800000, 0x3f800001, 0x7f7fffff, 0x7f800000]
  .flatMap((bits) => [bits, (bits | 0x80000000) >>> 0]);
const NANS = [0x7fc00000, 0x7f800001, 0xff800001, 0xffffffff];

const isNan = (bits: number): boolean => (bits & 0x7fffffff) > 0x7f800000;
const floats = (bits: Uint32Array<ArrayBuffer>): Float32Array<ArrayBuffer> => new Float32Array(bits.buffer);

/** The same shape makes the same forest and rows. */
export function extremeForest(shape: ForestShape): ExtremeForest {
  const stream = new Stream(shape.seed, 1);
  const pool = Array.from({ length: shape.thresholds }, () => thresholdBits(stream));
  const names = Array.from({ length: shape.columns }, (_, c) => `f${c}`);
  const models = Array.from(
    { length: shape.models },
    (_, m) =>
      TreeModel.fromTrees(
        names,
        m * 1000 - 77,
        Array.from({ length: shape.trees }, () => extremeTree(stream, shape, pool)),
      ),
  );
  const columns = names.map(() =>
    floats(Uint32Array.from({ length: shape.rows }, () => valueBits(stream, pool)))
  );
  return { models, columns };
}

/** Bits of a value: a threshold, a neighbour of one, an edge, a NaN, or anything. */
export function valueBits(stream: Stream, pool: readonly number[]): number {
  const kind = stream.nextInt(8);
  if (kind === 0) return NANS[stream.nextInt(NANS.length)];
  if (kind === 1) return EDGES[stream.nextInt(EDGES.length)];
  if (kind === 2) return stream.nextU32();
  const bits = pool[stream.nextInt(pool.length)];
  return kind < 6 ? bits : (bits + (kind === 6 ? 1 : -1)) >>> 0;
}

/** Bits of any number, infinities included. */
export function thresholdBits(stream: Stream): number {
  if (stream.nextInt(3) === 0) return EDGES[stream.nextInt(EDGES.length)];
  const bits = stream.nextU32();
  return isNan(bits) ? 0x80000000 : bits;
}

function extremeTree(stream: Stream, shape: ForestShape, pool: readonly number[]): Tree {
  const splits = stream.nextInt(Math.ceil(shape.size / 2));
  const nodes = 2 * splits + 1;
  const tree = {
    column: new Int32Array(nodes).fill(-1),
    bin: new Int16Array(nodes),
    threshold: new Uint32Array(nodes),
    missingLeft: new Uint8Array(nodes),
    left: new Int32Array(nodes).fill(-1),
    value: Int32Array.from({ length: nodes }, () => stream.nextInt(2_000_000) - 1_000_000),
    gain: new Float64Array(nodes),
    cover: new Float64Array(nodes).fill(1),
  };
  const leaves = [0];
  for (let s = 0; s < splits; s++) {
    const at = shape.chains ? leaves.length - 1 : stream.nextInt(leaves.length);
    const [node] = leaves.splice(at, 1);
    const left = 2 * s + 1;
    tree.column[node] = stream.nextInt(shape.columns);
    tree.threshold[node] = pool[stream.nextInt(pool.length)];
    tree.missingLeft[node] = stream.nextInt(2);
    tree.left[node] = left;
    tree.value[node] = 0;
    leaves.push(left, left + 1);
  }
  return { ...tree, threshold: floats(tree.threshold) };
}

/** Bits of the used columns, behind each other. */
export function valuesOf(
  used: readonly number[],
  columns: readonly Float32Array[],
  rows: number,
): Uint32Array {
  const values = new Float32Array(used.length * rows);
  used.forEach((column, place) => values.set(columns[column], place * rows));
  return new Uint32Array(values.buffer);
}

/** Margins by the reference traversal. */
export const reference = (models: readonly TreeModel[], columns: readonly Float32Array[], rows: number) =>
  models.map((model) => model.marginsOf(columns, rows));
