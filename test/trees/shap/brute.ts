/** Shapley values by their definition, over all subsets of features: for models of few features. */
import { fromMargin } from "../../../src/numerics/fixed.ts";
import type { TreeModel } from "../../../src/trees/tree-model.ts";

/** Value of a model where the features in `known` (a bit each) are those of a row. */
type Game = (known: number) => number;

/** phi_i = sum over S without i of |S|! (n - |S| - 1)! / n! (v(S + i) - v(S)). */
export function shapley(features: number, game: Game): number[] {
  const worth = Array.from({ length: 2 ** features }, (_, known) => game(known));
  const factorial = (k: number): number => k <= 1 ? 1 : k * factorial(k - 1);
  const size = (known: number): number => known.toString(2).replaceAll("0", "").length;
  return Array.from({ length: features }, (_, i) => {
    let phi = 0;
    for (let known = 0; known < worth.length; known++) {
      if (known >> i & 1) continue;
      const before = size(known);
      const weight = factorial(before) * factorial(features - before - 1) / factorial(features);
      phi += weight * (worth[known | 1 << i] - worth[known]);
    }
    return phi;
  });
}

/** Unknown features send a row both ways, by the cover of the children (half each where they have none). */
export function pathDependentGame(model: TreeModel, columns: readonly Float32Array[], row: number): Game {
  return (known) => {
    let sum = fromMargin(model.baseMargin);
    for (let t = 0; t < model.treeCount; t++) {
      const tree = model.tree(t);
      const value = (node: number): number => {
        const feature = tree.column[node];
        if (feature < 0) return fromMargin(tree.value[node]);
        const left = tree.left[node];
        if (known >> feature & 1) {
          const x = columns[feature][row];
          const goesLeft = Number.isNaN(x) ? tree.missingLeft[node] === 1 : x < tree.threshold[node];
          return value(goesLeft ? left : left + 1);
        }
        const both = tree.cover[left] + tree.cover[left + 1];
        if (both === 0) return (value(left) + value(left + 1)) / 2;
        return (tree.cover[left] * value(left) + tree.cover[left + 1] * value(left + 1)) / both;
      };
      sum += value(0);
    }
    return sum;
  };
}

/** Unknown features are those of a background row; the mean over all of them. */
export function interventionalGame(
  model: TreeModel,
  columns: readonly Float32Array[],
  row: number,
  background: readonly Float32Array[],
  backgroundRows: number,
): Game {
  return (known) => {
    const mixed = columns.map((values, f) =>
      known >> f & 1
        ? new Float32Array(backgroundRows).fill(values[row])
        : background[f].slice(0, backgroundRows)
    );
    return model.marginsOf(mixed, backgroundRows).reduce((sum, margin) => sum + fromMargin(margin), 0) /
      backgroundRows;
  };
}
