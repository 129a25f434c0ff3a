import fc from "fast-check";
import type { ForestShape } from "./extreme-forest.ts";

/** Small forests of all kinds. */
export const shape: fc.Arbitrary<ForestShape> = fc.record({
  seed: fc.nat(),
  rows: fc.oneof(fc.integer({ min: 0, max: 3 }), fc.integer({ min: 60, max: 300 })),
  columns: fc.integer({ min: 1, max: 9 }),
  models: fc.integer({ min: 0, max: 4 }),
  trees: fc.integer({ min: 0, max: 7 }),
  size: fc.constantFrom(1, 3, 40, 600),
  thresholds: fc.constantFrom(1, 5, 200),
  chains: fc.boolean(),
});

/** One of them. */
export const base: ForestShape = {
  seed: 1,
  rows: 300,
  columns: 5,
  models: 3,
  trees: 4,
  size: 60,
  thresholds: 20,
};
