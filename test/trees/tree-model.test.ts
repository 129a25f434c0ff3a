import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Tree } from "../../src/numerics/engine.ts";
import { SpliceboostError } from "../../src/numerics/errors.ts";
import { checkTrees } from "../../src/trees/tree-check.ts";
import { type PackedTrees, packTrees, referencePredictor, TreeModel } from "../../src/trees/tree-model.ts";
import { dumpTree, featureSums, summarizeTrees } from "../../src/trees/tree-summary.ts";
import { featureValue, forest } from "./random-trees.ts";

/** gc < 0.5 (missing right) ? (donor < 2 (missing left) ? 10 : 20) : 30 */
const tree: Tree = {
  column: Int32Array.of(0, 1, -1, -1, -1),
  bin: Int16Array.of(1, 0, 0, 0, 0),
  threshold: Float32Array.of(0.5, 2, 0, 0, 0),
  missingLeft: Uint8Array.of(0, 1, 0, 0, 0),
  left: Int32Array.of(1, 3, -1, -1, -1),
  value: Int32Array.of(0, 0, 30, 10, 20),
  gain: Float64Array.of(4, 2, 0, 0, 0),
  cover: Float64Array.of(9, 6, 3, 4, 2),
};
const leaf: Tree = {
  column: Int32Array.of(-1),
  bin: Int16Array.of(0),
  threshold: Float32Array.of(0),
  missingLeft: Uint8Array.of(0),
  left: Int32Array.of(-1),
  value: Int32Array.of(-7),
  gain: Float64Array.of(0),
  cover: Float64Array.of(9),
};
const names = ["gc", "donor", "idle"];
const model = TreeModel.fromTrees(names, 100, [tree, leaf]);

/** Margin of a row by recursion over the tree: the definition written a second way. */
function marginOf(tree: Tree, x: (feature: number) => number, node = 0): number {
  if (tree.left[node] === -1) return tree.value[node];
  const value = x(tree.column[node]);
  const goesLeft = Number.isNaN(value) ? tree.missingLeft[node] === 1 : value < tree.threshold[node];
  return marginOf(tree, x, goesLeft ? tree.left[node] : tree.left[node] + 1);
}

describe("TreeModel", () => {
  it("sends x < threshold left and missing where the node says", () => {
    const gc = Float32Array.of(0.25, 0.25, 0.25, 0.5, NaN);
    const donor = Float32Array.of(1, 2, NaN, 1, 1);
    expect([...model.marginsOf([gc, donor, new Float32Array()], 5)]).toEqual([103, 113, 103, 123, 123]);
  });

  it("equals the recursive definition on any trees and rows", () => {
    const rows = fc.array(fc.array(featureValue, { minLength: 4, maxLength: 4 }), { maxLength: 8 });
    fc.assert(fc.property(forest, rows, fc.integer({ min: -1e6, max: 1e6 }), (forest, rows, base) => {
      const model = TreeModel.fromTrees(forest.featureNames, base, forest.trees);
      const columns = forest.featureNames.map((_, f) => Float32Array.from(rows, (row) => row[f]));
      const expected = rows.map((row) =>
        forest.trees.reduce((sum, tree) => sum + marginOf(tree, (f) => row[f]), base)
      );
      expect([...model.marginsOf(columns, rows.length)]).toEqual(expected);
    }));
  });

  it("does not depend on how many rows are evaluated together", () => {
    const rows = 3000;
    const columns = [0, 1, 2].map((f) =>
      Float32Array.from({ length: rows }, (_, r) => ((r * 7 + f) % 13) / 4)
    );
    const whole = model.marginsOf(columns, rows);
    for (const at of [0, 1023, 1024, 1025, 2047, 2048, 2999]) {
      const one = model.marginsOf(columns.map((column) => column.slice(at, at + 1)), 1);
      expect(whole[at]).toBe(one[0]);
    }
  });

  it("returns the trees it was made of", () => {
    expect(model.treeCount).toBe(2);
    expect(model.tree(0)).toEqual(tree);
    expect(model.tree(1)).toEqual(leaf);
    expect([...model.usedFeatures()]).toEqual([1, 1, 0]);
  });

  it("serves several models at once through the reference predictor", async () => {
    const columns = names.map(() => Float32Array.of(0));
    expect(await referencePredictor.margins([model, model], columns, 1)).toEqual([
      Int32Array.of(103),
      Int32Array.of(103),
    ]);
  });

  it("refuses columns that do not fit", () => {
    expect(() => model.marginsOf([], 0)).toThrow(/expected 3 columns, one a feature; found 0/);
    const short = [new Float32Array(2), new Float32Array(1), new Float32Array(2)];
    expect(() => model.marginsOf(short, 2)).toThrow(/"donor": expected 2 values, found 1/);
  });

  it("refuses leaf values whose sums leave the i32 range", () => {
    const heavy = { ...leaf, value: Int32Array.of(2 ** 30) };
    expect(() => TreeModel.fromTrees(names, 0, [heavy])).not.toThrow();
    expect(() => TreeModel.fromTrees(names, 0, [heavy, heavy])).toThrow(/\+-2047.*max_delta_step/);
    const negative = { ...leaf, value: Int32Array.of(-(2 ** 30)) };
    expect(() => TreeModel.fromTrees(names, -(2 ** 30), [negative])).toThrow(SpliceboostError);
  });
});

describe("summaries", () => {
  it("count", () => {
    expect(summarizeTrees(model)).toEqual({
      trees: 2,
      nodes: 6,
      leaves: 4,
      depth: 2,
      features: 2,
      baseMargin: 100 / 2 ** 20,
    });
  });

  it("sum importances per feature", () => {
    expect(featureSums(TreeModel.fromTrees(names, 0, [tree, tree, leaf]))).toEqual({
      weight: Uint32Array.of(2, 2, 0),
      gain: Float64Array.of(8, 4, 0),
      cover: Float64Array.of(18, 12, 0),
    });
  });

  it("dump a tree in XGBoost's manner", () => {
    const unit = 1 / 2 ** 20;
    expect(dumpTree(model, 0)).toBe([
      "0:[gc<0.5] yes=1,no=2,missing=2,gain=4,cover=9",
      "\t1:[donor<2] yes=3,no=4,missing=3,gain=2,cover=6",
      `\t\t3:leaf=${10 * unit},cover=4`,
      `\t\t4:leaf=${20 * unit},cover=2`,
      `\t2:leaf=${30 * unit},cover=3`,
      "",
    ].join("\n"));
  });
});

describe("checkTrees", () => {
  const cuts = [Float32Array.of(0.25, 0.5), Float32Array.of(2, 3), Float32Array.of()];
  const check = (packed: PackedTrees) => checkTrees(packed, { featureNames: names, cuts }, "x: donor");

  it("accepts any engine's trees, with and without cut points", () => {
    fc.assert(fc.property(forest, ({ featureNames, cuts, trees }) => {
      checkTrees(packTrees(trees), { featureNames, cuts }, "x");
      checkTrees(packTrees(trees), { featureNames, cuts: null }, "x");
    }));
  });

  it.each<[string, Partial<Tree>, RegExp]>([
    [
      "a child before its parent",
      { left: Int32Array.of(1, 0, -1, -1, -1) },
      /tree 1, node 1: expected children between 2/,
    ],
    ["a child that is its parent", { left: Int32Array.of(1, 1, -1, -1, -1) }, /node 1: expected children/],
    ["a child out of range", { left: Int32Array.of(1, 4, -1, -1, -1) }, /node 1: .* found 4 and 5/],
    [
      "a child far out of range",
      { left: Int32Array.of(2147483647, 3, -1, -1, -1) },
      /node 0: expected children/,
    ],
    ["two parents", { left: Int32Array.of(1, 2, -1, -1, -1) }, /node 1: child 2 or 3 has two parents/],
    ["no parent", { left: Int32Array.of(3, 3, -1, -1, -1) }, /node 1: expected a parent/],
    [
      "a leaf with a child",
      { left: Int32Array.of(1, 3, 3, -1, -1) },
      /node 2: expected no child of a leaf, found 3/,
    ],
    [
      "an unknown feature",
      { column: Int32Array.of(0, 3, -1, -1, -1) },
      /node 1: expected a feature from 0 to 2.*found 3/,
    ],
    ["a negative feature", { column: Int32Array.of(-2, 1, -1, -1, -1) }, /found -2/],
    [
      "a threshold that is no number",
      { threshold: Float32Array.of(0.5, NaN, 0, 0, 0) },
      /node 1: expected a threshold/,
    ],
    [
      "a threshold that is no cut",
      { threshold: Float32Array.of(0.5, 3, 0, 0, 0) },
      /node 1: .* bin 0, 2; found 3/,
    ],
    ["a bin out of range", { bin: Int16Array.of(1, 3, 0, 0, 0) }, /bin of "donor" from -1 to 2, found 3/],
    [
      "a direction out of range",
      { missingLeft: Uint8Array.of(0, 2, 0, 0, 0) },
      /direction of 0 or 1, found 2/,
    ],
    ["a value at an inner node", { value: Int32Array.of(1, 0, 30, 10, 20) }, /node 0: expected a value of 0/],
    ["an infinite gain", { gain: Float64Array.of(Infinity, 2, 0, 0, 0) }, /finite gain/],
    ["a negative cover", { cover: Float64Array.of(9, -1, 0, 0, 0) }, /found 2 and -1/],
  ])("refuses %s", (_, change, message) => {
    expect(() => check(packTrees([tree, tree]))).not.toThrow();
    const broken = packTrees([tree, { ...tree, ...change }]);
    expect(() => check(broken)).toThrow(message);
    expect(() => check(broken)).toThrow(/^x: donor, tree 1, node/);
  });

  it("refuses a tree without nodes", () => {
    expect(() => check({ ...packTrees([tree]), offsets: Uint32Array.of(0, 0, 5) })).toThrow(
      /tree 0: .*at least one/,
    );
  });
});
