/** Random matrices and lanes for property tests of tree engines. */
import fc from "fast-check";
import { MatrixBuilder } from "../../src/data/binning.ts";
import type { GrowthParameters, Lane } from "../../src/numerics/engine.ts";
import type { BinnedMatrix, TileAllocator } from "../../src/numerics/matrix.ts";
import { Stream } from "../../src/numerics/random.ts";

/** XGBoost's plain settings with few rounds. */
export const PLAIN: GrowthParameters = {
  rounds: 3,
  learningRate: 0.3,
  maxDepth: 4,
  minChildWeight: 1,
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
  gradientBits: 8,
  earlyStopping: null,
};

/** What a random case is made from; small enough to shrink well. */
export interface Case {
  readonly seed: number;
  readonly rows: number;
  readonly columns: number;
  readonly distinct: number;
  readonly missing: number;
  readonly maxBin: number;
  readonly weights: boolean;
  readonly parameters: Partial<GrowthParameters>;
  readonly monotone: boolean;
  readonly interactions: boolean;
  /** The second lane may split on all columns, by its mask, the third and further ones on some. */
  readonly masks?: boolean;
}

/** Random cases: few rows to some hundreds, one column to several tiles, ties, missing values, all sampling options. */
export function cases(): fc.Arbitrary<Case> {
  return fc.record({
    seed: fc.integer({ min: 0, max: 2 ** 31 }),
    rows: fc.oneof(fc.integer({ min: 1, max: 8 }), fc.integer({ min: 9, max: 300 })),
    columns: fc.oneof(fc.integer({ min: 1, max: 6 }), fc.integer({ min: 7, max: 40 })),
    distinct: fc.constantFrom(1, 2, 3, 5, 17, 1000),
    missing: fc.constantFrom(0, 0, 0.1, 0.9),
    maxBin: fc.constantFrom(2, 3, 16, 256),
    weights: fc.boolean(),
    parameters: fc.record({
      maxDepth: fc.constantFrom(1, 2, 3, 4, 5, 6, 12),
      minChildWeight: fc.constantFrom(0, 0.1, 1, 5),
      gamma: fc.constantFrom(0, 0, 0.5),
      regLambda: fc.constantFrom(0, 1, 3.7),
      regAlpha: fc.constantFrom(0, 0, 0.3),
      maxDeltaStep: fc.constantFrom(0, 0, 0.2),
      subsample: fc.constantFrom(1, 0.8, 0.3),
      colsampleBytree: fc.constantFrom(1, 0.8, 0.4),
      colsampleBylevel: fc.constantFrom(1, 0.7),
      colsampleBynode: fc.constantFrom(1, 0.6),
      gradientBits: fc.constantFrom(4, 6, 8, 12, 20),
      rounds: fc.integer({ min: 1, max: 3 }),
      learningRate: fc.constantFrom(0.1, 0.3, 1),
    }),
    monotone: fc.boolean(),
    interactions: fc.boolean(),
    masks: fc.boolean(),
  });
}

/** The matrix of a case. */
export function matrixOf(c: Case, allocate?: TileAllocator): BinnedMatrix {
  const stream = new Stream(c.seed, 99);
  const builder = new MatrixBuilder(c.rows, c.maxBin, allocate);
  for (let column = 0; column < c.columns; column++) {
    const distinct = 1 + stream.nextInt(c.distinct);
    const missing = stream.nextFloat() < 0.5 ? c.missing : 0;
    const values = new Float32Array(c.rows);
    for (let row = 0; row < c.rows; row++) {
      values[row] = stream.nextFloat() < missing ? NaN : stream.nextInt(distinct) / 3 - 1;
    }
    builder.add(`f${column}`, values);
  }
  return builder.finish();
}

/** Lanes of a case over its matrix, with targets that depend on the first columns, noise and different roles. */
export function lanesOf(c: Case, matrix: BinnedMatrix, count: number = 3): Lane[] {
  const stream = new Stream(c.seed, 98);
  const masks = new Stream(c.seed, 95);
  const { rows } = matrix.layout;
  const columns = matrix.layout.columns.length;
  const half = Array.from({ length: Math.ceil(columns / 2) }, (_, i) => i);
  return Array.from({ length: count }, (_, k) => {
    const target = new Uint8Array(rows);
    const role = new Uint8Array(rows);
    const weight = c.weights ? new Float32Array(rows) : null;
    for (let row = 0; row < rows; row++) {
      const byte = matrix.tiles[0][row * 32];
      target[row] = stream.nextFloat() < (byte % (k + 2) === 0 ? 0.8 : 0.1) ? 1 : 0;
      role[row] = stream.nextInt(10) === k ? 0 : 1;
      if (weight) weight[row] = stream.nextInt(4) === 0 ? 0 : 0.01 + stream.nextFloat() * 3;
    }
    return {
      name: `lane ${k}`,
      target,
      role,
      weight,
      baseMargin: (k - 1) << 19,
      seed: c.seed + (k === 2 ? 1 : 0),
      ...(c.masks && k > 0 && { columns: someColumns(columns, k === 1 ? 1 : masks.nextFloat(), masks) }),
      parameters: {
        ...PLAIN,
        ...c.parameters,
        monotone: c.monotone ? Int8Array.from({ length: columns }, () => stream.nextInt(3) - 1) : null,
        interactions: c.interactions ? [half, [0, columns - 1]] : null,
      },
    };
  });
}

/** Marks of about that share of the columns, at least one. */
function someColumns(columns: number, share: number, stream: Stream): Uint8Array {
  const marks = Uint8Array.from({ length: columns }, () => stream.nextFloat() < share ? 1 : 0);
  marks[stream.nextInt(columns)] = 1;
  return marks;
}
