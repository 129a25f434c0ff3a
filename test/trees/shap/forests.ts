/** Forests for the tests of SHAP values: covers of every kind, features split again and again, missing values. */
import fc from "fast-check";
import { Stream } from "../../../src/numerics/random.ts";
import type { Tree } from "../../../src/numerics/engine.ts";
import { TreeModel } from "../../../src/trees/tree-model.ts";

export interface ShapCase {
  readonly seed: number;
  readonly features: number;
  readonly models: number;
  /** Trees of a model. */
  readonly trees: number;
  /** Inner nodes of a tree, at most. */
  readonly splits: number;
  readonly rows: number;
  readonly backgroundRows: number;
  /** Every split below the last one: as deep as can be. */
  readonly chains: boolean;
  /** Covers: those of training rows, some of them zero, all of them zero. */
  readonly covers: "positive" | "some zero" | "zero";
}

export interface ShapData {
  readonly models: TreeModel[];
  readonly columns: Float32Array[];
  readonly background: Float32Array[];
}

/** Cases small enough for all subsets. */
export const shapCase: fc.Arbitrary<ShapCase> = fc.record({
  seed: fc.nat(),
  features: fc.integer({ min: 1, max: 7 }),
  models: fc.integer({ min: 1, max: 3 }),
  trees: fc.integer({ min: 0, max: 3 }),
  splits: fc.constantFrom(0, 1, 3, 7, 20),
  rows: fc.integer({ min: 1, max: 5 }),
  backgroundRows: fc.constantFrom(1, 2, 17),
  chains: fc.boolean(),
  covers: fc.constantFrom("positive" as const, "some zero" as const, "zero" as const),
});

/** The same case makes the same models and rows. */
export function shapData(c: ShapCase): ShapData {
  const stream = new Stream(c.seed, 7);
  const names = Array.from({ length: c.features }, (_, f) => `f${f}`);
  const models = Array.from(
    { length: c.models },
    (_, m) =>
      TreeModel.fromTrees(names, m * 100_000 - 77, Array.from({ length: c.trees }, () => tree(stream, c))),
  );
  const values = (rows: number): Float32Array[] =>
    names.map(() =>
      Float32Array.from({ length: rows }, () => stream.nextInt(7) === 0 ? NaN : stream.nextInt(9) / 2 - 2)
    );
  return { models, columns: values(c.rows), background: values(c.backgroundRows) };
}

function tree(stream: Stream, { features, splits: most, chains, covers }: ShapCase): Tree {
  const splits = stream.nextInt(most + 1);
  const size = 2 * splits + 1;
  const cover = (): number => {
    if (covers === "zero" || covers === "some zero" && stream.nextInt(3) === 0) return 0;
    return 1 + stream.nextInt(100);
  };
  const made: Tree = {
    column: new Int32Array(size).fill(-1),
    bin: new Int16Array(size),
    threshold: new Float32Array(size),
    missingLeft: new Uint8Array(size),
    left: new Int32Array(size).fill(-1),
    value: Int32Array.from({ length: size }, () => stream.nextInt(4_000_000) - 2_000_000),
    gain: new Float64Array(size),
    cover: Float64Array.from({ length: size }, cover),
  };
  const leaves = [0];
  for (let s = 0; s < splits; s++) {
    const [node] = leaves.splice(chains ? leaves.length - 1 : stream.nextInt(leaves.length), 1);
    made.column[node] = stream.nextInt(features);
    const at = stream.nextInt(11);
    made.threshold[node] = at === 9 ? -Infinity : at === 10 ? Infinity : at / 2 - 2;
    made.missingLeft[node] = stream.nextInt(2);
    made.left[node] = 2 * s + 1;
    made.value[node] = 0;
    leaves.push(2 * s + 1, 2 * s + 2);
  }
  return made;
}
