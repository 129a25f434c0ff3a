import fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import { Stream } from "../../src/numerics/random.ts";
import { treePredictor } from "../../src/trees/predictor.ts";
import { TreeModel } from "../../src/trees/tree-model.ts";

const single = treePredictor({ threads: 1 });
const several = treePredictor({ threads: 3 });
afterAll(() => several.close());

/** A random tree: every inner node's children follow it. */
function randomTree(stream: Stream, columns: number, thresholds: number, size: number) {
  const tree = {
    column: [-1],
    bin: [0],
    threshold: [0],
    missingLeft: [0],
    left: [-1],
    value: [stream.nextInt(2000) - 1000],
    gain: [0],
    cover: [1],
  };
  while (tree.column.length < size) {
    const leaves = tree.column.flatMap((column, node) => column < 0 ? [node] : []);
    const node = leaves[stream.nextInt(leaves.length)];
    tree.column[node] = stream.nextInt(columns);
    const kind = stream.nextInt(12);
    tree.threshold[node] = kind === 0
      ? -Infinity
      : kind === 1
      ? Infinity
      : Math.fround(stream.nextInt(thresholds) / 7);
    tree.missingLeft[node] = stream.nextInt(2);
    tree.value[node] = 0;
    tree.left[node] = tree.column.length;
    for (let k = 0; k < 2; k++) {
      for (const key of ["bin", "threshold", "missingLeft", "gain"] as const) tree[key].push(0);
      tree.column.push(-1);
      tree.left.push(-1);
      tree.cover.push(1);
      tree.value.push(stream.nextInt(2_000_000) - 1_000_000);
    }
  }
  return {
    column: Int32Array.from(tree.column),
    bin: Int16Array.from(tree.bin),
    threshold: Float32Array.from(tree.threshold),
    missingLeft: Uint8Array.from(tree.missingLeft),
    left: Int32Array.from(tree.left),
    value: Int32Array.from(tree.value),
    gain: Float64Array.from(tree.gain),
    cover: Float64Array.from(tree.cover),
  };
}

describe("prediction kernels", () => {
  it("equal the reference traversal to the bit, on any number of threads", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.record({
          seed: fc.nat(),
          rows: fc.oneof(
            fc.integer({ min: 0, max: 3 }),
            fc.integer({ min: 250, max: 520 }),
            fc.constant(13000),
          ),
          columns: fc.integer({ min: 1, max: 9 }),
          trees: fc.integer({ min: 0, max: 6 }),
          // 900 distinct thresholds do not fit a byte: they take several planes.
          thresholds: fc.constantFrom(1, 5, 200, 900),
          size: fc.integer({ min: 1, max: 300 }),
        }),
        async (c) => {
          const stream = new Stream(c.seed, 1);
          const names = Array.from({ length: c.columns }, (_, i) => `f${i}`);
          const models = [0, 1].map((k) =>
            TreeModel.fromTrees(
              names,
              k * 1000 - 77,
              Array.from({ length: c.trees }, () => randomTree(stream, c.columns, c.thresholds, c.size)),
            )
          );
          const columns = names.map(() =>
            Float32Array.from(
              { length: c.rows },
              () => stream.nextInt(9) === 0 ? NaN : stream.nextInt(c.thresholds * 2) / 14 - 3,
            )
          );
          const expected = models.map((model) => model.marginsOf(columns, c.rows));
          expect(await single.margins(models, columns, c.rows)).toEqual(expected);
          expect(await several.margins(models, columns, c.rows)).toEqual(expected);
        },
      ),
      { numRuns: 40 },
    );
  });

  it("answer calls that overlap", async () => {
    const stream = new Stream(4, 1);
    const columns = [Float32Array.from({ length: 9000 }, () => stream.nextInt(50))];
    const models = [1, 2].map((k) =>
      TreeModel.fromTrees(["f0"], k, [randomTree(stream, 1, 200, 40 * k), randomTree(stream, 1, 200, 9)])
    );
    const answers = await Promise.all(models.map((model) => several.margins([model], columns, 9000)));
    answers.forEach(([margins], k) => expect(margins).toEqual(models[k].marginsOf(columns, 9000)));
  });
});
