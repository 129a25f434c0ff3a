/** Random cases of leaf-wise growth. */
import fc from "fast-check";
import type { GrowthParameters, LeafwiseGrowth } from "../../src/numerics/engine.ts";
import { type Case, cases } from "./lanes.ts";

/** How rows are drawn: not at all, in bags, by class, by gradient. */
export function samplings(): fc.Arbitrary<LeafwiseGrowth["sampling"]> {
  const share = fc.constantFrom(0.3, 0.8, 1);
  return fc.oneof(
    fc.constant(null),
    fc.record({
      kind: fc.constant("bagging" as const),
      every: fc.integer({ min: 1, max: 3 }),
      negative: share,
      positive: share,
    }),
    fc.record({
      kind: fc.constant("goss" as const),
      topRate: fc.constantFrom(0.05, 0.2, 0.6),
      otherRate: fc.constantFrom(0.02, 0.1, 0.4),
    }),
  );
}

/** The cases of every engine, grown leaf by leaf. */
export function leafwiseCases(): fc.Arbitrary<Case> {
  const leafwise = fc.record({
    maxLeaves: fc.constantFrom(2, 3, 4, 7, 15, 31, 200),
    minDataInLeaf: fc.constantFrom(0, 1, 5, 20),
    extraTrees: fc.boolean(),
    sampling: samplings(),
  });
  return fc.tuple(cases(), leafwise, fc.constantFrom(3, 6, 300)).map(([c, own, maxDepth]) => {
    const parameters: Partial<GrowthParameters> = {
      ...c.parameters,
      maxDepth,
      subsample: 1,
      colsampleBylevel: 1,
      leafwise: own,
    };
    return { ...c, parameters };
  });
}
