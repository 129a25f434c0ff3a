import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { chunkRows, type DeviceTrees, PREDICTION_BOUNDS } from "../../src/gpu/prediction-chunk.ts";
import { layOutTrees, treeRanges } from "../../src/gpu/prediction-trees.ts";
import { predict } from "../../src/gpu/twins/predict.ts";
import type { TreeModel } from "../../src/trees/tree-model.ts";
import { extremeForest, reference, valuesOf } from "./extreme-forest.ts";
import { base, shape } from "./forest-shapes.ts";

/** Margins by the kernel's twin, in parts and ranges as small as the bounds say. */
function byTwin(models: readonly TreeModel[], columns: readonly Float32Array[], rows: number): Int32Array[] {
  const { used, parts } = layOutTrees(models, 1000, Infinity);
  const values = valuesOf(used, columns, rows);
  const margins = new Int32Array(models.length * rows);
  for (const { trees, nodes, lengths } of parts) {
    for (const [firstTree, lastTree] of treeRanges(lengths, 20)) {
      predict({ task: { rows, firstTree, lastTree }, values, trees, nodes, margins });
    }
  }
  return models.map((_, m) => margins.slice(m * rows, (m + 1) * rows));
}

describe("the prediction kernel's twin", () => {
  it("equals the reference traversal to the bit", () => {
    fc.assert(
      fc.property(shape, (s) => {
        const { models, columns } = extremeForest(s);
        expect(byTwin(models, columns, s.rows)).toEqual(reference(models, columns, s.rows));
      }),
      { numRuns: 150 },
    );
  });
});

describe("what fits a device", () => {
  it("splits trees into ranges that hold each once", () => {
    expect(treeRanges(Uint32Array.of(3, 3, 3, 9, 1, 1), 6)).toEqual([[0, 2], [2, 3], [3, 4], [4, 6]]);
    expect(treeRanges(new Uint32Array(0), 6)).toEqual([]);
  });

  it("refuses a tree larger than a buffer, and a row larger than a binding, and says how large", () => {
    const { models } = extremeForest({ ...base, size: 100 });
    expect(() => layOutTrees(models, 64, 64)).toThrow(
      expect.objectContaining({
        kind: "memory",
        message: expect.stringMatching(
          /^a tree of \d+ nodes needs .* the device allows 64 bytes; predict on/,
        ),
      }),
    );
    const trees = { models, used: [0, 1, 2, 3, 4], parts: [] };
    expect(() => chunkRows(trees, 100, PREDICTION_BOUNDS, 16)).toThrow(
      expect.objectContaining({
        kind: "memory",
        message: expect.stringContaining(
          "5 features and 3 models needs 20 bytes, the device allows 16 bytes",
        ),
      }),
    );
    expect(chunkRows(trees, 100, PREDICTION_BOUNDS, 24 * 20)).toBe(24);
    expect(chunkRows(trees, 100, { bytes: 400, visits: 1000 }, 24 * 20)).toBe(20);
    const long = { ...trees, parts: [{ lengths: Uint32Array.of(4, 90, 5) } as DeviceTrees["parts"][number]] };
    expect(chunkRows(long, 100, { bytes: 400, visits: 1000 }, 24 * 20)).toBe(11);
  });
});
