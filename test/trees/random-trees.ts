/** Arbitrary trees in the shape engines return: breadth first, thresholds from cut points. */
import fc from "fast-check";
import type { Tree } from "../../src/numerics/engine.ts";

export interface RandomForest {
  readonly featureNames: string[];
  readonly cuts: Float32Array[];
  readonly trees: Tree[];
}

interface Node {
  column: number;
  bin: number;
  threshold: number;
  missingLeft: number;
  left: number;
  value: number;
  gain: number;
  cover: number;
}

const quarter = fc.integer({ min: -20, max: 20 }).map((x) => x / 4);
const cutPoints = fc.uniqueArray(quarter, { maxLength: 5 })
  .map((cuts) => Float32Array.from(cuts.sort((a, b) => a - b)));

/** A tree whose splits are those of `choices`, taken breadth first until they run out. */
function grow(
  choices: readonly (readonly [boolean, number, number, boolean, number])[],
  cuts: Float32Array[],
): Tree {
  const nodes: Node[] = [];
  const add = (value: number) =>
    nodes.push({ column: -1, bin: 0, threshold: 0, missingLeft: 0, left: -1, value, gain: 0, cover: 1 });
  add(choices[0]?.[4] ?? 0);
  choices.forEach(([splits, feature, bin, missingLeft, value], at) => {
    const node = nodes[at];
    if (!node || !splits) return;
    node.column = feature % cuts.length;
    const own = cuts[node.column];
    node.bin = bin % (own.length + 2) - 1;
    node.threshold = node.bin < 0 ? -Infinity : node.bin < own.length ? own[node.bin] : Infinity;
    node.missingLeft = missingLeft ? 1 : 0;
    node.left = nodes.length;
    node.gain = 1 + feature / 8;
    node.cover = 1 + bin / 8;
    node.value = 0;
    add(value);
    add(-value);
  });
  return {
    column: Int32Array.from(nodes, (n) => n.column),
    bin: Int16Array.from(nodes, (n) => n.bin),
    threshold: Float32Array.from(nodes, (n) => n.threshold),
    missingLeft: Uint8Array.from(nodes, (n) => n.missingLeft),
    left: Int32Array.from(nodes, (n) => n.left),
    value: Int32Array.from(nodes, (n) => n.value),
    gain: Float64Array.from(nodes, (n) => n.gain),
    cover: Float64Array.from(nodes, (n) => n.cover),
  };
}

const choice = fc.tuple(
  fc.integer({ min: 0, max: 4 }).map((x) => x > 0),
  fc.nat({ max: 7 }),
  fc.nat({ max: 7 }),
  fc.boolean(),
  fc.integer({ min: -(2 ** 22), max: 2 ** 22 }),
);

/** Cut points of some features, and some trees over them. */
export const forest: fc.Arbitrary<RandomForest> = fc
  .tuple(
    fc.array(cutPoints, { minLength: 1, maxLength: 4 }),
    fc.array(fc.array(choice, { maxLength: 12 }), { maxLength: 5 }),
  )
  .map(([cuts, shapes]) => ({
    featureNames: cuts.map((_, f) => `f${f}`),
    cuts,
    trees: shapes.map((choices) => grow(choices, cuts)),
  }));

/** Values of a feature: near the cuts, or missing. */
export const featureValue: fc.Arbitrary<number> = fc.oneof(
  { weight: 4, arbitrary: fc.integer({ min: -44, max: 44 }).map((x) => x / 8) },
  { weight: 1, arbitrary: fc.constant(NaN) },
);
