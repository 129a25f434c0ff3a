/** Random trainings for property tests of kernels and twins. */
import fc from "fast-check";
import { cellFacts } from "../../src/gpu/cell-table.ts";
import { planGroup } from "../../src/gpu/group-plan.ts";
import { caseLanes, caseMatrix, type VerifyCase } from "../../src/gpu/verify-data.ts";
import { SpliceboostError } from "../../src/numerics/errors.ts";

const CELLS = [[1], [-1], [2], [-2], [3, 4], [2, 2, 2, 2], [2, 2, 64], [16], [17], [-40], [200], [-255], [
  5,
  -6,
  7,
]];

/** Random cases; those that not every training needs (`rare`) take a compiler long. */
export function verifyCases(rare: boolean): fc.Arbitrary<VerifyCase> {
  const rarely = <T>(...values: readonly [T, ...T[]]): fc.Arbitrary<T> =>
    rare ? fc.constantFrom(...values) : fc.constant(values[0]);
  const cells = fc.constantFrom(...CELLS);
  return fc.record({
    name: fc.constant("random"),
    seed: fc.integer({ min: 0, max: 2 ** 16 }),
    rows: fc.oneof(
      fc.integer({ min: 1, max: 8 }),
      fc.integer({ min: 9, max: 400 }),
      fc.constantFrom(2048, 2049, 4300),
    ),
    cells: fc.oneof(
      fc.array(cells, { minLength: 1, maxLength: 9 }),
      fc.array(cells, { minLength: 31, maxLength: 34 }),
    ),
    lanes: fc.integer({ min: 1, max: 4 }),
    rounds: fc.integer({ min: 1, max: 2 }),
    weights: fc.boolean(),
    copies: fc.boolean(),
    smooth: fc.boolean(),
    monotone: rarely(false, true),
    interactions: rarely(false, true),
    lastLane: fc.constantFrom(undefined, undefined, "empty" as const, "flat" as const),
    parameters: fc.record({
      maxDepth: fc.constantFrom(1, 2, 3, 5, 8),
      minChildWeight: fc.constantFrom(0, 0.1, 1),
      gamma: fc.constantFrom(0, 0.5),
      regLambda: fc.constantFrom(0, 1, 3.7),
      regAlpha: rarely(0, 0, 0.3),
      maxDeltaStep: rarely(0, 0, 0.2),
      subsample: fc.constantFrom(1, 0.7),
      colsampleBytree: fc.constantFrom(1, 0.6),
      colsampleBylevel: fc.constantFrom(1, 0.7),
      colsampleBynode: rarely(1, 0.6),
      gradientBits: rarely(6, 1, 8, 12),
    }),
    maxBinding: fc.constantFrom(undefined, 2 ** 14),
  }).map((c) => ({ ...c, maxBinding: c.maxBinding && leastBinding(c, c.maxBinding) }));
}

/** The least that a case can be cut into, from `bytes` on. */
function leastBinding(c: VerifyCase, bytes: number): number {
  const matrix = caseMatrix(c);
  const growth = caseLanes(c, matrix).map(({ parameters }) => parameters);
  for (;; bytes *= 1.5) {
    try {
      planGroup(matrix.layout, cellFacts(matrix).bins, c.lanes, growth, {
        maxBinding: bytes,
        software: true,
      });
      return bytes;
    } catch (error) {
      if (!(error instanceof SpliceboostError) || error.kind !== "memory") throw error;
    }
  }
}
