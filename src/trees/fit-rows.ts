/** What a row is to a fit: trained on or validated by, and its weight. */
import { balancedPartition } from "../data/partition.ts";
import { ROLE_TRAIN, ROLE_VALIDATION } from "../numerics/engine.ts";
import { usageError } from "../numerics/errors.ts";
import { PURPOSE, Stream } from "../numerics/random.ts";

/**
 * Draws validation rows: by whole groups, balanced in groups, rows and classes, where groups are given; else row by row,
 * the same share of every class.
 *
 * @param codes class code per row
 * @param groups group per row, or null
 * @param share of the groups (rows) to validate by, strictly between 0 and 1
 * @returns ROLE_* per row
 */
export function drawValidation(
  codes: Uint8Array,
  groups: ArrayLike<string | number> | null,
  share: number,
  seed: number,
): Uint8Array {
  if (!(share > 0 && share < 1)) {
    throw usageError(`validationFraction: expected a number strictly between 0 and 1, found ${share}`);
  }
  const stream = new Stream(seed, PURPOSE.validation);
  return groups ? drawByGroup(codes, groups, share, stream) : drawByRow(codes, share, stream);
}

function drawByGroup(
  codes: Uint8Array,
  groups: ArrayLike<string | number>,
  share: number,
  stream: Stream,
): Uint8Array {
  const classes = codes.reduce((most, code) => Math.max(most, code + 1), 0);
  const counts = new Map<string, number[]>();
  for (let row = 0; row < codes.length; row++) {
    const id = String(groups[row]);
    let count = counts.get(id);
    if (!count) counts.set(id, count = new Array<number>(2 + classes).fill(0).with(0, 1));
    count[1]++;
    count[2 + codes[row]]++;
  }
  if (counts.size < 2) {
    throw usageError(`expected at least two groups to validate by whole groups, found ${counts.size}`);
  }
  const parts = balancedPartition(
    [...counts].map(([id, counts]) => ({ id, counts })),
    [1 - share, share],
    stream,
  );
  const partOf = new Map([...counts.keys()].map((id, i) => [id, parts[i]]));
  return codes.map((_, row) => (partOf.get(String(groups[row])) === 1 ? ROLE_VALIDATION : ROLE_TRAIN));
}

function drawByRow(codes: Uint8Array, share: number, stream: Stream): Uint8Array {
  const role = new Uint8Array(codes.length).fill(ROLE_TRAIN);
  for (const code of new Set(codes.toSorted())) {
    const rows = Array.from(codes.keys()).filter((row) => codes[row] === code);
    const count = Math.min(rows.length - 1, Math.max(1, Math.round(rows.length * share)));
    for (const row of stream.shuffle(rows).slice(0, count)) role[row] = ROLE_VALIDATION;
  }
  return role;
}

/** Checks that values, where given, are one a row. */
export function checkLength(name: string, values: ArrayLike<unknown> | undefined, rows: number): void {
  if (values !== undefined && values.length !== rows) {
    throw usageError(`${name}: expected ${rows} values, one a row, found ${values.length}`);
  }
}

export interface FitWeights {
  /** Weight per row in training and validation, or null for 1. */
  readonly row: Float32Array | null;
  /** Weight per row in the quantiles of the bins, or null for 1. */
  readonly quantile: Float32Array | null;
}

/**
 * Weights of the training rows, followed by those of rows that only validate: 1 each, 0 in the quantiles.
 * @throws SpliceboostError (usage) naming the row of a weight that is negative or not finite
 */
export function fitWeights(
  given: ArrayLike<number> | undefined,
  trainingRows: number,
  rows: number,
): FitWeights {
  if (given === undefined && trainingRows === rows) return { row: null, quantile: null };
  const row = new Float32Array(rows).fill(1);
  for (let i = 0; given && i < trainingRows; i++) {
    row[i] = given[i];
    if (!(row[i] >= 0 && row[i] < Infinity)) {
      throw usageError(`sampleWeight, row ${i}: expected a finite number of at least 0, found ${given[i]}`);
    }
  }
  return { row: given ? row : null, quantile: row.slice().fill(0, trainingRows) };
}

/** Row weights with positive rows multiplied by `positiveWeight`. */
export function classWeight(
  weight: Float32Array | null,
  target: Uint8Array,
  positiveWeight: number,
): Float32Array | null {
  if (positiveWeight === 1) return weight;
  return Float32Array.from(
    target,
    (positive, row) => (weight ? weight[row] : 1) * (positive ? positiveWeight : 1),
  );
}
