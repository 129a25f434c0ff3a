/** Trees of ours beside a peer's, node by node. */
import { expect } from "vitest";
import type { Tree } from "../../src/numerics/engine.ts";
import { MARGIN_ONE } from "../../src/numerics/fixed.ts";

/** A node of ours as the goldens have it: [feature, gain, cover] or [leaf value, cover]. */
function nodeOf(tree: Tree, node: number): number[] {
  return tree.column[node] < 0
    ? [tree.value[node] / MARGIN_ONE, tree.cover[node]]
    : [tree.column[node], tree.gain[node], tree.cover[node]];
}

/** Left child of every inner node of a tree listed breadth first. */
function leftChildren(tree: readonly number[][]): number[] {
  let next = 1;
  return tree.map((node) => (node.length === 3 ? (next += 2) - 2 : -1));
}

/** Compares two trees from their roots; below a near-tie that fell the other way there is nothing to compare. Returns nodes seen and ties. */
export function compareTrees(
  tree: Tree,
  expected: readonly number[][],
  where: string,
): { nodes: number; ties: number } {
  const left = leftChildren(expected);
  const seen = { nodes: 0, ties: 0 };
  const visit = (ours: number, theirs: number): void => {
    const found = nodeOf(tree, ours);
    const wanted = expected[theirs];
    const at = `${where}, node ${theirs}`;
    seen.nodes++;
    expect(found.length, at).toBe(wanted.length);
    const close = (a: number, b: number, slack: number): boolean =>
      Math.abs(a - b) <= 1e-4 * Math.abs(b) + slack;
    expect(close(found.at(-1)!, wanted.at(-1)!, 2e-5), `${at}: cover ${found.at(-1)} ${wanted.at(-1)}`).toBe(
      true,
    );
    if (wanted.length === 2) {
      expect(close(found[0], wanted[0], 2e-5), `${at}: leaf ${found[0]} ${wanted[0]}`).toBe(true);
      return;
    }
    // Gains feel the gradient grid (2^-19 a row), leaf values and covers do not.
    expect(close(found[1], wanted[1], 5e-3), `${at}: gain ${found[1]} ${wanted[1]}`).toBe(true);
    if (found[0] !== wanted[0] && close(found[1], wanted[1], 1e-4)) {
      seen.ties++;
      return;
    }
    expect(found[0], at).toBe(wanted[0]);
    visit(tree.left[ours], left[theirs]);
    visit(tree.left[ours] + 1, left[theirs] + 1);
  };
  visit(0, 0);
  return seen;
}
